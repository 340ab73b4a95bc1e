"""Differences between two contents in words: what was added, removed, changed and moved, and each field of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from portal.forms.differences import Difference, Field, differences
from portal.forms.statements import Labels, labels, question_statement, rule_statement, statement, value_lines
from portal.forms.views.blueprint import all_as_read, language
from portal.forms.views.field_names import field_words
from portal.forms.views.value_words import labels_of, listed, value_words
from portal.forms.views.wording import text_of
from portal.kernel.language import LANGUAGES


def _(text: str, **details: object) -> str:
    """Return a text in the reader's language with its details filled in."""
    return str(gettext(text, **details))


@dataclass(frozen=True)
class Line:
    """One field, before and after, in words."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Told:
    """One difference in words: a heading, the kind for its tag, where it moved, and its fields."""

    kind: str
    kind_words: str
    heading: str
    where: str
    lines: list[Line]


def told(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Told]:
    """Every difference between two contents, in the reader's language."""
    telling = _Telling(before, after)
    return [telling.one(found) for found in differences(before, after)]


def kind_words(what: str) -> str:
    """What sort of thing a difference is about."""
    return {
        "form": _("The form"),
        "page": _("Page"),
        "section": _("Section"),
        "question": _("Question"),
        "route": _("Route"),
        "level": _("Level"),
        "value": _("Value"),
        "condition": _("Condition"),
        "rule": _("Rule"),
        "override": _("Override"),
        "notice": _("Notice"),
        "topic": _("Advice page"),
        "scenario": _("Scenario"),
        "always": _("Notices for every rule"),
        "topic_rules": _("Rules for advice pages"),
        "settings": _("Settings of the rules"),
    }.get(what, what)


class _Telling:
    """Puts differences into words; a condition is told with the form that it belongs to."""

    def __init__(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self._old, self._new = before, after
        self._spoken: dict[int, Labels] = {}

    def one(self, found: Difference) -> Told:
        return Told(
            kind=found.kind,
            kind_words={
                "added": _("Added"),
                "removed": _("Removed"),
                "changed": _("Changed"),
                "moved": _("Moved"),
            }[found.kind],
            heading=self._heading(found),
            where=self._where(found),
            lines=self._lines(found),
        )

    def _heading(self, found: Difference) -> str:
        kind, label = kind_words(found.what), text_of(found.label)
        if found.what in ("form", "always", "topic_rules", "settings"):
            return kind
        if found.what in ("rule", "override") and label != found.key:
            return _("%(kind)s %(key)s: %(label)s", kind=kind, key=found.key, label=label)
        return _("%(kind)s: %(label)s", kind=kind, label=label or found.key)

    def _where(self, found: Difference) -> str:
        if found.kind != "moved":
            return ""
        if found.old_place == found.new_place:
            return _("Moved to another place in the order")
        return _("Moved from “%(old)s” to “%(new)s”", old=found.old_place, new=found.new_place)

    def _lines(self, found: Difference) -> list[Line]:
        if found.kind == "changed":
            return [self._line(found, field) for field in sorted(found.fields, key=_in_order(found.fields))]
        if found.kind != "moved" and found.what in ("rule", "override"):
            before, after = self._rule(found.before, self._old), self._rule(found.after, self._new)
            return [Line(kind_words(found.what), before, after)]
        return []

    def _rule(self, document: Any, content: Mapping[str, Any]) -> str:
        if not isinstance(document, Mapping):
            return ""
        return rule_statement(document, self._labels(content), None, language())

    def _labels(self, content: Mapping[str, Any]) -> Labels:
        """The words of one of the two contents, read once."""
        if id(content) not in self._spoken:
            self._spoken[id(content)] = labels(
                all_as_read(content.get("form")), all_as_read(content.get("thresholds")), language()
            )
        return self._spoken[id(content)]

    def _line(self, found: Difference, field: Field) -> Line:
        name = field_words("body" if field.part and not field.name else field.name)
        if field.part:
            name = _("%(field)s (%(part)s)", field=name, part=self._part(found, field))
        before = listed(found.what, field.name, field.old, self._old)
        after = listed(found.what, field.name, field.new, self._new)
        if before is not None and after is not None:
            gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
            return Line(name, "\n".join(gone) or _("Nothing"), "\n".join(come) or _("Nothing"))
        yes_or_no = isinstance(field.old, bool) or isinstance(field.new, bool)
        return Line(
            name,
            self._words(found.what, field.name, field.old, found.before, self._old, yes_or_no=yes_or_no),
            self._words(found.what, field.name, field.new, found.after, self._new, yes_or_no=yes_or_no),
        )

    def _part(self, found: Difference, field: Field) -> str:
        """A language, or what one of several (an option, a service) is called."""
        if field.part in LANGUAGES:
            return {"en": _("English"), "cy": _("Welsh")}[field.part]
        one = field.new if isinstance(field.new, Mapping) else field.old
        known = labels_of(found.before) | labels_of(found.after)
        return known.get(field.part) or (text_of(one.get("name")) if isinstance(one, Mapping) else "") or field.part

    def _words(
        self, what: str, name: str, value: Any, document: Any, content: Mapping[str, Any], *, yes_or_no: bool
    ) -> str:
        if value is None and name == "level":
            return _("No level")
        if value is None and yes_or_no:
            return _("No")
        if value is None or isinstance(value, bool):
            return {None: _("Nothing"), True: _("Yes"), False: _("No")}[value]
        return self._condition_words(what, name, value, content) or value_words(name, value, document, content)

    def _condition_words(self, what: str, name: str, value: Any, content: Mapping[str, Any]) -> str:
        """What a condition or value says in words; "" for anything else."""
        if what in ("question", "page", "section") and name in ("show_when", "required"):
            return question_statement(value, self._labels(content), language(), required=name == "required")
        if name == "when" or what == "condition":
            return statement(value, self._labels(content), None, language())
        return value_lines(value, self._labels(content), None, language()).flat() if what == "value" else ""


def _in_order(fields: Sequence[Field]) -> Callable[[Field], tuple[int, int]]:
    """The languages of a text in the order of every other page, whatever the order in which they were written."""
    names = list(dict.fromkeys(one.name for one in fields))
    return lambda one: (names.index(one.name), LANGUAGES.index(one.part) if one.part in LANGUAGES else 0)
