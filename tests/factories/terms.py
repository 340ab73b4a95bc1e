"""A council's terms of use, in force at once."""

from __future__ import annotations

from collections.abc import Mapping

from portal.auth.commands import terms
from portal.kernel import db
from portal.kernel import scope as scopes
from portal.kernel.scope import Council, Scope

FIRST = {
    "en": "## Who may use this\n\nOnly for your work.",
    "cy": "## Pwy gaiff ddefnyddio hwn\n\nDim ond i’ch gwaith.",
}


def publish_terms(council: Council, words: Mapping[str, str] = FIRST, *, asks: bool = True) -> int:
    """Make these words the version in force; its number."""
    with db.unit_of_work(Scope(council, scopes.SYSTEM)):
        number = terms.publish(words, asks=asks)
    assert number is not None
    return number
