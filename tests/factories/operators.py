"""Operators of the instance, made past the walls as only the owner of the tables may."""

from __future__ import annotations

import itertools
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg

from portal.auth.commands.operators import as_operator
from portal.auth.queries.operators import Invited
from portal.kernel.scope import Council
from tests.factories.people import Person

Admin = psycopg.Connection[tuple[object, ...]]
_count = itertools.count(1)


def make_operator(admin: Admin, council: Council, *, email: str = "", strength: str = "passkey") -> Person:
    """An operator whose set-up link is used; `council` is where a test's browser looks first."""
    email, account_id = email or f"operator.{next(_count)}@portal.example", uuid4()
    name = "Oona CNRY Reid"
    admin.execute(
        "insert into account (id, email, email_key, name, password_hash) values (%s, %s, %s, %s, '')",
        (account_id, email, email, name),
    )
    row_id = add_row(admin, account_id)
    actor = replace(as_operator(Invited(row_id, account_id, email, name), strength), strength=strength)
    return Person(account_id, email, name, council, actor)


def add_row(admin: Admin, account_id: UUID) -> UUID:
    """Make an account an operator's; the row's id."""
    row_id = uuid4()
    admin.execute(
        "insert into instance_operator (id, account_id, added_by, wrapped_key, token_hash, link_expires_at,"
        " link_used_at) values (%s, %s, 'a test', 'x', %s, now(), now())",
        (row_id, account_id, str(row_id)),
    )
    return row_id


def end_row(admin: Admin, account_id: UUID) -> None:
    """End an operator."""
    admin.execute("update instance_operator set ended_at = now() where account_id = %s", (account_id,))
