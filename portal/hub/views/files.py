"""The files of a hub's messages: listed with them, and given out to whoever may read them once they are checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.hub.commands import filing
from portal.hub.queries import Room, find_opened, room_of
from portal.hub.queries.files import find_file, of_room
from portal.hub.sides import COUNCIL
from portal.hub.views.blueprint import blueprint
from portal.kernel.errors import NotFound
from portal.referrals.queries.record import find
from portal.referrals.views.downloads import given_out
from portal.referrals.views.files_shown import lapsing as lapsing_of
from portal.referrals.views.files_shown import rows


@blueprint.get("/hub/<reference>/files/<uuid:hub_file_id>/<lapsing>", endpoint="partners_file")
@page(Permission.HUB)
def to_partner(reference: str, hub_file_id: UUID, lapsing: str) -> ResponseReturnValue:
    """A file, to a partner for whom the report is there."""
    found = find_opened(guard.actor(), reference)
    attached = find_file(found.room, guard.actor().agency_id or COUNCIL, hub_file_id)
    back = url_for("hub.room", reference=found.room.reference)
    return given_out(attached, lapsing, back, filing.note_opened)


@blueprint.get("/screening/<reference>/hub/files/<uuid:hub_file_id>/<lapsing>", endpoint="councils_file")
@page(Permission.SCREEN)
def to_council(reference: str, hub_file_id: UUID, lapsing: str) -> ResponseReturnValue:
    """A file, to whoever of the council reads the report."""
    found = find(guard.actor(), Permission.SCREEN, reference)
    room = room_of(guard.actor(), Permission.SCREEN, found)
    if room is None:
        raise NotFound("no hub")
    attached = find_file(room, COUNCIL, hub_file_id)
    return given_out(attached, lapsing, url_for("hub.council", reference=found.reference), filing.note_opened)


def with_files(entries: list[dict[str, Any]], room: Room | None, side: UUID, endpoint: str) -> list[dict[str, Any]]:
    """The messages with their files; `endpoint` gives one out."""
    if room is None or not entries:
        return entries
    found = of_room(room, side)
    shown = [
        replace(row, href=_address(one.id, room, endpoint) if row.href else "", look="", remove="")
        for one, row in zip(found, rows(found, guard.actor()), strict=True)
    ]
    return [{**entry, "files": [row for row in shown if row.message_id == entry["id"]]} for entry in entries]


def _address(file_id: UUID, room: Room, endpoint: str) -> str:
    return url_for(endpoint, reference=room.reference, hub_file_id=file_id, lapsing=lapsing_of(file_id))
