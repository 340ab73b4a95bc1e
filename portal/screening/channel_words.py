"""The ways in which a contact reaches the council, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext as _

_CHANNELS: Final[Mapping[str, Callable[[], str]]] = {
    "portal": lambda: _("Portal"),
    "telephone": lambda: _("Telephone"),
    "letter": lambda: _("Letter"),
    "email": lambda: _("Email"),
    "visit": lambda: _("Visit"),
    "police": lambda: _("Police notification"),
    "form": lambda: _("Partner’s own form"),
    "transfer": lambda: _("From another council"),
}


def channel_words(channel: str) -> str:
    """One way, as its tag says it."""
    return _CHANNELS[channel]()
