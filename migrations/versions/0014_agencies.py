"""Let agencies have registers' numbers, sites and a keeper, and a council confirm domains and decide about agencies."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

AGENCY_COLUMNS = {
    "identifier_scheme": "VARCHAR DEFAULT '' NOT NULL",
    "other_identifiers": "JSONB DEFAULT '{}' NOT NULL",
    "phone": "VARCHAR DEFAULT '' NOT NULL",
    "managed_by": "UUID",
    "version": "INTEGER DEFAULT 1 NOT NULL",
}
COUNCIL = "(select nullif(current_setting('app.tenant_id', true), '')::uuid)"
STAFF = "(select current_setting('app.reach', true)) = 'council'"
KEPT_HERE = f"managed_by = {COUNCIL} and {STAFF}"
OF_ONE_KEPT_HERE = f"exists (select from agency g where g.id = agency_id and g.managed_by = {COUNCIL}) and {STAFF}"
# "URN 999101" says its register; a Welsh school's number stood alone.
SPLIT = """
    UPDATE agency SET
        identifier_scheme = case
            when identifier ~ '^[A-Za-z]+ ' then lower(split_part(identifier, ' ', 1))
            when kind = 'school_wales' and identifier <> '' then 'welsh_school'
            else '' end,
        identifier = regexp_replace(identifier, '^[A-Za-z]+ ', '')
"""
JOIN = """
    UPDATE agency SET identifier = upper(identifier_scheme) || ' ' || identifier
     WHERE identifier_scheme not in ('', 'welsh_school')
"""
# What councils worked with until now they go on working with.
CONFIRM = """
    INSERT INTO domain_confirmation (tenant_id, id, domain_id, confirmed_by)
    SELECT c, gen_random_uuid(), d.id, 'agencies.yaml'
      FROM agency_domain d JOIN agency_approval a ON a.agency_id = d.agency_id AND a.tenant_id = c
"""
END = "UPDATE agency_approval SET state = 'ended' WHERE state = 'suspended'"


def upgrade() -> None:
    """Add the columns and tables, and the wall that keeps a council from changing what it does not keep."""
    for name, kind in AGENCY_COLUMNS.items():
        op.execute(f"ALTER TABLE agency ADD COLUMN {name} {kind}")
    op.execute("ALTER TABLE agency ADD CONSTRAINT fk_agency_managed_by FOREIGN KEY(managed_by) REFERENCES council (id)")
    op.execute("CREATE INDEX ix_agency_identifier ON agency (identifier_scheme, identifier)")
    op.execute("CREATE INDEX ix_agency_managed_by ON agency (managed_by)")
    op.execute("ALTER TABLE agency_domain ADD COLUMN added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL")
    op.execute(SPLIT)
    _sites()
    _approvals()
    _confirmations()
    _decisions()
    _in_every_council(CONFIRM)
    _keep("agency", "select, insert, update", KEPT_HERE)
    _keep("agency_domain", "select, insert, delete", OF_ONE_KEPT_HERE)
    _keep("agency_site", "select, insert, delete", OF_ONE_KEPT_HERE)


def _in_every_council(statement: str) -> None:
    """The walls bind the owner too: each council's rows are changed in its own scope."""
    op.execute(f"""
        DO $$
        DECLARE c uuid;
        BEGIN
            FOR c IN SELECT id FROM council LOOP
                PERFORM set_config('app.tenant_id', c::text, true), set_config('app.reach', 'council', true);
                {statement};
            END LOOP;
            PERFORM set_config('app.tenant_id', '', true), set_config('app.reach', '', true);
        END $$
    """)


