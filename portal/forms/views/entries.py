"""One entry of a rule set as a form: a rule, an override, a notice, a topic, a route …, changed or added."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.editing import disagreeing, entries
from portal.forms.editing.documents import MISSING, drop, look, mapping_at, put
from portal.forms.mistakes import KEY
from portal.forms.queries.drafts import Draft
from portal.forms.rows import parts
from portal.forms.rows.around import Around, Group, Posted, Sheet
from portal.forms.rows.listing import one_words, part_words, shown
from portal.forms.views import drawing
from portal.forms.views.blueprint import blueprint, open_draft, seen_version
from portal.forms.views.meeting import keep
from portal.kernel.errors import Invalid, NotFound
from portal.web.posted import only_language

GENERAL, ALL = "general", "all"
NAMED = ("values", "conditions")
EMPTY: dict[str, Any] = {
    "rules": {"id": "", "when": {"all": []}, "route": "", "level": None, "why": {}},
    "overrides": {"id": "", "when": {"all": []}, "from": [], "route": "", "level": None, "why": {}},
    "always": {"notice": ""},
    "topic_rules": {"topics": [], "when": {"all": []}},
    "exceptions": {"rule": "", "properties": [], "reason": {}},
}


@blueprint.route("/forms/drafts/<uuid:form_id>/rules/<part>/<named>", methods=["GET", "POST"])
@page(Permission.DESIGN)
def entry(form_id: UUID, part: str, named: str) -> ResponseReturnValue:
    """Change what one entry says; its condition has a page of its own."""
    draft = open_draft(form_id)
    node, lock = _found(draft, part, named)
    around = drawing.around(draft)
    now = parts.filled(part, node)
    closed = lock in drawing.locked(draft)
    if request.method != "POST":
        return _page(draft, part, named, parts.drawn(part, around, now), closed=closed)
    drawing.unlocked(draft, lock)
    typed = drawing.posted()
    changed, errors = parts.read(part, around, typed, node)
    _refuse_taken(draft, part, named, changed, errors)
    if errors or only_language():
        return _page(draft, part, named, parts.drawn(part, around, typed, errors)), 422
    return keep(
        draft,
        _with(draft, part, named, changed),
        seen_version(),
        f"{part}_changed",
        back=_back(draft, part),
        now=parts.views(parts.drawn(part, around, now)),
        typed=parts.views(parts.drawn(part, around, typed)),
        done=_("Your change is saved in the draft."),
    )


@blueprint.route("/forms/drafts/<uuid:form_id>/rules/add/<part>", methods=["GET", "POST"])
@page(Permission.DESIGN)
def add_entry(form_id: UUID, part: str) -> ResponseReturnValue:
    """Add one entry; a rule, a condition and a value go on to the page where their condition is built."""
    draft = open_draft(form_id)
    if part not in part_words():
        raise NotFound("no such part")
    around = drawing.around(draft)
    if request.method != "POST":
        return _page(draft, part, "", _to_add(part, around, _blank(part), {}))
    typed = drawing.posted()
    node, errors = parts.read(part, around, typed, EMPTY.get(part, {}))
    key = _key(part, Sheet(around, typed), node, errors)
    if not errors and not only_language():
        try:
            content = _added(draft, part, key, node)
        except Invalid as error:
            errors.update(_said(part, error))
        else:
            views = parts.views(_to_add(part, around, typed, {}))
            done = _("It is added to the draft.")
            return keep(
                draft, content, seen_version(), f"{part}_added", back=_next(draft, part, key), typed=views, done=done
            )
    return _page(draft, part, "", _to_add(part, around, typed, errors)), 422


def _found(draft: Draft, part: str, named: str) -> tuple[Any, str]:
    """The document of an entry and the name of its lock."""
    if part == GENERAL:
        if named != ALL:
            raise NotFound("no such entry")
        return draft.thresholds, "safety"
    one = entries.entry(draft.content, part, named)
    node = look(draft.content, ("thresholds", "names", named)) if part in NAMED else one.node
    return ({} if node is MISSING else node), one.lock


def _with(draft: Draft, part: str, named: str, node: Any) -> Any:
    """The content with the entry changed."""
    if part == GENERAL:
        return disagreeing.with_rules(draft.content, node)
    if part not in NAMED:
        return entries.changed(draft.content, part, named, node)
    return _called(draft.content, named, node)


def _called(content: Any, name: str, words: Any) -> Any:
    steps = ("thresholds", "names", name)
    if words:
        whole = mapping_at(content, steps[:2])
        return put(content, steps[:2], {**whole, name: words})
    return drop(content, steps) if look(content, steps) is not MISSING else put(content, (), content)


def _refuse_taken(draft: Draft, part: str, named: str, node: Any, errors: dict[str, str]) -> None:
    if part == GENERAL and disagreeing.is_taken(draft.content, str(node.get(disagreeing.NAME))):
        errors.setdefault(disagreeing.NAME, _("Something else in the answers has this name"))
    new = node.get("id") if part in entries.BY_ID and isinstance(node, dict) else None
    if new and new != named and any(entries.exists(draft.content, one, new) for one in entries.BY_ID):
        errors.setdefault("id", _("Another rule has this name"))


def _blank(part: str) -> Posted:
    return parts.filled(part, EMPTY.get(part, {})) | {"level": [""], "key": [""]}


def _to_add(part: str, around: Around, typed: Posted, errors: dict[str, str]) -> list[Group]:
    groups = parts.drawn(part, around, typed, errors)
    if part not in entries.MAPPINGS:
        return groups
    hint = (
        _("A whole number.") if part == "levels" else _("Letters, digits and underscores. It cannot be changed later.")
    )
    key = Sheet(around, typed, errors).field("text", "key", _("Short name"), hint, width=20)
    return [Group((key,)), *groups]


def _key(part: str, sheet: Sheet, node: Any, errors: dict[str, str]) -> str:
    if part in entries.BY_ID:
        return str(node.get("id", ""))
    key = sheet.one("key")
    if part in entries.MAPPINGS and (not KEY.match(key) or (part == "levels" and not key.isdigit())):
        errors["key"] = _("Enter a short name of letters, digits and underscores")
        if part == "levels":
            errors["key"] = _("Enter a whole number from 1 to 9")
    return key


def _added(draft: Draft, part: str, key: str, node: Any) -> Any:
    if part in entries.BY_ID and any(entries.exists(draft.content, one, key) for one in entries.BY_ID if one != part):
        raise Invalid({"key": "taken"})
    if part not in NAMED:
        return entries.added(draft.content, part, key, node)
    other = NAMED[part == NAMED[0]]
    if entries.exists(draft.content, other, key):
        raise Invalid({"key": "taken"})
    return _called(entries.added(draft.content, part, key, {"sum": []} if part == "values" else {"all": []}), key, node)


def _said(part: str, error: Invalid) -> dict[str, str]:
    name = "id" if part in entries.BY_ID else "key"
    if "part" in error.errors:
        return {name: _("There are as many already as there may be")}
    return {name: _("This name is taken or cannot be used")}


def _next(draft: Draft, part: str, key: str) -> str:
    where = {
        "rules": f"rule/{key}/when",
        "overrides": f"override/{key}/when",
        "conditions": f"named/{key}",
        "values": f"value/{key}",
    }
    if part == "topic_rules":
        where[part] = f"topic_rule/{len(entries.entries(draft.content, part)) + 1}/when"
    if part in where:
        return url_for("forms.condition", form_id=draft.id, where=where[part])
    return url_for("forms.part", form_id=draft.id, part=part)


def _back(draft: Draft, part: str) -> str:
    if part in {GENERAL, "rules"}:
        return url_for("forms.rules", form_id=draft.id)
    return url_for("forms.part", form_id=draft.id, part=part)


def _page(draft: Draft, part: str, named: str, groups: list[Group], *, closed: bool = False) -> str:
    words = part_words()
    found = None
    if named and part != GENERAL:
        found = next(one for one in shown(drawing.around(draft), part) if one.address == named)
    title = found.title if found else one_words(part) if part != GENERAL else _("The hub and “I disagree”")
    return render_template(
        "forms/entry.html",
        draft=draft,
        part=part,
        named=named,
        caption=words.get(part, _("Rules")),
        title=title,
        groups=groups,
        views=parts.views(groups),
        entry=found,
        locked=closed,
        back=_back(draft, part),
    )
