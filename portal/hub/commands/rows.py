"""What the commands of the hub have in common: an agency's shared words sealed for their row."""

from __future__ import annotations

from uuid import UUID

from portal.hub.queries import Room
from portal.hub.sharing import Shared
from portal.kernel.errors import NotFound


def sealed(room: Room, access_id: UUID, shared: Shared) -> dict[str, bytes]:
    """The columns of an access that hold what its agency sees: all of it, and what a list needs of it."""
    record = room.record
    return {
        "shared": record.seal(shared.text(), "hub_access", access_id, "shared"),
        "listed": record.seal(shared.line(), "hub_access", access_id, "listed"),
    }


def of_agency(agency_id: UUID | None) -> UUID:
    """The id of an agency; raises NotFound for nobody's."""
    if agency_id is None:
        raise NotFound("nobody of an agency")
    return agency_id
