"""Checks of an identity provider before it may sign anybody in: what it says of itself, in codes that a page words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import delete, insert

from portal.adapters import ports
from portal.adapters.ports import NotTrusted
from portal.auth import sso
from portal.auth.models import SignOnCheck
from portal.auth.providers import Checked, Facts, Provider
from portal.auth.queries import providers
from portal.kernel import clock, db, scope
from portal.kernel.errors import Unavailable
from portal.kernel.scope import Actor


def ask(provider: Provider) -> Checked:
    """Ask the provider for its description and keys, whatever is remembered of it."""
    client = providers.client_of(provider)
    try:
        metadata = ports.identities().description(client, again=True)
        keys = ports.identities().keys(client, metadata, again=True)
    except NotTrusted as reason:
        return Checked(str(reason), reason.about)
    except Unavailable:
        return Checked("unavailable")
    offered = metadata.get("id_token_signing_alg_values_supported")
    if isinstance(offered, list) and offered and not set(sso.ALGORITHMS) & {str(one) for one in offered}:
        return Checked("algorithms")
    return Checked(facts=_facts(metadata, keys))


def _facts(metadata: Mapping[str, Any], keys: Mapping[str, Any]) -> Facts:
    host = urlsplit(str(metadata["authorization_endpoint"])).hostname or ""
    tells = metadata.get("backchannel_logout_supported") is True
    return Facts(host, len(keys["keys"]), bool(metadata.get("end_session_endpoint")), tells)


def keep(actor: Actor, provider: Provider, found: Checked) -> None:
    """Remember how the newest check ended, and what of the provider it was about."""
    council = scope.council()
    db.session().execute(delete(SignOnCheck).where(SignOnCheck.provider == provider.key))
    db.session().execute(
        insert(SignOnCheck).values(
            tenant_id=council.id,
            id=uuid4(),
            provider=provider.key,
            covers=provider.covers,
            trouble=found.trouble,
            about=found.about,
            facts=asdict(found.facts),
            checked_by=actor.account_id,
            checked_at=clock.now(),
        )
    )
