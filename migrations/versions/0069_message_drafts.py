"""What somebody typed in a thread and has not sent, who has seen which message, and who has a report open."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

LINKS = """
            CONSTRAINT fk_{table}_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_{table}_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_{table}_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_{table}_account_id FOREIGN KEY(account_id) REFERENCES account (id)
"""


COUNCIL = "(select current_setting('app.reach', true)) = 'council'"


def upgrade() -> None:
    """Two tables behind the report's walls; no agency reads what the council's people have not sent. That a report is
    open with the council, whoever may open the report may read; only the council's people write it."""
    op.execute(f"""
        CREATE TABLE message_sighting (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            message_id UUID NOT NULL,
            account_id UUID NOT NULL,
            seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_message_sighting PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_message_sighting_tenant_id_message_id FOREIGN KEY(tenant_id, message_id)
                REFERENCES message (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_message_sighting_tenant_id_message_id_account_id
                UNIQUE (tenant_id, message_id, account_id),
            {LINKS.format(table="message_sighting")}
        )
    """)
    op.execute("CREATE INDEX ix_message_sighting_referral ON message_sighting (tenant_id, referral_id)")
    op.execute(f"""
        CREATE TABLE message_draft (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            account_id UUID NOT NULL,
            side VARCHAR NOT NULL,
            page VARCHAR NOT NULL,
            tab UUID NOT NULL,
            version INTEGER DEFAULT '1' NOT NULL,
            body BYTEA,
            changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_message_draft PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_message_draft_tenant_id_referral_id_account_id_page
                UNIQUE (tenant_id, referral_id, account_id, page),
            CONSTRAINT ck_message_draft_side CHECK (side in ('council', 'agency')),
            {LINKS.format(table="message_draft")}
        )
    """)
    op.execute("CREATE INDEX ix_message_draft_changed ON message_draft (tenant_id, changed_at)")
    rls.protect("message_sighting", "select, insert")
    rls.protect("message_draft", "select, insert, update, delete")
    for table in ("message_sighting", "message_draft"):
        rls.wall_between_agencies(table)
        rls.wall_behind_report(table)
    side = f"side = 'agency' or {COUNCIL}"
    op.execute(
        f"create policy message_draft_side on message_draft as restrictive for all using ({side}) with check ({side})"
    )
    op.execute("drop policy presence_council on presence")
    op.execute(f"create policy presence_added on presence as restrictive for insert with check ({COUNCIL})")
    op.execute(
        f"create policy presence_changed on presence as restrictive for update using ({COUNCIL}) with check ({COUNCIL})"
    )
    op.execute(f"create policy presence_gone on presence as restrictive for delete using ({COUNCIL})")


def downgrade() -> None:
    """Messages stay; who saw them is known no more, and what was not sent is gone."""
    for name in ("added", "changed", "gone"):
        op.execute(f"drop policy presence_{name} on presence")
    op.execute(
        f"create policy presence_council on presence as restrictive for all using ({COUNCIL}) with check ({COUNCIL})"
    )
    op.execute("DROP TABLE message_draft")
    op.execute("DROP TABLE message_sighting")
