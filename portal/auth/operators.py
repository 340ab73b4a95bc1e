"""How strongly an operator of the instance must have signed in; the instance's settings say it once."""

from __future__ import annotations

from typing import Final

PASSKEY: Final = "passkey"
APP: Final = "app"
_STRENGTHS: Final = {PASSKEY: ("passkey",), APP: ("passkey", "totp")}

_way = [PASSKEY]


def sign_in_by(way: str) -> None:
    """Choose the way (app.py, the command line and tests only): "passkey", or "app" for the demonstration."""
    _way[:] = [way]


def with_app() -> bool:
    """Whether a password with an authenticator app is enough here."""
    return _way[0] == APP


def strengths() -> tuple[str, ...]:
    """What a session must have been opened with for its person to be an operator in it."""
    return _STRENGTHS[_way[0]]
