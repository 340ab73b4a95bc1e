"""A browser in two words, so that a person knows it again: "Firefox, Windows". No version: it changes every month."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

# In this order: most browsers also name those that they descend from.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def described(user_agent: str) -> str:
    """The browser and the system of a User-Agent header; "" for one that names neither."""
    found = (next((name for mark, name in table if mark in user_agent), "") for table in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name)


def network(address: str) -> str:
    """Roughly where an address is: its provider's part, which tells home from work and stands for no household."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str(ip_network((found, 16 if found.version == 4 else 32), strict=False))  # noqa: PLR2004 - IPv4
