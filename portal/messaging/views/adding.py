"""Adding information to a report that was sent."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.messaging.commands import adding
from portal.messaging.inputs import AdditionInput
from portal.messaging.queries.drafts import ADD
from portal.messaging.views import bringing, unsent
from portal.messaging.views.blueprint import blueprint
from portal.messaging.views.forms import message_views
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.web.security import large


@blueprint.route("/referrals/<reference>/add", methods=["GET", "POST"])
@large(bringing.most)
@page(Permission.REPLY)
def add(reference: str) -> ResponseReturnValue:
    """What there is to add, at any time; a withdrawn report takes no more."""
    actor = guard.actor()
    found = find(actor, Permission.REPLY, reference)
    if request.method != "POST":
        if found.state == "withdrawn":
            return redirect(url_for("referrals.show", reference=found.reference), 303)
        return _page(found)
    g.message_form = form = AdditionInput()
    if found.state == "withdrawn" and not unsent.throwing():
        # What was typed stays on the page, and is neither sent nor kept: nobody could come back to it.
        form.refuse("message", Wording(found.form_key)["withdrawn_meanwhile"])
        return _page(found), HTTPStatus.CONFLICT
    status = unsent.pressed(found, ADD, form)
    if status == HTTPStatus.SEE_OTHER:
        return redirect(url_for("messaging.add", reference=found.reference), status)
    status = status or bringing.send(found, form, adding.add)
    if status != HTTPStatus.SEE_OTHER:
        return _page(found), status
    unsent.settle(found, ADD)
    flash(_("What you added was sent to the council"), "success")
    return redirect(url_for("referrals.show", reference=found.reference), status)


def _page(found: Found) -> str:
    views = message_views(AdditionInput, found, ADD)
    return render_template(
        "messaging/add.html", found=found, wording=Wording(found.form_key), views=views,
        unsent=unsent.form_of(found, ADD),
        wrong=[*views.values(), *bringing.errors()], upload=bringing.field(),
    )  # fmt: skip
