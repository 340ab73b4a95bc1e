"""One report as a frozen value: its facts, its opened answers and its children."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from portal.auth.models import Account, Agency, Membership
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import db, scope
from portal.kernel.errors import Forbidden, NotFound
from portal.kernel.language import Text
from portal.kernel.scope import Actor
from portal.referrals.elsewhere import PORTAL, Caller, caller_from
from portal.referrals.models import Referral, ReferralChild
from portal.referrals.projecting import ChildFacts
from portal.referrals.queries import counted as besides
from portal.referrals.queries.reaching import reachable
from portal.tenants import vault

REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,23}")


@dataclass(frozen=True)
class Found:
    """One report's facts; `version` is what a command must have seen, `owner_name` is "" for an agency."""

    id: UUID
    reference: str
    state: str
    version: int
    kind: str
    agency_id: UUID
    agency_name: Text
    author_id: UUID
    author_name: str
    author_job: str
    language: str
    route: str
    rule: str
    level: int | None
    outcome_of_rules: dict[str, Any]
    overridden: bool
    attention: bool
    out_of_hours: bool
    urgency: int
    priority: str
    category: str
    initials: str
    sent_at: datetime | None
    queued_at: datetime | None
    due_at: datetime | None
    owner_id: UUID | None
    owner_name: str
    unread_by_council: int
    unread_by_agency: int
    outcome: str
    decided_at: datetime | None
    form_version_id: UUID
    wrapped_key: bytes
    form_key: str
    # Who wrote the report, when `author_name` took it over from them; else "".
    first_author: str = ""
    sight: tuple[UUID, ...] | None = None
    """Who of the council may see it, None while it is not restricted."""
    author_only: bool = False
    held_at: datetime | None = None
    """Since when the council keeps it past its time."""
    new_since: datetime | None = None
    """Since when something waits to be read on it, although it is closed."""
    withdrawal_asked_at: datetime | None = None
    approval_asked_at: datetime | None = None
    """Since when a decision waits for a second person."""
    channel: str = PORTAL
    """How it came."""
    caller: bytes | None = None
    """Who brought what did not come through the portal, sealed (`caller_of`)."""
    received_at: datetime | None = None
    """When that reached the council, as whoever took it down said."""
    rules_now: str | None = None
    """The higher route that the rules would choose for the corrected answers."""
    clock_paused_at: datetime | None = None
    """Since when its clock stands still."""
    clock_over_at: datetime | None = None
    """Since when it is known that one of the council's own clocks is over."""
    first_priority: str | None = None
    """The priority that it came with, once a screener gave it another."""
    counted: dict[str, Any] = field(default_factory=dict)
    """What higher packages count beside it (`queries.counted`), when the page asked for that."""

    @property
    def came_at(self) -> datetime | None:
        """When it reached the council, which is what its clock counts from."""
        return self.received_at or self.sent_at

    def reads_only(self, actor: Actor) -> bool:
        """Whether the person has it open for a while only, off the list: to read it, never to take it."""
        return not actor.system and self.sight is not None and actor.account_id not in self.sight


@dataclass(frozen=True)
class Answers:
    """What was answered: triage (question key: value), why the referrer disagreed, and each section.

    A section is a mapping (question key: value), a repeated one a list of such mappings.
    """

    triage: dict[str, Any] = field(default_factory=dict)
    override_reason: str = ""
    sections: dict[str, Any] = field(default_factory=dict)


_author, _owner, _first = aliased(Account), aliased(Account), aliased(Account)
# When a report reached the council: a contact from elsewhere may have come before it was taken down, never after. The
# index of the oldest is on this very expression.
CAME_AT = func.coalesce(Referral.received_at, Referral.sent_at)
# In the order of Found's fields, without the names that are worked out below.
_COLUMNS = (
    Referral.id, Referral.reference, Referral.state, Referral.version, Referral.kind, Referral.agency_id,
    Referral.author_id, Referral.language, Referral.route, Referral.rule, Referral.level,
    Referral.outcome_of_rules, Referral.overridden, Referral.attention, Referral.out_of_hours,
    Referral.urgency, Referral.priority, Referral.category, Referral.initials, Referral.sent_at,
    Referral.queued_at, Referral.due_at, Referral.owner_id, Referral.unread_by_council,
    Referral.unread_by_agency, Referral.outcome, Referral.decided_at, Referral.form_version_id,
    Referral.wrapped_key, Referral.form_key, Referral.sight, Referral.author_only,
    Referral.held_at, Referral.new_since, Referral.withdrawal_asked_at, Referral.rules_now,
    Referral.approval_asked_at,
    Referral.clock_paused_at, Referral.clock_over_at, Referral.first_priority,
    Referral.channel, Referral.caller, Referral.received_at,
)  # fmt: skip


