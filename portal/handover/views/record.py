"""One report's parcels: every try, sending one again, and the package section by section for whoever copies it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.audit import events
from portal.audit.events import Event
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.handover import words
from portal.handover.commands import people
from portal.handover.inputs import CopiedInput, SeenInput
from portal.handover.package import package
from portal.handover.queries import parcels
from portal.handover.queries.contents import contents_for
from portal.handover.queries.parcels import Seen
from portal.handover.sections import Section, sections
from portal.handover.states import SENDING, SUPERSEDED, UNDELIVERED
from portal.handover.views.blueprint import blueprint
from portal.kernel import scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.referrals.queries.record import Found, find
from portal.screening.queries.decision import decision
from portal.web.fields import from_form

UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/screening/<reference>/hand-over")
@page(Permission.DECIDE)
def of_report(reference: str) -> ResponseReturnValue:
    """What became of its parcels, and the package to copy."""
    return _page(find(guard.actor(), Permission.DECIDE, reference))


@blueprint.post("/screening/<reference>/hand-over/again")
@page(Permission.DECIDE)
def send_again(reference: str) -> ResponseReturnValue:
    """Have a parcel sent once more."""
    found, form = find(guard.actor(), Permission.DECIDE, reference), SeenInput()
    if not form.validate_on_submit():
        return _page(found), UNPROCESSABLE
    return _done(
        found, lambda: people.send_again(guard.actor(), found, *form.seen()), _("It will be sent again")
    )  # fmt: skip


@blueprint.post("/screening/<reference>/hand-over/copied")
@page(Permission.DECIDE)
def copied(reference: str) -> ResponseReturnValue:
    """Somebody has copied it into the case system."""
    found, form = find(guard.actor(), Permission.DECIDE, reference), CopiedInput()
    if not form.validate_on_submit():
        return _page(found, form), UNPROCESSABLE
    number = str(form.number.data)
    try:
        return _done(
            found,
            lambda: people.say_copied(guard.actor(), found, *form.seen(), number, shown=form.shown()),
            _("You have handed it over: it is in the case system"),
            form,
        )
    except Invalid:
        form.refuse("number", _("Enter a number of letters and digits, such as 12345 or CON/2026-77"))
        return _page(found, form), UNPROCESSABLE


def _done(found: Found, deed: Callable[[], None], said: str, form: CopiedInput | None = None) -> ResponseReturnValue:
    try:
        deed()
    except Conflict:
        return _page(found, form, changed=True), CONFLICT
    flash(said, "success")
    return redirect(url_for(".of_report", reference=found.reference), 303)


def _page(found: Found, form: CopiedInput | None = None, *, changed: bool = False) -> str:
    """The page; `changed` says that somebody, or the outbox, was quicker. A page that refuses is rolled back, so what
    it showed is recorded apart."""
    record = events.record_apart if form is not None or changed else events.record
    record(Event.REFERRAL_READ, found.id, part="hand_over")
    actor, council = guard.actor(), scope.council()
    seen = parcels.of_report(actor, found)
    now = next((one for one in seen if one.state != SUPERSEDED), None)
    open_now = now if now is not None and now.state in UNDELIVERED else None
    package_now, passed = _sections(found)
    return render_template(
        "handover/record.html",
        found=found,
        seen=seen,
        words=words,
        sends=council.settings.hand_over.how in ("push", "sftp"),
        sending=SENDING,
        superseded=SUPERSEDED,
        views=_copying(open_now, form, None if form is not None and not changed else passed),
        sections=package_now,
        changed=changed,
    )


def _copying(now: Seen | None, form: CopiedInput | None, passed: Iterable[UUID] | None) -> list[object]:
    """The fields by which somebody says that they copied it; none while there is nothing to copy. `passed`
    are the files that the page shows so; None where somebody corrects the number of what they copied before."""
    if now is None or now.state == SENDING:
        return []
    form = form or CopiedInput(formdata=None)
    form.parcel.data, form.version.data = str(now.id), str(now.version)
    if passed is not None:
        form.show(passed)
    return list(from_form(form).values())


def _sections(found: Found) -> tuple[list[Section], list[UUID]]:
    """The package to copy, and its files that have passed; nothing before a decision and once the answers are gone."""
    council = scope.current().council
    made = decision(guard.actor(), Permission.DECIDE, found)
    decision_id = made.id if made else None
    if decision_id is None or council is None:
        return [], []
    try:
        contents, attached = contents_for(found, decision_id)
    except NotFound:
        return [], []
    shown = sections(contents, package(contents), council.settings, str(get_locale()))
    return shown, [one.id for name, one in attached if name]
