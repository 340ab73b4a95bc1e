"""What the demonstration's stories are found again by."""

from __future__ import annotations

from uuid import UUID, uuid5

# A story's submit key is made from its name, so that seeding again finds what was told before.
_NAMESPACE = UUID("5d0c1c0e-6f0e-4b52-8f0a-3a6b8f4b2c11")


def key_of(council: str, story: str) -> UUID:
    """The key with which a story of a council (its slug) was sent; that of a contact begins with `contact/`."""
    return uuid5(_NAMESPACE, f"{council}/{story}")
