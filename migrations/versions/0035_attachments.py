"""Create the links between reports and stored files; a file goes with its link."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

ATTACHMENT = """
CREATE TABLE attachment (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    referral_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    file_id UUID NOT NULL,
    message_id UUID,
    added_by UUID NOT NULL,
    side VARCHAR NOT NULL,
    later BOOLEAN NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_attachment PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_attachment_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id) REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_attachment_tenant_id_file_id FOREIGN KEY(tenant_id, file_id) REFERENCES stored_file (tenant_id, id),
    CONSTRAINT fk_attachment_tenant_id_message_id FOREIGN KEY(tenant_id, message_id) REFERENCES message (tenant_id, id),
    CONSTRAINT uq_attachment_tenant_id_file_id UNIQUE (tenant_id, file_id),
    CONSTRAINT ck_attachment_side CHECK (side in ('agency', 'council')),
    CONSTRAINT fk_attachment_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
    CONSTRAINT fk_attachment_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
    CONSTRAINT fk_attachment_added_by FOREIGN KEY(added_by) REFERENCES account (id)
)
"""
KINDS = "'received', 'question', 'reply', 'outcome', 'opened', 'connection'"
# Retention, expiry and deletion of a draft take the links with the report: the file goes with its link, and its
# objects with the file.
TAKE_FILE = """
CREATE FUNCTION take_file_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM stored_file WHERE tenant_id = old.tenant_id AND id = old.file_id;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Keep the links behind the walls of council, agency and report."""
    op.execute(ATTACHMENT)
    op.execute("CREATE INDEX ix_attachment_referral on attachment (tenant_id, referral_id, added_at)")
    rls.protect("attachment", "select, insert, update, delete")
    rls.wall_between_agencies("attachment")
    rls.wall_behind_report("attachment")
    op.execute(TAKE_FILE)
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({KINDS}, 'file', 'file_in'))")
    op.execute("CREATE TRIGGER take_file AFTER DELETE ON attachment FOR EACH ROW EXECUTE FUNCTION take_file_along()")


def downgrade() -> None:
    """No links; the files stay until somebody deletes them."""
    rls.in_each_council("delete from notice where kind in ('file', 'file_in')")
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({KINDS}))")
    op.execute("drop table attachment")
    op.execute("drop function take_file_along")
