"""The agencies of a council as its administrators see them: the list, one of them, its domains and its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from portal.auth.agency_types import NOT_LISTED
from portal.auth.models import (
    Account,
    Agency,
    AgencyApproval,
    AgencyDomain,
    AgencySite,
    DomainConfirmation,
    Membership,
)
from portal.kernel import db
from portal.kernel.errors import NotFound
from portal.kernel.language import LANGUAGES, Text, say
from portal.kernel.scope import council_id
from portal.tenants.models import AgencyDecision
from portal.tenants.queries.agency_domains import Domain, domains
from portal.tenants.queries.here import approved_here

PAGE = 50
MOST_DECISIONS = 100
# What the list may be narrowed to; "" is all that the council has decided about.
STATES = ("approved", "suspended", "ended", "none")
HERE, OPERATOR, ELSEWHERE = "here", "operator", "elsewhere"


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to."""

    state: str = ""
    kind: str = ""
    text: str = ""
    page: int = 1


@dataclass(frozen=True)
class Line:
    """One agency of the list; `state` is "" while the council has decided nothing, `waiting` counts domains that
    nobody has confirmed."""

    id: UUID
    name: Text
    kind: str
    scheme: str
    identifier: str
    state: str
    people: int
    waiting: int


@dataclass(frozen=True)
class Site:
    """One place of the agency."""

    id: UUID
    name: Text
    address: str
    postcode: str
    phone: str
    code: str


@dataclass(frozen=True)
class Decided:
    """One decision of the council about the agency, and who made it ("": the operator)."""

    what: str
    why: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Entry:
    """One agency with everything that its page shows; `keeper` is who may change it: HERE, OPERATOR or ELSEWHERE."""

    id: UUID
    name: Text
    kind: str
    scheme: str
    identifier: str
    others: Mapping[str, str]
    phone: str
    keeper: str
    version: int
    state: str
    approval_version: int
    members: Mapping[str, int]
    sites: tuple[Site, ...] = ()
    domains: tuple[Domain, ...] = ()
    decisions: tuple[Decided, ...] = ()

    @property
    def kept_here(self) -> bool:
        """Whether the council's administrators may change it."""
        return self.keeper == HERE


def visible() -> ColumnElement[bool]:
    """Agencies that the council may know of: those that it has decided about or keeps, and the operator's."""
    known = or_(Agency.managed_by.is_(None), Agency.managed_by == council_id(), AgencyApproval.id.is_not(None))
    return and_(known, Agency.id.not_in(NOT_LISTED))


def listed(filters: Filters) -> tuple[tuple[Line, ...], bool]:
    """One page of the list by name, and whether there are more."""
    waiting = (
        select(func.count())
        .select_from(AgencyDomain)
        .where(AgencyDomain.agency_id == Agency.id, ~_confirmed())
        .scalar_subquery()
    )
    people = (
        select(func.count())
        .where(Membership.tenant_id == council_id(), Membership.agency_id == Agency.id, Membership.state == "active")
        .scalar_subquery()
    )
    query = (
        select(
            Agency.id,
            Agency.name,
            Agency.kind,
            Agency.identifier_scheme,
            Agency.identifier,
            func.coalesce(AgencyApproval.state, "").label("state"),
            people.label("people"),
            waiting.label("waiting"),
        )
        .outerjoin(AgencyApproval, approved_here())
        .where(visible(), *_narrowed(filters))
        .order_by(func.lower(func.coalesce(Agency.name["en"].astext, Agency.key)), Agency.id)
        .offset(PAGE * (filters.page - 1))
        .limit(PAGE + 1)
    )
    rows = [
        Line(row.id, row.name, row.kind, row.identifier_scheme, row.identifier, row.state, row.people, row.waiting)
        for row in db.session().execute(query)
    ]
    return tuple(rows[:PAGE]), len(rows) > PAGE


