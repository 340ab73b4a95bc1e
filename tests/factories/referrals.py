"""Sent reports, written straight into the tables: sealed answers, facts, children; quicker than clicking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from portal.audit import events
from portal.audit.events import Event
from portal.forms.queries import newest
from portal.kernel import clock, db
from portal.kernel.scope import Council, Scope
from portal.referrals.models import Referral, ReferralChild
from portal.referrals.queries.record import Answers, sealed
from portal.referrals.references import new_reference
from portal.tenants import vault
from tests.factories.people import Person

URGENCY = {"MASH_URGENT": 4, "MASH": 3, "EARLY_HELP": 2, "ADVICE": 1}
PRIORITY = {4: "urgent", 3: "standard", 2: "standard", 1: "low"}
OWNED = ("screening", "asked", "answered", "decided")
PHONE = "01632 960555"
# The marker that tests/fixtures/canary.py looks for is in every name and text.
TOLD = "She said CNRY at breakfast"
SECTIONS: dict[str, Any] = {"referrer": {"ref_phone": PHONE}, "concern": {"sos_what_happened": TOLD}}


@dataclass(frozen=True)
class Made:
    """A report that a test made."""

    id: UUID
    reference: str
    council: Council
    author: Person


@dataclass(frozen=True)
class Child:
    """A child's facts."""

    first_name: str = "Siân CNRY"
    last_name: str = "Llŷr"
    born_on: date | None = date(2019, 3, 27)
    age_years: int | None = None
    unborn: bool = False
    postcode: str = ""


def make_referral(
    council: Council,
    author: Person,
    *,
    route: str = "MASH",
    state: str = "sent",
    kind: str = "full",
    owner: Person | None = None,
    sent_at: datetime | None = None,
    due_at: datetime | None = None,
    priority: str = "",
    language: str = "en",
    children: Sequence[Child] = (Child(),),
    sections: dict[str, Any] | None = None,
    triage: dict[str, Any] | None = None,
    override_reason: str = "",
    outcome_of_rules: dict[str, Any] | None = None,
    **columns: Any,
) -> Made:
    """A report of `author` in any state but draft; `owner` is needed for the states after `sent`.

    `columns` are further columns of the referral table (attention=True, unread_by_council=1, …).
    """
    made, reference, now = uuid4(), new_reference(), clock.now()
    sent = sent_at or now
    urgency = 4 if kind == "urgent" else URGENCY[route]
    with db.unit_of_work(Scope(council, author.actor)) as session:
        published = newest()
        wrapped = vault.new_record_key("referral", made)
        record = vault.Record("referral", made, wrapped)
        answers = Answers(triage or {}, override_reason, sections or SECTIONS)
        rule = next(one for one in published.thresholds.rules if one.route == route)
        found_by_rules = {
            "route": route, "rule": rule.id, "level": None, "notices": [], "topics": [], "why": dict(rule.why),
            "also": [], "before_override": None, "attention": False, **(outcome_of_rules or {}),
        }  # fmt: skip
        values: dict[str, Any] = {
            "tenant_id": council.id, "id": made, "agency_id": author.actor.agency_id,
            "author_id": author.account_id, "form_version_id": published.id, "kind": kind, "state": state,
            "language": language, "wrapped_key": wrapped, "answers": sealed(record, made, answers),
            "submit_key": uuid4(), "reference": reference, "route": route, "rule": rule.id,
            "outcome_of_rules": found_by_rules, "urgency": urgency, "priority": priority or PRIORITY[urgency],
            "initials": _initials(children), "sent_at": sent, "queued_at": sent,
            "due_at": due_at or sent + timedelta(days=1), "created_at": sent, "changed_at": sent,
        }  # fmt: skip
        if state in OWNED and owner is not None:
            values |= {"owner_id": owner.account_id, "claimed_at": sent}
        if state == "decided":
            values |= {"outcome": council.settings.outcomes[0].key, "decided_at": now}
        session.execute(insert(Referral).values(values | columns))
        for place, child in enumerate(children):
            session.execute(
                insert(ReferralChild).values(
                    tenant_id=council.id,
                    referral_id=made,
                    agency_id=author.actor.agency_id,
                    position=place,
                    first_name=child.first_name,
                    last_name=child.last_name,
                    born_on=child.born_on,
                    age_years=child.age_years,
                    unborn=child.unborn,
                    postcode=child.postcode,
                )
            )
        events.record(Event.REFERRAL_SENT, made, route=route, rule=rule.id, kind=kind)
    return Made(made, reference, council, author)


def _initials(children: Sequence[Child]) -> str:
    if not children:
        return ""
    return "".join(name[:1].upper() for name in (children[0].first_name, children[0].last_name))
