"""Create stored files, their parts, and the list of objects that nobody needs any more."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

STORED_FILE = """
CREATE TABLE stored_file (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    agency_id UUID NOT NULL,
    added_by UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    wrapped_key BYTEA NOT NULL,
    name BYTEA NOT NULL,
    kind VARCHAR DEFAULT '' NOT NULL,
    declared VARCHAR DEFAULT '' NOT NULL,
    size INTEGER NOT NULL,
    sha256 VARCHAR DEFAULT '' NOT NULL,
    state VARCHAR NOT NULL,
    object_key UUID,
    original_key UUID,
    reason VARCHAR DEFAULT '' NOT NULL,
    scanned_at TIMESTAMP WITH TIME ZONE,
    signatures VARCHAR DEFAULT '' NOT NULL,
    tries INTEGER DEFAULT '0' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_stored_file PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_stored_file_state CHECK (state in ('arriving', 'checking', 'ready', 'harmful', 'refused', 'unreadable')),
    CONSTRAINT ck_stored_file_size CHECK (size >= 0),
    CONSTRAINT ck_stored_file_object CHECK (state not in ('checking', 'ready') or object_key is not null),
    CONSTRAINT fk_stored_file_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
    CONSTRAINT fk_stored_file_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
    CONSTRAINT fk_stored_file_added_by FOREIGN KEY(added_by) REFERENCES account (id)
)
"""
FILE_PART = """
CREATE TABLE file_part (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    file_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    number INTEGER NOT NULL,
    size INTEGER NOT NULL,
    CONSTRAINT pk_file_part PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_file_part_tenant_id_file_id FOREIGN KEY(tenant_id, file_id) REFERENCES stored_file (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_file_part_tenant_id_file_id_number UNIQUE (tenant_id, file_id, number),
    CONSTRAINT fk_file_part_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
    CONSTRAINT fk_file_part_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
)
"""
GONE_OBJECT = """
CREATE TABLE gone_object (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    gone_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_gone_object PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_gone_object_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
)
"""
# However a row goes (a command, a cascade from its report, retention), its object is written down for deletion in
# the same transaction. A council that leaves takes the list with it: its objects are deleted by its prefix.
NOTE_FILE = """
CREATE FUNCTION note_gone_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('app.leaving', true), '') = old.tenant_id::text THEN RETURN NULL; END IF;
    INSERT INTO gone_object (tenant_id, id)
    SELECT old.tenant_id, one FROM unnest(ARRAY[old.object_key, old.original_key]) AS one
     WHERE one IS NOT NULL
       AND (TG_OP = 'DELETE' OR (one IS DISTINCT FROM new.object_key AND one IS DISTINCT FROM new.original_key))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""
NOTE_PART = """
CREATE FUNCTION note_gone_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('app.leaving', true), '') = old.tenant_id::text THEN RETURN NULL; END IF;
    INSERT INTO gone_object (tenant_id, id) VALUES (old.tenant_id, old.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Keep files behind the walls of their council and agency, and know what to delete from the store."""
    op.execute(STORED_FILE)
    op.execute(
        "CREATE INDEX ix_stored_file_waiting on stored_file (tenant_id, asked_at) where state in ('arriving', 'checking')"
    )
    op.execute("CREATE INDEX ix_stored_file_object on stored_file (tenant_id, object_key)")
    op.execute(FILE_PART)
    op.execute(GONE_OBJECT)
    for table in ("stored_file", "file_part"):
        rls.protect(table, "select, insert, update, delete")
        rls.wall_between_agencies(table)
    rls.protect("gone_object", "select, insert, delete")
    op.execute(NOTE_FILE)
    op.execute(NOTE_PART)
    op.execute(
        "CREATE TRIGGER note_gone AFTER DELETE OR UPDATE OF object_key, original_key ON stored_file"
        " FOR EACH ROW EXECUTE FUNCTION note_gone_file()"
    )
    op.execute("CREATE TRIGGER note_gone AFTER DELETE ON file_part FOR EACH ROW EXECUTE FUNCTION note_gone_part()")


def downgrade() -> None:
    """No files; what is in the store is the operator's to delete."""
    op.execute("drop table gone_object, file_part, stored_file")
    op.execute("drop function note_gone_file, note_gone_part")
