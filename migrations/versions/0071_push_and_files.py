"""What was in a parcel when it went and which files it lacked; secrets that a receiver and the portal share, and the
signed requests that were heard."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

DECLINED = "'unauthorised', 'not_found', 'too_large', 'bad_request', 'host_key', 'no_space', 'other'"
WITH_SECRETS = "'unauthorised', 'not_found', 'too_large', 'bad_request', 'host_key', 'no_space', 'no_secret', 'other'"


def upgrade() -> None:
    """Parcels of before know nothing of their files: nothing is waited for. Keys of before are for file servers."""
    op.execute("""
        ALTER TABLE parcel ADD COLUMN told JSONB, ADD COLUMN awaits JSONB DEFAULT '[]' NOT NULL,
            ADD COLUMN lost INTEGER DEFAULT '0' NOT NULL, ADD COLUMN checked_at TIMESTAMP WITH TIME ZONE
    """)
    op.execute("ALTER TABLE parcel_collected ADD COLUMN sha256 VARCHAR DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE parcel DROP CONSTRAINT uq_parcel_tenant_id_decision_id")
    op.execute("CREATE UNIQUE INDEX uq_parcel_decision ON parcel (tenant_id, decision_id) WHERE event <> 'files'")
    op.execute("CREATE INDEX ix_parcel_awaiting ON parcel (tenant_id) WHERE awaits <> '[]'::jsonb")
    _kinds("'decided', 'corrected', 'files'", WITH_SECRETS)
    _signed_collecting()


def _signed_collecting() -> None:
    op.execute("ALTER TABLE case_system_key ADD COLUMN how VARCHAR DEFAULT 'sftp' NOT NULL")
    op.execute("ALTER TABLE case_system_key ADD CONSTRAINT ck_case_system_key_how CHECK (how in ('sftp', 'push'))")
    op.execute("""
        CREATE TABLE collect_request (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            mark VARCHAR NOT NULL,
            at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_collect_request PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_collect_request_tenant_id_mark UNIQUE (tenant_id, mark),
            CONSTRAINT fk_collect_request_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    op.execute("CREATE INDEX ix_collect_request_at ON collect_request (tenant_id, at)")
    rls.protect("collect_request", "select, insert, delete")
    rls.wall_of_council("collect_request")


def _kinds(events: str, declined: str) -> None:
    _check("parcel", "event", f"event in ({events})")
    _check("parcel", "reason", f"reason in ({declined}, 'unavailable', 'broken', 'not_collected')")
    _check("parcel_attempt", "outcome", f"outcome in ('delivered', 'told', 'unavailable', 'broken', {declined})")


def _check(table: str, name: str, says: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({says})")


def downgrade() -> None:
    """Without them: parcels of files that were checked later are forgotten, no receiver collects, and councils make new
    secrets."""
    op.execute("DROP TABLE collect_request")
    rls.in_each_council("DELETE FROM case_system_key WHERE how = 'push'")
    op.execute("ALTER TABLE case_system_key DROP COLUMN how")
    rls.in_each_council(
        "DELETE FROM parcel WHERE event = 'files'",
        "UPDATE parcel SET reason = 'unauthorised' WHERE reason = 'no_secret'",
        "UPDATE parcel_attempt SET outcome = 'unauthorised' WHERE outcome = 'no_secret'",
    )
    _kinds("'decided', 'corrected'", DECLINED)
    op.execute("DROP INDEX ix_parcel_awaiting")
    op.execute("DROP INDEX uq_parcel_decision")
    op.execute("ALTER TABLE parcel ADD CONSTRAINT uq_parcel_tenant_id_decision_id UNIQUE (tenant_id, decision_id)")
    op.execute("ALTER TABLE parcel_collected DROP COLUMN sha256")
    op.execute("ALTER TABLE parcel DROP COLUMN told, DROP COLUMN awaits, DROP COLUMN lost, DROP COLUMN checked_at")
