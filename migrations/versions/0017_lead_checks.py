"""Keep that the council rang an agency's own number before it made somebody the agency's lead."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the checks of leads."""
    op.execute("""
        CREATE TABLE lead_check (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            membership_id UUID NOT NULL,
            number VARCHAR NOT NULL,
            answered_by VARCHAR NOT NULL,
            rang_on DATE NOT NULL,
            recorded_by UUID NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_lead_check PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_lead_check_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_lead_check_tenant_id_membership_id FOREIGN KEY(tenant_id, membership_id)
                REFERENCES membership (tenant_id, id),
            CONSTRAINT fk_lead_check_recorded_by FOREIGN KEY(recorded_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_lead_check_membership on lead_check (tenant_id, membership_id)")
    rls.protect("lead_check", "select, insert")


def downgrade() -> None:
    """Take them away again."""
    op.execute("drop table lead_check")
