"""People with an account and a membership, and a browser that is signed in as one of them."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import insert, select

from portal.auth.agency_types import USUALLY
from portal.auth.models import Account, AccountSession, Agency, AgencyApproval, Membership, TermsAcceptance
from portal.auth.queries import terms
from portal.auth.sessions import PLAIN_NAME, hashed
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor, Council, Scope

COUNCIL_ROLES = ("screener", "practice_manager", "form_designer", "council_admin", "early_help_worker")
_count = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """Somebody in one council; `scope` is what their requests run in."""

    account_id: UUID
    email: str
    name: str
    council: Council
    actor: Actor

    @property
    def scope(self) -> Scope:
        """The council and the actor."""
        return Scope(self.council, self.actor)


def agency_id(key: str) -> UUID:
    """The id of a loaded agency by its key."""
    with db.unit_of_work(scope.NOWHERE) as session:
        return session.execute(select(Agency.id).where(Agency.key == key)).scalar_one()


def agency_keys(council: Council) -> list[str]:
    """Keys of the agencies that a council approved, in alphabetical order."""
    with db.unit_of_work(Scope(council)) as session:
        query = select(Agency.key).join(AgencyApproval, AgencyApproval.agency_id == Agency.id)
        return sorted(session.execute(query).scalars())


def make_person(
    council: Council,
    *,
    role: str = "referrer",
    agency: str | None = None,
    state: str = "active",
    name: str = "",
    email: str = "",
    account_id: UUID | None = None,
    language: str = "",
    strength: str = "",
    accepted: bool = True,
) -> Person:
    """An account with a membership. Referrers and leads belong to `agency` (default: the council's first);
    council staff to none. `account_id` adds a membership to somebody who has one elsewhere. If the council has terms
    of use, they have accepted them, unless not `accepted`."""
    number = next(_count)
    name = name or f"Nia CNRY Prys {number}"
    email = email or f"person.{number}@example.org.uk"
    belongs = None if role in COUNCIL_ROLES else agency_id(agency or agency_keys(council)[0])
    made = account_id or uuid4()
    membership_id = uuid4()
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        if account_id is None:
            session.execute(
                insert(Account).values(
                    id=made,
                    email=email,
                    email_key=email.lower(),
                    name=name,
                    password_hash="none",
                    language=language,
                    email_proved_at=clock.now(),
                )
            )
        session.execute(
            insert(Membership).values(
                tenant_id=council.id,
                id=membership_id,
                account_id=made,
                agency_id=belongs,
                role=role,
                state=state,
                job_title="Deputy head" if belongs else "Screening officer",
                used_at=clock.now(),
            )
        )
        now = terms.current() if accepted else None
        if now is not None:
            session.execute(insert(TermsAcceptance).values(tenant_id=council.id, account_id=made, number=now.number))
    live = state in ("pending", "active")
    actor = Actor(
        account_id=made,
        name=name,
        email=email,
        language=language,
        membership_id=membership_id,
        role=role if live else "",
        state=state,
        agency_id=belongs if live else None,
        strength=strength,
        agency_may=USUALLY if live and belongs else frozenset(),
    )
    return Person(made, email, name, council, actor)


def open_session(person: Person, strength: str = "") -> str:
    """A live session of that person, without clicking; returns what the browser's cookie holds."""
    key = secrets.token_urlsafe(32)
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(
            insert(AccountSession).values(
                id_hash=hashed(key),
                account_id=person.account_id,
                signed_in_at=clock.now(),
                strength=strength or person.actor.strength or "passkey",
                data={"_user_id": str(person.account_id), "_fresh": True},
            )
        )
    return key


def sign_in(client: FlaskClient, person: Person, strength: str = "") -> str:
    """Give the client a live session of that person, without clicking; returns the session's id."""
    key = open_session(person, strength)
    client.set_cookie(PLAIN_NAME, key, domain="localhost")
    return key
