"""Previous contacts: by what a child is found again, and what people said of two reports."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

MARKS = ("nhs", "name", "home")
INDEXES = {**{mark: f"{mark}_mark" for mark in MARKS}, "born": "born_on", "marks": "marks_version"}


def upgrade() -> None:
    """Empty marks, which a job fills (referrals.mark_children), and the table of pairs behind the walls of both."""
    for mark in MARKS:
        op.execute(f"ALTER TABLE referral_child ADD COLUMN {mark}_mark VARCHAR DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE referral_child ADD COLUMN marks_version INTEGER DEFAULT '0' NOT NULL")
    for name, column in INDEXES.items():
        op.execute(f"CREATE INDEX ix_referral_child_{name} ON referral_child (tenant_id, {column})")
    op.execute("""
        CREATE TABLE pairing (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            other_id UUID NOT NULL,
            sort VARCHAR NOT NULL,
            kind VARCHAR NOT NULL,
            words BYTEA,
            said_by UUID NOT NULL,
            said_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            ended_by UUID,
            ended_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_pairing PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_pairing_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_pairing_tenant_id_other_id FOREIGN KEY(tenant_id, other_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_pairing_two CHECK (referral_id <> other_id),
            CONSTRAINT ck_pairing_kind CHECK ((sort = 'verdict' and kind in ('same', 'possible', 'not_same'))
                or (sort = 'link' and kind in ('duplicate', 'incident', 'sibling'))),
            CONSTRAINT ck_pairing_ended CHECK ((ended_at is null) = (ended_by is null)),
            CONSTRAINT fk_pairing_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_pairing_said_by FOREIGN KEY(said_by) REFERENCES account (id),
            CONSTRAINT fk_pairing_ended_by FOREIGN KEY(ended_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_pairing_referral ON pairing (tenant_id, referral_id)")
    op.execute("CREATE INDEX ix_pairing_other ON pairing (tenant_id, other_id)")
    op.execute("""
        CREATE UNIQUE INDEX ix_pairing_now
            ON pairing (tenant_id, least(referral_id, other_id), greatest(referral_id, other_id), sort)
            WHERE ended_at is null
    """)
    rls.protect("pairing", "select, insert, update")
    rls.wall_behind_report("pairing")
    rls.wall_behind_report("pairing", "other_id", "other_sight")


def downgrade() -> None:
    """Nothing is found again, and what was said of pairs is forgotten."""
    op.execute("DROP TABLE pairing")
    for name in reversed(INDEXES):
        op.execute(f"DROP INDEX ix_referral_child_{name}")
    op.execute("ALTER TABLE referral_child DROP COLUMN marks_version")
    for mark in MARKS:
        op.execute(f"ALTER TABLE referral_child DROP COLUMN {mark}_mark")
