"""Other reports of this council about the same child, a family or an address, and what people said of them.

Only what the reader may see is looked at: a report that is not there for them leaves no trace, not even in a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, case, or_, select

from portal.auth.models import Account, Agency
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.language import Text
from portal.kernel.scope import Actor
from portal.referrals import spelling
from portal.referrals.likeness import Likeness, Person, likeness
from portal.referrals.models import Referral, ReferralChild
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, record_of
from portal.screening.models import Pairing
from portal.tenants import vault
from portal.tenants.queries.here import council_id

MOST: Final = 200
"""Children that are compared: an address may be that of hundreds, and whoever shares more comes first."""
VERDICT, LINK = "verdict", "link"


@dataclass(frozen=True)
class Said:
    """What somebody said of two reports; `forward` says that the report in hand comes first (is the duplicate)."""

    id: UUID
    kind: str
    by: str
    at: datetime
    forward: bool
    words: str = ""


@dataclass(frozen=True)
class Contact:
    """Another report, what makes it like the one in hand (None: nothing that can be compared), and what was said."""

    id: UUID
    reference: str
    form_key: str
    state: str
    outcome: str
    sent_at: datetime
    agency: Text
    like: Likeness | None = None
    here: Person | None = None
    there: Person | None = None
    verdict: Said | None = None
    link: Said | None = None


@dataclass(frozen=True)
class _Pair:
    """What was said, with the report that it was said of and whose key opens the reason."""

    other_id: UUID
    sort: str
    said: Said
    words: bytes | None


def previous(actor: Actor, found: Found) -> tuple[Contact, ...]:
    """The reports that are like this one or were linked with it: the likest first, then the newest."""
    mine = _children(found)
    said = list(_said(found))
    wanted = [Referral.id.in_({pair.other_id for pair in said})] if said else []
    alike = _alike(found, mine)
    if alike is not None:
        wanted.append(Referral.id.in_(alike))
    if not wanted:
        return ()
    contacts = _contacts(actor, mine, said, or_(*wanted))
    kept = [one for one in contacts if one.like or one.verdict or one.link]
    return tuple(sorted(kept, key=lambda one: (_rank(one), one.sent_at), reverse=True))


def pair(actor: Actor, found: Found, other: Found) -> Contact:
    """Two reports beside each other, whatever they have in common, with the reasons of what was said."""
    mine = _children(found)
    said = [one for one in _said(found) if one.other_id == other.id]
    (contact,) = _contacts(actor, mine, said, Referral.id == other.id)
    opened = {one.sort: _opened(one, found, other) for one in said}
    return replace(contact, verdict=opened.get(VERDICT), link=opened.get(LINK))


def _rank(contact: Contact) -> int:
    return int(contact.like.strength) if contact.like else 0


_CHILD = (
    ReferralChild.first_name, ReferralChild.last_name, ReferralChild.born_on, ReferralChild.postcode,
    ReferralChild.nhs_mark, ReferralChild.name_mark, ReferralChild.home_mark, ReferralChild.superseded_at,
)  # fmt: skip


def _here() -> Any:
    return ReferralChild.tenant_id == council_id()


@dataclass(frozen=True)
class _Child:
    """A child as it is compared, and the marks by which others are looked for."""

    person: Person
    born: Any
    number: str
    name: str
    home: str


def _children(found: Found) -> list[_Child]:
    """The children of the report in hand, as they are now."""
    query = select(*_CHILD).where(_here(), ReferralChild.referral_id == found.id, ReferralChild.superseded_at.is_(None))
    rows = db.session().execute(query)
    return [_Child(_person(row), row.born_on, row.nhs_mark, row.name_mark, row.home_mark) for row in rows]


def _person(row: Any) -> Person:
    """A postcode without a mark is one that must be kept from somebody: nothing is told by it."""
    return Person(
        first=row.first_name,
        last=row.last_name,
        born=row.born_on,
        place=spelling.letters(row.postcode) if row.home_mark else "",
        number=row.nhs_mark,
        earlier=row.superseded_at is not None,
    )


def _alike(found: Found, mine: Sequence[_Child]) -> Select[Any] | None:
    """The reports with a child that has something in common with one of these; None where nothing is known."""
    child = ReferralChild
    close = [
        column.in_(sorted(values))
        for column, values in (
            (child.nhs_mark, {one.number for one in mine} - {""}),
            (child.name_mark, {one.name for one in mine} - {""}),
            (child.born_on, {one.born for one in mine} - {None}),
        )
        if values
    ]
    homes = {one.home for one in mine} - {""}
    shared = [*close, child.home_mark.in_(sorted(homes))] if homes else close
    if not shared:
        return None
    query = select(child.referral_id).where(_here(), child.referral_id != found.id, or_(*shared))
    if close and homes:
        query = query.order_by(case((or_(*close), 0), else_=1))
    return query.limit(MOST)


def _said(found: Found) -> Iterator[_Pair]:
    """What is in force of this report and others."""
    query = (
        select(
            Pairing.id, Pairing.referral_id, Pairing.other_id, Pairing.sort, Pairing.kind, Pairing.words,
            Pairing.said_at, Account.name,
        )
        .join(Account, Account.id == Pairing.said_by)
        .where(
            Pairing.tenant_id == council_id(),
            or_(Pairing.referral_id == found.id, Pairing.other_id == found.id),
            Pairing.ended_at.is_(None),
        )
    )  # fmt: skip
    for row in db.session().execute(query):
        forward = row.referral_id == found.id
        said = Said(row.id, row.kind, row.name, row.said_at, forward)
        yield _Pair(row.other_id if forward else row.referral_id, row.sort, said, row.words)


def _opened(one: _Pair, found: Found, other: Found) -> Said:
    if one.words is None:
        return one.said
    record: vault.Record = record_of(found if one.said.forward else other)
    return replace(one.said, words=record.open(one.words, "pairing", one.said.id, "words"))


def _contacts(actor: Actor, mine: Sequence[_Child], said: Iterable[_Pair], which: Any) -> list[Contact]:
    """The reports that are meant, each with its likest child."""
    query = (
        select(
            Referral.id, Referral.reference, Referral.form_key, Referral.state, Referral.outcome, Referral.sent_at,
            Agency.name.label("agency"), ReferralChild.id.label("child_id"), *_CHILD,
        )
        .join(Agency, Agency.id == Referral.agency_id)
        .outerjoin(
            ReferralChild,
            and_(ReferralChild.tenant_id == Referral.tenant_id, ReferralChild.referral_id == Referral.id),
        )
        .where(
            reachable(actor, Permission.LOOK),
            Referral.tenant_id == council_id(),
            Referral.state != "draft",
            which,
        )
        .order_by(Referral.id, ReferralChild.position, ReferralChild.superseded_at.desc().nulls_first())
    )  # fmt: skip
    found: dict[UUID, Contact] = {}
    for row in db.session().execute(query):
        before = found.get(row.id) or _contact(row)
        there = _person(row) if row.child_id else None
        found[row.id] = max((before, *_compared(before, mine, there)), key=_rank)
    for one in said:
        if contact := found.get(one.other_id):
            found[one.other_id] = _with(contact, one.sort, one.said)
    return list(found.values())


def _with(contact: Contact, sort: str, said: Said) -> Contact:
    return replace(contact, verdict=said) if sort == VERDICT else replace(contact, link=said)


def _contact(row: Any) -> Contact:
    return Contact(row.id, row.reference, row.form_key, row.state, row.outcome or "", row.sent_at, row.agency)


def _compared(contact: Contact, mine: Sequence[_Child], there: Person | None) -> Iterator[Contact]:
    for child in mine if there else ():
        if there and (like := likeness(child.person, there)):
            yield replace(contact, like=like, here=child.person, there=there)
