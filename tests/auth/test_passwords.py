"""Passwords: what is refused, and that what is stored is Argon2id with our figures."""

from __future__ import annotations

import threading
import time

import pytest
from argon2 import PasswordHasher, extract_parameters

from portal.auth import passwords

REAL = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("fourteen chars", "short"),
        ("x" * 129, "long"),
        ("my Avonmere house", "words"),
        ("AVONMERE tiger lamp", "words"),
        ("ffion likes otters", "words"),
        ("safeguarding otters", "words"),
        ("passwordpassword", "words"),
        ("111111111111111", "obvious"),
        ("qwertyuiopqwertyuiop", "obvious"),
        ("abcabcabcabcabcabc", "obvious"),
        ("marmalade thistle orbit vanish", None),
        ("  leading and trailing ŵ  ", None),
        ("🦦🦉🐝 otter owl bumble", None),
    ],
)
def test_what_is_refused(password: str, why: str | None) -> None:
    words = passwords.words_of("Ffion Llwyd", "Avonmere Council", "s.jones@oakfield.avonmere.sch.uk")
    assert passwords.weakness(password, words) == why


def test_short_words_and_dull_parts_of_addresses_refuse_nothing() -> None:
    assert passwords.words_of("Al Ng", "al@nhs.net") == frozenset()


def test_it_is_argon2id_with_our_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", REAL)
    stored = passwords.hashed("marmalade thistle orbit vanish")
    figures = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (figures.memory_cost, figures.time_cost, figures.parallelism) == (46 * 1024, 1, 1)
    assert passwords.matches(stored, "marmalade thistle orbit vanish")
    assert not passwords.matches(stored, "marmalade thistle orbit vanish ")
    assert not passwords.matches("not a hash", "marmalade thistle orbit vanish")


def test_no_more_hashes_at_once_than_there_are_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0
    lock = threading.Lock()

    class Slow:
        def hash(self, password: str) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.01)
            with lock:
                running -= 1
            return password

    monkeypatch.setattr(passwords, "HASHER", Slow())
    monkeypatch.setattr(passwords, "_turn", threading.BoundedSemaphore(2))
    threads = [threading.Thread(target=passwords.hashed, args=("x",)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
