"""How somebody wants their emails: at once or one a day, with receipts or without, and how much a subject says."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.referrals.commands import digests
from portal.referrals.inputs import Emails
from portal.referrals.queries.notices import Choices, choices_of
from portal.referrals.views.blueprint import blueprint
from portal.web.fields import from_form


@blueprint.get("/account/emails")
@page(Permission.ACCOUNT)
def emails() -> ResponseReturnValue:
    """What the person chose, or what everybody begins with."""
    mine = choices_of(guard.actor())
    when = "daily" if mine.daily else "at_once"
    form = Emails(formdata=None, data={"when": when, "receipts": mine.receipts, "discreet": mine.discreet})
    return render_template("referrals/emails.html", form=from_form(form))


@blueprint.post("/account/emails")
@page(Permission.ACCOUNT)
def choose_emails() -> ResponseReturnValue:
    """Keep what was chosen."""
    form = Emails()
    if not form.validate_on_submit():
        return render_template("referrals/emails.html", form=from_form(form)), 422
    digests.choose(
        guard.actor(),
        Choices(form.when.data == "daily", receipts=bool(form.receipts.data), discreet=bool(form.discreet.data)),
    )
    flash(_("Saved"), "success")
    return redirect(url_for(".emails"), 303)
