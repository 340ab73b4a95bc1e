"""Other reports of this council about the same child, a family or an address, and what people said of them.

Only what the reader may see is looked at: a report that is not there for them leaves no trace, not even in a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.auth.models import Account, Agency
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.language import Text
from portal.kernel.scope import Actor, council_id
from portal.referrals import spelling
from portal.referrals.likeness import Likeness, Person, likeness
from portal.referrals.models import Referral, ReferralChild
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import CAME_AT, Found, record_of
from portal.referrals.states import OPEN
from portal.screening.models import Pairing

MOST: Final = 200
"""Children that one thing in common may bring: an address may be that of hundreds."""
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
    sealed: bytes | None = None
    """The reason as it is stored; `pair` opens it."""


@dataclass(frozen=True)
class Contact:
    """Another report, what makes it like the one in hand (None: nothing that can be compared), and what was said.

    `came_at` is when it reached the council, which may be long before a call or a letter was taken down.
    """

    id: UUID
    reference: str
    form_key: str
    state: str
    outcome: str
    came_at: datetime
    agency: Text
    like: Likeness | None = None
    here: Person | None = None
    there: Person | None = None
    verdict: Said | None = None
    link: Said | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its outcome."""
        return self.state in OPEN


_CHILD = (
    ReferralChild.first_name, ReferralChild.last_name, ReferralChild.born_on, ReferralChild.postcode,
    ReferralChild.nhs_mark, ReferralChild.home_mark, ReferralChild.superseded_at,
)  # fmt: skip
_SAID = (
    Pairing.id.label("said_id"), Pairing.referral_id.label("said_of"), Pairing.sort, Pairing.kind, Pairing.words,
    Pairing.said_at, Account.name.label("said_by"),
)  # fmt: skip


def previous(actor: Actor, found: Found) -> tuple[Contact, ...]:
    """The reports that are like this one or were linked with it: the likest first, then the newest."""
    contacts = _contacts(actor, found, union_all(select(literal(found.id)), *_alike(found), *_paired(found)))
    kept = [one for one in contacts if one.like or one.verdict or one.link]
    return tuple(sorted(kept, key=lambda one: (_rank(one), one.came_at), reverse=True))


def pair(actor: Actor, found: Found, other: Found) -> Contact:
    """Two reports beside each other, whatever they have in common, with the reasons of what was said."""
    (contact,) = _contacts(actor, found, [found.id, other.id])
    return replace(contact, verdict=_opened(contact.verdict, found, other), link=_opened(contact.link, found, other))


def _opened(said: Said | None, found: Found, other: Found) -> Said | None:
    if said is None or said.sealed is None:
        return said
    record = record_of(found if said.forward else other)
    return replace(said, words=record.open(said.sealed, "pairing", said.id, "words"), sealed=None)


def _rank(contact: Contact) -> int:
    return int(contact.like.strength) if contact.like else 0


def _alike(found: Found) -> Iterator[Select[Any]]:
    """The reports with a child that has one thing in common with a child of this one, as that is now."""
    mine, theirs = aliased(ReferralChild), aliased(ReferralChild)
    for name, nothing in (("nhs_mark", ""), ("name_mark", ""), ("born_on", None), ("home_mark", "")):
        here, there = getattr(mine, name), getattr(theirs, name)
        yield (
            select(theirs.referral_id)
            .join(mine, and_(mine.tenant_id == theirs.tenant_id, here == there))
            .where(
                mine.tenant_id == council_id(),
                mine.referral_id == found.id,
                mine.superseded_at.is_(None),
                here.is_not(None) if nothing is None else here != nothing,
                theirs.referral_id != found.id,
            )
            .limit(MOST)
        )


def _paired(found: Found) -> Iterator[Select[Any]]:
    """The reports of which somebody said something together with this one."""
    for here, there in ((Pairing.referral_id, Pairing.other_id), (Pairing.other_id, Pairing.referral_id)):
        yield select(there).where(Pairing.tenant_id == council_id(), here == found.id, Pairing.ended_at.is_(None))


def _contacts(actor: Actor, found: Found, which: Any) -> list[Contact]:
    """The reports that are meant, each with its likest child and what was said; this one's children come along."""
    query = (
        select(
            Referral.id, Referral.reference, Referral.form_key, Referral.state, Referral.outcome,
            CAME_AT.label("came_at"), Agency.name.label("agency"), ReferralChild.id.label("child_id"), *_CHILD, *_SAID,
        )
        .join(Agency, Agency.id == Referral.agency_id)
        .outerjoin(
            ReferralChild,
            and_(ReferralChild.tenant_id == Referral.tenant_id, ReferralChild.referral_id == Referral.id),
        )
        .outerjoin(Pairing, _said_of(found))
        .outerjoin(Account, Account.id == Pairing.said_by)
        .where(
            reachable(actor, Permission.LOOK),
            Referral.tenant_id == council_id(),
            Referral.state != "draft",
            Referral.id.in_(which),
        )
        .order_by(Referral.id, ReferralChild.position, ReferralChild.superseded_at.desc().nulls_first())
    )  # fmt: skip
    rows = db.session().execute(query).all()
    mine = [_person(row) for row in rows if row.id == found.id and row.child_id and row.superseded_at is None]
    contacts: dict[UUID, Contact] = {}
    for row in rows:
        if row.id != found.id:
            before = contacts.get(row.id) or _contact(row)
            best = max((before, *_compared(before, mine, row)), key=_rank)
            contacts[row.id] = _with_said(best, found, row)
    return list(contacts.values())


def _said_of(found: Found) -> ColumnElement[bool]:
    return and_(
        Pairing.tenant_id == Referral.tenant_id,
        or_(
            and_(Pairing.referral_id == found.id, Pairing.other_id == Referral.id),
            and_(Pairing.other_id == found.id, Pairing.referral_id == Referral.id),
        ),
        Pairing.ended_at.is_(None),
    )


def _contact(row: Any) -> Contact:
    return Contact(row.id, row.reference, row.form_key, row.state, row.outcome or "", row.came_at, row.agency)


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


def _compared(contact: Contact, mine: Sequence[Person], row: Any) -> Iterator[Contact]:
    there = _person(row) if row.child_id else Person()
    for here in mine:
        if like := likeness(here, there):
            yield replace(contact, like=like, here=here, there=there)


def _with_said(contact: Contact, found: Found, row: Any) -> Contact:
    if row.said_id is None:
        return contact
    said = Said(row.said_id, row.kind, row.said_by, row.said_at, row.said_of == found.id, sealed=row.words)
    return replace(contact, verdict=said) if row.sort == VERDICT else replace(contact, link=said)
