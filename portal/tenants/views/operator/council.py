"""One council, as its operator sees it: what is theirs to change, with history."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.auth.views.operator import operator
from portal.auth.views.operator.desk import recently
from portal.kernel.digits import whole as number
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.language import say
from portal.tenants import founding_entries as inputs
from portal.tenants import resolve
from portal.tenants.commands import founding as commands
from portal.tenants.queries import founding as queries
from portal.tenants.queries.founding import Settings
from portal.tenants.settings import SettingsMistakes
from portal.web.fields import FieldView
from portal.web.posted import only_language

UNPROCESSABLE, CONFLICT = 422, 409


@operator.route("/councils/<uuid:council_id>", methods=["GET", "POST"])
@page(Permission.OPERATE, instance=True)
@recently
def council(council_id: UUID) -> ResponseReturnValue:
    """Languages, host names and the sender; nation and address never."""
    stored = queries.settings(actor(), council_id)
    names = inputs.OPERATORS
    if request.method != "POST":
        return _page(council_id, stored, inputs.operators_views(names, stored.document, {}))
    values = inputs.operators_typed(names, request.form, str(stored.document["nation"]))
    typed = {str(place[0]): value for place, value in values.items()}
    document = {**stored.document, **typed}
    taken = queries.taken("", typed["hostnames"], but=council_id)
    wrong = inputs.operators_wrong(names, document, taken)
    views = inputs.operators_views(names, {}, wrong, typed)
    seen = number(request.form.get("version")) or 0
    if only_language() or wrong:
        return _page(council_id, stored, views, seen), UNPROCESSABLE
    try:
        changed = commands.change(actor(), council_id, seen, values)
    except (SettingsMistakes, Invalid):
        says = _("The council’s own words are not all in this language yet: it must add them first")
        wrong = {"languages": str(says)}
        return _page(council_id, stored, inputs.operators_views(names, {}, wrong, typed), seen), UNPROCESSABLE
    except Conflict:
        return _page(council_id, stored, views, conflict=True), CONFLICT
    resolve.forget()
    if changed:
        flash(_("Saved. Everybody sees it within a minute."), "success")
    return redirect(url_for("operator.council", council_id=council_id), 303)


def _page(
    council_id: UUID, stored: Settings, views: list[FieldView], version: int | None = None, *, conflict: bool = False
) -> str:
    return render_template(
        "operator/council.html",
        council_id=council_id,
        name=say(stored.document["name"], str(get_locale() or "en")),
        slug=stored.document["slug"],
        views=views,
        version=stored.version if version is None else version,
        conflict=conflict,
    )
