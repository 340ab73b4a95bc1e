"""Drafts: what is typed in them, who writes them together, and what became of those that are gone."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

BEFORE = (
    "'received', 'question', 'reply', 'outcome', 'opened', 'connection', 'file', 'file_in', 'harmful', 'harmful_in',"
    " 'reminder'"
)
KINDS = "'handed', 'helping', 'joined', 'moved', 'expiring'"


def _kinds(values: str) -> None:
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({values}))")


def upgrade() -> None:
    """Create the tables behind the walls, and keep who helps, who wrote what and how far a draft is."""
    _typing()
    _endings()
    op.execute("""
        ALTER TABLE referral
            ADD COLUMN helpers UUID[] DEFAULT '{}' NOT NULL,
            ADD COLUMN sections_done INTEGER DEFAULT '0' NOT NULL,
            ADD COLUMN sections_shown INTEGER DEFAULT '0' NOT NULL,
            ADD COLUMN child_born DATE,
            ADD COLUMN child_age INTEGER
    """)
    op.execute("""
        ALTER TABLE referral_section
            ADD COLUMN changed_by UUID,
            ADD CONSTRAINT fk_referral_section_changed_by FOREIGN KEY(changed_by) REFERENCES account (id)
    """)
    _kinds(f"{BEFORE}, {KINDS}")


def _typing() -> None:
    op.execute("""
        CREATE TABLE draft_typing (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            account_id UUID NOT NULL,
            page VARCHAR NOT NULL,
            tab UUID NOT NULL,
            seen INTEGER NOT NULL,
            version INTEGER DEFAULT '1' NOT NULL,
            body BYTEA,
            changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_draft_typing PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_draft_typing_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id) REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_draft_typing_tenant_id_referral_id_account_id_page UNIQUE (tenant_id, referral_id, account_id, page),
            CONSTRAINT fk_draft_typing_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_draft_typing_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_draft_typing_account_id FOREIGN KEY(account_id) REFERENCES account (id)
        )
    """)
    rls.protect("draft_typing", "select, insert, update, delete")
    rls.wall_between_agencies("draft_typing")
    rls.wall_behind_report("draft_typing")


def _endings() -> None:
    op.execute("""
        CREATE TABLE draft_end (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            draft_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            account_id UUID NOT NULL,
            what VARCHAR NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_draft_end PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_draft_end_tenant_id_draft_id_account_id UNIQUE (tenant_id, draft_id, account_id),
            CONSTRAINT fk_draft_end_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_draft_end_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_draft_end_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT ck_draft_end_what CHECK (what in ('deleted', 'expired', 'handed', 'helped', 'sent'))
        )
    """)
    rls.protect("draft_end", "select, insert, update, delete")
    rls.wall_between_agencies("draft_end")


def downgrade() -> None:
    """Everybody writes alone, and what was typed and not saved is gone."""
    rls.in_each_council(f"delete from notice where kind in ({KINDS})")
    _kinds(BEFORE)
    op.execute("ALTER TABLE referral_section DROP COLUMN changed_by")
    op.execute(
        "ALTER TABLE referral DROP COLUMN helpers, DROP COLUMN sections_done, DROP COLUMN sections_shown,"
        " DROP COLUMN child_born, DROP COLUMN child_age"
    )
    op.execute("drop table draft_end")
    op.execute("drop table draft_typing")
