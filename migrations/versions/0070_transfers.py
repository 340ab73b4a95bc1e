"""Transfers between councils of the instance: a row for each council, a channel for what arrives, and their notice."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

KINDS = (
    "received", "question", "reminder", "reply", "news", "outcome", "opened", "connection", "file", "file_in",
    "harmful", "harmful_in", "handed", "helping", "joined", "moved", "expiring", "duty", "unseen", "undelivered",
    "challenged", "approval", "challenge_due", "hub", "hub_in", "help_offered", "help_answered",
)  # fmt: skip
CHANNELS = ("portal", "telephone", "letter", "email", "visit", "police", "form")


def _one_of(table: str, column: str, values: tuple[str, ...]) -> None:
    known = ", ".join(f"'{one}'" for one in values)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column} CHECK ({column} in ({known}))")


def upgrade() -> None:
    """The table behind each council's wall, which no agency passes and no other council."""
    _one_of("notice", "kind", (*KINDS, "transfer"))
    _one_of("referral", "channel", (*CHANNELS, "transfer"))
    op.execute("""
        CREATE TABLE transfer (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            side VARCHAR NOT NULL,
            other_id UUID NOT NULL,
            referral_id UUID,
            state VARCHAR NOT NULL,
            wrapped_key BYTEA NOT NULL,
            words BYTEA,
            route VARCHAR NOT NULL,
            urgency INTEGER NOT NULL,
            age VARCHAR NOT NULL,
            children INTEGER NOT NULL,
            files INTEGER NOT NULL,
            with_files BOOLEAN NOT NULL,
            with_messages BOOLEAN NOT NULL,
            proposed_by UUID,
            proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            confirmed_by UUID,
            confirmed_at TIMESTAMP WITH TIME ZONE,
            settled_by UUID,
            settled_at TIMESTAMP WITH TIME ZONE,
            reason BYTEA,
            other_reference VARCHAR DEFAULT '' NOT NULL,
            envelope_key BYTEA,
            envelope BYTEA,
            record BYTEA,
            files_left UUID[] DEFAULT '{}' NOT NULL,
            files_missing UUID[] DEFAULT '{}' NOT NULL,
            CONSTRAINT pk_transfer PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_transfer_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_transfer_side CHECK (side in ('out', 'in')),
            CONSTRAINT ck_transfer_state CHECK (state in (
                'proposed', 'offered', 'accepted', 'declined', 'sent_back', 'taken_back', 'withdrawn', 'overtaken')),
            CONSTRAINT ck_transfer_route CHECK (
                route in ('MASH_URGENT', 'MASH', 'EARLY_HELP', 'ADVICE', 'INFORMATION')),
            CONSTRAINT ck_transfer_age CHECK (age in (
                'unborn', 'under_1', '1_to_4', '5_to_9', '10_to_15', '16_or_more', 'not_known')),
            CONSTRAINT ck_transfer_two_people CHECK (confirmed_by <> proposed_by),
            CONSTRAINT ck_transfer_settled CHECK ((settled_at is null) = (state in ('proposed', 'offered'))),
            CONSTRAINT ck_transfer_envelope CHECK (
                (envelope is null and envelope_key is null)
                or (state = 'offered' and (envelope is null) = (side = 'out'))),
            CONSTRAINT ck_transfer_arrived CHECK (side = 'out' or (referral_id is null) = (state <> 'accepted')),
            CONSTRAINT fk_transfer_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_transfer_proposed_by FOREIGN KEY(proposed_by) REFERENCES account (id),
            CONSTRAINT fk_transfer_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES account (id),
            CONSTRAINT fk_transfer_settled_by FOREIGN KEY(settled_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_transfer_referral ON transfer (tenant_id, referral_id)")
    op.execute("CREATE INDEX ix_transfer_list ON transfer (tenant_id, side, proposed_at)")
    op.execute(
        "CREATE UNIQUE INDEX ix_transfer_open ON transfer (tenant_id, referral_id)"
        " WHERE side = 'out' and state in ('proposed', 'offered')"
    )
    rls.protect("transfer", "select, insert, update")
    rls.wall_of_council("transfer")
    rls.wall_behind_report("transfer")


def downgrade() -> None:
    """Without them: what came from another council keeps its place in the holding area, as a partner's form."""
    op.execute("DROP TABLE transfer")
    rls.in_each_council(
        "DELETE FROM notice WHERE kind = 'transfer'",
        "UPDATE referral SET channel = 'form' WHERE channel = 'transfer'",
    )
    _one_of("referral", "channel", CHANNELS)
    _one_of("notice", "kind", KINDS)
