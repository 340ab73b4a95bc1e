"""Files of messages in the hub: behind the walls of its room, and closed to the agency whose report it is about.

A room knows to which agencies it is open: its partners read who else reads, and have no other agency's row.
"""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

_ACTOR = "(select nullif(current_setting('app.actor_id', true), '')::uuid)"
_AGENCY = "(select nullif(current_setting('app.agency_id', true), '')::uuid)"
_COUNCIL = "(select coalesce(current_setting('app.reach', true), '') = 'council')"
# A file of a room is there for whom the room is open, whose agency's it may be; the wall of its link says more.
_ROOM = "exists (select from hub_access o where o.tenant_id = stored_file.tenant_id and o.room_id = stored_file.hub_room_id)"
USING = f"case when hub_room_id is null then {rls.AGENCY} else {_COUNCIL} or {_ROOM} end"
CHECK = f"case when hub_room_id is null then {rls.AGENCY} else {_COUNCIL} or (agency_id = {_AGENCY} and {_ROOM}) end"

OPEN_TO = """
    UPDATE hub_room r SET open_to = coalesce((
        SELECT array_agg(a.agency_id ORDER BY a.opened_at) FROM hub_access a
         WHERE a.tenant_id = r.tenant_id AND a.room_id = r.id AND a.withdrawn_at IS NULL
    ), '{}')
"""


def upgrade() -> None:
    """A file goes with its link, the link with its message and room; of the rooms that there are, who reads them."""
    op.execute("""
        ALTER TABLE stored_file ADD COLUMN hub_room_id UUID,
            ADD CONSTRAINT fk_stored_file_tenant_id_hub_room_id FOREIGN KEY(tenant_id, hub_room_id)
                REFERENCES hub_room (tenant_id, id) ON DELETE CASCADE
    """)
    op.execute("CREATE INDEX ix_stored_file_room ON stored_file (tenant_id, hub_room_id) WHERE hub_room_id is not null")
    op.execute("DROP POLICY stored_file_agency ON stored_file")
    op.execute(
        f"create policy stored_file_agency on stored_file as restrictive for all using ({USING}) with check ({CHECK})"
    )
    op.execute("""
        CREATE TABLE hub_file (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            room_id UUID NOT NULL,
            message_id UUID NOT NULL,
            file_id UUID NOT NULL,
            agency_id UUID,
            added_by UUID NOT NULL,
            added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_hub_file PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_hub_file_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_hub_file_tenant_id_room_id FOREIGN KEY(tenant_id, room_id)
                REFERENCES hub_room (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_hub_file_tenant_id_message_id FOREIGN KEY(tenant_id, message_id)
                REFERENCES hub_message (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_hub_file_tenant_id_file_id FOREIGN KEY(tenant_id, file_id)
                REFERENCES stored_file (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_hub_file_tenant_id_file_id UNIQUE (tenant_id, file_id),
            CONSTRAINT fk_hub_file_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_hub_file_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_hub_file_added_by FOREIGN KEY(added_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_hub_file_room ON hub_file (tenant_id, room_id, added_at)")
    op.execute("CREATE INDEX ix_hub_file_message ON hub_file (tenant_id, message_id)")
    op.execute("CREATE INDEX ix_hub_file_referral ON hub_file (tenant_id, referral_id)")
    rls.protect("hub_file", "select, insert")
    report = "select from referral r where r.tenant_id = hub_file.tenant_id and r.id = hub_file.referral_id"
    # Whoever may not read the message has no file of it: one that is held, too.
    message = "select from hub_message m where m.tenant_id = hub_file.tenant_id and m.id = hub_file.message_id"
    seen = f"case when {_COUNCIL} then exists ({report}) else exists ({message}) end"
    op.execute(f"create policy hub_file_hub on hub_file as restrictive for all using ({seen}) with check ({seen})")
    own = f"{_COUNCIL} or (agency_id = {_AGENCY} and added_by = {_ACTOR})"
    op.execute(f"create policy hub_file_own on hub_file as restrictive for insert with check ({own})")
    op.execute("CREATE TRIGGER take_file AFTER DELETE ON hub_file FOR EACH ROW EXECUTE FUNCTION take_file_along()")
    op.execute("ALTER TABLE hub_room ADD COLUMN open_to UUID[] DEFAULT '{}' NOT NULL")
    rls.in_each_council(OPEN_TO)


def downgrade() -> None:
    """No files in the hub (their objects are written down to be deleted), and partners read of their agency only."""
    op.execute("ALTER TABLE hub_room DROP COLUMN open_to")
    op.execute("DROP TABLE hub_file")
    rls.in_each_council("DELETE FROM stored_file WHERE hub_room_id is not null")
    op.execute("DROP POLICY stored_file_agency ON stored_file")
    rls.wall_between_agencies("stored_file")
    op.execute("DROP INDEX ix_stored_file_room")
    op.execute("ALTER TABLE stored_file DROP COLUMN hub_room_id")
