"""Folding the rows that count reports into one for each number."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, case, func, literal, select, text

from portal.kernel import clock, db, scope
from portal.referrals.models import Tally

LEAST = 200
"""Fewer rows than this are quick to add up as they are."""
AT_ONCE = 20_000

_ALONE = text("select pg_try_advisory_xact_lock(hashtextextended('tally ' || :council, 0))")
# Whatever was due before today is late, whenever it was: all of it is one number, under one day.
LATE = date(2000, 1, 1)
# Taken out and put back as sums in one statement: whoever counts meanwhile sees all of the old rows or all of the new.
_FOLD = text("""
with gone as (
    delete from tally where tenant_id = :council and id in (
        select id from tally where tenant_id = :council order by id limit :most)
    returning kind, key, day, number
)
insert into tally (tenant_id, id, kind, key, day, number)
select cast(:council as uuid), gen_random_uuid(), kind, key, on_day, sum(number)
  from gone, lateral (select case when kind = 'due' and day < :today then :late else day end) folded (on_day)
 group by kind, key, on_day having sum(number) <> 0
""")


def fold() -> int:
    """Fold the rows of the council in scope, if they are many; how many rows there were. The sums stay the same."""
    council = scope.council()
    # Two that fold at once would wait for each other's rows.
    if not db.session().execute(_ALONE, {"council": str(council.id)}).scalar_one():
        return 0
    some = select(literal(1)).select_from(Tally).where(Tally.tenant_id == council.id).limit(AT_ONCE).subquery()
    found = db.session().execute(select(func.count()).select_from(some)).scalar_one()
    late = and_(Tally.kind == "due", Tally.day < clock.today())
    day = case((late, LATE), else_=Tally.day)
    groups = select(Tally.kind, Tally.key, day).where(Tally.tenant_id == council.id).distinct().subquery()
    least = db.session().execute(select(func.count()).select_from(groups)).scalar_one()
    if found - least < LEAST:
        return 0
    db.session().execute(_FOLD, {"council": council.id, "most": AT_ONCE, "today": clock.today(), "late": LATE})
    return found
