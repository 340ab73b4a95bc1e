"""The pages of a list of a council's settings: its items in order, and adding, changing, moving and removing one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict, NotFound
from portal.tenants import listed as editing
from portal.tenants import previews, setting_lists, uses
from portal.tenants import settings_entries as inputs
from portal.tenants.commands import own_settings as commands
from portal.tenants.list_stores import Row, Said
from portal.tenants.listed import Listed, row_of
from portal.tenants.queries import own_settings as queries
from portal.tenants.settings import SettingsMistakes, parse_council
from portal.tenants.views import list_words, setting_marks
from portal.tenants.views.blueprint import tenants
from portal.web.posted import only_language

STEPS = {"up": -1, "down": 1}


@dataclass(frozen=True)
class Here:
    """A list as a request finds it: its description, its items, and the version of the settings."""

    listed: Listed
    rows: list[Row]
    version: int

    def name(self, key: str) -> tuple[str, str]:
        """What an item is called, and in which language; raises NotFound."""
        return list_words.name_of(self.listed, row_of(self.rows, key))

    def mark(self, key: str) -> str | None:
        """What the form of an item and the links to it say of it beside its code."""
        return setting_marks.mark_of(self.listed, self.rows, key)

    def meant(self, key: str) -> str | None:
        """The code that the item of this request has now; None where somebody has removed it meanwhile."""
        return setting_marks.meant(self.listed, self.rows, key, request.values.get("mark", ""))


def _here(list_key: str) -> Here:
    """The list of that name in the settings as they are stored; raises NotFound."""
    stored = queries.stored()
    found = setting_lists.every(parse_council(stored.document), str(get_locale())).get(list_key)
    if found is None:
        raise NotFound("no such list")
    return Here(found, found.rows(stored.document), stored.version)


def _seen() -> int:
    return whole(request.form.get("version")) or 0


def _edit(here: Here, edit: editing.Edit) -> bool:
    return commands.edit(actor(), lambda document: here.listed.values(document, edit), _seen())


def _back(here: Here, anchor: str = "") -> ResponseReturnValue:
    address = url_for("tenants.setting_list", list_key=here.listed.key)
    return redirect(f"{address}#{anchor}" if anchor else address, HTTPStatus.SEE_OTHER)


@tenants.get("/council/lists/<list_key>")
@page(Permission.COUNCIL)
def setting_list(list_key: str) -> str:
    """The items in their order, each with what can be done with it."""
    return _list(_here(list_key))


@tenants.post("/council/lists/<list_key>")
@page(Permission.COUNCIL)
def move_setting(list_key: str) -> ResponseReturnValue:
    """Move an item up or down by one."""
    here = _here(list_key)
    way, _colon, key = request.form.get("move", "").partition(":")
    if only_language() or way not in STEPS or not here.listed.ordered:
        return _list(here), HTTPStatus.UNPROCESSABLE_ENTITY
    edit = editing.moving(key, STEPS[way])
    try:
        held = uses.holding(here.listed.key, _displaced(here, edit)) if _seen() == here.version else []
        if held:
            return _list(here, held=held), HTTPStatus.CONFLICT
        _edit(here, edit)
    except (Conflict, NotFound):
        return _list(here, stale=True), HTTPStatus.CONFLICT
    return _back(here, f"item-{key}")


def _displaced(here: Here, edit: editing.Edit) -> list[str]:
    """The codes of the items that an edit would take away or put elsewhere. Raises NotFound."""
    after = edit(here.rows)
    return [one.key for place, one in enumerate(here.rows) if after[place : place + 1] != [one]]


def _list(here: Here, *, stale: bool = False, held: Sequence[str] = ()) -> str:
    count = len(here.rows)
    return render_template(
        "tenants/setting_list.html",
        listed=here.listed,
        items=list_words.told(here.listed, here.rows),
        marks={one.key: here.mark(one.key) for one in here.rows},
        full=count >= here.listed.most,
        removable=count > here.listed.least,
        version=here.version,
        stale=stale,
        held=held,
        parent=list_words.parent(here.listed),
    )


@tenants.route("/council/lists/<list_key>/new", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def new_setting(list_key: str) -> ResponseReturnValue:
    """Add an item at the end."""
    here = _here(list_key)
    if request.method == "POST":
        said = inputs.typed(here.listed.entries, request.form)
        return _saved(here, "", said, editing.adding(here.listed, said))
    if len(here.rows) >= here.listed.most:
        return _back(here)
    return _item(here, "", {entry.name: entry.usual or ("",) for entry in here.listed.entries}, here.version)


@tenants.route("/council/lists/<list_key>/items/<item_key>", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def setting(list_key: str, item_key: str) -> ResponseReturnValue:
    """Change an item. What was typed for one that somebody has removed meanwhile can be added as a new one."""
    here = _here(list_key)
    key = here.meant(item_key)
    if request.method != "POST":
        return _gone(here) if key is None else _item(here, key, row_of(here.rows, key).said, here.version)
    said = inputs.typed(here.listed.entries, request.form)
    # What was done a moment ago was done to the item under the code that it had.
    edit = editing.changing(key if key and _seen() == here.version else item_key, said)
    if key is not None:
        return _saved(here, key, said, edit)
    if _done(here, edit):
        return _saved_now(here)
    return _item(here, "", said, here.version, gone=True), HTTPStatus.CONFLICT


def _gone(here: Here) -> ResponseReturnValue:
    """The answer to a link to an item that is not there any more. Raises NotFound where no link of ours led to it."""
    if "mark" not in request.values:
        raise NotFound("no such item")
    return _list(here, stale=True), HTTPStatus.CONFLICT


def _done(here: Here, edit: editing.Edit) -> bool:
    """Whether the person did this already, with the same form."""
    if _seen() == here.version:
        return False
    try:
        return _edit(here, edit)
    except (Conflict, NotFound, SettingsMistakes):
        return False


def _saved(here: Here, key: str, said: Said, edit: editing.Edit) -> ResponseReturnValue:
    """The answer to a form about an item (key "": a new one)."""
    if only_language():
        return _item(here, key, said, _seen()), HTTPStatus.UNPROCESSABLE_ENTITY
    # One that was added a moment ago may be the last there was room for: a second click is told of as done.
    others = [one for one in here.rows if one.key != key] if _seen() == here.version else []
    wrong = setting_lists.refused(here.listed, said, others)
    full = not key and len(here.rows) >= here.listed.most and _seen() == here.version
    if wrong or full:
        return _item(here, key, said, _seen(), wrong, full=full), HTTPStatus.UNPROCESSABLE_ENTITY
    if "preview" in request.form and (draw := previews.of(here.listed.key)):
        return _previewed(here, key, said, draw(said))
    try:
        changed = _edit(here, edit)
    except SettingsMistakes as found:
        place = key or edit(here.rows)[-1].key
        wrong = setting_lists.wrong(here.listed, place, said, found.mistakes)
        return _item(here, key, said, _seen(), wrong), HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict:
        return _item(here, key, said, here.version, now=_now(here, key)), HTTPStatus.CONFLICT
    return _saved_now(here) if changed else _back(here)


def _saved_now(here: Here) -> ResponseReturnValue:
    flash(_("Saved. Everybody sees it within a minute."), "success")
    return _back(here)


def _previewed(here: Here, key: str, said: Said, preview: previews.Preview) -> ResponseReturnValue:
    """The form again with the item as it would look, or that alone as a file; nothing is saved."""
    if request.form["preview"] != "pdf":
        return _item(here, key, said, _seen(), preview=preview)
    answer = Response(preview.pdf(), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="preview.pdf"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _now(here: Here, key: str) -> list[dict[str, str]]:
    """As it is now: the item, or for a new one the names that there are."""
    if not key:
        names = [list_words.name_of(here.listed, one)[0] for one in here.rows]
        return [{"key": here.listed.title, "value": "\n".join(names)}]
    said = row_of(here.rows, key).said
    return [{"key": one.label, "value": setting_lists.facts(one, said)} for one in here.listed.entries]


def _item(here: Here, key: str, said: Said, version: int, wrong: Mapping[str, str] | None = None, **more: Any) -> str:
    """The page of an item; `more`: what it `now` is, that it is `gone`, that the list is `full`, or its `preview`."""
    listed = here.listed
    shown = {entry.name: said.get(entry.name) or ("",) for entry in listed.entries}
    address = (
        url_for("tenants.setting", list_key=listed.key, item_key=key)
        if key
        else url_for("tenants.new_setting", list_key=listed.key)
    )
    return render_template(
        "tenants/setting.html",
        listed=listed,
        is_new=not key,
        name=here.name(key)[0] if key else "",
        views=inputs.views(listed.entries, shown, wrong),
        version=version,
        mark=here.mark(key) if key else None,
        address=address,
        looks=previews.of(listed.key) is not None,
        **{"now": [], "gone": False, "full": False, "preview": None} | more,
    )


@tenants.route("/council/lists/<list_key>/items/<item_key>/remove", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def remove_setting(list_key: str, item_key: str) -> ResponseReturnValue:
    """Say what removing an item would do, and do it."""
    here = _here(list_key)
    key = here.meant(item_key)
    edit = editing.removing(key if key and _seen() == here.version else item_key)
    held = uses.holding(here.listed.key, _displaced(here, editing.removing(key))) if key else []
    waits = only_language() or bool(held and _seen() == here.version)
    if request.method == "POST" and (key is None or not waits):
        return _removed(here, key, edit)
    if key is None:
        return _gone(here)
    name, gone = here.name(key), here.listed.gone
    if len(here.rows) <= here.listed.least:
        return _back(here)
    drawn = render_template(
        "tenants/remove_setting.html",
        listed=here.listed,
        key=key,
        mark=here.mark(key),
        name=name,
        gone=gone % {"code": key} if "%(code)s" in gone else gone,
        uses=uses.of(here.listed.key, key),
        held=held,
        last=len(here.rows) == 1,
        version=here.version,
    )
    return drawn, HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK


def _removed(here: Here, key: str | None, edit: editing.Edit) -> ResponseReturnValue:
    """The answer to the button; of an item that is gone (None) it can only be that this was done already."""
    if key is None and _seen() == here.version:
        return _list(here, stale=True), HTTPStatus.CONFLICT
    try:
        if _edit(here, edit):
            flash(_("Removed. Everybody sees it within a minute."), "success")
    except (Conflict, NotFound, SettingsMistakes):
        return _list(here, stale=True), HTTPStatus.CONFLICT
    return _back(here)
