"""Drafts that several people write: who helps, and who goes on when the author cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, exists, func, literal, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.referrals.commands import endings, notices, typed
from portal.referrals.models import Referral
from portal.referrals.queries.draft_lists import Shared, colleagues
from portal.referrals.queries.drafts import Draft

MOST_HELPERS = 10
# One visit to somebody else's draft is one event, however many pages of it are looked at.
VISIT = timedelta(minutes=15)


def invite(actor: Actor, draft: Shared, account_id: UUID) -> bool:
    """Let a colleague write the draft too, and tell them; False when they do already.

    Raises NotFound for anybody but the author and for the short form, Invalid({"colleague": …}) for somebody who is
    not in at the agency, and when too many help.
    """
    _only_author(actor, draft)
    _not_short(draft)
    _colleague(actor, account_id)
    if account_id in draft.helpers:
        return False
    if len(draft.helpers) >= MOST_HELPERS:
        raise Invalid({"colleague": "too_many"})
    return _begin(actor, draft, account_id, "helping", account_id)


def join(actor: Actor, draft: Shared) -> bool:
    """The agency's lead helps with a colleague's draft, which its author is told; False when they write it already."""
    if reach(actor, Permission.OVERSEE) is not Reach.AGENCY:
        raise NotFound("not the lead")
    _not_short(draft)
    if actor.account_id == draft.author_id or actor.account_id in draft.helpers:
        return False
    return _begin(actor, draft, actor.account_id, "joined", draft.author_id)


def _begin(actor: Actor, draft: Shared, helper: UUID, kind: str, told: UUID) -> bool:
    absent = ~(literal(helper, Uuid()) == func.any(Referral.helpers))
    added = func.array_append(Referral.helpers, literal(helper, Uuid()))
    if not _change(draft, Referral.author_id == draft.author_id, absent, helpers=added):
        return False
    events.record(Event.HELP_BEGUN, draft.id, helper=str(helper))
    notices.tell(actor, kind, told, draft.id)
    return True


def end_help(actor: Actor, draft_id: UUID, author_id: UUID | None, helper: UUID) -> None:
    """Somebody helps no more: the author says so of anybody, a helper of themselves; twice is once."""
    if actor.account_id not in (author_id, helper):
        raise NotFound("neither the author nor the helper")
    there = literal(helper, Uuid()) == func.any(Referral.helpers)
    values = {"helpers": func.array_remove(Referral.helpers, literal(helper, Uuid()))}
    agency_id = _update(draft_id, there, **values)
    if agency_id is not None:
        endings.remember(draft_id, agency_id, {helper: "helped"})
        events.record(Event.HELP_ENDED, draft_id, helper=str(helper))


def hand_over(actor: Actor, draft: Shared, heir: UUID, *, stay: bool) -> bool:
    """Make a colleague the draft's author; with `stay` its author until now goes on helping. False when it is theirs.

    By the author, or by the agency's lead, who may take it themselves. What the author typed and did not save goes
    along unless they stay. Raises Invalid for somebody who is not in at the agency, and Conflict when it was handed to
    somebody else meanwhile.
    """
    if heir != actor.account_id:
        _colleague(actor, heir)
    elif actor.account_id == draft.author_id:
        raise Invalid({"colleague": "missing"})
    before = literal(draft.author_id, Uuid())
    rest = func.array_remove(func.array_remove(Referral.helpers, literal(heir, Uuid())), before)
    values = {"author_id": heir, "helpers": func.array_append(rest, before) if stay else rest, "submit_key": None}
    if not _change(draft, Referral.author_id == draft.author_id, **values):
        if _author(draft.id) == heir:
            return False
        raise Conflict("handed to somebody else meanwhile", state="draft")
    if not stay:
        typed.give(draft.id, draft.author_id, heir)
        endings.remember(draft.id, draft.agency_id, {draft.author_id: "handed"})
    events.record(Event.REFERRAL_HANDED_OVER, draft.id)
    notices.tell(actor, "handed", heir, draft.id)
    notices.tell(actor, "moved", draft.author_id, draft.id)
    return True


def note_opening(actor: Actor, draft: Draft) -> None:
    """Record that somebody opened a draft that is not their own, once a visit."""
    if draft.author_id in (None, actor.account_id):
        return
    lately = exists().where(
        AuditEvent.tenant_id == scope.council().id,
        AuditEvent.subject_id == draft.id,
        AuditEvent.event == str(Event.REFERRAL_READ),
        AuditEvent.actor_id == actor.account_id,
        AuditEvent.at > clock.now() - VISIT,
    )
    if not db.session().execute(select(lately)).scalar_one():
        events.record(Event.REFERRAL_READ, draft.id, part="draft")


def _only_author(actor: Actor, draft: Shared) -> None:
    if actor.account_id != draft.author_id:
        raise NotFound("not the author")


def _not_short(draft: Shared) -> None:
    """Five things that cannot wait are one person's; they can be handed over."""
    if draft.kind == "urgent":
        raise NotFound("the short form has no helpers")


def _colleague(actor: Actor, account_id: UUID) -> None:
    if account_id not in {one.account_id for one in colleagues(actor)}:
        raise Invalid({"colleague": "missing"})


def _author(draft_id: UUID) -> UUID | None:
    query = select(Referral.author_id).where(Referral.tenant_id == scope.council().id, Referral.id == draft_id)
    return db.session().execute(query).scalar_one_or_none()


def _change(draft: Shared, *where: ColumnElement[bool], **values: Any) -> bool:
    return _update(draft.id, *where, **values) is not None


def _update(draft_id: UUID, *where: ColumnElement[bool], **values: Any) -> UUID | None:
    """Change a draft where that still holds: its agency, None where it did not. Its answers stay as they are."""
    found = db.session().execute(
        update(Referral)
        .where(Referral.tenant_id == scope.council().id, Referral.id == draft_id, Referral.state == "draft", *where)
        .values(**values)
        .returning(Referral.agency_id)
        .execution_options(synchronize_session=False)
    )
    return found.scalar_one_or_none()
