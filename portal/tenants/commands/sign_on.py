"""A council's identity providers, changed by its administrators: nothing signs anybody in before it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from portal.audit import events
from portal.audit.events import Event
from portal.auth.commands import sign_on, sign_on_checks
from portal.auth.policy import Permission, Reach, reach
from portal.auth.providers import Checked, Provider
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.tenants import own_parts
from portal.tenants.commands import own_settings
from portal.tenants.queries import sign_on as queries
from portal.tenants.queries.sign_on import Entry
from portal.tenants.settings import parse_council


def add(actor: Actor, said: Mapping[str, Any], seen: int) -> None:
    """A new provider, switched off. Raises SettingsMistakes with places in the list, Conflict."""
    row = own_settings.locked(actor, seen)
    _write(actor, row, [*_list(row.settings), _said({**said, "in_use": False})])
    _record(row.id, str(said["key"]), "added")


def change(actor: Actor, key: str, said: Mapping[str, Any], seen: int) -> bool:
    """Replace what is said of a provider, all but its key and issuer: whose identities its people have stays as it is.

    What must be checked anew is switched off, and whoever it signed in is signed out. False when nothing changes.
    """
    row = own_settings.locked(actor, seen)
    before = _list(row.settings)
    old = _one(before, key)
    new = {**old, **said, "key": key, "issuer": old["issuer"]}
    # Compared as they are read: the order of hosts, or a list that is left out, is no change.
    was, now = _read(row.settings, before, key), _read(row.settings, _with(before, new), key)
    if was == now:
        return False
    if was.covers != now.covers and was.in_use:
        new["in_use"] = False
        _end_sessions(was)
    _write(actor, row, _with(before, new))
    _record(row.id, key, "changed")
    return True


def set_secret(actor: Actor, key: str, secret: str) -> None:
    """Keep our secret for the provider; it is never shown again."""
    entry = _entry(actor, key)
    sign_on.set_secret(entry.provider, secret)
    _record(actor.account_id, key, "secret_set")


def check(actor: Actor, key: str) -> Checked:
    """Ask the provider what it says of itself, and remember how that ended."""
    entry = _entry(actor, key)
    found = sign_on_checks.ask(entry.provider)
    sign_on_checks.keep(actor, entry.provider, found)
    _record(actor.account_id, key, "checked")
    return found


def switch_on(actor: Actor, key: str, seen: int) -> None:
    """Let it sign people in. Raises Invalid({"sign_on": "not_ready"}) without a secret and a good check."""
    row = own_settings.locked(actor, seen)
    if not queries.find(key)[0].ready:
        raise Invalid({"sign_on": "not_ready"})
    before = _list(row.settings)
    if _write(actor, row, _with(before, {**_one(before, key), "in_use": True})):
        _record(row.id, key, "switched_on")


def switch_off(actor: Actor, key: str, seen: int) -> int:
    """Let it sign nobody in any more; how many sessions of people here that it had opened have ended."""
    row = own_settings.locked(actor, seen)
    before = _list(row.settings)
    provider = _read(row.settings, before, key)
    if not _write(actor, row, _with(before, {**_one(before, key), "in_use": False})):
        return 0
    _record(row.id, key, "switched_off")
    return _end_sessions(provider)


def remove(actor: Actor, key: str, seen: int) -> None:
    """Take one away that is switched off, with our secret for it. Raises Conflict for one that is in use."""
    row = own_settings.locked(actor, seen)
    before = _list(row.settings)
    if _read(row.settings, before, key).in_use:
        raise Conflict("it signs people in")
    _write(actor, row, [one for one in before if one["key"] != key])
    sign_on.forget(key)
    _record(row.id, key, "removed")


def _entry(actor: Actor, key: str) -> Entry:
    if reach(actor, Permission.COUNCIL) is not Reach.COUNCIL:
        raise NotFound("no council of theirs in scope")
    return queries.find(key)[0]


def _list(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(one) for one in document.get(own_parts.SIGN_ON) or ()]


def _one(entries: list[dict[str, Any]], key: str) -> dict[str, Any]:
    found = next((one for one in entries if one["key"] == key), None)
    if found is None:
        raise NotFound("no such identity provider")
    return found


def _with(entries: list[dict[str, Any]], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_said(new) if one["key"] == new["key"] else one for one in entries]


def _said(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing: the reader takes an empty agency for a mistake."""
    return {name: value for name, value in entry.items() if value not in ("", [], {}, None)}


def _read(document: Mapping[str, Any], entries: list[dict[str, Any]], key: str) -> Provider:
    _one(entries, key)
    read = parse_council(own_parts.with_values(document, {(own_parts.SIGN_ON,): entries})).sign_on
    return next(one for one in read if one.key == key)


def _write(actor: Actor, row: Any, entries: list[dict[str, Any]]) -> bool:
    return own_settings.write(actor, row, own_parts.with_values(row.settings, {(own_parts.SIGN_ON,): entries}))


def _end_sessions(provider: Provider) -> int:
    return sign_on.end_sessions(provider.issuer, "sign_on_off")


def _record(subject: UUID, key: str, what: str) -> None:
    events.record(Event.SIGN_ON_CHANGED, subject, provider=key, what=what)
