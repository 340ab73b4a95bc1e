"""A council's identity providers as its administrators see them: what is set, and how checks ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.auth.models import Agency, AgencyApproval, SignOnCheck, SignOnSecret
from portal.auth.providers import Checked, Facts, Provider
from portal.kernel import db
from portal.kernel.errors import NotFound
from portal.kernel.language import Text
from portal.kernel.scope import council_id
from portal.tenants.queries import own_settings
from portal.tenants.settings import parse_council


@dataclass(frozen=True)
class Entry:
    """One provider; `checked` is None when what it is now was never checked."""

    provider: Provider
    secret_set_at: datetime | None = None
    checked: Checked | None = None
    checked_at: datetime | None = None
    agency: Text | None = None

    @property
    def ready(self) -> bool:
        """Whether it may be switched on: our secret is there, and the check of what it is now was good."""
        return self.secret_set_at is not None and self.checked is not None and not self.checked.trouble


def listed() -> tuple[list[Entry], int]:
    """The council's providers as they are stored now, and the version of the settings."""
    stored = own_settings.stored()
    here = parse_council(stored.document).sign_on
    secrets = {
        row.provider: row.set_at for row in db.session().execute(select(SignOnSecret.provider, SignOnSecret.set_at))
    }
    checks = {row.provider: row for row in db.session().execute(select(SignOnCheck)).scalars()}
    names = agencies()
    return [_entry(one, secrets.get(one.key), checks.get(one.key), names) for one in here], stored.version


def _entry(
    provider: Provider, secret_set_at: datetime | None, check: SignOnCheck | None, names: dict[str, Text]
) -> Entry:
    if check is None or check.covers != provider.covers:
        checked, at = None, None
    else:
        checked, at = Checked(check.trouble, check.about, Facts(**check.facts)), check.checked_at
    agency = names.get(provider.agency, {"en": provider.agency}) if provider.agency else None
    return Entry(provider, secret_set_at, checked, at, agency)


def find(key: str) -> tuple[Entry, int]:
    """One of them, and the version of the settings. Raises NotFound."""
    entries, version = listed()
    found = next((one for one in entries if one.provider.key == key), None)
    if found is None:
        raise NotFound("no such identity provider")
    return found, version


def agencies() -> dict[str, Text]:
    """The names of the agencies that the council approved, by key."""
    query = (
        select(Agency.key, Agency.name)
        .join(AgencyApproval, AgencyApproval.agency_id == Agency.id)
        .where(AgencyApproval.tenant_id == council_id(), AgencyApproval.state == "approved")
        .order_by(Agency.key)
    )
    return {row.key: row.name for row in db.session().execute(query)}
