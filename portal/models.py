"""Every table of the portal, imported in one place for migrations and for tests over the metadata."""

from __future__ import annotations

import portal.adapters.models
import portal.audit.models
import portal.auth.models
import portal.earlyhelp.models
import portal.files.models
import portal.forms.models
import portal.handover.models
import portal.hub.models
import portal.letters.models
import portal.messaging.models
import portal.onward.models
import portal.referrals.models
import portal.screening.models
import portal.stages.models
import portal.tenants.models
import portal.transfers.models
import portal.web.models  # noqa: F401 - imported for their tables
from portal.kernel.tables import Base

metadata = Base.metadata
