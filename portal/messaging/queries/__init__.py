"""The thread of a report: its messages in order, opened for somebody who may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.messaging import protecting
from portal.messaging.models import AskedQuestion, Message, MessageSighting
from portal.messaging.protecting import Protected
from portal.referrals.models import Notice, Referral
from portal.referrals.queries.corrections import corrections, versions_of
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, answers_of, names_of, record_of

_seer = aliased(Account)


@dataclass(frozen=True)
class Chosen:
    """A question of the form that a message asks: its place, and the correction that answered it."""

    place: str
    correction_id: UUID | None = None


@dataclass(frozen=True)
class Sighting:
    """Somebody of the other side has seen a message."""

    account_id: UUID
    name: str
    at: datetime


@dataclass(frozen=True)
class Said:
    """One message, opened. `side` is council or agency; `new` says that its side's reader had not read it; `kind`
    is message, addition or correction."""

    id: UUID
    side: str
    author_id: UUID
    author_name: str
    text: str
    sent_at: datetime
    new: bool
    kind: str = "message"
    answer_by: datetime | None = None
    """Of a question: until when its answer is wanted."""
    chosen: tuple[Chosen, ...] = ()
    """The form's own questions that it asks."""
    read_at: datetime | None = None
    """When whom it is for on the other side read it."""
    seen: tuple[Sighting, ...] = ()
    """Everybody of the other side who has seen it, the first of them first."""


def thread(actor: Actor, permission: Permission, found: Found) -> tuple[Said, ...]:
    """The messages of a report, oldest first; none for somebody beyond whose reach the report is."""
    query = (
        select(
            Message.id, Message.side, Message.author_id, Account.name, Message.body, Message.sent_at,
            Message.read_at, Message.kind, Message.answer_by, _chosen().label("chosen"), _seen().label("seen"),
        )
        .join(Referral, Referral.id == Message.referral_id)
        .join(Account, Account.id == Message.author_id)
        .where(_of(actor, permission, found))
        .order_by(Message.sent_at, Message.id)
    )  # fmt: skip
    rows = db.session().execute(query).all()
    record = record_of(found)
    return tuple(
        Said(
            id=row.id,
            side=row.side,
            author_id=row.author_id,
            author_name=row.name,
            text=record.open(row.body, "message", row.id, "body"),
            sent_at=row.sent_at,
            new=row.read_at is None,
            read_at=row.read_at,
            kind=row.kind,
            answer_by=row.answer_by,
            chosen=tuple(Chosen(place, UUID(by) if by else None) for place, by in row.chosen or ()),
            seen=tuple(Sighting(UUID(who), name, datetime.fromisoformat(at)) for who, name, at in row.seen or ()),
        )
        for row in rows
    )


def _chosen() -> ColumnElement[Any]:
    """What a message asks of the form, in its order, read with the message."""
    pair = func.jsonb_build_array(AskedQuestion.place, AskedQuestion.correction_id)
    return (
        select(func.jsonb_agg(aggregate_order_by(pair, AskedQuestion.position)))
        .where(AskedQuestion.tenant_id == Message.tenant_id, AskedQuestion.message_id == Message.id)
        .correlate(Message)
        .scalar_subquery()
    )


def _seen() -> ColumnElement[Any]:
    """Who has seen a message and when, read with the message."""
    told = func.jsonb_build_array(MessageSighting.account_id, _seer.name, MessageSighting.seen_at)
    return (
        select(func.jsonb_agg(aggregate_order_by(told, MessageSighting.seen_at)))
        .join(_seer, _seer.id == MessageSighting.account_id)
        .where(MessageSighting.tenant_id == Message.tenant_id, MessageSighting.message_id == Message.id)
        .correlate(Message)
        .scalar_subquery()
    )


def heard(actor: Actor, permission: Permission, found: Found) -> tuple[int, int]:
    """How many messages the agency has sent, and how many of them the council has read."""
    query = (
        select(func.count(), func.count(Message.read_at))
        .select_from(Message)
        .join(Referral, Referral.id == Message.referral_id)
        .where(_of(actor, permission, found), Message.side == "agency")
    )
    total, read = db.session().execute(query).one()
    return total, read


def arrived(actor: Actor, permission: Permission, found: Found, seen: int) -> tuple[Said, ...]:
    """What the agency has written (messages, additions, reasons of corrections) after the first `seen` of it."""
    theirs = [one for one in thread(actor, permission, found) if one.side == "agency"]
    return tuple(theirs[max(seen, 0) :])


def given_away(actor: Actor, found: Found, text: str) -> tuple[Protected, ...]:
    """What this report keeps secret, or kept at any time, and a text would give away."""
    try:
        answers = answers_of(found)
    except NotFound:
        return ()
    versions = versions_of(answers, corrections(actor, Permission.ASK, found))
    names = names_of(found)
    form = version(found.form_version_id).form
    every = [kept for one in versions for kept in protecting.protected(form, one.triage, one.sections, names)]
    return protecting.carried(text, dict.fromkeys(every))


@dataclass(frozen=True)
class Unanswered:
    """A report whose author was asked something, has not answered, and was not reminded of it."""

    referral_id: UUID
    author_id: UUID
    asked_at: datetime
    answer_by: datetime | None


def answer_due() -> ColumnElement[Any]:
    """Until when the council wants the answer to its last question about a report; null where nobody said."""
    return (
        select(Message.answer_by)
        .where(Message.tenant_id == Referral.tenant_id, Message.referral_id == Referral.id, Message.side == "council")
        .order_by(Message.sent_at.desc(), Message.id)
        .limit(1)
        .correlate(Referral)
        .scalar_subquery()
    )


def unanswered() -> tuple[Unanswered, ...]:
    """Every such report of the council in scope, for the job that reminds."""
    council = scope.current().council
    asked = (
        select(func.max(Message.sent_at))
        .where(Message.tenant_id == Referral.tenant_id, Message.referral_id == Referral.id, Message.side == "council")
        .correlate(Referral)
        .scalar_subquery()
    )
    reminded = select(Notice.id).where(
        Notice.tenant_id == Referral.tenant_id,
        Notice.referral_id == Referral.id,
        Notice.kind == "reminder",
        Notice.created_at > asked,
    )
    query = (
        select(Referral.id, Referral.author_id, asked.label("asked_at"), answer_due().label("answer_by"))
        .where(Referral.tenant_id == (council.id if council else None), Referral.state == "asked", ~reminded.exists())
        .order_by(Referral.id)
    )
    return tuple(Unanswered(*row) for row in db.session().execute(query) if row.asked_at is not None)


def _of(actor: Actor, permission: Permission, found: Found) -> ColumnElement[bool]:
    reach = reachable(actor, permission)
    return reach & (Message.referral_id == found.id)
