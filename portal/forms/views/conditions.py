"""Conditions and derived values built from rows: the indented list with its buttons, and the page of one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.conditions import LIMIT
from portal.forms.editing import groups, lines, places, trees
from portal.forms.editing.documents import MISSING, Steps
from portal.forms.editing.places import Where
from portal.forms.editing.vocabulary import Vocabulary, vocabulary
from portal.forms.formats import whole
from portal.forms.queries.drafts import Draft
from portal.forms.rows import lines as rows
from portal.forms.rows import trees as drawn
from portal.forms.rows.around import Around, Sheet
from portal.forms.rows.lines import Chosen
from portal.forms.rows.trees import Row
from portal.forms.views import drawing
from portal.forms.views.blueprint import blueprint, open_draft, seen_version
from portal.forms.views.meeting import keep, pressed_again
from portal.forms.views.whereabouts import back_of, heading
from portal.kernel.errors import Invalid, NotFound
from portal.web.fields import FieldView
from portal.web.posted import only_language

ALL = "all_of_it"
"""Names the whole tree where an address asks about taking it away; no path of a row is called so."""


@dataclass(frozen=True)
class Open:
    """One tree of one draft that a page shows or changes."""

    draft: Draft
    around: Around
    place: Where
    root: Any

    @property
    def here(self) -> str:
        """The address of its page."""
        return url_for("forms.condition", form_id=self.draft.id, where=self.place.address)

    def words(self) -> Vocabulary:
        """What its lines may speak of."""
        return vocabulary(self.draft.content, self.place.steps)


def _open(form_id: UUID, where: str) -> Open:
    draft = open_draft(form_id)
    place = places.where(draft.content, where)
    return Open(draft, drawing.around(draft), place, places.tree(draft.content, place))


@blueprint.route("/forms/drafts/<uuid:form_id>/condition/<path:where>", methods=["GET", "POST"])
@page(Permission.DESIGN)
def condition(form_id: UUID, where: str) -> ResponseReturnValue:
    """One condition or value as rows; its buttons change it by the path of a row."""
    tree = _open(form_id, where)
    if request.method != "POST":
        return _list(tree)
    drawing.unlocked(tree.draft, tree.place.lock)
    act, _colon, path = request.form.get("do", "").partition(":")
    if act not in ACTS:
        raise NotFound("nothing to do")
    if pressed_again(tree.draft, seen_version()):
        return redirect(tree.here, 303)
    if act == "remove" and "sure" not in request.form and _holds_lines(tree, trees.parse(path)):
        return redirect(url_for("forms.condition", form_id=form_id, where=where, remove=path or ALL), 303)
    try:
        root = ACTS[act](tree, trees.parse(path))
    except Invalid as error:
        return _list(tree, _refusal(error)), 422
    if only_language():
        return _list(tree), 422
    content = places.kept(tree.draft.content, tree.place, root)
    return keep(tree.draft, content, seen_version(), "condition_changed", back=tree.here, done=_("It is changed."))


def _holds_lines(tree: Open, path: Steps) -> bool:
    if tree.root is MISSING:
        return False
    found = trees.branch(tree.root, tree.place.kind, path)
    return bool(trees.slots(found.node, found.kind))


def _row_at(row: Row | None, path: str) -> Row | None:
    """The row with that path in a tree of rows."""
    if row is None or row.path == path:
        return row
    return next((found for one in row.rows if (found := _row_at(one, path))), None)


def _list(tree: Open, error: str = "") -> str:
    title, caption = heading(tree.around, tree.place)
    row = drawn.row(tree.around, tree.root, tree.place.kind)
    asked = request.args.get("remove", "") if request.method != "POST" else ""
    return render_template(
        "forms/condition.html",
        draft=tree.draft,
        where=tree.place.address,
        kind=tree.place.kind,
        optional=tree.place.optional,
        title=title,
        caption=caption,
        back=back_of(tree.draft, tree.place),
        row=row,
        asked=_row_at(row, "" if asked == ALL else asked) if asked else None,
        wraps=[(word, drawn.group_names("condition")[word]) for word in trees.CONDITION_GROUPS],
        locked=tree.place.lock in drawing.locked(tree.draft),
        closed=tree.draft.state != "open",
        problems=[FieldView("text", "condition", "", error=error)] if error else [],
    )


def _remove(tree: Open, path: Steps) -> Any:
    if not path and tree.place.kind == "value":
        return groups.begun("sum")
    if not path and not tree.place.optional:
        return groups.begun("all")
    return trees.removed(tree.root, tree.place.kind, path)


def _regroup(tree: Open, path: Steps) -> Any:
    found = trees.branch(tree.root, tree.place.kind, path)
    least = whole(request.form.get("least", "").strip() or "1")
    if least is None:
        raise Invalid({"line": "number"})
    word = request.form.get("group", found.group)
    changed = tree.root
    if word != found.group or word == "of":
        changed = groups.changed(tree.root, tree.place.kind, path, word, least)
    if found.kind == "value" and word in drawn.VALUE_STARTS:
        changed = groups.capped(changed, tree.place.kind, path, {name: _cap(name) for name in lines.CAPS})
    return changed


def _cap(name: str) -> int | None:
    text = request.form.get(name, "").strip()
    number = whole(text) if text else None
    if text and (number is None or abs(number) > LIMIT):
        raise Invalid({"line": "number"})
    return number


def _begin(tree: Open, path: Steps) -> Any:
    word = request.form.get("group", "")
    new = groups.begun(word)
    if tree.root is not MISSING:
        inside = trees.branch(tree.root, tree.place.kind, path)
        counted = inside.kind == "condition" or inside.group == "how_many"
        if (word in drawn.CONDITION_STARTS) is not counted:
            raise NotFound("no such group here")
    return groups.with_line(tree.root, tree.place.kind, path, new)


ACTS: dict[str, Callable[[Open, Steps], Any]] = {
    "up": lambda tree, path: trees.moved(tree.root, tree.place.kind, path, -1),
    "down": lambda tree, path: trees.moved(tree.root, tree.place.kind, path, 1),
    "remove": _remove,
    "regroup": _regroup,
    "begin": _begin,
    "wrap": lambda tree, path: trees.wrapped(tree.root, tree.place.kind, path, request.form.get("group", "")),
}


def _refusal(error: Invalid) -> str:
    if error.errors.get("line") == "number":
        return str(_("Enter a whole number, like 3"))
    told = _("This would be too deep or too large. A condition is at most 8 deep; give a part of it a name instead.")
    return str(told)


@blueprint.route("/forms/drafts/<uuid:form_id>/condition-line/<path:where>", methods=["GET", "POST"])
@page(Permission.DESIGN)
def condition_line(form_id: UUID, where: str) -> ResponseReturnValue:
    """One line in two steps: what it is about, then how it compares. `at` is its path; with `add`, the group's."""
    tree = _open(form_id, where)
    drawing.unlocked(tree.draft, tree.place.lock)
    path, adding = trees.parse(request.args.get("at", "")), "add" in request.args
    kind, before = _kind_at(tree, path, adding=adding)
    asked = Sheet(tree.around, drawing.asked())
    if "about" not in request.args:
        known = _first_filled(before)
        return _line(tree, rows.first_step(kind, tree.words(), Sheet(tree.around, known)), None)
    chosen = rows.choose(kind, tree.words(), asked)
    if chosen is None:
        return _line(tree, rows.first_step(kind, tree.words(), asked), None), 422
    same = before if before and (before.about, before.name) == (chosen.about, chosen.name) else None
    now = rows.filled(same) if same else {}
    if request.method != "POST":
        return _line(tree, rows.second_step(chosen, Sheet(tree.around, now)), chosen)
    sheet = Sheet(tree.around, drawing.posted())
    line = rows.read(chosen, sheet, same)
    if sheet.errors or only_language():
        return _line(tree, rows.second_step(chosen, sheet), chosen), 422
    return _kept(
        tree,
        path,
        lines.write(line, kind),
        adding=adding,
        now=rows.second_step(chosen, Sheet(tree.around, now)),
        typed=rows.second_step(chosen, sheet),
    )


