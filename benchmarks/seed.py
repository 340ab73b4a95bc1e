"""What the measured pages show: people with sessions, reports in every state, drafts ready to be sent."""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks.answers import WORDS, complete
from portal.auth.models import Account, AccountSession, Agency, AgencyApproval, Membership, TermsAcceptance
from portal.auth.queries import terms
from portal.auth.sessions import PLAIN_NAME, hashed
from portal.forms.folder import CouncilFolder
from portal.forms.queries import Published, newest
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.referrals.models import Referral, ReferralChild, ReferralSection
from portal.referrals.paths import TRIAGE
from portal.referrals.queries.drafts import TABLE
from portal.referrals.queries.record import Answers, sealed
from portal.referrals.references import new_reference
from portal.tenants import vault

# Of a hundred reports: a council decides most and keeps the rest open for days.
STATES = {"sent": 10, "screening": 8, "asked": 6, "answered": 6, "decided": 65, "withdrawn": 5}
ROUTES = {"MASH_URGENT": (4, "urgent"), "MASH": (3, "standard"), "EARLY_HELP": (2, "standard"), "ADVICE": (1, "low")}
NAMES = ("Siân Llŷr", "Tomos O'Brien", "Aisha Begum", "Zoë Smith-Jones", "Piotr Nowak", "Megan Rees")
CHUNK = 200


@dataclass(frozen=True)
class Person:
    """Somebody signed in: account and agency, and the cookie of their browser."""

    account_id: UUID
    agency_id: UUID | None
    cookie: str


@dataclass(frozen=True)
class Draft:
    """A complete draft, ready to be sent with its key as it was at its version."""

    id: UUID
    submit_key: UUID
    version: int = 1


