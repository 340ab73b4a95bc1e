"""One digest for what is published, drafted and checked: the same words in the same places. Pure."""

from __future__ import annotations

import hashlib
import json


def digest(document: object) -> str:
    """SHA-256 of a JSON-ready document: the same words and numbers in the same places give the same digest."""
    plain = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
