"""Passwords: hashed with Argon2id, taken exactly as typed, refused when they are short or easy to guess."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn import zxcvbn

SHORTEST: Final = 15
LONGEST: Final = 128
# zxcvbn's work grows faster than the length, and it judges no more than this.
_JUDGED = 72
_STRONG_ENOUGH = 3
_WORD_LONG_ENOUGH = 4
_PRODUCT = ("portal", "professionals", "safeguarding", "password", "council", "cyngor", "diogelu")
# Parts of every address here: they say nothing about a person.
_DULL = frozenset({"gov.uk", "police", "wales", "cymru"})

# 46 MiB, one pass, one lane (security-and-reliability 5.6): about 80 ms of one core.
HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
# Without it, sixteen sign-ins at once would take 16 times the memory.
_turn = threading.BoundedSemaphore(os.cpu_count() or 1)


def hashed(password: str) -> str:
    """The Argon2id hash to store."""
    with _turn:
        return HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Without a stored hash (no such account) the same work is done."""
    # An account without a password (single sign-on) must cost the same as one with.
    real = stored if stored and stored.startswith("$argon2") else None
    against = real or _nobody(HASHER)
    with _turn:
        try:
            return HASHER.verify(against, password[: LONGEST + 1]) and real is not None
        except (Argon2Error, InvalidHashError):
            return False


@lru_cache(maxsize=4)
def _nobody(hasher: PasswordHasher) -> str:
    return hasher.hash(os.urandom(16).hex())


def words_of(*texts: str) -> frozenset[str]:
    """The words of names and addresses that a password may not contain (four letters or more, folded)."""
    found = {word for text in texts for word in re.split(r"[\W_\d]+", text.casefold())}
    return frozenset(word for word in found if len(word) >= _WORD_LONG_ENOUGH) - _DULL


def weakness(password: str, own_words: Iterable[str] = ()) -> str | None:
    """Why a password is refused, as a code ("short", "long", "words", "obvious"), or None.

    `own_words` are the council's, the agency's and the person's own (`words_of`).
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    folded = password.casefold()
    words = {*own_words, *_PRODUCT}
    if any(word in folded for word in words):
        return "words"
    # What is left after the first 72 characters can only make it harder to guess.
    score = zxcvbn(password[:_JUDGED], user_inputs=sorted(words), max_length=_JUDGED)["score"]
    return "obvious" if score < _STRONG_ENOUGH else None
