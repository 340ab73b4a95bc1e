"""Terms of use: the version in force, who still has to accept it, and every version there was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from portal.auth.models import Account, AgencyApproval, Membership, TermsAcceptance, TermsVersion
from portal.kernel import clock, db, scope
from portal.kernel.language import Text
from portal.kernel.scope import Actor

MOST = 500


@dataclass(frozen=True)
class Terms:
    """One version; `by` is who published it in the portal ("" for the operator), `accepted` how many people have."""

    number: int
    words: Text
    asks: bool
    at: datetime
    by: str = ""
    accepted: int = 0


@dataclass(frozen=True)
class Members:
    """How many people belong to the council or its agencies, and who of them has not accepted what is asked now."""

    count: int
    waiting: tuple[str, ...]


def _here() -> UUID | None:
    council = scope.current().council
    return council.id if council else None


def current() -> Terms | None:
    """The version in force; None while the council has none."""
    query = select(TermsVersion).where(TermsVersion.tenant_id == _here()).order_by(TermsVersion.number.desc()).limit(1)
    found = db.session().execute(query).scalar_one_or_none()
    return Terms(found.number, found.words, found.asks, found.published_at) if found else None


def _unmet(account_id: object) -> ColumnElement[bool]:
    """Some version asks, and neither it nor a later one was accepted by that account."""
    accepted = (
        exists()
        .where(
            TermsAcceptance.tenant_id == TermsVersion.tenant_id,
            TermsAcceptance.account_id == account_id,
            TermsAcceptance.number >= TermsVersion.number,
        )
        .correlate(TermsVersion, Account)
    )
    return exists().where(TermsVersion.tenant_id == _here(), TermsVersion.asks, ~accepted).correlate(Account)


def due(actor: Actor) -> bool:
    """Whether somebody with a place here still has to accept; `whoami` asks the same of every request."""
    if actor.system or actor.instance or actor.state not in ("pending", "active"):
        return False
    return bool(db.session().execute(select(_unmet(actor.account_id))).scalar_one())


def accepted_before(actor: Actor) -> datetime | None:
    """When the person last accepted a version here."""
    query = select(func.max(TermsAcceptance.accepted_at)).where(
        TermsAcceptance.tenant_id == _here(), TermsAcceptance.account_id == actor.account_id
    )
    return db.session().execute(query).scalar_one()


def versions() -> list[Terms]:
    """Every version, newest first, with how many people have accepted it."""
    accepted = (
        select(func.count())
        .where(TermsAcceptance.tenant_id == TermsVersion.tenant_id, TermsAcceptance.number == TermsVersion.number)
        .scalar_subquery()
    )
    query = (
        select(TermsVersion, Account.name, accepted.label("accepted"))
        .outerjoin(Account, Account.id == TermsVersion.published_by)
        .where(TermsVersion.tenant_id == _here())
        .order_by(TermsVersion.number.desc())
        .limit(MOST)
    )
    return [
        Terms(row.TermsVersion.number, row.TermsVersion.words, row.TermsVersion.asks, row.TermsVersion.published_at,
              row.name or "", row.accepted)
        for row in db.session().execute(query)
    ]  # fmt: skip


def members() -> Members:
    """Whoever has a place here now, approved or waiting, and the names of those who have not accepted."""
    people = _people()
    count = db.session().execute(select(func.count()).select_from(people.subquery())).scalar_one()
    names = db.session().execute(people.where(_unmet(Account.id)).order_by(Account.name, Account.id).limit(MOST))
    return Members(count, tuple(row.name for row in names))


def _people() -> Select[UUID, str]:
    approved = exists().where(
        AgencyApproval.tenant_id == Membership.tenant_id,
        AgencyApproval.agency_id == Membership.agency_id,
        AgencyApproval.state == "approved",
    )
    placed = exists().where(
        Membership.account_id == Account.id,
        Membership.tenant_id == _here(),
        Membership.state.in_(("pending", "active")),
        or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now()),
        or_(Membership.agency_id.is_(None), approved),
    )
    return select(Account.id, Account.name).where(and_(placed, Account.state == "active"))
