"""Count what was decided in time and late by the person who had it and by its agency, as the other numbers are counted."""

from __future__ import annotations

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

KINDS = "'state', 'route', 'agency', 'owner', 'urgent', 'received', 'decided'"
_PARTS = """
CREATE FUNCTION tally_hits(r referral) RETURNS TABLE (kind varchar, key varchar, day date)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    select p.kind, (p.who || case when r.decided_at <= r.due_at then '/in_time' else '/late' end)::varchar,
           (r.decided_at at time zone 'Europe/London')::date
      from (values ('hit_owner'::varchar, coalesce(r.owner_id::text, '')), ('hit_agency', r.agency_id::text)) p (kind, who)
     where r.state = 'decided'
$$
"""
# Only what is decided, or was, counts here: whoever works on anything else does not wait for it.
_COUNT = """
CREATE FUNCTION tally_hit_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
begin
    insert into tally (tenant_id, id, kind, key, day, number)
    select coalesce(new.tenant_id, old.tenant_id), gen_random_uuid(), c.kind, c.key, c.day, sum(c.number)
      from (select h.*, -1 as number from tally_hits(old) h
             where tg_op <> 'INSERT' and old.sight is null and old.unseen_by = '{}'
            union all
            select h.*, 1 from tally_hits(new) h
             where tg_op <> 'DELETE' and new.sight is null and new.unseen_by = '{}') c
     group by c.kind, c.key, c.day having sum(c.number) <> 0;
    return null;
end $$
"""
_CHANGED = """
    (old.state = 'decided' or new.state = 'decided') and (
        old.state is distinct from new.state or old.owner_id is distinct from new.owner_id
        or old.agency_id is distinct from new.agency_id or old.decided_at is distinct from new.decided_at
        or old.due_at is distinct from new.due_at or old.sight is distinct from new.sight
        or old.unseen_by is distinct from new.unseen_by)
"""


def upgrade() -> None:
    """Two more kinds, the triggers that count them, and what there is counted once."""
    _allow(f"{KINDS}, 'hit_owner', 'hit_agency'")
    op.execute(_PARTS)
    op.execute(_COUNT)
    op.execute("""
        DO $$ DECLARE c uuid; BEGIN
            FOR c IN SELECT id FROM council LOOP
                PERFORM set_config('app.tenant_id', c::text, true), set_config('app.reach', 'council', true),
                        set_config('app.actor_id', '00000000-0000-0000-0000-000000000000', true);
                INSERT INTO tally (tenant_id, id, kind, key, day, number)
                SELECT c, gen_random_uuid(), p.kind, p.key, p.day, count(*)
                  FROM referral r, tally_hits(r) p
                 WHERE r.sight is null AND r.unseen_by = '{}' GROUP BY p.kind, p.key, p.day;
            END LOOP;
            PERFORM set_config('app.tenant_id', '', true), set_config('app.reach', '', true),
                    set_config('app.actor_id', '', true);
        END $$
    """)
    op.execute("CREATE TRIGGER referral_hit_made AFTER INSERT ON referral FOR EACH ROW"
               " WHEN (new.state = 'decided') EXECUTE FUNCTION tally_hit_change()")  # fmt: skip
    op.execute("CREATE TRIGGER referral_hit_gone AFTER DELETE ON referral FOR EACH ROW"
               " WHEN (old.state = 'decided') EXECUTE FUNCTION tally_hit_change()")  # fmt: skip
    op.execute("CREATE TRIGGER referral_hit_changed AFTER UPDATE ON referral FOR EACH ROW"
               f" WHEN ({_CHANGED}) EXECUTE FUNCTION tally_hit_change()")  # fmt: skip


def _allow(kinds: str) -> None:
    op.execute("ALTER TABLE tally DROP CONSTRAINT ck_tally_kind")
    op.execute(f"ALTER TABLE tally ADD CONSTRAINT ck_tally_kind CHECK (kind in ({kinds}))")


def downgrade() -> None:
    """Nobody counts by person."""
    for trigger in ("made", "gone", "changed"):
        op.execute(f"DROP TRIGGER referral_hit_{trigger} ON referral")
    op.execute("DROP FUNCTION tally_hit_change()")
    op.execute("DROP FUNCTION tally_hits(referral)")
    op.execute("DO $$ DECLARE c uuid; BEGIN FOR c IN SELECT id FROM council LOOP"
               " PERFORM set_config('app.tenant_id', c::text, true), set_config('app.reach', 'council', true);"
               " DELETE FROM tally WHERE kind in ('hit_owner', 'hit_agency'); END LOOP;"
               " PERFORM set_config('app.tenant_id', '', true), set_config('app.reach', '', true); END $$")  # fmt: skip
    _allow(KINDS)