def find(actor: Actor, permission: Permission, reference: str, *, counted: bool = False) -> Found:
    """The sent report with that reference, if the permission reaches it, `counted` with what is beside it; raises
    NotFound."""
    wanted = reference.upper()
    if not REFERENCE.fullmatch(wanted):
        raise NotFound("no such report")
    query = (
        select(
            *_COLUMNS,
            _author.name.label("author_name"),
            Membership.job_title,
            Agency.name.label("agency_name"),
            _owner.name.label("owner_name"),
            func.coalesce(_first.name, "").label("first_author"),
            *(besides.columns() if counted else ()),
        )
        .join(_author, _author.id == Referral.author_id)
        .join(Agency, Agency.id == Referral.agency_id)
        .outerjoin(_owner, _owner.id == Referral.owner_id)
        .outerjoin(_first, _first.id == Referral.first_author_id)
        .outerjoin(
            Membership,
            and_(
                Membership.tenant_id == Referral.tenant_id,
                Membership.account_id == Referral.author_id,
                Membership.agency_id == Referral.agency_id,
            ),
        )
        .where(
            reachable(actor, permission),
            Referral.tenant_id == scope.council().id,
            Referral.reference == wanted,
            Referral.state != "draft",
        )
    )
    row = db.session().execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("no such report")
    found = _found(dict(row), sees_council=reach(actor, permission) is Reach.COUNCIL)
    if permission not in (Permission.LOOK, Permission.SCREEN) and found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    return found


def _found(row: dict[str, Any], *, sees_council: bool) -> Found:
    job = row.pop("job_title")
    return Found(
        **{
            "counted": besides.taken(row),
            **row,
            "author_job": job or "",
            "owner_name": (row["owner_name"] or "") if sees_council else "",
            "route": row["route"] or "",
            "rule": row["rule"] or "",
            "outcome_of_rules": row["outcome_of_rules"] or {},
            "outcome": row["outcome"] or "",
            # Who is on the list is the council's to know.
            "sight": tuple(row["sight"]) if sees_council and row["sight"] is not None else None,
            "held_at": row["held_at"] if sees_council else None,
            "approval_asked_at": row["approval_asked_at"] if sees_council else None,
            "caller": row["caller"] if sees_council else None,
        }
    )


def record_of(found: Found) -> vault.Record:
    """What seals and opens the words of this report."""
    return vault.Record("referral", found.id, found.wrapped_key)


def caller_of(found: Found) -> Caller:
    """Who brought a contact that did not come through the portal; nobody for any other report."""
    if found.caller is None:
        return Caller()
    return caller_from(record_of(found).open(found.caller, "referral", found.id, "caller"))


def names_of(found: Found) -> tuple[str, ...]:
    """Who told the council: the author, whoever wrote it first, and whoever brought a contact from elsewhere, of which
    the author only took down what they said."""
    if found.caller is None:
        told = (found.author_name, found.first_author)
    else:
        # "Nia Trefor, head teacher": what stands after the name would hide the name from whoever looks for it.
        told = (caller_of(found).name.split(",")[0].strip(), "")
    return tuple(name for name in told if name)


def answers_of(found: Found) -> Answers:
    """The answers as they were sent; raises NotFound when they were destroyed."""
    query = select(Referral.answers).where(Referral.tenant_id == scope.council().id, Referral.id == found.id)
    blob = db.session().execute(query).scalar_one_or_none()
    if blob is None:
        raise NotFound("no answers are kept")
    return opened(record_of(found), found.id, blob)


def sealed(record: vault.Record, referral_id: UUID, answers: Answers) -> bytes:
    """The answers encrypted for the `answers` column of that report."""
    document = {
        "triage": answers.triage,
        "override_reason": answers.override_reason,
        "sections": answers.sections,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return record.seal(text, "referral", referral_id, "answers")


def opened(record: vault.Record, referral_id: UUID, blob: bytes) -> Answers:
    """The answers that `sealed` encrypted."""
    document = json.loads(record.open(blob, "referral", referral_id, "answers"))
    return Answers(document["triage"], document["override_reason"], document["sections"])


def children_of(found: Found) -> tuple[ChildFacts, ...]:
    """The children's facts as they are now, in the order of the report."""
    query = (
        select(
            ReferralChild.position,
            ReferralChild.first_name,
            ReferralChild.last_name,
            ReferralChild.born_on,
            ReferralChild.age_years,
            ReferralChild.unborn,
            ReferralChild.due_on,
            ReferralChild.postcode,
        )
        .where(
            ReferralChild.tenant_id == scope.council().id,
            ReferralChild.referral_id == found.id,
            ReferralChild.superseded_at.is_(None),
        )
        .order_by(ReferralChild.position)
    )
    return tuple(ChildFacts(*row) for row in db.session().execute(query))
