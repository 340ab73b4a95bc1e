"""A contact that came by telephone, letter or otherwise is taken down by the council, and is a report from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.agency_types import NOT_LISTED
from portal.auth.models import AgencyApproval
from portal.auth.policy import Permission, Reach, reach
from portal.forms.queries import Published
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, Unavailable
from portal.kernel.scope import Actor
from portal.referrals.commands import duty, facts
from portal.referrals.commands.attaching import Paper, Target, attach_along
from portal.referrals.commands.connections import hide
from portal.referrals.commands.sending import TRIES, arrival
from portal.referrals.deadlines import URGENT_RANK
from portal.referrals.elsewhere import CHANNELS, DAYS_UNASKED, MOST_DAYS_AGO, Caller, open_questions
from portal.referrals.marking import known
from portal.referrals.models import Referral
from portal.referrals.paths import Walked, walk
from portal.referrals.projecting import project
from portal.referrals.queries.connections import who_must_not_see
from portal.referrals.queries.record import Answers, answers_of, caller_of, find, sealed
from portal.referrals.references import new_reference
from portal.referrals.routing import taken_down
from portal.tenants import vault

KIND = "urgent"
# Nobody knows the family already: whoever takes a call about their own must not go on with it.
_NOBODY = UUID(int=0)
# What counts from when it was taken down.
_WRITTEN = ("changed_at", "sent_at", "queued_at")


@dataclass(frozen=True)
class Given:
    """What was taken down: `agency_id` is an agency of the council's list, or one of `agency_types.NOT_LISTED`;
    `answers` are those to the questions of the council's short form about the child; `received_at` is when it reached
    the council (None: now), and `sure` says that it really was some days ago."""

    channel: str
    agency_id: UUID
    caller: Caller
    route: str
    answers: dict[str, Any]
    language: str
    once: UUID
    received_at: datetime | None = None
    sure: bool = False


def log(actor: Actor, form: Published, given: Given, papers: Sequence[Paper] = ()) -> str:
    """Take a contact down, with the originals; returns its reference, the same for the same `once` and content.

    It goes the way that the screener chose, under the clock of that way, which began when it reached the council.
    Raises Forbidden, Invalid (channel, agency, route: unknown; answers: missing; received: future, too_old, or old
    while nobody is `sure`; what `attach_along` does), Unavailable when the store of files is away, and
    Conflict(reference=…) when that key has taken down something else.
    """
    if reach(actor, Permission.SCREEN) is not Reach.COUNCIL:
        raise Forbidden
    _check(form, given)
    walked = _walked(form, given)
    projected = project(form.form, KIND, walked.sections)
    unseen = who_must_not_see(projected.children, _NOBODY)
    made = uuid4()
    values: dict[str, Any] = {"unseen_by": sorted(unseen - {actor.account_id})}
    values |= _values(actor, form, given, walked, made)
    routed = taken_down(form.thresholds, given.route)
    received = given.received_at or clock.now()
    values |= arrival(routed, projected, received)
    values |= {"received_at": received, "clock_from": received, **dict.fromkeys(_WRITTEN, clock.now())}
    reference = _write(values)
    if reference is None:
        return _before(actor, given, walked)
    # No question of the short form says that an address must be kept from somebody.
    facts.write(made, given.agency_id, known(projected, secret=False))
    events.record(Event.CONTACT_LOGGED, made, channel=given.channel, route=given.route)
    if routed.rank >= URGENT_RANK:
        duty.raise_alert(made)
    for paper in papers:
        attach_along(actor, Target(made, given.agency_id, "council", later=False), paper)
    if actor.account_id in unseen:
        with db.as_system():
            hide(actor.account_id, [made])
    return reference


def _check(form: Published, given: Given) -> None:
    errors = {}
    if given.channel not in CHANNELS:
        errors["channel"] = "unknown"
    if given.route not in form.thresholds.routes:
        errors["route"] = "unknown"
    if given.agency_id not in NOT_LISTED and not _approved(given.agency_id):
        errors["agency"] = "unknown"
    if wrong := too_early_or_late(given.received_at, sure=given.sure):
        errors["received"] = wrong
    if errors:
        raise Invalid(errors)


def too_early_or_late(received: datetime | None, *, sure: bool) -> str:
    """What is wrong with the moment at which a contact reached the council: future, too_old, old (unless they are
    `sure`), or ""."""
    if received is None:
        return ""
    ago = clock.now() - received
    if ago < timedelta(0):
        return "future"
    if ago > timedelta(days=MOST_DAYS_AGO):
        return "too_old"
    return "old" if ago > timedelta(days=DAYS_UNASKED) and not sure else ""


def _approved(agency_id: UUID) -> bool:
    query = select(AgencyApproval.id).where(
        AgencyApproval.tenant_id == scope.council().id,
        AgencyApproval.agency_id == agency_id,
        AgencyApproval.state == "approved",
    )
    return db.session().execute(query).scalar_one_or_none() is not None


def _walked(form: Published, given: Given) -> Walked:
    section = form.form.urgent[0].key if form.form.urgent else ""
    walked = walk(form.form, KIND, {}, {section: given.answers})
    if open_questions(form.form, walked.missing):
        raise Invalid({"answers": "missing"})
    return walked


def _write(values: dict[str, Any]) -> str | None:
    """Write the report under a reference that nobody has, which is returned; None where its key has been used."""
    for _ in range(TRIES):
        reference = new_reference()
        statement = insert(Referral).values(reference=reference, **values).on_conflict_do_nothing()
        if db.session().execute(statement.returning(Referral.id)).scalar_one_or_none() is not None:
            return reference
        if _used(values["submit_key"]):
            return None
    raise Unavailable("no free reference")


def _values(actor: Actor, form: Published, given: Given, walked: Walked, made: UUID) -> dict[str, Any]:
    wrapped = vault.new_record_key("referral", made)
    record = vault.Record("referral", made, wrapped)
    return {
        "tenant_id": scope.council().id,
        "id": made,
        "agency_id": given.agency_id,
        "author_id": actor.account_id,
        "author_only": True,
        "channel": given.channel,
        "caller": record.seal(given.caller.text(), "referral", made, "caller"),
        "form_version_id": form.id,
        "form_key": form.form.key,
        "kind": KIND,
        "state": "sent",
        "language": given.language,
        "created_at": clock.now(),
        "wrapped_key": wrapped,
        "submit_key": given.once,
        "answers": sealed(record, made, Answers({}, "", walked.sections)),
    }


def _used(once: UUID) -> bool:
    query = select(Referral.id).where(Referral.tenant_id == scope.council().id, Referral.submit_key == once)
    return db.session().execute(query).scalar_one_or_none() is not None


def _before(actor: Actor, given: Given, walked: Walked) -> str:
    """The reference of what was taken down with that key, if it is this very contact."""
    query = select(Referral.reference).where(
        Referral.tenant_id == scope.council().id,
        Referral.submit_key == given.once,
        Referral.author_id == actor.account_id,
        Referral.state != "draft",
    )
    reference = db.session().execute(query).scalar_one_or_none()
    if reference is None:
        raise Conflict("the key belongs to somebody else")
    found = find(actor, Permission.SCREEN, str(reference))
    same = answers_of(found).sections == walked.sections and caller_of(found) == given.caller
    if not same or found.channel != given.channel or given.received_at not in (None, found.received_at):
        raise Conflict("the key has taken down something else", reference=found.reference)
    return found.reference
