"""The strict reader's mistakes as lines of a list: what each is in, what is wrong, and the page that mends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from portal.forms.editing import entries, places
from portal.forms.editing.documents import mapping_at
from portal.forms.editing.form_parts import LISTS, Entry, all_questions, parts
from portal.forms.inputs.form_words import TEXTS
from portal.forms.mistakes import Path
from portal.forms.queries.drafts import Draft
from portal.forms.rows.listing import CONDITION_OF, part_words
from portal.forms.views import drawing
from portal.forms.views.beside import UNTRANSLATED, words
from portal.forms.views.desk import condition_link, link_to, name_of
from portal.kernel.errors import NotFound

FORM = "form"
TESTS = ("show_when", "required")
GENERAL = "general"


@dataclass(frozen=True)
class ToMend:
    """One mistake: where it is, the page that mends it ("" for none), and what is wrong.

    `translated` says that the words are the product's own; else they are the strict reader's, which are English.
    """

    where: str
    href: str
    text: str
    translated: bool


def to_mend(draft: Draft, mistakes: Iterable[tuple[Path, str]]) -> list[ToMend]:
    """Mistakes with places that begin with "form" or "thresholds", as lines."""
    found = []
    for path, message in mistakes:
        where, href = _in_form(draft, path[1:]) if path[:1] == (FORM,) else _in_rules(draft, path[1:])
        text = message if _names_it(path, message) else words(message)
        found.append(ToMend(where, href, text, text != message))
    return found


def _names_it(path: Path, message: str) -> bool:
    """Whether the reader's own words name what is wrong, which no field beside them would show here."""
    return message.startswith("unknown ") or (path[:1] != (FORM,) and not UNTRANSLATED.match(message))


def _in_form(draft: Draft, path: Path) -> tuple[str, str]:
    all_parts = (part for kind in LISTS for part in parts(draft.form, kind))
    around = [one for one in (*all_parts, *all_questions(draft.form)) if path[: len(one.path)] == one.path]
    if around:
        entry = max(around, key=lambda one: len(one.path))
        return name_of(entry), _of_entry(draft, entry, path)
    if path[:1] and path[0] in TEXTS:
        return str(_("The form’s own words")), url_for("forms.form_words", form_id=draft.id)
    return str(_("The form itself")), url_for("forms.structure", form_id=draft.id)


def _of_entry(draft: Draft, entry: Entry, path: Path) -> str:
    rest = path[len(entry.path) :]
    test = str(rest[0]) if rest and rest[0] in TESTS else ""
    built = test and isinstance(entry.document.get(test), dict)
    return (condition_link(draft.id, entry, test) if built else "") or link_to(draft.id, entry.place)


def _in_rules(draft: Draft, path: Path) -> tuple[str, str]:
    part, rest = (str(path[0]), path[1:]) if path else (GENERAL, ())
    if part == "safety" and rest[:1] == ("exceptions",):
        part, rest = "exceptions", rest[1:]
    if part == "names":
        part = "values" if rest[:1] and rest[0] in mapping_at(draft.thresholds, ("values",)) else "conditions"
    known = part_words()
    if part not in known:
        return str(_("The hub and “I disagree”")), url_for("forms.entry", form_id=draft.id, part=GENERAL, named="all")
    found = _entry_at(draft, part, rest)
    if found is None:
        return known[part], url_for("forms.part", form_id=draft.id, part=part)
    return f"{known[part]} › {_called(draft, part, found)}", _page_of(draft, part, found, rest[1:])


def _entry_at(draft: Draft, part: str, rest: Path) -> entries.Entry | None:
    known = entries.entries(draft.content, part)
    step = rest[0] if rest else None
    if isinstance(step, int):
        return known[step] if 0 <= step < len(known) else None
    return next((one for one in known if one.address == step), None)


def _called(draft: Draft, part: str, entry: entries.Entry) -> str:
    return entry.address if part in entries.LISTS else drawing.around(draft).called(part, entry.address)


def _page_of(draft: Draft, part: str, entry: entries.Entry, rest: Path) -> str:
    where = CONDITION_OF.get(part, "").format(entry.address)
    if where and (rest[:1] == ("when",) or part in {"values", "conditions"}):
        try:
            places.where(draft.content, where)
        except NotFound:
            pass
        else:
            return url_for("forms.condition", form_id=draft.id, where=where)
    return url_for("forms.entry", form_id=draft.id, part=part, named=entry.address)
