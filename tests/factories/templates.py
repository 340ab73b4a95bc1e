"""Templates of the shared library, put there past the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import psycopg

Admin = psycopg.Connection[tuple[object, ...]]


def add_template(
    admin: Admin,
    content: Mapping[str, Any],
    *,
    key: str = "concern-shared",
    number: int = 1,
    nation: str = "",
    locked: Sequence[str] = (),
    note: str = "",
) -> str:
    """One number of a template for a concern; returns its key."""
    title = {"en": "Shared concern", "cy": "Pryder a rennir"}
    values = (uuid4(), key, number, nation, note, f"{key} {number}")
    documents = [json.dumps(each) for each in (title, content, list(locked))]
    admin.execute(
        "insert into form_template (id, key, number, form_key, nation, note, content_hash, title, content, locked)"
        " values (%s, %s, %s, 'concern', %s, %s, %s, %s, %s, %s)",
        (*values, *documents),
    )
    admin.commit()
    return key
