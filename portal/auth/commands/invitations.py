"""Invitations: for one address, in one council, to one thing; accepted once, within two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth import addresses, envelope, passwords
from portal.auth.addresses import Address
from portal.auth.commands import memberships, registration
from portal.auth.envelope import Details
from portal.auth.models import Invitation
from portal.auth.policy import Permission, Reach, reach
from portal.auth.queries import accounts
from portal.auth.queries import invitations as queries
from portal.auth.queries.agencies import judge
from portal.auth.queries.invitations import Offered
from portal.auth.queries.people import STAFF_ROLES
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor

LIFE: Final = timedelta(hours=48)
COLLEAGUE, LEAD, STAFF, SPONSORED = WHOM = ("colleague", "lead", "staff", "sponsored")


@dataclass(frozen=True)
class Typed:
    """What was typed about somebody to invite; what a kind of invitation does not ask stays empty."""

    email: str
    agency_id: str = ""
    role: str = ""
    evidence: str = ""


def kinds(actor: Actor) -> tuple[str, ...]:
    """Whom the actor may invite: a lead colleagues; the council leads and people it vouches for; its administrators
    the council's own people too."""
    found = reach(actor, Permission.PEOPLE)
    if found is Reach.AGENCY:
        return (COLLEAGUE,)
    if found is not Reach.COUNCIL:
        return ()
    return (LEAD, STAFF, SPONSORED) if reach(actor, Permission.COUNCIL) is Reach.COUNCIL else (LEAD, SPONSORED)


def invite(actor: Actor, whom: str, typed: Typed, language: str) -> UUID:
    """Invite somebody; the email is a job's. Raises NotFound for what the actor may not do, and
    Invalid({"email": reason | "member" | "invited"}, {"agency": "choice"}, {"role": "choice"}).
    """
    if whom not in kinds(actor):
        raise NotFound
    agency_id, role = _place(actor, whom, typed)
    reason = refusal(whom, typed.email, agency_id)
    if reason:
        events.record_apart(Event.ADDRESS_REFUSED, reason=reason)
        raise Invalid({"email": reason})
    address = addresses.parse(typed.email)
    if queries.is_member(address.key, agency_id):
        raise Invalid({"email": "member"})
    return _offer(
        actor, address, language, agency_id=agency_id, role=role, sponsored=whom == SPONSORED, evidence=typed.evidence
    )


def invite_first(actor: Actor, email: str, language: str) -> UUID:
    """Invite the first administrator of a council that the operator has just made, in whose scope this is.

    Raises NotFound for anybody else, and Invalid({"email": reason}).
    """
    if reach(actor, Permission.OPERATE) is Reach.NONE:
        raise NotFound
    reason = refusal(STAFF, email, None)
    if reason:
        raise Invalid({"email": reason})
    return _offer(actor, addresses.parse(email), language, agency_id=None, role="council_admin")


def _offer(
    actor: Actor,
    address: Address,
    language: str,
    *,
    agency_id: UUID | None,
    role: str,
    sponsored: bool = False,
    evidence: str = "",
) -> UUID:
    invitation_id, now = uuid4(), clock.now()
    wrapped = envelope.new_key(invitation_id)
    made = db.session().execute(
        insert(Invitation)
        .values(
            tenant_id=scope.council().id,
            id=invitation_id,
            agency_id=agency_id,
            role=role,
            sponsored=sponsored,
            evidence=evidence if sponsored else "",
            email=address.as_typed,
            email_key=address.key,
            wrapped_key=wrapped,
            token_hash=queries.hashed(envelope.token(wrapped, invitation_id)),
            language=language,
            invited_by=actor.account_id,
            created_at=now,
            expires_at=now + LIFE,
        )
        .on_conflict_do_nothing()
        .returning(Invitation.id)
    )
    if made.scalar_one_or_none() is None:
        raise Invalid({"email": "invited"})
    events.record(Event.INVITED, invitation_id, role=role, sponsored=sponsored)
    jobs.enqueue("auth.send_invitation", invitation_id=invitation_id)
    return invitation_id


def _place(actor: Actor, whom: str, typed: Typed) -> tuple[UUID | None, str]:
    """Which agency (None: the council itself) and role the invitation is for."""
    if whom == COLLEAGUE:
        return actor.agency_id, "referrer"
    if whom == STAFF:
        if typed.role not in STAFF_ROLES:
            raise Invalid({"role": "choice"})
        return None, typed.role
    found = next((one.id for one in queries.agencies() if str(one.id) == typed.agency_id), None)
    if found is None:
        raise Invalid({"agency": "choice"})
    return found, "agency_lead" if whom == LEAD else "referrer"


