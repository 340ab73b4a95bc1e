"""Following a report that was sent, and taking it back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.referrals import states
from portal.referrals.commands import following
from portal.referrals.inputs import Withdraw
from portal.referrals.presenting import (
    answer_groups,
    next_step,
    reason_words,
    route_view,
    state_words,
    stored_outcome,
    timeline_views,
)
from portal.referrals.queries.record import Found, answers_of, find, timeline
from portal.referrals.routing import URGENT_ROUTE
from portal.referrals.views.blueprint import blueprint, language, phones_now
from portal.referrals.wording import Wording
from portal.web.fields import from_form


@blueprint.get("/referrals/<reference>")
@page(Permission.TRACK)
def show(reference: str) -> ResponseReturnValue:
    """One report: its state, what happens next, what happened, and the answers as they were sent."""
    actor = guard.actor()
    found = find(actor, Permission.TRACK, reference)
    answers = answers_of(found)
    following.note_reading(actor, found)
    published = version(found.form_version_id)
    wording = Wording(found.form_key)
    return render_template(
        "referrals/show.html",
        found=found,
        state=state_words(found.state),
        next_step=next_step(found.state, wording),
        wording=wording,
        open=found.state in states.OPEN,
        late=found.due_at is not None and found.due_at < clock.now(),
        parts=[
            {"href": "#timeline", "text": _("What has happened")},
            {"href": "#route", "text": _("Where it went")},
            {"href": "#answers", "text": _("The answers as sent")},
            {"href": "#numbers", "text": _("Numbers to phone")},
        ],
        route=route_view(published, stored_outcome(found), language()),
        reason=answers.override_reason,
        groups=answer_groups(found, answers, language()),
        events=timeline_views(timeline(found), wording),
        withdrawable=_withdrawable(found),
        mine=found.author_id == actor.account_id,
        urgent=found.route == URGENT_ROUTE and found.state == "sent",
        phones=phones_now(),
    )


def _withdrawable(found: Found) -> bool:
    """Only its author takes a report back, and only while nobody has claimed it."""
    return found.author_id == guard.actor().account_id and states.may("withdraw", found.state)


@blueprint.route("/referrals/<reference>/withdraw", methods=["GET", "POST"])
@page(Permission.TRACK)
def withdraw(reference: str) -> ResponseReturnValue:
    """Ask why and whether, then take the report back."""
    actor = guard.actor()
    found = find(actor, Permission.TRACK, reference)
    if found.author_id != actor.account_id:
        raise NotFound("not the author")
    wording = Wording(found.form_key)
    if found.state == "withdrawn":
        # The second click of two.
        return redirect(url_for("referrals.show", reference=found.reference), 303)
    if not _withdrawable(found):
        flash(wording["withdraw_late"])
        return redirect(url_for("referrals.show", reference=found.reference), 303)
    form = Withdraw()
    form.reason.choices = reason_words()
    if request.method == "POST" and form.validate_on_submit():
        following.withdraw(actor, found, str(form.reason.data))
        flash(wording["withdrawn_now"], "success")
        return redirect(url_for("referrals.show", reference=found.reference), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("referrals/withdraw.html", found=found, fields=from_form(form), wording=wording), status
