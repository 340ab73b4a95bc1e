"""What an operator does with councils; how they sign in is `portal.auth.views.operator`."""

from __future__ import annotations

from portal.tenants.views.operator import asking as asking
from portal.tenants.views.operator import council as council
from portal.tenants.views.operator import founding as founding
from portal.tenants.views.operator import home as home
