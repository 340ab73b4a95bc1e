"""The JSON Schema of the thresholds document: routes, values, conditions, rules."""

from __future__ import annotations

from typing import Any


def rules_schema() -> dict[str, Any]:
    """The whole schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A council's rules",
        "type": "object",
    }
