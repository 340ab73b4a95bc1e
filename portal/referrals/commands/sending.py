"""Sending a report: one transaction that checks, freezes, projects, routes, numbers, records and tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.forms.queries import Published, version
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from portal.kernel.scope import Actor
from portal.referrals.commands import duty, endings, facts, notices, short, typed
from portal.referrals.deadlines import URGENT_RANK, due_at
from portal.referrals.marking import known
from portal.referrals.models import Referral, ReferralSection
from portal.referrals.paths import Walked, walk
from portal.referrals.projecting import Projected, project
from portal.referrals.queries.connections import who_must_not_see
from portal.referrals.queries.drafts import Draft, find_draft, own
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Answers, answers_of, find, sealed
from portal.referrals.references import new_reference
from portal.referrals.routing import Routed, route
from portal.referrals.withholding import keeps_places
from portal.tenants import vault
from portal.tenants.opening import is_open

TRIES = 5


@dataclass(frozen=True)
class _Sending:
    """Everything that is worked out before the report is written."""

    draft: Draft
    walked: Walked
    routed: Routed
    projected: Projected
    at: datetime


def mint_key(actor: Actor, draft: Draft) -> UUID:
    """The key that makes sending this draft happen once; minted when the check page is first shown."""
    del actor
    if draft.submit_key is not None:
        return draft.submit_key
    # Two tabs may open the page at once: whichever comes second gets the first one's key.
    statement = _of(draft.id).values(submit_key=func.coalesce(Referral.submit_key, uuid4()))
    minted: UUID | None = db.session().execute(statement.returning(Referral.submit_key)).scalar_one_or_none()
    if minted is None:
        raise Conflict("sent meanwhile", state="sent")
    return minted


def send(actor: Actor, draft_id: UUID, submit_key: UUID, seen: int) -> str:
    """Send a draft as it was at version `seen`; returns its reference.

    The same key again returns the same reference. Raises NotFound, Conflict when the draft changed after
    the check page was shown or its form was replaced for drafts too, and Invalid({section: "missing"}) while
    required answers are missing.
    """
    locked = _lock(actor, draft_id)
    if locked.submit_key != submit_key:
        raise Conflict("sent or begun elsewhere", state=locked.state)
    if locked.state != "draft":
        return str(locked.reference)
    if locked.version != seen:
        raise Conflict("the draft changed", state="draft")
    draft = find_draft(actor, draft_id)
    if draft.must_restart:
        raise Conflict("the form was replaced", state="draft", restart="yes")
    return _send(actor, _prepare(draft, version(draft.form_version_id), clock.now()))


def send_urgent(actor: Actor, submit_key: UUID, form: Published, sections: dict[str, Any], language: str) -> str:
    """Send the urgent short form straight away, draft or none; returns its reference, the same for the same key.

    Raises Invalid({section: "missing"}) while one of its questions has no answer, and Conflict when the key has sent
    other answers (after "Back"): they would be lost behind a receipt.
    """
    try:
        draft_id = short.begin(actor, submit_key, form, language)
    except Conflict:
        return _sent_before(actor, submit_key, walk(form.form, "urgent", {}, sections).sections)
    draft = find_draft(actor, draft_id)
    return _send(actor, _prepare(draft, form, clock.now(), sections))


def _sent_before(actor: Actor, submit_key: UUID, sections: dict[str, Any]) -> str:
    """The reference of the report that was sent with that key and these very answers."""
    query = select(Referral.reference).where(
        reachable(actor, Permission.RECEIPT),
        Referral.tenant_id == scope.council().id,
        Referral.submit_key == submit_key,
        Referral.state != "draft",
    )
    reference = db.session().execute(query).scalar_one_or_none()
    if reference is None:
        raise Conflict("the key belongs to another report")
    if answers_of(find(actor, Permission.RECEIPT, reference)).sections != sections:
        raise Conflict("the key has sent other answers")
    return str(reference)


def _lock(actor: Actor, draft_id: UUID) -> Any:
    """The draft's state, reference, key and version, locked until the transaction ends."""
    query = (
        select(Referral.state, Referral.reference, Referral.submit_key, Referral.version)
        .where(own(actor, helping=False), Referral.id == draft_id)
        .with_for_update()
    )
    row: Any = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such draft")
    return row


