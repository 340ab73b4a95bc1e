"""Following a report that was sent, and taking it back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission, Reach, reach
from portal.forms.queries import version
from portal.kernel import clock
from portal.kernel.errors import Conflict, NotFound
from portal.referrals import states
from portal.referrals.commands import following
from portal.referrals.inputs import Withdraw
from portal.referrals.presenting import answer_groups, marked, route_view, stored_outcome
from portal.referrals.progress import next_step, reason_words, state_words, timeline_views
from portal.referrals.queries.corrections import corrections
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.queries.timeline import timeline
from portal.referrals.queries.withdrawals import withdrawals
from portal.referrals.routing import URGENT_ROUTE
from portal.referrals.views.blueprint import blueprint, language, phones_now
from portal.referrals.views.files_shown import told_later
from portal.referrals.wording import Wording
from portal.web.fields import from_form


@blueprint.get("/referrals/<reference>")
@page(Permission.TRACK)
def show(reference: str) -> ResponseReturnValue:
    """One report: its state, what happens next, what can be done, what happened, and the answers as they were sent."""
    actor = guard.actor()
    found = find(actor, Permission.TRACK, reference)
    answers = answers_of(found)
    made = corrections(actor, Permission.TRACK, found)
    following.note_reading(actor, found)
    published = version(found.form_version_id)
    wording = Wording(found.form_key)
    mine = found.author_id == actor.account_id
    return render_template(
        "referrals/show.html",
        found=found,
        state=state_words(found.state),
        next_step=next_step(found.state, wording),
        wording=wording,
        open=found.state in states.OPEN,
        late=found.due_at is not None and found.due_at < clock.now(),
        parts=[
            {"href": "#files", "text": _("Files")},
            {"href": "#timeline", "text": _("What has happened")},
            {"href": "#route", "text": _("Where it went")},
            {"href": "#answers", "text": _("The answers as sent")},
            {"href": "#numbers", "text": _("Numbers to phone")},
        ],
        route=route_view(published, stored_outcome(found), language()),
        reason=answers.override_reason,
        groups=marked(answer_groups(found, answers, language()), {one.place for one in made}),
        events=timeline_views(timeline(found), wording, told_later(actor, found.id)),
        wishes=withdrawals(actor, Permission.TRACK, found),
        reasons=dict(reason_words()),
        withdrawable=_withdrawable(found),
        adds=found.state != "withdrawn" and (mine or reach(actor, Permission.REPLY) is Reach.AGENCY),
        mine=mine,
        sent=answers,
        corrected=made,
        urgent=found.route == URGENT_ROUTE and found.state == "sent",
        phones=phones_now(),
    )


def _withdrawable(found: Found) -> bool:
    """Only its author takes a report back: at once while nobody has begun to read it, else by asking, once."""
    mine = found.author_id == guard.actor().account_id
    return mine and found.state in states.OPEN and found.withdrawal_asked_at is None


@blueprint.route("/referrals/<reference>/withdraw", methods=["GET", "POST"])
@page(Permission.TRACK)
def withdraw(reference: str) -> ResponseReturnValue:
    """Ask why and whether, then take the report back, or ask the council to let its author."""
    actor = guard.actor()
    found = find(actor, Permission.TRACK, reference)
    if found.author_id != actor.account_id:
        raise NotFound("not the author")
    wording = Wording(found.form_key)
    here = url_for("referrals.show", reference=found.reference)
    if not _withdrawable(found):
        # Also the second click of two.
        return redirect(here, 303)
    form = Withdraw()
    form.reason.choices = reason_words()
    if request.method == "POST" and form.validate_on_submit():
        try:
            following.withdraw(actor, found, str(form.reason.data), str(form.words.data or ""))
        except Conflict:
            form.refuse("reason", _("This changed a moment ago, and nothing was withdrawn. Look at it as it is now."))
            return _withdraw_page(found, form), 409
        flash(wording["withdrawn_now" if found.state == "sent" else "ask_withdraw_done"], "success")
        return redirect(here, 303)
    return _withdraw_page(found, form), 422 if request.method == "POST" else 200


def _withdraw_page(found: Found, form: Withdraw) -> str:
    return render_template(
        "referrals/withdraw.html",
        found=found,
        fields=from_form(form),
        wording=Wording(found.form_key),
        asks=found.state != "sent",
    )
