"""The council works together: notes among its people, priorities that keep what they were, an order that puts urgent
and answered ones first and then whatever is due, and lists that somebody saved."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

# The screener's priority counts once there is one; news from the referrer comes before what is due.
_RANK = """
    (case when first_priority is null then case when urgency >= 4 then 0 else 1 end
          when priority = 'urgent' then 0 else 1 end) * 2
    + (case when unread_by_council > 0 or state = 'answered'
             or (state <> 'asked' and queued_at > greatest(sent_at, claimed_at)) then 0 else 1 end)
"""


def upgrade() -> None:
    """The tables behind the council's wall, which no agency passes, and the columns of the order."""
    op.execute("""
        CREATE TABLE note (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            author_id UUID NOT NULL,
            kind VARCHAR DEFAULT 'note' NOT NULL,
            body BYTEA,
            was VARCHAR DEFAULT '' NOT NULL,
            became VARCHAR DEFAULT '' NOT NULL,
            given_to UUID,
            once UUID NOT NULL,
            written_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_note PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_note_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_note_tenant_id_once UNIQUE (tenant_id, once),
            CONSTRAINT ck_note_kind CHECK (kind in ('note', 'priority', 'given')),
            CONSTRAINT ck_note_words CHECK (kind = 'given' or body is not null),
            CONSTRAINT fk_note_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_note_author_id FOREIGN KEY(author_id) REFERENCES account (id),
            CONSTRAINT fk_note_given_to FOREIGN KEY(given_to) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_note_referral ON note (tenant_id, referral_id, written_at)")
    op.execute("""
        CREATE TABLE saved_list (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            name VARCHAR NOT NULL,
            address JSONB NOT NULL,
            saved_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_saved_list PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_saved_list_tenant_id_account_id_name UNIQUE (tenant_id, account_id, name),
            CONSTRAINT fk_saved_list_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_saved_list_account_id FOREIGN KEY(account_id) REFERENCES account (id)
        )
    """)
    rls.protect("note", "select, insert")
    rls.protect("saved_list", "select, insert, update, delete")
    for table in ("note", "saved_list"):
        rls.wall_of_council(table)
    rls.wall_behind_report("note")
    op.execute("ALTER TABLE referral ADD COLUMN first_priority VARCHAR")
    op.execute(f"ALTER TABLE referral ADD COLUMN queue_rank SMALLINT GENERATED ALWAYS AS ({_RANK}) STORED NOT NULL")
    op.execute("DROP INDEX ix_referral_queue")
    op.execute("DROP INDEX ix_referral_withdrawn")
    op.execute("""
        CREATE INDEX ix_referral_queue ON referral (tenant_id, queue_rank, due_at, id)
        WHERE state in ('sent', 'screening', 'asked', 'answered')
    """)
    op.execute(
        "CREATE INDEX ix_referral_withdrawn ON referral (tenant_id, queue_rank, due_at, id) WHERE state = 'withdrawn'"
    )
    op.execute("""
        CREATE INDEX ix_referral_owner ON referral (tenant_id, owner_id, due_at, id)
        WHERE state in ('sent', 'screening', 'asked', 'answered')
    """)


def downgrade() -> None:
    """Without them: what was written among colleagues is gone."""
    for index in ("queue", "withdrawn", "owner"):
        op.execute(f"DROP INDEX ix_referral_{index}")
    op.execute("ALTER TABLE referral DROP COLUMN queue_rank, DROP COLUMN first_priority")
    op.execute("""
        CREATE INDEX ix_referral_queue ON referral (tenant_id, urgency desc, queued_at desc, id desc)
        WHERE state in ('sent', 'screening', 'asked', 'answered')
    """)
    op.execute("""
        CREATE INDEX ix_referral_withdrawn ON referral (tenant_id, urgency desc, queued_at desc, id desc)
        WHERE state = 'withdrawn'
    """)
    op.execute("DROP TABLE saved_list")
    op.execute("DROP TABLE note")
