"""Files that go along with an offer to early help, reminders of its answer, and people bound to one team."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

KINDS = (
    "received", "question", "reminder", "reply", "news", "outcome", "opened", "connection", "file", "file_in",
    "harmful", "harmful_in", "handed", "helping", "joined", "moved", "expiring", "duty", "unseen", "undelivered",
    "challenged", "approval", "challenge_due", "hub", "hub_in", "help_offered", "help_answered", "transfer",
)  # fmt: skip


def _kinds(values: tuple[str, ...]) -> None:
    known = ", ".join(f"'{one}'" for one in values)
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({known}))")


def upgrade() -> None:
    """What was taken back before says no reason."""
    _kinds((*KINDS, "help_due"))
    op.execute("""
        ALTER TABLE early_help_offer
            ADD COLUMN files UUID[] DEFAULT '{}' NOT NULL,
            ADD COLUMN reminded_at TIMESTAMP WITH TIME ZONE,
            ADD COLUMN taken_why VARCHAR,
            ADD CONSTRAINT ck_early_help_offer_taken_why CHECK (taken_why in ('outcome', 'consent', 'hand')),
            ADD CONSTRAINT ck_early_help_offer_taken CHECK (taken_why is null or state = 'taken_back')
    """)
    op.execute("""
        CREATE TABLE early_help_member (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            team VARCHAR NOT NULL,
            bound_by UUID NOT NULL,
            bound_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_early_help_member PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_early_help_member_tenant_id_account_id UNIQUE (tenant_id, account_id),
            CONSTRAINT fk_early_help_member_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_early_help_member_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_early_help_member_bound_by FOREIGN KEY(bound_by) REFERENCES account (id)
        )
    """)
    rls.protect("early_help_member", "select, insert, update, delete")
    rls.wall_of_council("early_help_member")


def downgrade() -> None:
    """Everybody of early help sees what every team has."""
    op.execute("DROP TABLE early_help_member")
    op.execute("ALTER TABLE early_help_offer DROP COLUMN files, DROP COLUMN reminded_at, DROP COLUMN taken_why")
    rls.in_each_council("DELETE FROM notice WHERE kind = 'help_due'")
    _kinds(KINDS)
