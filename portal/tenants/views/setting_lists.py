"""The pages of a list of a council's settings: its items in order, and adding, changing, moving and removing one."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict, NotFound
from portal.tenants import listed as editing
from portal.tenants import setting_lists, uses
from portal.tenants import settings_entries as inputs
from portal.tenants.commands import own_settings as commands
from portal.tenants.listed import Listed, Row, Said, row_of
from portal.tenants.queries import own_settings as queries
from portal.tenants.settings import SettingsMistakes, parse_council
from portal.tenants.views import list_words
from portal.tenants.views.blueprint import tenants
from portal.web.posted import only_language

STEPS = {"up": -1, "down": 1}


def _found(list_key: str) -> tuple[Listed, queries.Stored]:
    """The list of that name, and the settings as they are stored; raises NotFound."""
    stored = queries.stored()
    found = setting_lists.every(parse_council(stored.document), str(get_locale())).get(list_key)
    if found is None:
        raise NotFound("no such list")
    return found, stored


def _seen() -> int:
    return whole(request.form.get("version")) or 0


def _edit(listed: Listed, edit: editing.Edit) -> bool:
    return commands.edit(actor(), lambda document: listed.values(document, edit), _seen())


def _back(listed: Listed, anchor: str = "") -> ResponseReturnValue:
    address = url_for("tenants.setting_list", list_key=listed.key)
    return redirect(f"{address}#{anchor}" if anchor else address, HTTPStatus.SEE_OTHER)


@tenants.get("/council/lists/<list_key>")
@page(Permission.COUNCIL)
def setting_list(list_key: str) -> str:
    """The items in their order, each with what can be done with it."""
    return _list(*_found(list_key))


@tenants.post("/council/lists/<list_key>")
@page(Permission.COUNCIL)
def move_setting(list_key: str) -> ResponseReturnValue:
    """Move an item up or down by one."""
    listed, stored = _found(list_key)
    way, _colon, key = request.form.get("move", "").partition(":")
    if only_language() or way not in STEPS:
        return _list(listed, stored), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        _edit(listed, editing.moving(key, STEPS[way]))
    except (Conflict, NotFound):
        return _list(listed, stored, stale=True), HTTPStatus.CONFLICT
    return _back(listed, f"item-{key}")


def _list(listed: Listed, stored: queries.Stored, *, stale: bool = False) -> str:
    rows = listed.rows(stored.document)
    return render_template(
        "tenants/setting_list.html",
        listed=listed,
        items=list_words.told(listed, rows),
        full=len(rows) >= listed.most,
        removable=len(rows) > listed.least,
        version=stored.version,
        stale=stale,
        parent=list_words.parent(listed),
    )


@tenants.route("/council/lists/<list_key>/new", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def new_setting(list_key: str) -> ResponseReturnValue:
    """Add an item at the end."""
    listed, stored = _found(list_key)
    said: Said = {entry.name: entry.usual or ("",) for entry in listed.entries}
    if request.method == "POST":
        said = inputs.typed(listed.entries, request.form)
        return _saved(listed, stored, "", said, editing.adding(listed, said))
    if len(listed.rows(stored.document)) >= listed.most:
        return _back(listed)
    return _item(listed, "", said, stored.version)


@tenants.route("/council/lists/<list_key>/items/<item_key>", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def setting(list_key: str, item_key: str) -> ResponseReturnValue:
    """Change an item. What was typed for one that somebody has removed meanwhile can be added as a new one."""
    listed, stored = _found(list_key)
    rows = listed.rows(stored.document)
    if request.method != "POST":
        return _item(listed, item_key, row_of(rows, item_key).said, stored.version)
    said = inputs.typed(listed.entries, request.form)
    if item_key not in {one.key for one in rows} and not only_language():
        return _item(listed, "", said, stored.version, gone=True), HTTPStatus.CONFLICT
    return _saved(listed, stored, item_key, said, editing.changing(item_key, said))


def _saved(listed: Listed, stored: queries.Stored, key: str, said: Said, edit: editing.Edit) -> ResponseReturnValue:
    """The answer to a form about an item (key "": a new one)."""
    if only_language():
        return _item(listed, key, said, _seen()), HTTPStatus.UNPROCESSABLE_ENTITY
    rows = listed.rows(stored.document)
    wrong = setting_lists.refused(listed, said)
    # One that was added a moment ago may be the last there was room for: then it is told of as done.
    full = not key and len(rows) >= listed.most and _seen() == stored.version
    if wrong or full:
        return _item(listed, key, said, _seen(), wrong, full=full), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        changed = _edit(listed, edit)
    except SettingsMistakes as found:
        place = key or _new_key(listed, rows, said)
        wrong = setting_lists.wrong(listed, place, said, found.mistakes)
        return _item(listed, key, said, _seen(), wrong), HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict:
        return _item(listed, key, said, stored.version, now=_now(listed, rows, key)), HTTPStatus.CONFLICT
    if changed:
        flash(_("Saved. Everybody sees it within a minute."), "success")
    return _back(listed)


def _new_key(listed: Listed, rows: list[Row], said: Said) -> str:
    return editing.adding(listed, said)(rows)[-1].key


def _now(listed: Listed, rows: list[Row], key: str) -> list[dict[str, str]]:
    """As it is now: the item, or for a new one the names that there are."""
    if not key:
        return [{"key": listed.title, "value": "\n".join(list_words.name_of(listed, one)[0] for one in rows)}]
    said = row_of(rows, key).said
    return [{"key": one.label, "value": setting_lists.facts(one, said)} for one in listed.entries]


def _item(
    listed: Listed,
    key: str,
    said: Said,
    version: int,
    wrong: Mapping[str, str] | None = None,
    **more: Any,
) -> str:
    """The page of an item; `more`: what it `now` is, that it is `gone`, or that the list is `full`."""
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
        views=inputs.views(listed.entries, shown, wrong),
        version=version,
        address=address,
        **{"now": [], "gone": False, "full": False} | more,
    )


@tenants.route("/council/lists/<list_key>/items/<item_key>/remove", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def remove_setting(list_key: str, item_key: str) -> ResponseReturnValue:
    """Say what removing an item would do, and do it."""
    listed, stored = _found(list_key)
    rows = listed.rows(stored.document)
    if request.method == "POST" and not only_language():
        try:
            if _edit(listed, editing.removing(item_key)):
                flash(_("Removed. Everybody sees it within a minute."), "success")
        except (Conflict, NotFound, SettingsMistakes):
            return _list(listed, stored, stale=True), HTTPStatus.CONFLICT
        return _back(listed)
    row = row_of(rows, item_key)
    if len(rows) <= listed.least:
        return _back(listed)
    drawn = render_template(
        "tenants/remove_setting.html",
        listed=listed,
        key=item_key,
        name=list_words.name_of(listed, row),
        gone=listed.gone % {"code": item_key} if "%(code)s" in listed.gone else listed.gone,
        uses=uses.of(listed.key, item_key),
        last=len(rows) == 1,
        version=stored.version,
    )
    return drawn, HTTPStatus.UNPROCESSABLE_ENTITY if only_language() else HTTPStatus.OK