def _prepare(draft: Draft, form: Published, at: datetime, given: dict[str, Any] | None = None) -> _Sending:
    """Follow the whole path again on what is stored: whatever was posted, in whatever order."""
    routed = route(form.form, form.thresholds, draft.kind, draft.triage, at)
    override = form.thresholds.override_answer
    sections = draft.sections if given is None else given
    walked = walk(form.form, draft.kind, routed.triage, sections, override)
    if walked.missing:
        raise Invalid({gap.section: "missing" for gap in walked.missing})
    projected = project(form.form, draft.kind, walked.sections)
    return _Sending(draft, walked, routed, projected, at)


def _send(actor: Actor, sending: _Sending) -> str:
    draft, routed = sending.draft, sending.routed
    secret = keeps_places(sending.walked.triage, sending.walked.sections)
    facts.write(draft.id, draft.agency_id, known(sending.projected, secret=secret))
    reference = _write(actor, sending)
    db.session().execute(
        delete(ReferralSection)
        .where(
            ReferralSection.tenant_id == scope.council().id,
            ReferralSection.referral_id == draft.id,
        )
        .execution_options(synchronize_session=False)
    )
    typed.forget(draft.id)
    endings.remember(draft.id, draft.agency_id, dict.fromkeys(draft.helpers, "sent"))
    outcome = routed.outcome
    if routed.overridden:
        was = outcome.before_override or ""
        events.record(Event.REFERRAL_OVERRIDDEN, draft.id, route=outcome.route, rule=was)
    events.record(Event.REFERRAL_SENT, draft.id, route=outcome.route, rule=outcome.rule, kind=draft.kind)
    notices.tell(actor, "received", actor.account_id, draft.id)
    if routed.rank >= URGENT_RANK:
        duty.raise_alert(draft.id)
    return reference


def _write(actor: Actor, sending: _Sending) -> str:
    """Freeze the report under a reference that nobody has; a collision tries again."""
    values = _values(sending)
    values["unseen_by"] = sorted(who_must_not_see(sending.projected.children, actor.account_id))
    session = db.session()
    for _ in range(TRIES):
        reference = new_reference()
        try:
            with session.begin_nested():
                session.execute(_of(sending.draft.id).values(reference=reference, **values))
        except IntegrityError as error:
            if "reference" not in _constraint(error):
                raise
        else:
            return reference
    raise Unavailable("no free reference")


def _constraint(error: IntegrityError) -> str:
    """The name of the rule that was broken, as PostgreSQL tells it."""
    return str(getattr(getattr(error.orig, "diag", None), "constraint_name", "") or "")


def _of(draft_id: UUID) -> Any:
    return (
        update(Referral)
        .where(
            Referral.tenant_id == scope.council().id,
            Referral.id == draft_id,
            Referral.state == "draft",
        )
        .execution_options(synchronize_session=False)
    )


def _values(sending: _Sending) -> dict[str, Any]:
    draft, routed = sending.draft, sending.routed
    reason = draft.override_reason if routed.overridden else ""
    answers = Answers(sending.walked.triage, reason, sending.walked.sections)
    record = vault.Record("referral", draft.id, draft.wrapped_key)
    return {
        "state": "sent",
        "version": Referral.version + 1,
        "expires_on": None,
        "warned_on": None,
        "answers": sealed(record, draft.id, answers),
        "unread_by_council": 0,
        **arrival(routed, sending.projected, sending.at),
    }


def arrival(routed: Routed, projected: Projected, at: datetime) -> dict[str, Any]:
    """The columns of a report that comes into the holding area at that moment, going that way."""
    council, outcome = scope.council(), routed.outcome
    return {
        "changed_at": at,
        "sent_at": at,
        "queued_at": at,
        "route": outcome.route,
        "rule": outcome.rule,
        "level": outcome.level,
        "outcome_of_rules": routed.document(),
        "overridden": routed.overridden,
        "attention": outcome.attention,
        "out_of_hours": not is_open(council, at),
        "urgency": routed.rank,
        "priority": routed.priority,
        "category": projected.category,
        "initials": projected.initials,
        "due_at": due_at(council, routed.rank, at),
    }