def refusal(whom: str, email: str, agency_id: UUID | None) -> str:
    """Why an address may not be invited, or "". Addresses are judged as at registration; only whoever the council
    vouches for need not have one of the agency, and may have a private one where the council allows that."""
    try:
        address = addresses.parse(email)
    except addresses.BadAddress as bad:
        return bad.reason
    if whom in (STAFF, SPONSORED):
        return _of_no_agency(whom, address.domain)
    judged = judge(email)
    if not judged.accepted:
        return judged.reason
    return "" if judged.agency(str(agency_id)) else "other_agency"


def _of_no_agency(whom: str, domain: str) -> str:
    people = scope.council().settings.people
    if addresses.is_tier(domain) or addresses.is_authority_tier(domain):
        return "tier"
    if addresses.is_webmail(domain):
        return "" if whom == SPONSORED and people.sponsored_webmail else "webmail"
    own = people.staff_domains or (scope.council().settings.email.rpartition("@")[2],)
    return "" if whom == SPONSORED or domain in own else "not_council"


def send_again(actor: Actor, invitation_id: UUID, version: int) -> None:
    """A new email with a new secret and two new days; the old one stops working. Twice is once."""
    wrapped, now = envelope.new_key(invitation_id), clock.now()
    _change(
        actor,
        invitation_id,
        version,
        "open",
        wrapped_key=wrapped,
        token_hash=queries.hashed(envelope.token(wrapped, invitation_id)),
        expires_at=now + LIFE,
    )


def cancel(actor: Actor, invitation_id: UUID, version: int) -> None:
    """Take an invitation back. Twice is once."""
    _change(actor, invitation_id, version, "cancelled", state="cancelled", settled_at=clock.now())


def _change(actor: Actor, invitation_id: UUID, version: int, after: str, **values: object) -> None:
    """Raises NotFound when the actor may not know of it, Conflict when it was accepted, cancelled or changed."""
    changed = db.session().execute(
        update(Invitation)
        .where(
            queries.manageable(actor),
            Invitation.id == invitation_id,
            Invitation.state == "open",
            Invitation.version == version,
        )
        .values(version=Invitation.version + 1, **values)
        .returning(Invitation.id)
    )
    if changed.one_or_none() is None:
        found = queries.state_of(actor, invitation_id)
        if found is None:
            raise NotFound
        if found == (after, version + 1):
            return
        raise Conflict("the invitation was settled first")
    if after == "cancelled":
        events.record(Event.INVITATION_CANCELLED, invitation_id)
        return
    events.record(Event.INVITATION_SENT_AGAIN, invitation_id)
    jobs.enqueue("auth.send_invitation", invitation_id=invitation_id)


def accept_new(token_hash: str, name: str, job: str, password: str, language: str) -> Actor:
    """Make the account of an address that had none, with what it was offered.

    Raises NotFound when the invitation is over, Invalid({"password": …}), Conflict when the address got an account
    meanwhile.
    """
    offered = _take(token_hash)
    details = Details(offered.email, name, job, agency_id=str(offered.agency_id or ""))
    weak = passwords.weakness(password, registration.own_words(details))
    if weak is not None:
        raise Invalid({"password": weak})
    account_id = registration.make_account(details, password, language)
    return _join(account_id, offered, job)


def accept(actor: Actor, token_hash: str) -> Actor:
    """Add what was offered to the person who is signed in.

    Raises NotFound when the invitation is over, Forbidden when it is for somebody else, Conflict when they have what
    it offers.
    """
    found = queries.offered(token_hash)
    if found is not None and found.account_id != actor.account_id:
        events.record_apart(Event.INVITATION_REFUSED, found.id, reason="other_person")
        raise Forbidden
    return _join(actor.account_id, _take(token_hash), actor.job_title, actor.strength)


def _take(token_hash: str) -> Offered:
    """Use the invitation up: one UPDATE, so that of many at once exactly one succeeds."""
    found = queries.offered(token_hash)
    won = db.session().execute(
        update(Invitation)
        .where(queries.live(token_hash))
        .values(state="accepted", settled_at=clock.now(), version=Invitation.version + 1)
        .returning(Invitation.id)
    )
    if won.one_or_none() is None or found is None:
        raise NotFound("the invitation is over")
    whom = SPONSORED if found.sponsored else STAFF if found.agency_id is None else COLLEAGUE
    # The domains of an agency, and what the council allows, may have changed since.
    reason = refusal(whom, found.email, found.agency_id)
    if reason:
        events.record_apart(Event.INVITATION_REFUSED, found.id, reason=reason)
        raise NotFound("the address no longer fits")
    return found


def _join(account_id: UUID, offered: Offered, job: str, strength: str = "email") -> Actor:
    scope.act_as(accounts.actor_of(account_id, strength=strength))
    events.record(Event.INVITATION_ACCEPTED, offered.id, role=offered.role, sponsored=offered.sponsored)
    membership_id = memberships.grant(account_id, offered, job)
    actor = accounts.actor_of(account_id, membership_id, strength=strength)
    scope.act_as(actor)
    return actor
