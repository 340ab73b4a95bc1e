"""One question while it is being shown: what was typed, the errors in words by input, and the names of inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from portal.forms.answers import Typed
from portal.forms.questionnaire import Question
from portal.kernel.language import Text, say
from portal.web.fields import FieldView


def _(text: str, **details: object) -> str:
    """Return a text in the reader's language with its details filled in."""
    return str(gettext(text, **details))


@dataclass(frozen=True)
class Showing:
    """One question being shown: what was typed, the errors in words by input name, and the prefix of names."""

    question: Question
    language: str
    typed: Typed | None
    told: Mapping[str, str]
    prefix: str

    def say(self, text: Text | None) -> str:
        """Return a council's text in the reader's language, "" for none."""
        return say(text, self.language) if text else ""

    def part(self, name: str) -> str:
        """Return what was typed in a part of an answer of several parts."""
        typed = self.typed if isinstance(self.typed, Mapping) else {}
        text = typed.get(name, "")
        return text if isinstance(text, str) else ""

    def input(self, kind: str, name: str, label: str, value: str, width: int | None = None) -> FieldView:
        """Return the field of one part; `name` follows the question's key."""
        full = f"{self.question.key}-{name}"
        error = self.told.get(full, "")
        return FieldView(kind, self.prefix + full, label, value=value, error=error, width=width)
