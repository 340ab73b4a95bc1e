"""Count reports as they change: append-only rows that a job folds, so that a dashboard never counts a million of them."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

# What one report counts for. A guarded one (restricted, or with somebody who must not see the family) is counted for each
# reader by itself, so it counts for nothing here; the same function says what it counts for then.
_PARTS = """
CREATE FUNCTION tally_parts(r referral) RETURNS TABLE (kind varchar, key varchar, day date)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    select p.kind::varchar, p.key::varchar, p.day from (
        select 'state' as kind, r.state as key, null::date as day where r.state in ('sent', 'screening', 'asked', 'answered')
        union all select 'route', coalesce(r.route, ''), null where r.state in ('sent', 'screening', 'asked', 'answered')
        union all select 'agency', r.agency_id::text, null where r.state in ('sent', 'screening', 'asked', 'answered')
        union all select 'owner', coalesce(r.owner_id::text, ''), null
            where r.state in ('sent', 'screening', 'asked', 'answered')
        union all select 'urgent', case when r.state = 'sent' then 'unclaimed' else 'claimed' end, null
            where r.state in ('sent', 'screening', 'asked', 'answered') and r.queue_rank < 2
        union all select 'received', coalesce(r.route, ''), (r.sent_at at time zone 'Europe/London')::date
            where r.state <> 'draft'
        union all select 'decided', case when r.decided_at <= r.due_at then 'in_time' else 'late' end,
            (r.decided_at at time zone 'Europe/London')::date where r.state = 'decided'
    ) p
$$
"""
_COUNT = """
CREATE FUNCTION tally_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
begin
    insert into tally (tenant_id, id, kind, key, day, number)
    select coalesce(new.tenant_id, old.tenant_id), gen_random_uuid(), kind, key, day, sum(number) from (
        select kind, key, day, -1 as number from tally_parts(old)
            where tg_op <> 'INSERT' and old.sight is null and old.unseen_by = '{}'
        union all
        select kind, key, day, 1 from tally_parts(new)
            where tg_op <> 'DELETE' and new.sight is null and new.unseen_by = '{}'
    ) change group by kind, key, day having sum(number) <> 0;
    return null;
end $$
"""
_CHANGED = """
    old.state is distinct from new.state or old.route is distinct from new.route or old.owner_id is distinct from new.owner_id
    or old.agency_id is distinct from new.agency_id or old.queue_rank is distinct from new.queue_rank
    or old.sent_at is distinct from new.sent_at or old.decided_at is distinct from new.decided_at
    or old.due_at is distinct from new.due_at or old.sight is distinct from new.sight
    or old.unseen_by is distinct from new.unseen_by
"""


def upgrade() -> None:
    """The table behind the council's wall, the triggers that fill it, and what there is counted once."""
    op.execute("""
        CREATE TABLE tally (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            kind VARCHAR NOT NULL,
            key VARCHAR NOT NULL,
            day DATE,
            number INTEGER NOT NULL,
            CONSTRAINT pk_tally PRIMARY KEY (tenant_id, id),
            CONSTRAINT ck_tally_kind
                CHECK (kind in ('state', 'route', 'agency', 'owner', 'urgent', 'received', 'decided')),
            CONSTRAINT fk_tally_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    op.execute("CREATE INDEX ix_tally_day ON tally (tenant_id, day)")
    op.execute(
        "CREATE INDEX ix_referral_guarded ON referral (tenant_id)"
        " WHERE state <> 'draft' and (sight is not null or unseen_by <> '{}')"
    )
    op.execute(_PARTS)
    op.execute(_COUNT)
    op.execute("""
        DO $$ DECLARE c uuid; BEGIN
            FOR c IN SELECT id FROM council LOOP
                PERFORM set_config('app.tenant_id', c::text, true), set_config('app.reach', 'council', true),
                        set_config('app.actor_id', '00000000-0000-0000-0000-000000000000', true);
                INSERT INTO tally (tenant_id, id, kind, key, day, number)
                SELECT c, gen_random_uuid(), p.kind, p.key, p.day, count(*)
                  FROM referral r, tally_parts(r) p
                 WHERE r.sight is null AND r.unseen_by = '{}' GROUP BY p.kind, p.key, p.day;
            END LOOP;
            PERFORM set_config('app.tenant_id', '', true), set_config('app.reach', '', true),
                    set_config('app.actor_id', '', true);
        END $$
    """)
    op.execute("CREATE TRIGGER referral_tally_made AFTER INSERT OR DELETE ON referral FOR EACH ROW"
               " EXECUTE FUNCTION tally_change()")  # fmt: skip
    op.execute("CREATE TRIGGER referral_tally_changed AFTER UPDATE ON referral FOR EACH ROW"
               f" WHEN ({_CHANGED}) EXECUTE FUNCTION tally_change()")  # fmt: skip
    rls.protect("tally", "select, insert, delete")
    # Whoever sends a report adds to the numbers; only the council reads and folds them.
    inside = "(select current_setting('app.reach', true)) = 'council'"
    for verb in ("select", "delete"):
        op.execute(f"create policy tally_{verb} on tally as restrictive for {verb} using ({inside})")


def downgrade() -> None:
    """Without the numbers."""
    for trigger in ("made", "changed"):
        op.execute(f"DROP TRIGGER referral_tally_{trigger} ON referral")
    op.execute("DROP FUNCTION tally_change()")
    op.execute("DROP FUNCTION tally_parts(referral)")
    op.execute("DROP INDEX ix_referral_guarded")
    op.execute("DROP TABLE tally")
