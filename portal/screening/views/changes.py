"""What came after sending, on the screener's page: a request to withdraw, and what is new on a closed report."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import Conflict, Invalid
from portal.messaging.views import held
from portal.referrals.queries.record import find
from portal.referrals.wording import Wording
from portal.screening.commands import changes
from portal.screening.inputs import RefusalInput
from portal.screening.views.queue import blueprint
from portal.screening.views.report import conflict_page, report_page

ACCEPT = "accept"


@blueprint.post("/screening/<reference>/withdrawal")
@page(Permission.DECIDE)
def answer_withdrawal(reference: str) -> ResponseReturnValue:
    """Let the author take it back, or go on and say why."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    form = RefusalInput()
    if request.form.get("do") == ACCEPT:
        return _done(
            reference, lambda: changes.accept_withdrawal(actor, found), Wording(found.form_key)["withdrawn_by"]
        )
    if not form.validate_on_submit():
        return report_page(reference, refusal=form), 422
    words = str(form.why.data)
    try:
        changes.refuse_withdrawal(actor, found, words, form.mark(), str(form.confirmed.data or ""))
    except Invalid as error:
        secret = error.errors == {"message": "protected"}
        form.refuse("why", held.trouble() if secret else _("Enter why you go on with it"))
        return report_page(reference, refusal=form), 422
    except Conflict as conflict:
        return conflict_page(reference, conflict, kept=[{"key": str(form.why.label.text), "value": words}])
    flash(_("The author has been told that you go on with it, and why"), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/news-read")
@page(Permission.SCREEN)
def news_read(reference: str) -> ResponseReturnValue:
    """What is new on a closed report was read, and changes nothing."""
    actor = guard.actor()
    found = find(actor, Permission.SCREEN, reference)
    return _done(reference, lambda: changes.settle(actor, found), _("Noted: read, and nothing changes"))


@blueprint.post("/screening/<reference>/reopen")
@page(Permission.CLAIM)
def reopen(reference: str) -> ResponseReturnValue:
    """Take a closed report up again."""
    actor = guard.actor()
    found = find(actor, Permission.CLAIM, reference)
    return _done(reference, lambda: changes.reopen(actor, found), _("You have taken this up again"))


def _done(reference: str, deed: Any, words: str) -> ResponseReturnValue:
    try:
        deed()
    except Conflict as conflict:
        return conflict_page(reference, conflict)
    flash(words, "success")
    return redirect(url_for(".show", reference=reference.upper()), 303)
