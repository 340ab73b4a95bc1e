"""Create reports, their drafts, facts and notices."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create reports, their drafts, facts and notices."""
    op.execute("""
        CREATE TABLE referral (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            agency_id UUID NOT NULL,
            author_id UUID NOT NULL,
            form_version_id UUID NOT NULL,
            kind VARCHAR DEFAULT 'full' NOT NULL,
            state VARCHAR DEFAULT 'draft' NOT NULL,
            version INTEGER DEFAULT '1' NOT NULL,
            language VARCHAR DEFAULT 'en' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            expires_on DATE,
            wrapped_key BYTEA NOT NULL,
            answers BYTEA,
            submit_key UUID,
            reference VARCHAR,
            route VARCHAR,
            rule VARCHAR,
            level INTEGER,
            outcome_of_rules JSONB,
            overridden BOOLEAN DEFAULT false NOT NULL,
            attention BOOLEAN DEFAULT false NOT NULL,
            out_of_hours BOOLEAN DEFAULT false NOT NULL,
            urgency INTEGER DEFAULT '0' NOT NULL,
            priority VARCHAR DEFAULT 'standard' NOT NULL,
            category VARCHAR DEFAULT '' NOT NULL,
            initials VARCHAR DEFAULT '' NOT NULL,
            sent_at TIMESTAMP WITH TIME ZONE,
            queued_at TIMESTAMP WITH TIME ZONE,
            due_at TIMESTAMP WITH TIME ZONE,
            owner_id UUID,
            claimed_at TIMESTAMP WITH TIME ZONE,
            unread_by_council INTEGER DEFAULT '0' NOT NULL,
            unread_by_agency INTEGER DEFAULT '0' NOT NULL,
            outcome VARCHAR,
            decided_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_referral PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_referral_tenant_id_form_version_id FOREIGN KEY(tenant_id, form_version_id) REFERENCES form_version (tenant_id, id),
            CONSTRAINT uq_referral_tenant_id_reference UNIQUE (tenant_id, reference),
            CONSTRAINT uq_referral_tenant_id_submit_key UNIQUE (tenant_id, submit_key),
            CONSTRAINT ck_referral_kind CHECK (kind in ('full', 'urgent')),
            CONSTRAINT ck_referral_state CHECK (state in ('draft', 'sent', 'screening', 'asked', 'answered', 'decided', 'withdrawn')),
            CONSTRAINT ck_referral_route CHECK (route in ('MASH_URGENT', 'MASH', 'EARLY_HELP', 'ADVICE')),
            CONSTRAINT ck_referral_reference CHECK ((state = 'draft') = (reference is null)),
            CONSTRAINT ck_referral_dates CHECK (state = 'draft' or (sent_at is not null and queued_at is not null and due_at is not null)),
            CONSTRAINT ck_referral_decided CHECK (state <> 'decided' or decided_at is not null),
            CONSTRAINT fk_referral_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_referral_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_referral_author_id FOREIGN KEY(author_id) REFERENCES account (id),
            CONSTRAINT fk_referral_owner_id FOREIGN KEY(owner_id) REFERENCES account (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_referral_agency
        on referral (tenant_id, agency_id, changed_at desc)
    """)
    op.execute("""
        CREATE INDEX ix_referral_author
        on referral (tenant_id, author_id, changed_at desc)
    """)
    op.execute("""
        CREATE INDEX ix_referral_decided
        on referral (tenant_id, decided_at desc, id desc)
        where state = 'decided'
    """)
    op.execute("""
        CREATE INDEX ix_referral_queue
        on referral (tenant_id, urgency desc, queued_at desc, id desc)
        where state in ('sent', 'screening', 'asked', 'answered')
    """)
    rls.protect("referral", "select, insert, update, delete")
    rls.wall_between_agencies("referral")
    op.execute("""
        CREATE TABLE referral_section (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            section VARCHAR NOT NULL,
            version INTEGER DEFAULT '1' NOT NULL,
            body BYTEA NOT NULL,
            complete BOOLEAN DEFAULT false NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_referral_section PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_referral_section_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id) REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_referral_section_tenant_id_referral_id_section UNIQUE (tenant_id, referral_id, section),
            CONSTRAINT fk_referral_section_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_referral_section_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
        )
    """)
    rls.protect("referral_section", "select, insert, update, delete")
    rls.wall_between_agencies("referral_section")
    op.execute("""
        CREATE TABLE referral_child (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            position INTEGER NOT NULL,
            first_name VARCHAR DEFAULT '' NOT NULL,
            last_name VARCHAR DEFAULT '' NOT NULL,
            born_on DATE,
            age_years INTEGER,
            unborn BOOLEAN DEFAULT false NOT NULL,
            due_on DATE,
            postcode VARCHAR DEFAULT '' NOT NULL,
            CONSTRAINT pk_referral_child PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_referral_child_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id) REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_referral_child_tenant_id_referral_id_position UNIQUE (tenant_id, referral_id, position),
            CONSTRAINT fk_referral_child_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_referral_child_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
        )
    """)
    rls.protect("referral_child", "select, insert, update, delete")
    rls.wall_between_agencies("referral_child")
    op.execute("""
        CREATE TABLE notice (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            kind VARCHAR NOT NULL,
            account_id UUID NOT NULL,
            referral_id UUID,
            state VARCHAR DEFAULT 'pending' NOT NULL,
            attempts INTEGER DEFAULT '0' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            sent_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_notice PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_notice_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id) REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_notice_kind CHECK (kind in ('received', 'question', 'reply', 'outcome')),
            CONSTRAINT ck_notice_state CHECK (state in ('pending', 'sent', 'failed')),
            CONSTRAINT fk_notice_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_notice_account_id FOREIGN KEY(account_id) REFERENCES account (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_notice_pending
        on notice (tenant_id, created_at)
        where state = 'pending'
    """)
    rls.protect("notice", "select, insert, update")


def downgrade() -> None:
    """Take it all away again."""
    op.execute("drop table notice")
    op.execute("drop table referral_child")
    op.execute("drop table referral_section")
    op.execute("drop table referral")
