"""Count what was received on the day on which it reached the council, not on the one on which somebody logged it."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

# What of 0054's two functions says when a report came; they are long, and nothing else of them changes.
_PLACES = (("tally_parts(referral)", "r"), ("tally_change()", "old"), ("tally_change()", "new"))
_INSTEAD = """
DO $$ DECLARE before text := pg_get_functiondef('{function}'::regprocedure); after text;
BEGIN
    after := replace(before, '({was} at time zone ', '({now} at time zone ');
    if after = before then raise exception 'nothing to change in {function}'; end if;
    execute after;
END $$
"""
_CHANGED = """
    old.state is distinct from new.state or old.route is distinct from new.route or old.owner_id is distinct from new.owner_id
    or old.agency_id is distinct from new.agency_id or old.queue_rank is distinct from new.queue_rank
    or old.sent_at is distinct from new.sent_at or old.decided_at is distinct from new.decided_at
    or old.due_at is distinct from new.due_at or old.sight is distinct from new.sight
    or old.unseen_by is distinct from new.unseen_by
"""
_WORK = """
    old.state in ('sent', 'screening', 'asked', 'answered') and new.state in ('sent', 'screening', 'asked', 'answered')
    and old.sight is null and new.sight is null and old.unseen_by = '{}' and new.unseen_by = '{}'
    and old.route is not distinct from new.route and old.sent_at = new.sent_at
"""
_MOVED = """
    old.state <> new.state or old.owner_id is distinct from new.owner_id or old.agency_id <> new.agency_id
    or old.queue_rank is distinct from new.queue_rank
"""
# The reports that count on another day now; `sign` says which of the two days gains.
_MOVE = """
    INSERT INTO tally (tenant_id, id, kind, key, day, number)
    SELECT c, gen_random_uuid(), 'received', m.key, m.day, sum(m.number) FROM (
        SELECT coalesce(r.route, '') AS key, (d.moment at time zone 'Europe/London')::date AS day, d.number
          FROM referral r, LATERAL (VALUES (r.sent_at, -({sign})), (r.received_at, {sign})) d (moment, number)
         WHERE r.state <> 'draft' AND r.received_at is not null AND r.sight is null AND r.unseen_by = '{{}}'
    ) m GROUP BY m.key, m.day HAVING sum(m.number) <> 0
"""


def _triggers(changed: str, work: str) -> None:
    for name, when, function in (
        ("referral_tally_changed", f"({changed}) and ({work}) is not true", "tally_change"),
        ("referral_tally_worked", f"({_MOVED}) and ({work})", "tally_work"),
    ):
        op.execute(f"DROP TRIGGER {name} ON referral")
        op.execute(
            f"CREATE TRIGGER {name} AFTER UPDATE ON referral FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {function}()"
        )


def upgrade() -> None:
    """The two functions, the triggers that notice the moment too, and what was counted on the other day."""
    for function, row in _PLACES:
        now = f"coalesce({row}.received_at, {row}.sent_at)"
        op.execute(_INSTEAD.format(function=function, was=f"{row}.sent_at", now=now))
    _triggers(
        f"{_CHANGED} or old.received_at is distinct from new.received_at",
        f"{_WORK} and old.received_at is not distinct from new.received_at",
    )
    rls.in_each_council(_MOVE.format(sign=1))


def downgrade() -> None:
    """Counted on the day of logging."""
    for function, row in _PLACES:
        was = f"coalesce({row}.received_at, {row}.sent_at)"
        op.execute(_INSTEAD.format(function=function, was=was, now=f"{row}.sent_at"))
    _triggers(_CHANGED, _WORK)
    rls.in_each_council(_MOVE.format(sign=-1))
