"""One question's posted inputs while they are read, and what comes of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from datetime import date
from types import MappingProxyType

from portal.forms.questionnaire import CHOICES, Question

Posted = Mapping[str, Sequence[str]]
Typed = str | tuple[str, ...] | Mapping[str, object]

DATE_PARTS = ("day", "month", "year")
PARTS_OF: Mapping[str, tuple[str, ...]] = {
    "exact": DATE_PARTS,
    "month": ("month", "year"),
    "year": ("year",),
    "estimated": DATE_PARTS,
    "due": DATE_PARTS,
}
"""The inputs of each form of a date."""
LONGEST_SHOWN = 40
"""Characters of a short answer that are shown again when it cannot be understood."""


@dataclass(frozen=True)
class AnswerError:
    """What is wrong with an answer: the input's name, a code that `questions.words` puts in words, and details."""

    field: str
    code: str
    params: Mapping[str, object] = part(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """One question read: the value to store (None if none), what was typed to show again, and the errors."""

    value: object
    typed: Typed
    errors: tuple[AnswerError, ...] = ()


@dataclass(frozen=True)
class Found:
    """A school or practice on a register: its number there, its name, and its names in other languages."""

    code: str
    name: str
    also: tuple[str, ...] = ()

    def is_called(self, text: str) -> bool:
        """Tell whether a text is its number or one of its names, in full."""
        return text.casefold() in {name.casefold() for name in (self.code, self.name, *self.also)}


def _nothing(_kind: str, _text: str) -> Sequence[Found]:
    return ()


@dataclass(frozen=True)
class Around:
    """What a reader may know beyond the page: today's date, and the register of schools and practices.

    `find(type, text)` returns the entries whose number or name fits, the best first. Without `today` the limits of
    dates that count from it are not checked.
    """

    today: date | None = None
    find: Callable[[str, str], Sequence[Found]] = _nothing


NOWHERE = Around()


@dataclass
class Answer:
    """An answer being read: where errors go and what inputs are called."""

    question: Question
    posted: Posted
    around: Around = NOWHERE
    errors: list[AnswerError] = part(default_factory=list)

    @property
    def key(self) -> str:
        """The question's key, with which the name of every input begins."""
        return self.question.key

    def refuse(self, code: str, name: str = "", **params: object) -> None:
        """Note what is wrong with an input (the question's own when no name is given)."""
        self.errors.append(AnswerError(name or self.key, code, MappingProxyType(params)))

    def single(self, name: str) -> str:
        """Return the one posted text of an input, its line ends made alike and its outer blanks removed."""
        given = self.posted.get(name, ())
        if len(given) > 1:
            self.refuse("repeated", name)
        return given[0].replace("\r\n", "\n").replace("\r", "\n").strip() if given else ""

    def words(self, name: str, most: int, *, lines: bool = False) -> str:
        """Return the one posted text of an input after checking its length and characters; errors are noted."""
        text = self.single(name)
        if len(text) > most:
            self.refuse("too_long", name, max=most, over=len(text) - most)
        elif not is_clean(text, lines=lines):
            self.refuse("control", name)
        return text


def is_clean(text: str, *, lines: bool) -> bool:
    """Tell whether a text has no control characters other than tabs and, with `lines`, line ends."""
    allowed = "\n\t" if lines else "\t"
    return all(character in allowed or unicodedata.category(character) not in {"Cc", "Cs"} for character in text)


def asks_known(question: Question) -> bool:
    """Tell whether "not known" is asked beside the answer; choices and dates of several forms have it as an option."""
    several_forms = question.type == "date" and len(question.forms) > 1
    return question.not_known and question.type not in CHOICES | {"documents"} and not several_forms


def first_input(question: Question, *, inside: bool = False) -> str:
    """Return the name of a question's first input; `inside`, of the answer beneath "I can answer this"."""
    key = question.key
    if asks_known(question) and not inside:
        return f"{key}-known"
    if question.type == "date":
        return f"{key}-form" if len(question.forms) > 1 else f"{key}-{PARTS_OF[question.forms[0]][0]}"
    return {"name": f"{key}-first", "address": f"{key}-lines"}.get(question.type, key)
