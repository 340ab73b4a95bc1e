"""Let people choose how they are told: one email a day, receipts or none, a discreet subject; and remind of questions."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

CHOICE = """
CREATE TABLE notice_choice (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    daily BOOLEAN DEFAULT false NOT NULL,
    receipts BOOLEAN DEFAULT true NOT NULL,
    discreet BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_notice_choice PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_notice_choice_tenant_id_account_id UNIQUE (tenant_id, account_id),
    CONSTRAINT fk_notice_choice_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
    CONSTRAINT fk_notice_choice_account_id FOREIGN KEY(account_id) REFERENCES account (id)
)
"""
BEFORE = (
    "'received', 'question', 'reply', 'outcome', 'opened', 'connection', 'file', 'file_in', 'harmful', 'harmful_in'"
)


def upgrade() -> None:
    """Keep the choices behind the council's wall; what is told at once stays so."""
    op.execute(CHOICE)
    rls.protect("notice_choice", "SELECT, INSERT, UPDATE")
    op.execute("ALTER TABLE notice ADD COLUMN daily BOOLEAN DEFAULT false NOT NULL")
    _kinds(f"{BEFORE}, 'reminder'")


def downgrade() -> None:
    """Tell everything at once again."""
    rls.in_each_council("DELETE FROM notice WHERE kind = 'reminder'")
    _kinds(BEFORE)
    op.execute("ALTER TABLE notice DROP COLUMN daily")
    op.execute("DROP TABLE notice_choice")


def _kinds(kinds: str) -> None:
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({kinds}))")
