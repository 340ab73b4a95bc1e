"""A council's logo: the picture is kept under its digest for good, so that older settings can be brought back."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from portal.kernel import clock, db
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor
from portal.tenants import own_parts
from portal.tenants.commands import own_settings
from portal.tenants.models import CouncilLogo
from portal.tenants.pictures import Picture
from portal.tenants.reading import Place

PLACE: Place = ("brand", "logo")


def keep(council_id: UUID, picture: Picture) -> None:
    """Keep a picture of the council; once, however often it comes."""
    values = {
        "tenant_id": council_id,
        "id": uuid4(),
        "digest": picture.digest,
        "content": picture.content,
        "created_at": clock.now(),
    }
    db.session().execute(insert(CouncilLogo).values(values).on_conflict_do_nothing())


def change(actor: Actor, picture: Picture | None, alt: Mapping[str, str], seen: int) -> bool:
    """Show a picture as the logo, or keep the one there is (None), with this text instead; False when that changes
    nothing.

    Raises SettingsMistakes for the text, Invalid when there is no picture at all, Conflict when the settings have
    changed since they were seen, NotFound for whoever may not.
    """
    row = own_settings.locked(actor, seen)
    now: Mapping[str, Any] | None = own_parts.at(row.settings, PLACE)
    if picture is not None:
        keep(row.id, picture)
        kept: dict[str, Any] = {"digest": picture.digest, "width": picture.width, "height": picture.height}
    elif now is not None:
        kept = {key: now[key] for key in ("digest", "width", "height")}
    else:
        raise Invalid({"logo": "needed"})
    logo = {**kept, "alt": dict(alt)}
    return own_settings.write(actor, row, own_parts.with_values(row.settings, {PLACE: logo}))


def remove(actor: Actor, seen: int) -> bool:
    """Show no logo any more; False when there is none. Raises Conflict and NotFound as `change` does."""
    row = own_settings.locked(actor, seen)
    document = copy.deepcopy(row.settings)
    document["brand"].pop("logo", None)
    return own_settings.write(actor, row, document)
