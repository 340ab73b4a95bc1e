"""What `portal doctor` says of root keys: which one seals, what needs another one, and which may be taken away."""

from __future__ import annotations

from collections import Counter

from portal.kernel.ring import Ring

UNNAMED = "keys that name no root key"


def lines(held: Ring, left: Counter[str]) -> list[str]:
    """A line for each root key but the current one: what it still wraps (`left`), and whether it may be removed."""
    said = []
    for name in sorted({*held.names[1:], *left}):
        needless = not left[name] and not left[""]
        ending = ", may be removed" if needless else "" if name in ("", *held.names) else ", and IS NOT SET"
        said.append(f"{name or UNNAMED}: {left[name]} left{ending}")
    return said


def fault(held: Ring, left: Counter[str]) -> str:
    """What cannot be opened, "" when everything can."""
    missing = sorted(name for name in left if name and name not in held.names)
    return f"not in ROOT_KEY or ROOT_KEYS_OTHER, but needed: {', '.join(missing)}" if missing else ""


def examined() -> tuple[str, str]:
    """What cannot be opened (or ""), and how things stand; raises published.NoInstanceError."""
    from portal.cli import published
    from portal.kernel import ring
    from portal.tenants.commands import rewrapping

    with published.connected():
        left, held = rewrapping.remaining(published.councils()), ring.held()
    return fault(held, left), "; ".join([f"{held.name} seals", *lines(held, left)])
