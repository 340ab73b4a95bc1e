"""Count what is late by the day it was due: a dashboard adds days up, and looks only at the reports that are due today."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

KINDS = "'state', 'route', 'agency', 'owner', 'urgent', 'received', 'decided', 'hit_owner', 'hit_agency'"
# An open report is late once its day is over, unless its clock stood still in time: then it does not become so.
_OPEN = "{r}.state in ('sent', 'screening', 'asked', 'answered')"
_DUE = _OPEN + " and {r}.due_at is not null and ({r}.clock_paused_at is null or {r}.due_at < {r}.clock_paused_at)"
_DAY = "({r}.due_at at time zone 'Europe/London')::date"
_UNGUARDED = "{r}.sight is null and {r}.unseen_by = '{{}}'"
# Of 0054's function, which says what a guarded report counts for: its last line.
_PART = f"union all select 'due', '', {_DAY} where {_DUE}".format(r="r")
_END = "\n    ) p\n"
_INSTEAD = """
DO $each$ DECLARE was text := pg_get_functiondef('tally_parts(referral)'::regprocedure); now text;
BEGIN
    now := replace(was, $was${before}$was$, $now${after}$now$);
    if now = was then raise exception 'nothing to change in tally_parts'; end if;
    execute now;
END $each$
"""


def _side(row: str, operation: str, number: int) -> str:
    """What the trigger writes for one side of a change."""
    where = f"tg_op <> '{operation}' and {_DUE.format(r=row)} and {_UNGUARDED.format(r=row)}"
    return f"select {_DAY.format(r=row)} as day, {number} as number where {where}"


_COUNT = f"""
CREATE FUNCTION tally_due_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
begin
    insert into tally (tenant_id, id, kind, key, day, number)
    select coalesce(new.tenant_id, old.tenant_id), gen_random_uuid(), 'due', '', c.day, sum(c.number)
      from ({_side("old", "INSERT", -1)} union all {_side("new", "DELETE", 1)}) c
     group by c.day having sum(c.number) <> 0;
    return null;
end $$
"""
# What people do all day, claim and give, concerns no due time and waits for nothing of this.
_CHANGED = f"""
    ({_OPEN.format(r="old")}) <> ({_OPEN.format(r="new")})
    or old.due_at is distinct from new.due_at or old.clock_paused_at is distinct from new.clock_paused_at
    or old.sight is distinct from new.sight or old.unseen_by is distinct from new.unseen_by
"""
# Whoever sends or decides meanwhile would be in neither the sums of below nor what the triggers count.
_ALONE = "LOCK TABLE referral IN SHARE ROW EXCLUSIVE MODE"


def _allow(kinds: str) -> None:
    op.execute("ALTER TABLE tally DROP CONSTRAINT ck_tally_kind")
    op.execute(f"ALTER TABLE tally ADD CONSTRAINT ck_tally_kind CHECK (kind in ({kinds}))")


def upgrade() -> None:
    """One more kind, the triggers that count it, and what is late there already is counted once."""
    op.execute(_ALONE)
    _allow(f"{KINDS}, 'due'")
    op.execute(_INSTEAD.format(before=_END, after=f"\n        {_PART}{_END}"))
    op.execute(_COUNT)
    rls.in_each_council(f"""
        INSERT INTO tally (tenant_id, id, kind, key, day, number)
        SELECT c, gen_random_uuid(), 'due', '', {_DAY.format(r="r")}, count(*) FROM referral r
         WHERE {_DUE.format(r="r")} AND {_UNGUARDED.format(r="r")} GROUP BY {_DAY.format(r="r")}
    """)
    for name, when in (
        ("made AFTER INSERT", _OPEN.format(r="new")),
        ("gone AFTER DELETE", _OPEN.format(r="old")),
        ("changed AFTER UPDATE", _CHANGED),
    ):
        op.execute(f"CREATE TRIGGER referral_due_{name} ON referral FOR EACH ROW"
                   f" WHEN ({when}) EXECUTE FUNCTION tally_due_change()")  # fmt: skip
    # Folding leaves as many dead rows as it took: they are cleared away long before a fifth of a table would be.
    op.execute("ALTER TABLE tally SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)")


def downgrade() -> None:
    """What is late is counted report by report."""
    op.execute(_ALONE)
    op.execute("ALTER TABLE tally RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)")
    for name in ("made", "gone", "changed"):
        op.execute(f"DROP TRIGGER referral_due_{name} ON referral")
    op.execute("DROP FUNCTION tally_due_change()")
    op.execute(_INSTEAD.format(before=f"\n        {_PART}{_END}", after=_END))
    rls.in_each_council("DELETE FROM tally WHERE kind = 'due'")
    _allow(KINDS)