def _confirmed() -> ColumnElement[bool]:
    return exists().where(DomainConfirmation.tenant_id == council_id(), DomainConfirmation.domain_id == AgencyDomain.id)


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    here = AgencyApproval.id.is_not(None)
    found: list[ColumnElement[bool]] = []
    if filters.state == "none":
        found.append(~here)
    elif filters.state:
        found.append(AgencyApproval.state == filters.state)
    else:
        found.append(here)
    if filters.kind:
        found.append(Agency.kind == filters.kind)
    if filters.text:
        bare = "".join(character for character in filters.text.upper() if character.isalnum())
        named = [Agency.name[language].astext.icontains(filters.text, autoescape=True) for language in LANGUAGES]
        domain = exists().where(
            AgencyDomain.agency_id == Agency.id, AgencyDomain.domain.icontains(filters.text, autoescape=True)
        )
        number = and_(Agency.identifier != "", Agency.identifier == bare)
        found.append(or_(*named, number, domain))
    return found


def find(agency_id: UUID) -> Entry:
    """One agency; raises NotFound when there is none, or the council may not know of it."""
    row = (
        db.session()
        .execute(
            select(Agency, AgencyApproval.state, AgencyApproval.version)
            .outerjoin(AgencyApproval, approved_here())
            .where(visible(), Agency.id == agency_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound("no such agency")
    agency: Agency = row[0]
    return Entry(
        id=agency.id,
        name=agency.name,
        kind=agency.kind,
        scheme=agency.identifier_scheme,
        identifier=agency.identifier,
        others=agency.other_identifiers,
        phone=agency.phone,
        keeper=_keeper(agency.managed_by),
        version=agency.version,
        state=row[1] or "",
        approval_version=row[2] or 0,
        members=_members(agency_id),
        sites=_sites(agency_id),
        domains=domains(agency_id),
        decisions=_decisions(agency_id),
    )


def _keeper(managed_by: UUID | None) -> str:
    if managed_by is None:
        return OPERATOR
    return HERE if managed_by == council_id() else ELSEWHERE


def _members(agency_id: UUID) -> dict[str, int]:
    query = (
        select(Membership.state, func.count().label("number"))
        .where(Membership.tenant_id == council_id(), Membership.agency_id == agency_id)
        .group_by(Membership.state)
    )
    return {row.state: row.number for row in db.session().execute(query)}


def _sites(agency_id: UUID) -> tuple[Site, ...]:
    query = select(AgencySite).where(AgencySite.agency_id == agency_id)
    found = [
        Site(one.id, one.name, one.address, one.postcode, one.phone, one.code)
        for one in db.session().execute(query).scalars()
    ]
    return tuple(sorted(found, key=lambda site: (say(site.name, "en"), site.id)))


def _decisions(agency_id: UUID) -> tuple[Decided, ...]:
    query = (
        select(AgencyDecision.what, AgencyDecision.why, Account.name, AgencyDecision.decided_at)
        .outerjoin(Account, Account.id == AgencyDecision.decided_by)
        .where(AgencyDecision.tenant_id == council_id(), AgencyDecision.agency_id == agency_id)
        .order_by(AgencyDecision.decided_at.desc(), AgencyDecision.id)
        .limit(MOST_DECISIONS)
    )
    return tuple(Decided(what, why, by or "", at) for what, why, by, at in db.session().execute(query))


def with_number(scheme: str, identifier: str, kind: str) -> UUID | None:
    """The agency of that kind with that number on that register, whoever keeps it."""
    query = (
        select(Agency.id)
        .where(Agency.identifier_scheme == scheme, Agency.identifier == identifier, Agency.kind == kind)
        .order_by(Agency.managed_by.is_not(None), Agency.id)
        .limit(1)
    )
    return db.session().execute(query).scalar_one_or_none() if identifier else None


def name_of(agency_id: UUID) -> Text:
    """The name alone, of an agency that was found by its number."""
    return db.session().execute(select(Agency.name).where(Agency.id == agency_id)).scalar_one()


def decided_once(once: UUID) -> UUID | None:
    """The agency that the decision with that mark was about, if it was made already."""
    query = select(AgencyDecision.agency_id).where(
        AgencyDecision.tenant_id == council_id(), AgencyDecision.once == once
    )
    return db.session().execute(query).scalar_one_or_none()
