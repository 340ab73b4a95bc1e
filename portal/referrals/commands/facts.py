"""The facts of a report in columns: written when it is sent, and again where a correction changes their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from portal.kernel import clock, db, scope
from portal.referrals.marking import Known, columns, known
from portal.referrals.models import ReferralChild
from portal.referrals.projecting import Projected
from portal.referrals.queries.record import Found

FACTS = ("first_name", "last_name", "born_on", "age_years", "unborn", "due_on", "postcode")
MARKS = ("nhs_mark", "name_mark", "home_mark", "marks_version")


def write(referral_id: UUID, agency_id: UUID, children: Iterable[Known]) -> None:
    """Keep the facts of these children, and by what each is found again."""
    _insert(referral_id, agency_id, columns(children).values())


def _insert(referral_id: UUID, agency_id: UUID, children: Iterable[Mapping[str, Any]]) -> None:
    whose = {"tenant_id": scope.council().id, "referral_id": referral_id, "agency_id": agency_id}
    rows = [{"id": uuid4(), **whose, **child} for child in children]
    if rows:
        db.session().execute(insert(ReferralChild), rows)


def renew(found: Found, projected: Projected, *, secret: bool) -> dict[str, Any]:
    """Let the facts of a sent report follow its corrected answers; returns the columns of the report that follow, too.

    What the facts were stays beside them: whoever knows a child by the old name or date of birth still finds it. An
    address that must be kept from somebody is found by no more (`secret`, as withholding.keeps_places says). The report
    must be locked.
    """
    before, now = _stored(found), columns(known(projected, secret=secret))
    changed = {place for place in {*before, *now} if _differ(before.get(place), now.get(place))}
    if changed:
        _supersede(found, changed)
        _insert(found.id, found.agency_id, [now[place] for place in sorted(changed & set(now))])
    if secret:
        hide_homes(found)
    return {"initials": projected.initials, "category": projected.category}


def hide_homes(found: Found) -> None:
    """Let no address of a report be found again, nor one that it had before."""
    _change(found, home_mark="")


def _stored(found: Found) -> dict[int, Mapping[str, Any]]:
    query = select(ReferralChild.position, *(getattr(ReferralChild, name) for name in (*FACTS, *MARKS))).where(
        *_of(found), ReferralChild.superseded_at.is_(None)
    )
    return {row["position"]: dict(row) for row in db.session().execute(query).mappings()}


def _differ(before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> bool:
    if before is None or now is None:
        return before is not now
    # Marks that were made in another way say nothing about a change.
    compared = (*FACTS, *MARKS) if before["marks_version"] == now["marks_version"] else FACTS
    return any(before[name] != now[name] for name in compared)


def _supersede(found: Found, places: set[int]) -> None:
    """A number that was wrong is somebody else's: nothing is found by it any more."""
    _change(found, ReferralChild.position.in_(places), ReferralChild.superseded_at.is_(None),
            superseded_at=clock.now(), nhs_mark="")  # fmt: skip


def _change(found: Found, *which: Any, **values: Any) -> None:
    db.session().execute(
        update(ReferralChild).where(*_of(found), *which).values(**values).execution_options(synchronize_session=False)
    )


def _of(found: Found) -> tuple[Any, ...]:
    return ReferralChild.tenant_id == scope.council().id, ReferralChild.referral_id == found.id
