"""Who may do what: role x permission -> reach, in one table that the guard and every query read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from uuid import UUID

from portal.auth import agency_types
from portal.kernel.scope import Actor


class Reach(IntEnum):
    """How far a permission goes; a wider reach includes the narrower ones."""

    NONE = 0
    OWN = 1
    AGENCY = 2
    COUNCIL = 3


class Permission(StrEnum):
    """`<resource>:<action>`; each page and each command names one."""

    ACCOUNT = "account:own"
    REPORT = "referral:report"
    REQUEST = "information:request"
    RECEIPT = "referral:receipt"
    OVERSEE = "draft:oversee"
    TRACK = "referral:track"
    REPLY = "message:reply"
    LOOK = "referral:look"
    SCREEN = "referral:screen"
    CLAIM = "referral:claim"
    ASSIGN = "referral:assign"
    ASK = "message:ask"
    DECIDE = "referral:decide"
    PEOPLE = "people:approve"
    FAMILY = "family:see"
    ENQUIRIES = "enquiry:answer"
    COUNCIL = "council:manage"
    DESIGN = "forms:design"
    PUBLISH = "forms:publish"
    RESTRICT = "referral:restrict"
    APPROVE = "decision:approve"
    CONNECT = "connection:own"
    EARLY_HELP = "early_help:act"
    OPERATE = "instance:operate"
    SUPPORT = "support:approve"
    HUB = "hub:take_part"


# The council's own people: without an agency.
COUNCIL_ROLES = ("screener", "practice_manager", "form_designer", "council_admin", "early_help_worker")

P, R = Permission, Reach

# What a council lets people of one kind of agency do comes on top of their role, never instead of it.
NEEDS: Mapping[Permission, str] = {
    P.REPORT: agency_types.REPORT,
    P.REQUEST: agency_types.REQUEST,
    P.FAMILY: agency_types.SEE_FAMILY,
    P.ENQUIRIES: agency_types.ANSWER,
}
_REFERRER = {
    P.ACCOUNT: R.OWN, P.REPORT: R.OWN, P.REQUEST: R.OWN, P.RECEIPT: R.OWN, P.TRACK: R.OWN, P.REPLY: R.OWN,
    P.FAMILY: R.OWN, P.ENQUIRIES: R.AGENCY, P.HUB: R.COUNCIL,
}  # fmt: skip
_STAFF = {P.ACCOUNT: R.OWN, P.CONNECT: R.OWN}
_SCREENER = {
    **_STAFF, P.LOOK: R.COUNCIL, P.SCREEN: R.COUNCIL, P.CLAIM: R.COUNCIL, P.ASK: R.COUNCIL, P.DECIDE: R.COUNCIL,
}  # fmt: skip

# A person whose membership waits for approval may write and send an urgent report and see its receipt:
# a report is never blocked for want of an approval, and nothing is shown for want of one.
POLICY: Mapping[str, Mapping[Permission, Reach]] = {
    "": {P.ACCOUNT: R.OWN},
    "waiting": {P.ACCOUNT: R.OWN, P.REPORT: R.OWN, P.RECEIPT: R.OWN},
    "referrer": _REFERRER,
    "agency_lead": {
        **_REFERRER,
        P.TRACK: R.AGENCY,
        P.REPLY: R.AGENCY,
        P.PEOPLE: R.AGENCY,
        P.CONNECT: R.OWN,
        P.OVERSEE: R.AGENCY,
    },
    "screener": _SCREENER,
    # DESIGN changes drafts of the council's forms; PUBLISH reads them, comments, and is the second pair of eyes.
    "practice_manager": {
        **_SCREENER,
        P.PEOPLE: R.COUNCIL,
        P.PUBLISH: R.COUNCIL,
        P.RESTRICT: R.COUNCIL,
        P.APPROVE: R.COUNCIL,
        P.ASSIGN: R.COUNCIL,
        P.SUPPORT: R.COUNCIL,
        P.EARLY_HELP: R.COUNCIL,
    },
    "form_designer": {**_STAFF, P.DESIGN: R.COUNCIL, P.PUBLISH: R.COUNCIL},
    "council_admin": {**_STAFF, P.PEOPLE: R.COUNCIL, P.COUNCIL: R.COUNCIL, P.PUBLISH: R.COUNCIL, P.SUPPORT: R.COUNCIL},
    # Of the reports they reach those that were handed to early help, and no other (referrals/queries/reaching.py).
    "early_help_worker": {**_STAFF, P.EARLY_HELP: R.COUNCIL},
    # Whoever runs the instance holds nothing within a council, not even a page about themselves.
    "operator": {P.OPERATE: R.COUNCIL},
    # The same person while a council lets them: they look at what is not restricted, and change nothing.
    "support": {P.LOOK: R.COUNCIL},
    "system": dict.fromkeys(P, R.COUNCIL),
}


def part(actor: Actor) -> str:
    """The row of the table that applies: the role of an active membership, "waiting" for a pending one
    in an agency, "" for anybody else. A code in an email proves an address and no more: whoever has only that is
    somebody who waits; so is whoever has an app's code where the council asks their role for a passkey, and whoever has
    not accepted the terms of use."""
    if actor.state == "active" and not actor.weak and not actor.short and not actor.terms_due:
        return actor.role
    return "waiting" if actor.state in ("active", "pending") and actor.agency_id else ""


def reach(actor: Actor | None, permission: Permission) -> Reach:
    """How far the permission goes for this person; NONE for nobody, for unknown roles and for no entry."""
    if actor is None or (actor.instance and actor.state != "active"):
        return Reach.NONE
    if not actor.system and permission in NEEDS and NEEDS[permission] not in actor.agency_may:
        return Reach.NONE
    # Nobody takes part by their role: the council's administrators choose each person.
    if permission is Permission.HUB and not (actor.system or actor.hub):
        return Reach.NONE
    return POLICY.get(part(actor), {}).get(permission, Reach.NONE)


def would_reach(actor: Actor | None, permission: Permission) -> bool:
    """Whether the person lacks the permission only because what they proved is not enough."""
    if actor is None or not (actor.weak or actor.short) or reach(actor, permission) is not Reach.NONE:
        return False
    return reach(replace(actor, strength="", terms_due=False), permission) is not Reach.NONE


def awaits_terms(actor: Actor | None, permission: Permission) -> bool:
    """Whether the person lacks the permission only because they have not accepted the terms of use."""
    if actor is None or not actor.terms_due or reach(actor, permission) is not Reach.NONE:
        return False
    return reach(replace(actor, terms_due=False), permission) is not Reach.NONE


def allows(
    actor: Actor | None,
    permission: Permission,
    *,
    owner_id: UUID | None,
    agency_id: UUID | None,
    helpers: Collection[UUID] = (),
) -> bool:
    """Whether the person may do this to a record of that owner and agency, within their own council; what is one's own
    is also that of `helpers`."""
    if actor is None:
        return False
    found = reach(actor, permission)
    return (
        found is Reach.COUNCIL
        or (found is Reach.AGENCY and agency_id is not None and agency_id == actor.agency_id)
        or (
            found is Reach.OWN
            and (owner_id == actor.account_id or actor.account_id in helpers)
            and (agency_id is None or agency_id == actor.agency_id)
        )
    )


@dataclass(frozen=True)
class Sight:
    """Who may see one report besides what the table above says: `seen_by` is None while it is not restricted."""

    id: UUID
    author_id: UUID
    seen_by: frozenset[UUID] | None = None
    author_only: bool = False
    unseen_by: frozenset[UUID] = frozenset()


def sees(actor: Actor | None, report: Sight) -> bool:
    """Whether a report is there for this person at all: no list leaves them out, and no connection of their own.

    A restriction is the council's; of the agency only `author_only` takes the colleagues out.
    """
    if actor is None:
        return False
    if actor.system:
        return True
    if actor.account_id in report.unseen_by:
        return False
    if actor.reach == "council":
        return report.seen_by is None or actor.account_id in report.seen_by or report.id in actor.opened
    return not report.author_only or report.author_id == actor.account_id
