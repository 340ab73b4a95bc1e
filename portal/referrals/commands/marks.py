"""Reports that were sent before their children had marks, or when marks were made in another way, are marked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.referrals.marking import VERSION, Known, marks
from portal.referrals.models import Referral, ReferralChild
from portal.referrals.projecting import ChildFacts, project
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.withholding import keeps_places

BATCH = 100


def fill(most: int = BATCH) -> int:
    """Mark the children of at most so many reports; how many reports. Twice is once, and a report that somebody is
    changing just now is left for the next time."""
    behind = (
        select(ReferralChild.referral_id)
        .where(ReferralChild.tenant_id == scope.council().id, ReferralChild.marks_version < VERSION)
        .limit(most)
    )
    locked = (
        select(Referral.reference)
        .where(Referral.tenant_id == scope.council().id, Referral.id.in_(behind))
        .with_for_update(skip_locked=True)
    )
    found = list(db.session().execute(locked).scalars())
    for reference in found:
        _mark(str(reference))
    return len(found)


def _mark(reference: str) -> None:
    found = find(scope.SYSTEM, Permission.LOOK, reference)
    numbers, secret = _told(found)
    mine = ReferralChild.tenant_id == scope.council().id, ReferralChild.referral_id == found.id
    for child in db.session().execute(select(ReferralChild).where(*mine)).scalars():
        current = child.superseded_at is None
        number = numbers[child.position] if current and child.position < len(numbers) else ""
        values = marks(Known(_facts(child), number, findable=not secret))
        db.session().execute(
            update(ReferralChild)
            .where(*mine, ReferralChild.id == child.id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _told(found: Found) -> tuple[tuple[str, ...], bool]:
    """The children's NHS numbers as they are now, and whether an address must be kept from somebody. Where the answers
    are destroyed nobody can tell any more."""
    try:
        given = answers_of(found)
    except NotFound:
        return (), True
    now = as_now(given, corrections(scope.SYSTEM, Permission.LOOK, found))
    numbers = project(version(found.form_version_id).form, found.kind, now.sections).numbers
    return numbers, keeps_places(now.triage, now.sections)


def _facts(child: Any) -> ChildFacts:
    return ChildFacts(
        child.position, child.first_name, child.last_name, child.born_on, child.age_years, child.unborn, child.due_on,
        child.postcode,
    )  # fmt: skip
