"""What the fields of a page draw on: the draft, the languages, and what may be chosen, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from portal.forms.editing.documents import mapping_at, text_at
from portal.forms.editing.entries import entries
from portal.forms.editing.vocabulary import vocabulary
from portal.forms.statements import Labels, labels, value_lines
from portal.forms.substitutions import Words, fill, filled
from portal.kernel.language import say
from portal.web.fields import FieldView, OptionView

Posted = Mapping[str, Sequence[str]]
LONGEST_LABEL = 160


@dataclass(frozen=True)
class Around:
    """The draft's content, the council's languages, the language of the page, and what stands for the gaps in texts."""

    content: Any
    languages: tuple[str, ...]
    language: str
    own: Words = field(default_factory=dict)
    _called: dict[str, dict[str, str]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def labels(self) -> Labels:
        """The words of the draft for its statements, read once for a page."""
        form, rules = (filled(mapping_at(self.content, (part,)), self.own) for part in ("form", "thresholds"))
        return labels(form, rules, self.language)

    def choices(self, what: str) -> list[tuple[str, str]]:
        """What may be chosen of a part of the draft: value and words, in the draft's order."""
        made = CHOICES.get(what)
        return made(self) if made else [(one.address, one.address) for one in entries(self.content, what)]

    def say(self, text: Mapping[str, str], otherwise: str = "") -> str:
        """A text of the draft in the reader's language, on one line and not endless."""
        words = " ".join(fill(say(text, self.language), self.own.get(self.language, {})).split())
        return (words[: LONGEST_LABEL - 1] + "…" if len(words) > LONGEST_LABEL else words) or otherwise

    def called(self, part: str, key: str) -> str:
        """What one entry is called: its label, its title or its words; else its key."""
        if part not in self._called:
            self._called[part] = dict(self.choices(part))
        return self._called[part].get(key, key)


@dataclass
class Sheet:
    """One page being filled in: what was posted (or what the draft holds), and what is wrong with it by field."""

    around: Around
    posted: Posted
    errors: dict[str, str] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The one value of a field; "" when there is none."""
        values = self.posted.get(name) or ("",)
        return values[0].strip(" \t\r\n\u00a0").replace("\r\n", "\n")

    def several(self, name: str) -> tuple[str, ...]:
        """The chosen values of a field, each once."""
        return tuple(dict.fromkeys(self.posted.get(name) or ()))

    def refuse(self, name: str, message: str) -> None:
        """Say what is wrong with a field; the first thing said stays."""
        self.errors.setdefault(name, message)

    def field(self, kind: str, name: str, label: str, hint: str = "", **settings: Any) -> FieldView:
        """A field with what was typed and what is wrong with it."""
        value: Any = self.several(name) if kind == "checkboxes" else self.one(name)
        return FieldView(kind, name, label, hint, value, self.errors.get(name, ""), **settings)

    def options(self, what: str, name: str, first: str = "") -> tuple[OptionView, ...]:
        """What may be chosen, with whatever is chosen and no longer there; `first` is offered for "nothing"."""
        known = self.around.choices(what)
        gone = [(one, one) for one in self.several(name) if one and one not in dict(known)]
        views = [OptionView(value, label) for value, label in [*known, *gone]]
        return (OptionView("", first), *views) if first else tuple(views)


@dataclass(frozen=True)
class Group:
    """Fields that stand together; `pair` puts the languages of one text side by side under a legend."""

    views: tuple[FieldView, ...]
    legend: str = ""
    pair: bool = False


def _texts(part: str, *steps: str) -> Callable[[Around], list[tuple[str, str]]]:
    def made(around: Around) -> list[tuple[str, str]]:
        found = entries(around.content, part)
        return [(one.address, around.say(text_at(one.node, steps), one.address)) for one in found]

    return made


def _levels(around: Around) -> list[tuple[str, str]]:
    found = entries(around.content, "levels")
    return [(one.address, f"{one.address}. {around.say(text_at(one.node, ()))}") for one in found]


def _rules(around: Around) -> list[tuple[str, str]]:
    found = entries(around.content, "rules")
    return [(one.address, f"{one.address}: {around.say(text_at(one.node, ('why',)))}") for one in found]


def _named(part: str) -> Callable[[Around], list[tuple[str, str]]]:
    def made(around: Around) -> list[tuple[str, str]]:
        words = vocabulary(around.content)
        known = words.values if part == "values" else words.named
        return [(key, _described(around, part, key) or around.say(text, key)) for key, text in known.items()]

    return made


def _described(around: Around, part: str, key: str) -> str:
    """What points are given for, of a value that the council has not named; "" for anything else."""
    node = mapping_at(around.content, ("thresholds", part)).get(key)
    if not isinstance(node, Mapping) or "points" not in node or around.labels.name(key):
        return ""
    return value_lines(node, around.labels, None, around.language).text.rstrip(" :")


def _properties(_around: Around) -> list[tuple[str, str]]:
    return [
        ("red_flags_reach_the_hub", _("A sign of serious harm reaches at least the hub")),
        ("worse_never_lowers", _("A worse answer never lowers the route")),
        ("strengths_never_lower_flags", _("A strength never lowers a sign of serious harm")),
        ("override_open", _("“I disagree” is open from every route below the hub")),
    ]


CHOICES: Mapping[str, Callable[[Around], list[tuple[str, str]]]] = {
    "routes": _texts("routes", "label"),
    "notices": _texts("notices"),
    "topics": _texts("topics", "title"),
    "levels": _levels,
    "rules": _rules,
    "values": _named("values"),
    "conditions": _named("conditions"),
    "properties": _properties,
}
