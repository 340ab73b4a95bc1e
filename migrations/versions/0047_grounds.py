"""On what a decision stands: codes in the clear, words sealed."""

from __future__ import annotations

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

COLUMNS = (
    "kind", "reasons", "need", "consent", "consent_reason", "contact_code", "referral_code", "nfa_code", "grounds",
)  # fmt: skip


def upgrade() -> None:
    """Room for reasons, consent, who was consulted, and what returns call the outcome."""
    op.execute("""
        ALTER TABLE decision
            ADD COLUMN kind VARCHAR,
            ADD COLUMN reasons VARCHAR[] DEFAULT '{}' NOT NULL,
            ADD COLUMN need VARCHAR,
            ADD COLUMN consent VARCHAR,
            ADD COLUMN consent_reason VARCHAR,
            ADD COLUMN contact_code VARCHAR,
            ADD COLUMN referral_code VARCHAR,
            ADD COLUMN nfa_code VARCHAR,
            ADD COLUMN grounds BYTEA,
            ADD CONSTRAINT ck_decision_kind CHECK (kind in (
                'assessment', 'strategy', 'early_help', 'signpost', 'no_action', 'more_information', 'transfer',
                'log_only'
            )),
            ADD CONSTRAINT ck_decision_consent CHECK (consent in ('given', 'not_sought', 'overridden'))
    """)


def downgrade() -> None:
    """Without them."""
    for column in COLUMNS:
        op.execute(f"ALTER TABLE decision DROP COLUMN {column}")
