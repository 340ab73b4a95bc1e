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
# The trigger compares old and new way by way and writes in one statement: whoever works on reports waits for it.
_OPEN = "{r}.state in ('sent', 'screening', 'asked', 'answered')"
_WAYS = (
    # Of what kind, for which reports, under which key, on which day.
    ("state", _OPEN, "{r}.state", "null"),
    ("route", _OPEN, "coalesce({r}.route, '')", "null"),
    ("agency", _OPEN, "{r}.agency_id::text", "null"),
    ("owner", _OPEN, "coalesce({r}.owner_id::text, '')", "null"),
    ("urgent", _OPEN + " and {r}.queue_rank < 2", "case when {r}.state = 'sent' then 'unclaimed' else 'claimed' end", "null"),
    ("received", "true", "coalesce({r}.route, '')", "({r}.sent_at at time zone 'Europe/London')::date"),
    (
        "decided", "{r}.state = 'decided'", "case when {r}.decided_at <= {r}.due_at then 'in_time' else 'late' end",
        "({r}.decided_at at time zone 'Europe/London')::date",
    ),
)  # fmt: skip


def _way(kind: str, where: str, key: str, day: str) -> str:
    old, new = ({name: part.format(r=row) for name, part in (("where", where), ("key", key), ("day", day))}
                for row in ("old", "new"))  # fmt: skip
    return f"""
    before := was and {old["where"]};
    after := becomes and {new["where"]};
    if (before and after and {old["key"]} = {new["key"]} and {old["day"]} is not distinct from {new["day"]}) then
        null;
    else
        if before then
            kinds := kinds || '{kind}'::varchar; keys := keys || ({old["key"]})::varchar;
            days := days || ({old["day"]})::date; numbers := numbers || -1;
        end if;
        if after then
            kinds := kinds || '{kind}'::varchar; keys := keys || ({new["key"]})::varchar;
            days := days || ({new["day"]})::date; numbers := numbers || 1;
        end if;
    end if;
    """


_COUNT = f"""
CREATE FUNCTION tally_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
declare
    was boolean := tg_op <> 'INSERT' and old.state <> 'draft' and old.sight is null and old.unseen_by = '{{}}';
    becomes boolean := tg_op <> 'DELETE' and new.state <> 'draft' and new.sight is null and new.unseen_by = '{{}}';
    before boolean; after boolean;
    kinds varchar[] := '{{}}'; keys varchar[] := '{{}}'; days date[] := '{{}}'; numbers integer[] := '{{}}';
begin
    {"".join(_way(*way) for way in _WAYS)}
    if kinds <> '{{}}' then
        insert into tally (tenant_id, id, kind, key, day, number)
        select coalesce(new.tenant_id, old.tenant_id), gen_random_uuid(), one.* from unnest(kinds, keys, days, numbers) one;
    end if;
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
