"""Where a council's parcels go, as its settings say."""

from __future__ import annotations

from portal.adapters import ports
from portal.kernel.errors import Unavailable
from portal.kernel.scope import Council
from portal.tenants.queries.hand_over import case_system as case_system_here


def case_system(council: Council) -> ports.CaseSystem:
    """The council's case system; raises Unavailable when it has none to send to."""
    settings = council.settings.hand_over
    if settings.how not in ("push", "sftp"):
        raise Unavailable("nothing is sent to this council's case system")
    return case_system_here(settings)
