"""The pictures that a council has kept as its logo."""

from __future__ import annotations

from sqlalchemy import select

from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.tenants.brand_settings import DIGEST
from portal.tenants.models import CouncilLogo


def content(digest: str) -> bytes:
    """The PNG of that digest that the council in scope has now or had before. Raises NotFound, also for another's."""
    council = scope.current().council
    if council is None or not DIGEST.fullmatch(digest):
        raise NotFound("no such logo")
    query = select(CouncilLogo.content).where(CouncilLogo.tenant_id == council.id, CouncilLogo.digest == digest)
    found = db.session().execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("no such logo")
    return bytes(found)