def _kept(tree: Open, path: Steps, node: Any, *, adding: bool, now: Any, typed: Any) -> ResponseReturnValue:
    kind = tree.place.kind
    try:
        root = groups.with_line(tree.root, kind, path, node) if adding else trees.replaced(tree.root, kind, path, node)
    except Invalid as error:
        return _list(tree, _refusal(error)), 422
    content = places.kept(tree.draft.content, tree.place, root)
    done = _("The line is added.") if adding else _("The line is changed.")
    return keep(
        tree.draft, content, seen_version(), "condition_changed", back=tree.here, now=now, typed=typed, done=done
    )


def _kind_at(tree: Open, path: Steps, *, adding: bool) -> tuple[trees.Kind, lines.Line | None]:
    """Whether a condition or a value belongs there, and the line that stands there now."""
    if tree.root is MISSING:
        if path or not adding:
            raise NotFound("no such line")
        return tree.place.kind, None
    found = trees.branch(tree.root, tree.place.kind, path)
    if not adding:
        return found.kind, lines.read(found.node, found.kind)
    if not found.group and path:
        raise NotFound("no group there")
    return "condition" if found.kind == "condition" or found.group == "how_many" else "value", None


def _first_filled(before: lines.Line | None) -> dict[str, list[str]]:
    return {"about": [before.about], f"name-{before.about}": [before.name]} if before else {}


def _line(tree: Open, views: Any, chosen: Chosen | None) -> str:
    title, caption = heading(tree.around, tree.place)
    about = rows.about_words(chosen.kind)[chosen.about] if chosen else ""
    called = ""
    if chosen and chosen.name:
        words = tree.words()
        called = dict(rows.names_for(chosen.about, chosen.kind, words, Sheet(tree.around, {})))[chosen.name]
    again = {name: values[0] for name, values in drawing.asked().items() if name in {"at", "add"}}
    return render_template(
        "forms/condition_line.html",
        draft=tree.draft,
        where=tree.place.address,
        caption=caption,
        title=title,
        views=views,
        about=about,
        called=called,
        chosen=chosen,
        query=again,
        here=tree.here,
    )
