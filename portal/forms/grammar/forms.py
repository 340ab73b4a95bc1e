"""The JSON Schema of the form document: pages, sections and questions."""

from __future__ import annotations

from typing import Any


def form_schema() -> dict[str, Any]:
    """The whole schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A council's form",
        "type": "object",
    }
