"""Create what a council designs with: drafts of forms, comments, checks, trials, templates; versions say who and why."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

VERSION_COLUMNS = {
    "source": "VARCHAR DEFAULT 'folder' NOT NULL",
    "note": "VARCHAR DEFAULT '' NOT NULL",
    "author_id": "UUID",
    "approver_id": "UUID",
    "restored_from": "INTEGER",
    "must_restart": "BOOLEAN DEFAULT false NOT NULL",
    "scenarios": "JSON DEFAULT '[]' NOT NULL",
    "proof": "JSON",
    "accepted": "JSON DEFAULT '[]' NOT NULL",
    "template_key": "VARCHAR DEFAULT '' NOT NULL",
    "template_number": "INTEGER",
}


def upgrade() -> None:
    """Add who wrote and who approved each version, and create the tables of the designer."""
    for name, kind in VERSION_COLUMNS.items():
        op.execute(f"ALTER TABLE form_version ADD COLUMN {name} {kind}")
    for name in ("author_id", "approver_id"):
        op.execute(f"""
            ALTER TABLE form_version ADD CONSTRAINT fk_form_version_{name}
            FOREIGN KEY({name}) REFERENCES account (id)
        """)
    op.execute("""
        ALTER TABLE form_version ADD CONSTRAINT ck_form_version_source
        CHECK (source in ('folder', 'designer'))
    """)
    rls.allow("form_version", "insert")
    _drafts()
    _comments()
    _checks()
    _trials()
    _templates()


def _drafts() -> None:
    op.execute("""
        CREATE TABLE form_draft (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            form_key VARCHAR NOT NULL,
            base_id UUID,
            state VARCHAR DEFAULT 'open' NOT NULL,
            version INTEGER DEFAULT 1 NOT NULL,
            content JSON NOT NULL,
            content_hash VARCHAR NOT NULL,
            note VARCHAR DEFAULT '' NOT NULL,
            must_restart BOOLEAN DEFAULT false NOT NULL,
            accepted JSON DEFAULT '[]' NOT NULL,
            restored_from INTEGER,
            template_key VARCHAR DEFAULT '' NOT NULL,
            template_number INTEGER,
            author_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            changed_by UUID NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            writers JSON DEFAULT '[]' NOT NULL,
            submitted_by UUID,
            submitted_at TIMESTAMP WITH TIME ZONE,
            published_id UUID,
            CONSTRAINT pk_form_draft PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_form_draft_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_form_draft_tenant_id_base_id
                FOREIGN KEY(tenant_id, base_id) REFERENCES form_version (tenant_id, id),
            CONSTRAINT fk_form_draft_tenant_id_published_id
                FOREIGN KEY(tenant_id, published_id) REFERENCES form_version (tenant_id, id),
            CONSTRAINT fk_form_draft_author_id FOREIGN KEY(author_id) REFERENCES account (id),
            CONSTRAINT fk_form_draft_changed_by FOREIGN KEY(changed_by) REFERENCES account (id),
            CONSTRAINT fk_form_draft_submitted_by FOREIGN KEY(submitted_by) REFERENCES account (id),
            CONSTRAINT ck_form_draft_state CHECK (state in ('open', 'submitted', 'published', 'discarded')),
            CONSTRAINT ck_form_draft_submitted CHECK (state <> 'submitted' or submitted_by is not null),
            CONSTRAINT ck_form_draft_published CHECK ((state = 'published') = (published_id is not null))
        )
    """)
    op.execute("CREATE INDEX ix_form_draft_form ON form_draft (tenant_id, form_key, state)")
    rls.protect("form_draft", "select, insert, update")


def _comments() -> None:
    op.execute("""
        CREATE TABLE form_comment (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            draft_id UUID NOT NULL,
            author_id UUID NOT NULL,
            place VARCHAR DEFAULT '' NOT NULL,
            body VARCHAR NOT NULL,
            once UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            resolved_by UUID,
            resolved_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_form_comment PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_form_comment_tenant_id_once UNIQUE (tenant_id, once),
            CONSTRAINT fk_form_comment_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_form_comment_tenant_id_draft_id
                FOREIGN KEY(tenant_id, draft_id) REFERENCES form_draft (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_form_comment_author_id FOREIGN KEY(author_id) REFERENCES account (id),
            CONSTRAINT fk_form_comment_resolved_by FOREIGN KEY(resolved_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_form_comment_draft ON form_comment (tenant_id, draft_id, created_at)")
    rls.protect("form_comment", "select, insert, update")


def _checks() -> None:
    op.execute("""
        CREATE TABLE form_check (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            draft_id UUID NOT NULL,
            kind VARCHAR NOT NULL,
            content_hash VARCHAR NOT NULL,
            state VARCHAR DEFAULT 'waiting' NOT NULL,
            done INTEGER DEFAULT 0 NOT NULL,
            total INTEGER DEFAULT 0 NOT NULL,
            result JSON,
            asked_by UUID NOT NULL,
            asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            finished_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_form_check PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_form_check_tenant_id_draft_id_kind_content_hash
                UNIQUE (tenant_id, draft_id, kind, content_hash),
            CONSTRAINT fk_form_check_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_form_check_tenant_id_draft_id
                FOREIGN KEY(tenant_id, draft_id) REFERENCES form_draft (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_form_check_asked_by FOREIGN KEY(asked_by) REFERENCES account (id),
            CONSTRAINT ck_form_check_kind CHECK (kind in ('proof', 'scenarios', 'what_if')),
            CONSTRAINT ck_form_check_state CHECK (state in ('waiting', 'running', 'done', 'failed'))
        )
    """)
    rls.protect("form_check", "select, insert, update, delete")


def _trials() -> None:
    op.execute("""
        CREATE TABLE form_trial (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            draft_id UUID,
            version_id UUID,
            content JSON NOT NULL,
            kind VARCHAR DEFAULT 'full' NOT NULL,
            language VARCHAR DEFAULT 'en' NOT NULL,
            version INTEGER DEFAULT 1 NOT NULL,
            wrapped_key BYTEA NOT NULL,
            answers BYTEA,
            sent_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_form_trial PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_form_trial_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_form_trial_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_form_trial_tenant_id_draft_id
                FOREIGN KEY(tenant_id, draft_id) REFERENCES form_draft (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_form_trial_tenant_id_version_id
                FOREIGN KEY(tenant_id, version_id) REFERENCES form_version (tenant_id, id),
            CONSTRAINT ck_form_trial_kind CHECK (kind in ('full', 'urgent'))
        )
    """)
    op.execute("CREATE INDEX ix_form_trial_account ON form_trial (tenant_id, account_id, created_at)")
    rls.protect("form_trial", "select, insert, update, delete")


def _templates() -> None:
    op.execute("""
        CREATE TABLE form_template (
            id UUID NOT NULL,
            key VARCHAR NOT NULL,
            number INTEGER NOT NULL,
            form_key VARCHAR NOT NULL,
            nation VARCHAR DEFAULT '' NOT NULL,
            title JSON NOT NULL,
            content JSON NOT NULL,
            locked JSON DEFAULT '[]' NOT NULL,
            note VARCHAR DEFAULT '' NOT NULL,
            content_hash VARCHAR NOT NULL,
            published_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_form_template PRIMARY KEY (id),
            CONSTRAINT uq_form_template_key_number UNIQUE (key, number)
        )
    """)
    rls.allow("form_template", "select")


def downgrade() -> None:
    """Take it all away again."""
    for table in ("form_template", "form_trial", "form_check", "form_comment", "form_draft"):
        op.execute(f"drop table {table}")
    op.execute("alter table form_version drop constraint ck_form_version_source")
    for name in reversed(VERSION_COLUMNS):
        op.execute(f"alter table form_version drop column {name}")
    op.execute("revoke insert on form_version from portal_app")
