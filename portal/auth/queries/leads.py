"""The numbers of an agency on its register, which the council rings before it makes somebody the lead."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.auth.models import Agency, AgencySite
from portal.kernel import db


def numbers(agency_id: UUID | None) -> tuple[str, ...]:
    """The agency's own number first, then those of its sites; nobody types one."""
    own = db.session().execute(select(Agency.phone).where(Agency.id == agency_id)).scalars()
    sites = db.session().execute(
        select(AgencySite.phone).where(AgencySite.agency_id == agency_id).order_by(AgencySite.phone, AgencySite.id)
    )
    return tuple(dict.fromkeys(number for number in (*own, *sites.scalars()) if number))
