"""Contacts that came by telephone, letter or otherwise, and the two agencies that are none."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

PUBLIC, UNLISTED = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
CHANNELS = "'portal', 'telephone', 'letter', 'email', 'visit', 'police', 'form'"
# Nobody can be of an agency that is none, and no council approves it.
GUARDED = ("membership", "agency_approval")


def upgrade() -> None:
    """How a report came, who brought it, and rows to name where no agency of the register did."""
    op.execute(f"""
        INSERT INTO agency (id, key, name, kind, other_identifiers) VALUES
            ('{PUBLIC}', 'public', '{{"en": "Member of the public", "cy": "Aelod o''r cyhoedd"}}', 'public', '{{}}'),
            ('{UNLISTED}', 'unlisted', '{{"en": "Another agency", "cy": "Asiantaeth arall"}}', 'unlisted', '{{}}')
    """)
    for table in GUARDED:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_listed CHECK (agency_id not in ('{PUBLIC}', '{UNLISTED}'))"
        )
    op.execute(f"""
        ALTER TABLE referral
            ADD COLUMN channel VARCHAR DEFAULT 'portal' NOT NULL,
            ADD COLUMN caller BYTEA,
            ADD CONSTRAINT ck_referral_channel CHECK (channel in ({CHANNELS})),
            ADD CONSTRAINT ck_referral_elsewhere CHECK (channel = 'portal' or author_only)
    """)


def downgrade() -> None:
    """What did not come through the portal goes: nothing says any more that it is nobody's."""
    rls.in_each_council("DELETE FROM referral WHERE channel <> 'portal'")
    op.execute("ALTER TABLE referral DROP CONSTRAINT ck_referral_elsewhere, DROP CONSTRAINT ck_referral_channel")
    op.execute("ALTER TABLE referral DROP COLUMN caller, DROP COLUMN channel")
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_listed")
    op.execute(f"DELETE FROM agency WHERE id in ('{PUBLIC}', '{UNLISTED}')")
