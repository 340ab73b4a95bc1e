"""Records that only some may see: restrictions, openings with a reason, declared connections, and their wall."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

CHILDREN = ("referral_section", "referral_child", "message", "decision", "notice")


def upgrade() -> None:
    """Create the tables and raise the third wall."""
    op.execute("""
        ALTER TABLE referral
            ADD COLUMN sight UUID[],
            ADD COLUMN author_only BOOLEAN DEFAULT false NOT NULL,
            ADD COLUMN unseen_by UUID[] DEFAULT '{}' NOT NULL
    """)
    op.execute("ALTER TABLE referral_child ADD COLUMN surname_mark VARCHAR DEFAULT '' NOT NULL")
    op.execute("CREATE INDEX ix_referral_child_surname ON referral_child (tenant_id, surname_mark)")
    kinds("'received', 'question', 'reply', 'outcome', 'opened'")
    _connections()
    _restrictions()
    _openings()
    rls.wall_of_sight()
    for table in (*CHILDREN, "restriction"):
        rls.wall_behind_report(table)


def kinds(values: str) -> None:
    """What a notice may be about."""
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({values}))")


def _connections() -> None:
    op.execute("""
        CREATE TABLE connection (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            wrapped_key BYTEA NOT NULL,
            words BYTEA NOT NULL,
            surname_mark VARCHAR NOT NULL,
            first_mark VARCHAR DEFAULT '' NOT NULL,
            born_mark VARCHAR DEFAULT '' NOT NULL,
            declared_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE,
            ended_by UUID,
            CONSTRAINT pk_connection PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_connection_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_connection_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_connection_ended_by FOREIGN KEY(ended_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_connection_surname ON connection (tenant_id, surname_mark)")
    rls.protect("connection", "select, insert, update")


def _restrictions() -> None:
    op.execute("""
        CREATE TABLE restriction (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            reason VARCHAR NOT NULL,
            words BYTEA,
            marked_by UUID NOT NULL,
            marked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            lift_asked_by UUID,
            lift_asked_at TIMESTAMP WITH TIME ZONE,
            lifted_by UUID,
            lifted_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_restriction PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_restriction_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_restriction_reason
                CHECK (reason in ('staff_family', 'adoption', 'refuge', 'high_profile', 'other')),
            CONSTRAINT ck_restriction_two_people CHECK (lifted_by is null or lifted_by <> lift_asked_by),
            CONSTRAINT fk_restriction_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_restriction_marked_by FOREIGN KEY(marked_by) REFERENCES account (id),
            CONSTRAINT fk_restriction_lift_asked_by FOREIGN KEY(lift_asked_by) REFERENCES account (id),
            CONSTRAINT fk_restriction_lifted_by FOREIGN KEY(lifted_by) REFERENCES account (id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX ix_restriction_open ON restriction (tenant_id, referral_id) WHERE lifted_at is null"
    )
    rls.protect("restriction", "select, insert, update")


def _openings() -> None:
    op.execute("""
        CREATE TABLE opened_record (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            account_id UUID NOT NULL,
            reason VARCHAR NOT NULL,
            wrapped_key BYTEA NOT NULL,
            words BYTEA NOT NULL,
            opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            until TIMESTAMP WITH TIME ZONE NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE,
            ended_by UUID,
            CONSTRAINT pk_opened_record PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_opened_record_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_opened_record_reason
                CHECK (reason in ('immediate_danger', 'cover', 'duty_manager', 'legal', 'other')),
            CONSTRAINT fk_opened_record_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_opened_record_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_opened_record_ended_by FOREIGN KEY(ended_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_opened_record_account ON opened_record (tenant_id, account_id, until)")
    rls.protect("opened_record", "select, insert, update")


def downgrade() -> None:
    """Take it all away again: what was restricted is seen by everybody who saw it before."""
    for table in (*CHILDREN, "restriction", "referral"):
        op.execute(f"drop policy {table}_sight on {table}")
    for table in ("opened_record", "restriction", "connection"):
        op.execute(f"drop table {table}")
    rls.in_each_council("delete from notice where kind = 'opened'")
    kinds("'received', 'question', 'reply', 'outcome'")
    op.execute("DROP INDEX ix_referral_child_surname")
    op.execute("ALTER TABLE referral_child DROP COLUMN surname_mark")
    op.execute("ALTER TABLE referral DROP COLUMN sight, DROP COLUMN author_only, DROP COLUMN unseen_by")