def people(council: Council, count: int) -> tuple[Person, list[Person]]:
    """A screener and `count` referrers of as many agencies as there are, each signed in."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        query = select(Agency.id).join(AgencyApproval, AgencyApproval.agency_id == Agency.id).order_by(Agency.key)
        agencies = list(session.execute(query).scalars())
        screener = _person(session, council, "screener", None, "Ali Screener")
        referrers = [
            _person(session, council, "referrer", agencies[number % len(agencies)], NAMES[number % len(NAMES)])
            for number in range(count)
        ]
    return screener, referrers


def _person(session: Session, council: Council, role: str, agency_id: UUID | None, name: str) -> Person:
    account_id, key, now = uuid4(), secrets.token_urlsafe(32), clock.now()
    email = f"{account_id.hex}@example.org.uk"
    session.execute(
        insert(Account).values(
            id=account_id,
            email=email,
            email_key=email,
            name=name,
            password_hash="none",  # noqa: S106 - nobody signs in with it
            language="en",
        )
    )
    session.execute(
        insert(Membership).values(
            tenant_id=council.id, account_id=account_id, agency_id=agency_id, role=role, state="active"
        )
    )
    now_asked = terms.current()
    if now_asked is not None:
        session.execute(
            insert(TermsAcceptance).values(tenant_id=council.id, account_id=account_id, number=now_asked.number)
        )
    data = {"_user_id": str(account_id), "_fresh": True, "csrf_token": secrets.token_hex(20)}
    session.execute(
        insert(AccountSession).values(
            id_hash=hashed(key),
            account_id=account_id,
            data=data,
            created_at=now,
            seen_at=now,
            signed_in_at=now,
            strength="passkey",
        )
    )
    return Person(account_id, agency_id, f"{PLAIN_NAME}={key}")


def reports(council: Council, screener: Person, authors: Sequence[Person], count: int) -> None:
    """`count` sent reports over the last ninety days, a child or two each; the same ones every time."""
    choose = random.Random(2)
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        published = newest()
        for start in range(0, count, CHUNK):
            rows = [_report(council, screener, authors, published, choose) for _ in range(min(CHUNK, count - start))]
            session.execute(insert(Referral), rows)
            session.execute(insert(ReferralChild), [child for row in rows for child in _children(row, choose)])


def _report(
    council: Council, screener: Person, authors: Sequence[Person], published: Published, choose: random.Random
) -> dict[str, Any]:
    made, author, now = uuid4(), choose.choice(authors), clock.now()
    state = choose.choices(list(STATES), list(STATES.values()))[0]
    route = choose.choices(list(ROUTES), [1, 4, 4, 3])[0]
    sent = now - timedelta(minutes=choose.randrange(1, 90 * 24 * 60 if state == "decided" else 4 * 24 * 60))
    rule = next(one for one in published.thresholds.rules if one.route == route)
    wrapped = vault.new_record_key("referral", made)
    answers = Answers(sections={"concern": {"words": WORDS}})
    owned = state in ("screening", "asked", "answered", "decided")
    return {
        "tenant_id": council.id, "id": made, "agency_id": author.agency_id, "author_id": author.account_id,
        "form_version_id": published.id, "kind": "full", "state": state, "language": "en", "wrapped_key": wrapped,
        "answers": sealed(vault.Record("referral", made, wrapped), made, answers), "reference": new_reference(),
        "route": route, "rule": rule.id, "outcome_of_rules": {"why": dict(rule.why), "also": []},
        "urgency": ROUTES[route][0], "priority": ROUTES[route][1], "initials": "SL",
        "created_at": sent, "changed_at": sent, "sent_at": sent, "queued_at": sent,
        "due_at": sent + timedelta(hours=24), "owner_id": screener.account_id if owned else None,
        "outcome": council.settings.outcomes[0].key if state == "decided" else None,
        "decided_at": min(now, sent + timedelta(hours=20)) if state == "decided" else None,
        "unread_by_council": int(state == "answered"),
    }  # fmt: skip


def _children(row: dict[str, Any], choose: random.Random) -> list[dict[str, Any]]:
    first, last = choose.choice(NAMES).split(" ", 1)
    return [
        {
            "tenant_id": row["tenant_id"], "id": uuid4(), "referral_id": row["id"], "agency_id": row["agency_id"],
            "position": place, "first_name": first, "last_name": last, "age_years": choose.randrange(18),
        }
        for place in range(choose.choice((1, 1, 2)))
    ]  # fmt: skip


def drafts(council: Council, folder: CouncilFolder, author: Person, count: int) -> list[Draft]:
    """`count` drafts of one person with every section complete and a key to send them with."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        published, now = newest(), clock.now()
        triage, sections = complete(published, folder.scenarios[0]["answers"])
        bodies = {TRIAGE: {"answers": triage, "override_reason": ""}, **sections}
        made = [Draft(uuid4(), uuid4()) for _ in range(count)]
        wrapped = {one.id: vault.new_record_key("referral", one.id) for one in made}
        session.execute(
            insert(Referral),
            [
                {
                    "tenant_id": council.id, "id": one.id, "agency_id": author.agency_id, "kind": "full",
                    "author_id": author.account_id, "form_version_id": published.id, "language": "en",
                    "expires_on": clock.today() + timedelta(days=28), "wrapped_key": wrapped[one.id],
                    "submit_key": one.submit_key,
                }
                for one in made
            ],
        )  # fmt: skip
        for one in made:
            record = vault.Record("referral", one.id, wrapped[one.id])
            rows = [_section(council, author, one, record, key=key, body=body, now=now) for key, body in bodies.items()]
            session.execute(insert(ReferralSection), rows)
    return made


def _section(
    council: Council, author: Person, draft: Draft, record: vault.Record, *, key: str, body: Any, now: datetime
) -> dict[str, Any]:
    row_id = uuid4()
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return {
        "tenant_id": council.id, "id": row_id, "referral_id": draft.id, "agency_id": author.agency_id,
        "section": key, "body": record.seal(text, TABLE, row_id, "body"), "complete": True, "changed_at": now,
    }  # fmt: skip
