"""What a message to the referrer must not give away by mistake: where somebody is who must not be found, and the name
of whoever stays unnamed. Pure.

Careful by design: a street without its number, and a postcode with or without its space, count as the address. A town
alone does not where it has a field of its own: it would hold every second message.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from portal.forms.questionnaire import Form, Question
from portal.referrals.withholding import PLACE_FACTS, PLACE_TYPES, answers_at, keeps_places, place_questions, unnamed

PLACE, NAME = "place", "name"
SHORTEST: Final = 4  # characters of a value that is looked for
LONGEST: Final = 120
_TYPED = frozenset({*PLACE_TYPES, "text", "textarea"})
_TOLD = ("lines", "line", "name", "postcode", "address")


@dataclass(frozen=True)
class Protected:
    """A value that is kept secret; `kind` is place or name, `words` as it was answered."""

    kind: str
    words: str


def protected(
    form: Form, triage: Mapping[str, Any], sections: Mapping[str, Any], names: Iterable[str]
) -> list[Protected]:
    """What the report keeps secret: its places where an address must be kept from somebody, and `names` (of the
    referrer) where somebody must stay unnamed."""
    found: list[Protected] = []
    if keeps_places(triage, sections):
        keys = {one.key for one in place_questions(form) if _says_where(one)}
        told = (words for answer in answers_at(keys, triage, sections) for words in _values(answer))
        found += [Protected(PLACE, words) for words in dict.fromkeys(told)]
    if unnamed(form, triage, sections):
        found += [Protected(NAME, name) for name in dict.fromkeys(names) if name]
    return found


def _says_where(question: Question) -> bool:
    """Whether somebody types a place there; who lives at an address, and who must not know it, are none."""
    told = question.type in PLACE_TYPES or question.fact in PLACE_FACTS or question.key.endswith("address")
    return told and question.type in _TYPED


def carried(text: str, kept: Iterable[Protected]) -> tuple[Protected, ...]:
    """Those that a text gives away."""
    plain = f" {_plain(text)} "
    return tuple(one for one in kept if any(f" {form} " in plain for form in _forms(one)) or _postcode(one, plain))


def mark(text: str, given_away: Iterable[Protected]) -> str:
    """What confirms exactly this text with exactly these findings."""
    parts = "\x00".join([text, *sorted(one.words for one in given_away)])
    return hashlib.sha256(parts.encode()).hexdigest()


def _values(answer: Any) -> Iterator[str]:
    """The lines of an answer that name a place."""
    if isinstance(answer, Mapping):
        for key in _TOLD:
            yield from _values(answer.get(key))
    elif isinstance(answer, str):
        for line in (one.strip() for part in answer.split("\n") for one in part.split(",")):
            if SHORTEST <= len(line) <= LONGEST:
                yield line


def _forms(one: Protected) -> Iterator[str]:
    """A value as a text may have it: whole; a street without its number; a surname alone."""
    words = _plain(one.words).split()
    yield " ".join(words)
    if one.kind == NAME and len(words) > 1 and len(words[-1]) >= SHORTEST:
        yield words[-1]
    rest = words[1:] if one.kind == PLACE and words and words[0][:1].isdigit() else []
    if len(rest) > 1:
        yield " ".join(rest)


def _postcode(one: Protected, plain: str) -> bool:
    """Whether it is a postcode that the text has with its space elsewhere, or without."""
    code = _plain(one.words).replace(" ", "")
    is_code = one.kind == PLACE and 5 <= len(code) <= 8 and code[0].isalpha() and any(each.isdigit() for each in code)  # noqa: PLR2004 - the lengths of postcodes
    return is_code and code in plain.replace(" ", "")


def _plain(text: str) -> str:
    """Letters and digits without accents or case, one space between them."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    return " ".join("".join(one if one.isalnum() else " " for one in bare).split())
