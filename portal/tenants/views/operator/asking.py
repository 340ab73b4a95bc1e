"""An operator asks a council to let them look, and goes there while they may."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.auth.views.operator import operator
from portal.kernel.digits import whole
from portal.kernel.errors import Invalid
from portal.kernel.language import say
from portal.tenants import resolve
from portal.tenants.commands import support as commands
from portal.tenants.inputs import SupportInput
from portal.tenants.queries.councils import asked_for
from portal.tenants.views.support import purposes, rows, state_words
from portal.web.fields import from_form

UNPROCESSABLE = 422


@operator.route("/councils/<uuid:council_id>/support", methods=["GET", "POST"])
@page(Permission.OPERATE, instance=True)
def asking(council_id: UUID) -> ResponseReturnValue:
    """What was asked before, and the form that asks."""
    council = resolve.by_id(council_id)
    form = SupportInput()
    form.purpose.choices = list(purposes().items())
    if request.method == "POST" and form.validate():
        hours = whole(form.hours.data) or 0
        try:
            wish = commands.Wish(str(form.purpose.data), str(form.reason.data), hours)
            commands.ask(actor(), council, wish, form.mark())
        except Invalid:
            form.refuse("reason", _("You have asked already. Wait for the council to decide."))
        else:
            flash(_("Asked. The council’s managers and administrators get an email."), "success")
            return redirect(url_for("operator.asking", council_id=council_id), 303)
    form.once.data = str(form.mark())
    name = say(council.name, str(get_locale() or "en"))
    grants = [(one, rows(one)) for one in asked_for(actor(), council)]
    views = from_form(form)
    shown = [views[field] for field in ("purpose", "reason", "hours", "once")]
    page_ = render_template(
        "operator/asking.html", name=name, slug=council.slug, views=shown, grants=grants, state=state_words
    )
    return page_, UNPROCESSABLE if request.method == "POST" else 200
