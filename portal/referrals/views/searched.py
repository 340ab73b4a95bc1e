"""What somebody searches a list for, kept with their session and sealed: it is often a child's name, and an address is
no place for that."""

from __future__ import annotations

from flask import session

from portal.auth import envelope, guard
from portal.kernel import scope
from portal.kernel.crypto import CannotOpen


def keep(key: str, words: str) -> None:
    """Keep the words under a key of the session, for the person and the council of this request."""
    session[key] = envelope.seal_for_session(guard.actor().account_id, _place(key), words.encode())


def forget(key: str) -> None:
    """Search for nothing any more."""
    session.pop(key, None)


def kept(key: str) -> str:
    """What the person searches for here, "" for nothing."""
    sealed = session.get(key, "")
    try:
        return envelope.unseal_for_session(guard.actor().account_id, _place(key), sealed).decode() if sealed else ""
    except CannotOpen:
        return ""


def _place(key: str) -> str:
    """What was searched for at one council is nothing to another."""
    return f"{key} {scope.council().id}"
