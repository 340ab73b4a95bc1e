"""Reads a council's identity providers from its council.yaml: its own, and those that sign an agency's people in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from portal.auth.policy import COUNCIL_ROLES
from portal.auth.providers import Provider
from portal.tenants.reading import Found, Reader, twice

_LOOPBACK: Final = ("localhost", "127.0.0.1")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_CLIENT = re.compile(r"[\x21-\x7e]{1,200}")
_CLAIM = re.compile(r"[A-Za-z][A-Za-z0-9_:/.-]{0,99}")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,60}")
USUAL_SCOPES: Final = ("openid", "email", "profile")


def providers(top: Reader) -> tuple[Provider, ...]:
    """The list `sign_on` of the document, if it has one."""
    found = [_provider(group) for group in top.groups("sign_on", required=False)]
    top.mistakes.extend(twice([(("sign_on", i), one.key) for i, one in enumerate(found)], "provider"))
    top.mistakes.extend(twice([(("sign_on", i), one.issuer) for i, one in enumerate(found)], "issuer"))
    return tuple(found)


def _provider(group: Reader) -> Provider:
    claim, roles = _roles(group)
    agency = group.words("agency", required=False)
    if agency and roles:
        group.wrong("roles", "an agency's provider gives no roles of the council")
    provider = Provider(
        key=group.key(),
        name=group.text("name", 120),
        issuer=_issuer(group),
        client_id=group.words("client_id", _CLIENT, "must be letters, digits and signs without spaces"),
        hosts=_lines(group, "hosts", _HOST, "must be a host name in lower case"),
        scopes=_lines(group, "scopes", _SCOPE, "must be a scope, such as email") or USUAL_SCOPES,
        agency=agency,
        second_step=_second_step(group),
        role_claim=claim,
        roles=roles,
        in_use=group.flag("in_use") if group.has("in_use") else True,
    )
    if "openid" not in provider.scopes:
        group.wrong("scopes", "“scopes” must have openid")
    group.finish()
    return provider


def _issuer(group: Reader) -> str:
    issuer = group.words("issuer")
    try:
        parts = urlsplit(issuer)
        local = parts.scheme == "http" and parts.hostname in _LOOPBACK
        good = (parts.scheme == "https" or local) and bool(parts.hostname) and not (parts.query or parts.fragment)
        good = good and parts.username is None
    except ValueError:
        good = False
    if issuer and not good:
        group.wrong("issuer", "“issuer” must be the https address that the provider gives as its own")
    return issuer


def _second_step(group: Reader) -> tuple[str, ...]:
    """Required on purpose: whoever connects a provider says how it is known that two factors were used."""
    found = _lines(group, "second_step", _CLIENT, "must be “trusted”, or values of amr or acr", required=True)
    if "trusted" in found and len(found) > 1:
        group.wrong("second_step", "“trusted” stands alone")
    return found


def _roles(group: Reader) -> tuple[str, Mapping[str, str]]:
    if not group.has("roles"):
        group.asked.add("roles")
        return "", {}
    roles = group.group("roles")
    claim = roles.words("claim", _CLAIM, "must be the name of a claim, such as groups")
    given: dict[str, str] = {}
    for entry in roles.groups("give"):
        value = entry.words("group")
        given[value] = entry.choice("role", COUNCIL_ROLES)
        entry.finish()
    roles.finish()
    return claim, given


def _lines(group: Reader, key: str, pattern: re.Pattern[str], says: str, required: bool = False) -> tuple[str, ...]:
    items = group.items(key, required)
    for index, item in enumerate(items):
        if not isinstance(item, str) or not pattern.fullmatch(item):
            group.mistakes.append(Found((*group.place, key, index), says))
    return tuple(item for item in items if isinstance(item, str))
