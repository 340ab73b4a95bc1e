"""A challenge keeps what its level was called, so that it is not read under the name of another one later."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

# What a level is called in a council whose settings say nothing of it.
_USUAL = """
    (VALUES (1, 'first', '{"en": "A manager of the screening team", "cy": "Rheolwr yn y tîm sgrinio"}'::jsonb),
            (2, 'second', '{"en": "The service manager", "cy": "Rheolwr y gwasanaeth"}'),
            (3, 'third', '{"en": "The safeguarding partnership’s lead", "cy": "Arweinydd y bartneriaeth ddiogelu"}')
    ) u (place, key, name)
"""
# From the settings that counted when it was raised; where they are not known any more, no name is put there.
_KNOWN = f"""
    UPDATE challenge h SET level_name = k.name FROM (
        SELECT DISTINCT ON (o.id) o.id, coalesce(s.settings #> array['challenging', 'levels', u.key, 'name'], u.name) AS name
          FROM challenge o JOIN {_USUAL} ON u.place = o.level
          JOIN (SELECT settings, changed_at FROM settings_change WHERE tenant_id = c
                UNION ALL SELECT settings, changed_at FROM council WHERE id = c) s ON s.changed_at <= o.raised_at
         WHERE o.tenant_id = c
         ORDER BY o.id, s.changed_at DESC
    ) k WHERE h.tenant_id = c AND h.id = k.id
"""


def upgrade() -> None:
    """A column without a value, which needs no rewriting, and what is known of those that there are."""
    op.execute("ALTER TABLE challenge ADD COLUMN level_name JSONB")
    rls.in_each_council(_KNOWN)


def downgrade() -> None:
    """The number alone."""
    op.execute("ALTER TABLE challenge DROP COLUMN level_name")
