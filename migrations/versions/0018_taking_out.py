"""A council can be taken out: the owner may delete its audit trail and versions in the transaction that says so."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Both settings end with the transaction; row-level security keeps the deletion to the council of the second.
EXCEPT = """
            if tg_op = 'DELETE' and current_setting('app.leaving', true) <> ''
               and current_setting('app.leaving', true) = current_setting('app.tenant_id', true) then
                return null;
            end if;
"""


def upgrade() -> None:
    """Let the tables' owner, and nobody else, delete a council's rows of append-only tables."""
    _guard("audit_is_append_only", "the audit trail is append-only", EXCEPT)
    _guard("published_forms_never_change", "a published form version never changes", EXCEPT)
    op.execute(f"create policy audit_event_leave on audit_event for delete to current_user using ({rls.TENANT})")


def downgrade() -> None:
    """Nobody may again."""
    op.execute("drop policy audit_event_leave on audit_event")
    _guard("published_forms_never_change", "a published form version never changes", "")
    _guard("audit_is_append_only", "the audit trail is append-only", "")


def _guard(name: str, says: str, unless: str) -> None:
    op.execute(f"""
        create or replace function {name}() returns trigger language plpgsql as $$
        begin
            {unless}
            raise exception '{says}';
        end $$
    """)
