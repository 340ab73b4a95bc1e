"""The JSON Schemas of a council's documents, made from the same constants that the strict reader uses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from portal.forms.grammar.forms import form_schema
from portal.forms.grammar.rules import rules_schema

__all__ = ["SCHEMAS", "written"]

SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {"form": form_schema, "rules": rules_schema}


def written(what: str) -> str:
    """One schema as the text that `docs/` holds; raises KeyError for any other word than those of SCHEMAS."""
    return json.dumps(SCHEMAS[what](), ensure_ascii=False, indent=2) + "\n"
