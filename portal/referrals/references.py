"""Short references that people read over the telephone: random, and without characters that look alike."""

from __future__ import annotations

import secrets

# No 0/O/Q, 1/I/L, 2/Z, 5/S, 8/B, 6/G or U/V pairs: 22 symbols, 9 of them, are 40.1 bits.
ALPHABET = "34679ACDEFHJKMNPRTVWXY"
GROUPS = 3
GROUP = 3


LENGTH = GROUPS * GROUP


def new_reference() -> str:
    """A random reference such as `K7R-F4M-9PA`; the caller tries again when it is taken."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def grouped(symbols: str) -> str:
    """Symbols with hyphens between the groups, as references are written."""
    return "-".join(symbols[start : start + GROUP] for start in range(0, len(symbols), GROUP))
