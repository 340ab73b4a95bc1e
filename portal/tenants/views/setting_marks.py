"""Which item somebody meant, in a list whose items are named by their place: a mark of the item as it was shown."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence

from flask import current_app

from portal.kernel import scope
from portal.tenants.list_stores import Row
from portal.tenants.listed import Listed

_DIGITS = 24


def mark_of(listed: Listed, rows: Sequence[Row], key: str) -> str | None:
    """The mark of an item, for its form and its links: of what it is called, and of what the others are called. None
    where the code of an item is its own and says enough.

    An address of a page is logged and what is called may be somebody's email address: so it is keyed, and says nothing
    to whoever has the mark alone.
    """
    if not listed.placed:
        return None
    itself = [_called(listed, one) for one in rows if one.key == key]
    return f"{_sealed(listed, itself)}-{_sealed(listed, _others(listed, rows, key))}"


def meant(listed: Listed, rows: Sequence[Row], key: str, mark: str) -> str | None:
    """The code under which the item that was shown under `key` is now; None where it is there no more.

    It is the one that is called what the mark says; or, where only that one was changed meanwhile, the one between the
    same others. Without a mark it is the one under that code.
    """
    there = key if any(one.key == key for one in rows) else None
    itself, _hyphen, others = mark.partition("-")
    if not listed.placed or not mark:
        return there
    called = [one.key for one in rows if hmac.compare_digest(_sealed(listed, [_called(listed, one)]), _plain(itself))]
    if called:
        return key if key in called else called[0]
    same = there and hmac.compare_digest(_sealed(listed, _others(listed, rows, key)), _plain(others))
    return there if same else None


def _plain(typed: str) -> str:
    return typed if typed.isascii() else ""


def _others(listed: Listed, rows: Sequence[Row], key: str) -> list[list[list[str]]]:
    return [_called(listed, one) for one in rows if one.key != key]


def _called(listed: Listed, row: Row) -> list[list[str]]:
    return [list(row.said.get(one.name, ())) for one in listed.names() or listed.entries]


def _sealed(listed: Listed, called: object) -> str:
    said = json.dumps([str(scope.council().id), listed.key, called])
    return hmac.new(str(current_app.secret_key).encode(), said.encode(), "sha256").hexdigest()[:_DIGITS]