def _keep(table: str, grants: str, kept_here: str) -> None:
    """Everybody reads a register that belongs to no council; only who keeps an entry changes it."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy {table}_read on {table} for select using (true)")
    op.execute(f"create policy {table}_insert on {table} for insert with check ({kept_here})")
    op.execute(f"create policy {table}_update on {table} for update using ({kept_here}) with check ({kept_here})")
    op.execute(f"create policy {table}_delete on {table} for delete using ({kept_here})")
    rls.allow(table, grants)


def _sites() -> None:
    op.execute("""
        CREATE TABLE agency_site (
            id UUID NOT NULL,
            agency_id UUID NOT NULL,
            name JSONB NOT NULL,
            address VARCHAR DEFAULT '' NOT NULL,
            postcode VARCHAR DEFAULT '' NOT NULL,
            phone VARCHAR DEFAULT '' NOT NULL,
            code VARCHAR DEFAULT '' NOT NULL,
            CONSTRAINT pk_agency_site PRIMARY KEY (id),
            CONSTRAINT fk_agency_site_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX ix_agency_site_agency_id ON agency_site (agency_id)")


def _approvals() -> None:
    op.execute("ALTER TABLE agency_approval ADD COLUMN version INTEGER DEFAULT 1 NOT NULL")
    op.execute("ALTER TABLE agency_approval ADD COLUMN changed_at TIMESTAMP WITH TIME ZONE")
    _approval_states("'approved', 'suspended', 'ended'")
    rls.allow("agency_approval", "insert, update")
    for verb, part in (("insert", "with check"), ("update", "using")):
        op.execute(
            f"create policy agency_approval_{verb} on agency_approval as restrictive for {verb} {part} ({STAFF})"
        )


def _approval_states(names: str) -> None:
    op.execute("ALTER TABLE agency_approval DROP CONSTRAINT ck_agency_approval_state")
    op.execute(f"ALTER TABLE agency_approval ADD CONSTRAINT ck_agency_approval_state CHECK (state in ({names}))")


def _confirmations() -> None:
    op.execute("""
        CREATE TABLE domain_confirmation (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            domain_id UUID NOT NULL,
            confirmed_by VARCHAR NOT NULL,
            confirmed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            account_id UUID,
            CONSTRAINT pk_domain_confirmation PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_domain_confirmation_tenant_id_domain_id UNIQUE (tenant_id, domain_id),
            CONSTRAINT fk_domain_confirmation_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_domain_confirmation_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_domain_confirmation_domain_id
                FOREIGN KEY(domain_id) REFERENCES agency_domain (id) ON DELETE CASCADE
        )
    """)
    rls.protect("domain_confirmation", "select, insert, delete")
    op.execute("""
        CREATE TABLE agency_kind_permission (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            kind VARCHAR NOT NULL,
            may JSONB NOT NULL,
            version INTEGER DEFAULT 1 NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            changed_by UUID,
            CONSTRAINT pk_agency_kind_permission PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_agency_kind_permission_tenant_id_kind UNIQUE (tenant_id, kind),
            CONSTRAINT fk_agency_kind_permission_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_agency_kind_permission_changed_by FOREIGN KEY(changed_by) REFERENCES account (id)
        )
    """)
    rls.protect("agency_kind_permission", "select, insert, update")


def _decisions() -> None:
    op.execute("""
        CREATE TABLE agency_decision (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            agency_id UUID NOT NULL,
            what VARCHAR NOT NULL,
            why VARCHAR DEFAULT '' NOT NULL,
            decided_by UUID,
            decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            once UUID NOT NULL,
            CONSTRAINT pk_agency_decision PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_agency_decision_tenant_id_once UNIQUE (tenant_id, once),
            CONSTRAINT fk_agency_decision_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_agency_decision_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_agency_decision_decided_by FOREIGN KEY(decided_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_agency_decision_agency ON agency_decision (tenant_id, agency_id, decided_at)")
    rls.protect("agency_decision", "select, insert")
    op.execute("""
        CREATE TABLE agency_import (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            layout VARCHAR NOT NULL,
            rows JSONB NOT NULL,
            made_by UUID NOT NULL,
            made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            applied_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_agency_import PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_agency_import_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_agency_import_made_by FOREIGN KEY(made_by) REFERENCES account (id)
        )
    """)
    rls.protect("agency_import", "select, insert, update, delete")


def downgrade() -> None:
    """Take it all away again."""
    for table in ("agency_import", "agency_decision", "agency_kind_permission", "domain_confirmation"):
        op.execute(f"drop table {table}")
    _in_every_council(END)
    for verb in ("insert", "update"):
        op.execute(f"drop policy agency_approval_{verb} on agency_approval")
    op.execute("revoke insert, update on agency_approval from portal_app")
    op.execute("ALTER TABLE agency_approval DROP COLUMN version, DROP COLUMN changed_at")
    _approval_states("'approved', 'ended'")
    op.execute("drop table agency_site")
    for table in ("agency_domain", "agency"):
        for verb in ("read", "insert", "update", "delete"):
            op.execute(f"drop policy {table}_{verb} on {table}")
        op.execute(f"alter table {table} disable row level security")
        op.execute(f"revoke insert, update, delete on {table} from portal_app")
    op.execute("ALTER TABLE agency_domain DROP COLUMN added_at")
    op.execute(JOIN)
    for name in reversed(AGENCY_COLUMNS):
        op.execute(f"ALTER TABLE agency DROP COLUMN {name}")
