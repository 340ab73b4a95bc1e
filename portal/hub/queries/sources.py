"""What can be shared of a report with partners, and whether it has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.hub.models import HubFormer
from portal.hub.queries import Access, Room, accesses
from portal.hub.sharing import Shared, Source, from_text, share
from portal.hub.sides import ANSWERS
from portal.kernel import db, scope
from portal.kernel.scope import Actor
from portal.messaging import protecting
from portal.messaging.models import Message
from portal.messaging.protecting import Protected
from portal.referrals.places import place_of
from portal.referrals.queries.corrections import Corrected, as_now, corrections, versions_of
from portal.referrals.queries.record import Answers, Found, answers_of, children_of, names_of
from portal.referrals.withholding import KIND_OF_PLACE, SECRET


@dataclass(frozen=True)
class Former:
    """What an agency could read until `ended_at`; `why` is sides.ANEW or one of sides.KEPT."""

    access_id: UUID
    shared: Shared
    why: str
    ended_at: datetime


def source(actor: Actor, permission: Permission, found: Found) -> Source:
    """What can be shared of a report; raises NotFound once its answers are destroyed."""
    return source_of(found, corrections(actor, permission, found))


def source_of(found: Found, made: Sequence[Corrected]) -> Source:
    """The same after these corrections, its first or all."""
    versions, published = versions_of(answers_of(found), made), version(found.form_version_id)
    # Partners never read who told the council, whether they asked to stay unnamed or not.
    names = [Protected(protecting.NAME, name) for name in names_of(found)]
    secrets = tuple(dict.fromkeys([*names, *secrets_of(found, versions)]))
    return Source(found, published, versions, children_of(found), secrets)


def secrets_of(found: Found, versions: Sequence[Answers]) -> frozenset[Protected]:
    """What any of these versions of the answers keeps secret."""
    form, names = version(found.form_version_id).form, names_of(found)
    return frozenset(kept for one in versions for kept in protecting.protected(form, one.triage, one.sections, names))


def told_then(of: Source, made: Sequence[Corrected], taken_in: int) -> Source:
    """Of what was shared after the first `taken_in` corrections: those answers, and what was said later of where
    somebody is kept safe and whom nobody may contact."""
    shown = as_now(of.versions[taken_in], tuple(one for one in made[taken_in:] if keeps_safe(one)))
    return replace(of, shown=shown)


@dataclass(frozen=True)
class Now:
    """A report as it is now: its answers as sent, every correction, how many of them some agency knows at the least,
    and what each agency that has not got all of them would see."""

    sent: Answers
    made: tuple[Corrected, ...]
    known: int
    behind: tuple[tuple[Access, Shared], ...]


def as_it_is_now(actor: Actor, found: Found, room: Room | None) -> Now:
    """What sharing it anew would share; raises NotFound once its answers are destroyed."""
    made = corrections(actor, Permission.ASK, found)
    of = source_of(found, made)
    live = [one for one in accesses(room) if one.withdrawn_at is None] if room else []
    behind = tuple((one, shared_now(of, one)) for one in live if one.corrections < len(made))
    return Now(of.versions[0], made, min((one.corrections for one, _shared in behind), default=len(made)), behind)


def shared_now(of: Source, access: Access) -> Shared:
    """What an agency sees once the report is shared with it anew: its question stays."""
    council = scope.current().council
    languages = council.languages if council else ()
    return share(of, access.shared.question, languages, answers=access.what == ANSWERS)


def keeps_safe(one: Corrected) -> bool:
    """Whether a correction says who must not be found, or not be contacted: such an answer is never an old one."""
    place = place_of(one.place)
    key = place.key if place else ""
    return SECRET in key or "_safe_" in key or key.endswith(KIND_OF_PLACE)


def formers(room: Room, access_ids: Sequence[UUID]) -> tuple[Former, ...]:
    """What the agencies could read before, for the council: the last first."""
    query = (
        select(HubFormer.id, HubFormer.access_id, HubFormer.shared, HubFormer.why, HubFormer.ended_at)
        .where(HubFormer.tenant_id == scope.council().id, HubFormer.access_id.in_(access_ids))
        .order_by(HubFormer.ended_at.desc(), HubFormer.id)
    )
    record = room.record
    return tuple(
        Former(row.access_id, from_text(record.open(row.shared, "hub_former", row.id, "shared")), row.why, row.ended_at)
        for row in db.session().execute(query)
    )


def added_since(found: Found, since: datetime) -> int:
    """How often the referrer added information after that: words that the hub never shares."""
    query = select(func.count()).where(
        Message.tenant_id == scope.council().id, Message.referral_id == found.id, Message.kind == "addition",
        Message.sent_at > since,
    )  # fmt: skip
    return int(db.session().execute(query).scalar_one())
