"""Keep the numbers of what is decided and withdrawn as well: a tab that counts them reads a sum, not a thousand rows."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

# What of 0054's two functions says which reports count by their state; it is the first of the ways in both.
_OPEN = "state in ('sent', 'screening', 'asked', 'answered')"
_PLACES = (
    ("tally_parts(referral)", f"null::date as day where r.{_OPEN}", "null::date as day where r.state <> 'draft'"),
    ("tally_change()", f"before := was and old.{_OPEN};", "before := was;"),
    ("tally_change()", f"after := becomes and new.{_OPEN};", "after := becomes;"),
)
_INSTEAD = """
DO $$ DECLARE was text := pg_get_functiondef('{function}'::regprocedure); place integer := strpos(was, {before});
BEGIN
    if place = 0 then raise exception 'nothing to change in {function}'; end if;
    execute overlay(was placing {after} from place for length({before}));
END $$
"""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first(function: str, before: str, after: str) -> None:
    """Change the first place in a function that reads so."""
    op.execute(_INSTEAD.format(function=function, before=_quoted(before), after=_quoted(after)))


# Whoever decides meanwhile by the old function would be in neither the sums of below nor what the new one counts.
_ALONE = "LOCK TABLE referral IN SHARE ROW EXCLUSIVE MODE"


def upgrade() -> None:
    """Every state counts, and what is closed there already is counted once."""
    op.execute(_ALONE)
    for function, before, after in _PLACES:
        _first(function, before, after)
    rls.in_each_council("""
        INSERT INTO tally (tenant_id, id, kind, key, day, number)
        SELECT c, gen_random_uuid(), 'state', r.state, null, count(*) FROM referral r
         WHERE r.state in ('decided', 'withdrawn') AND r.sight is null AND r.unseen_by = '{}' GROUP BY r.state
    """)


def downgrade() -> None:
    """Only open states count."""
    op.execute(_ALONE)
    for function, before, after in _PLACES:
        _first(function, after, before)
    rls.in_each_council("DELETE FROM tally WHERE kind = 'state' AND key in ('decided', 'withdrawn')")
