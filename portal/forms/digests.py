"""One digest for what is published, drafted and checked: the same words in the same places. Pure."""

from __future__ import annotations

import hashlib
import json


def digest(document: object) -> str:
    """SHA-256 of a JSON-ready document: the same words and numbers in the same order give the same digest.

    Order counts everywhere: a derived value may use only those above it.
    """
    plain = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
