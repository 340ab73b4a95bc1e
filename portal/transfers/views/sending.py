"""The sender's side: one page of a report with its transfers, on which one is proposed, sent and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.referrals import states
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.screening.deciding import wanted
from portal.screening.grounds_words import trouble
from portal.screening.views.decision_sheet import consent_view
from portal.transfers import words
from portal.transfers.across import others
from portal.transfers.commands import offering
from portal.transfers.inputs import LaterInput, ProposeInput, ReasonInput
from portal.transfers.queries.gathering import files_of
from portal.transfers.queries.transfers import One, of_report
from portal.transfers.views import passing
from portal.transfers.views.blueprint import blueprint
from portal.web.fields import from_form
from portal.web.inputs import as_uuid
from portal.web.posted import only_language

UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/screening/<reference>/transfer")
@page(Permission.SCREEN)
def sending(reference: str) -> ResponseReturnValue:
    """The transfers of a report, and the form where one may be proposed."""
    found = find(guard.actor(), Permission.SCREEN, reference)
    return _page(found, _new())


@blueprint.post("/screening/<reference>/transfer")
@page(Permission.DECIDE)
def propose(reference: str) -> ResponseReturnValue:
    """Propose a transfer."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    form = _offered(ProposeInput())
    good = form.validate_on_submit()
    if not good:
        return _page(found, form), UNPROCESSABLE
    try:
        offering.propose(actor, found, form.wanted())
    except Invalid as error:
        _refuse(form, error)
        return _page(found, form), UNPROCESSABLE
    except Conflict:
        return _page(found, form, conflict=True), CONFLICT
    flash(_("Proposed: a practice manager has to send it"), "success")
    return redirect(url_for(".sending", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/transfer/send")
@page(Permission.APPROVE)
def confirm(reference: str) -> ResponseReturnValue:
    """Send the offer that somebody else proposed, or send the proposal back."""
    actor = guard.actor()
    found = find(actor, Permission.APPROVE, reference)
    form = ReasonInput()
    back = request.form.get("do") == "back"
    if not form.validate_on_submit():
        return _page(found, _new(), form), UNPROCESSABLE

    def act(transfer_id: UUID) -> None:
        if back:
            offering.send_back(actor, found, transfer_id, str(form.words.data or ""))
        else:
            offering.confirm(actor, found, transfer_id)

    return _settle(found, act, _("Sent back") if back else _("Offered: the other council is told"), form)


@blueprint.post("/screening/<reference>/transfer/take-back")
@page(Permission.DECIDE)
def take_back(reference: str) -> ResponseReturnValue:
    """Take the proposal back, or the offer."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    if only_language():
        return _page(found, _new()), UNPROCESSABLE

    def act(transfer_id: UUID) -> None:
        offering.take_back(actor, found, transfer_id)

    return _settle(found, act, _("Taken back"), ReasonInput(formdata=None))


def _settle(found: Found, act: Callable[[UUID], None], done: str, form: ReasonInput) -> ResponseReturnValue:
    transfer_id = as_uuid(request.form.get("transfer"))
    if transfer_id is None:
        return _page(found, _new(), form), UNPROCESSABLE
    try:
        act(transfer_id)
    except Invalid:
        form.refuse("words", _("Enter why you send it back"))
        return _page(found, _new(), form), UNPROCESSABLE
    except (Conflict, Forbidden, NotFound):
        return _page(found, _new(), form, conflict=True), CONFLICT
    flash(done, "success")
    return redirect(url_for(".sending", reference=found.reference), 303)


def _new() -> ProposeInput:
    return _offered(ProposeInput(formdata=None, data={"once": str(uuid4()), "files": True, "messages": True}))


def _offered(form: ProposeInput) -> ProposeInput:
    council, outcome = scope.current().council, offering.outcome_here()
    legal = wanted(council.settings, outcome).legal if council and outcome else ()
    return form.offer(others(), legal, str(get_locale()))


def _refuse(form: ProposeInput, error: Invalid) -> None:
    """Say beside each field what is wrong."""
    says = {"council": _("Choose a council"), "why": _("Enter why they should have it")}
    for name, code in error.errors.items():
        form.refuse(name, says.get(name) or trouble(name, code))


def shown(found: Found, *, later: LaterInput, conflict: bool = False) -> str:
    """The page of a report's transfers with what was ticked of what can go later."""
    return _page(found, _new(), later=later, conflict=conflict)


def _page(
    found: Found, form: ProposeInput, reason: ReasonInput | None = None, *,
    later: LaterInput | None = None, conflict: bool = False,
) -> str:  # fmt: skip
    actor = guard.actor()
    made = of_report(actor, found.id)
    now = made[0] if made and made[0].open else None
    if conflict and not form.once.errors:
        form.once.data = str(uuid4())
    views = from_form(form)
    own = files_of(actor, found, messages=False)
    kept = [{"key": views["why"].label, "value": str(views["why"].value)}] if conflict and form.why.data else []
    return render_template(
        "transfers/send.html",
        found=found,
        wording=Wording(found.form_key),
        now=now,
        about=words.rows(now) if now else [],
        phones=words.phones(now) if now else [],
        other=words.other_name(now) if now else "",
        before=[(words.state_words(one.state, one.side), words.rows(one)) for one in made if not one.open],
        conflict=conflict,
        kept=kept,
        files=len(own),
        of_messages=len(files_of(actor, found, messages=True)) - len(own),
        views=views,
        asked=[views["council"], views["why"]],
        goes=[views["files"], views["messages"]],
        consent=[consent_view(views), views["consent_words"], views["once"]],
        reason=from_form(reason or ReasonInput(formdata=None)),
        **_may(found, now),
        **passing.what_can_go(found, made, later),
    )


def _may(found: Found, now: One | None) -> dict[str, Any]:
    """What this person may do here, and why not."""
    actor = guard.actor()
    reads_only = found.reads_only(actor)
    mine = found.owner_id == actor.account_id and states.may("decide", found.state)
    possible = offering.transferable(found)
    # Nobody else on the list of a restricted report may send it.
    alone = found.sight is not None and now is None and mine and not offering.who_may_send(actor, found)
    return {
        "possible": possible,
        "restricted": found.sight is not None,
        "alone": alone,
        "may_propose": possible and now is None and mine and not reads_only and not alone,
        "closed": found.state in states.CLOSED,
        "may_send": now is not None and now.state == "proposed" and guard.may(Permission.APPROVE) and not reads_only
        and now.proposed_by_id != actor.account_id,
        "may_take_back": bool(now) and guard.may(Permission.DECIDE) and not reads_only,
    }  # fmt: skip
