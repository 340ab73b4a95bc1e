"""What goes after a transfer that was accepted, and transfers of what is restricted."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

# A report behind it has walls of its own. Where there is none yet, or no more, what is restricted is there for those of
# the receiver who may restrict reports, and for the system.
SEEN = """
    not restricted or referral_id is not null
    or (select nullif(current_setting('app.actor_id', true), '')::uuid) = '00000000-0000-0000-0000-000000000000'
    or exists (
        select from membership m where m.tenant_id = transfer.tenant_id and m.state = 'active'
        and m.role = 'practice_manager'
        and m.account_id = (select nullif(current_setting('app.actor_id', true), '')::uuid)
    )
"""


def upgrade() -> None:
    """Of offers that were made before, all that could go then counts as sent."""
    op.execute("""
        ALTER TABLE transfer
            ADD COLUMN restricted BOOLEAN DEFAULT false NOT NULL,
            ADD COLUMN sent UUID[] DEFAULT '{}' NOT NULL
    """)
    rls.in_each_council("""
        UPDATE transfer t SET sent = array(
            SELECT a.file_id FROM attachment a WHERE a.tenant_id = c AND a.referral_id = t.referral_id
                AND t.with_files AND (t.with_messages OR a.message_id IS NULL) AND a.added_at <= t.confirmed_at
            UNION SELECT m.id FROM message m WHERE m.tenant_id = c AND m.referral_id = t.referral_id
                AND (t.with_messages OR m.kind = 'correction') AND m.sent_at <= t.confirmed_at
        ) WHERE t.tenant_id = c AND t.side = 'out' AND t.confirmed_at IS NOT NULL
    """)
    op.execute(
        f"CREATE POLICY transfer_restricted ON transfer AS RESTRICTIVE FOR ALL USING ({SEEN}) WITH CHECK ({SEEN})"
    )


def downgrade() -> None:
    """An offer of something restricted would be there for everybody: it ends."""
    rls.in_each_council(
        """
        UPDATE transfer SET state = CASE WHEN state = 'proposed' THEN 'taken_back' ELSE 'withdrawn' END,
            settled_at = now(), envelope = null, envelope_key = null
        WHERE tenant_id = c AND restricted AND state IN ('proposed', 'offered')
    """,
        "UPDATE transfer SET words = null WHERE tenant_id = c AND restricted AND side = 'in'",
    )
    op.execute("DROP POLICY transfer_restricted ON transfer")
    op.execute("ALTER TABLE transfer DROP COLUMN restricted, DROP COLUMN sent")
