"""The council of the request, and what it has approved."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from portal.auth.models import Agency, AgencyApproval
from portal.kernel.scope import council_id


def approved_here() -> ColumnElement[bool]:
    """Joins what this council has decided to an agency, if it has decided anything."""
    return and_(AgencyApproval.agency_id == Agency.id, AgencyApproval.tenant_id == council_id())
