"""The pages of the floor: one small Flask application on the product's own tables, with row-level security on.

Each rung adds what a page of its kind cannot do without (README.md has the ladder). They check nothing that they
do not need: they are what the machine can do, not examples to follow.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask, abort, current_app, render_template, request
from psycopg import Connection
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection as Core
from sqlalchemy.engine import Engine

from benchmarks.floor import statements

SIZE = int(os.environ.get("THREADS") or "4") + 2
BODY = 1_500  # bytes of a saved page
WHO, SAVE, AUDIT = text(statements.WHO_CORE), text(statements.SAVE), text(statements.AUDIT_SAVE)


def create_app() -> Flask:
    """The application; DATABASE_URL, TENANT (a council's id) and SCREENER come from the environment."""
    app = Flask("benchmarks.floor", template_folder=str(Path(__file__).parent / "templates"))
    app.config.update(TENANT=UUID(os.environ["TENANT"]), SCREENER=UUID(os.environ["SCREENER"]))
    address = os.environ["DATABASE_URL"]
    engine = create_engine(address, pool_size=SIZE)
    pool = ConnectionPool(address.replace("+psycopg", ""), min_size=1, max_size=SIZE, open=True)
    app.add_url_rule("/hello", view_func=hello)
    app.add_url_rule("/page", view_func=page)
    app.add_url_rule("/l7o/<uuid:draft>", "l7o", lambda draft: authenticated(engine, draft))
    app.add_url_rule("/w/<uuid:draft>", "w", lambda draft: save(engine, draft), methods=["GET", "POST"])
    app.add_url_rule("/qraw", "qraw", lambda: queue(pool, audit=False))
    app.add_url_rule("/qrawa", "qrawa", lambda: queue(pool, audit=True))
    return app


def hello() -> str:
    """Nothing but the framework."""
    return "hello"


def page() -> str:
    """A form of 10 KB from a template written by hand."""
    return render_template("form.html", person="Nobody", council="Nowhere")


def _who() -> dict[str, Any]:
    key = hashlib.sha256(request.cookies.get("session", "").encode()).hexdigest()
    return {"id_hash": key, "tenant": str(current_app.config["TENANT"])}


def _authenticate(connection: Core) -> Any:
    row = connection.execute(WHO, _who()).one_or_none()
    if row is None or row.role is None:
        abort(403)
    return row


def authenticated(engine: Engine, draft: UUID) -> str:
    """l7o: who is asking, in one statement, and the form."""
    del draft
    with engine.connect() as connection:
        row = _authenticate(connection)
    return render_template("form.html", person=row.name, council=row.slug)


def save(engine: Engine, draft: UUID) -> tuple[str, int, dict[str, str]]:
    """w: who is asking, one draft's section updated, one audit row, one commit, and a redirect."""
    with engine.begin() as connection:
        row = _authenticate(connection)
        body = request.form.get("words", "").encode()[:BODY]
        values = {"tenant": row.tenant_id, "draft": draft, "body": body, "now": datetime.now(UTC)}
        if connection.execute(SAVE, values).rowcount != 1:
            abort(404)
        audit = {"id": uuid4(), "actor": row.account_id, "role": row.role, "agency": row.agency_id}
        connection.execute(AUDIT, audit | values)
    return "", 303, {"Location": "/hello"}


def queue(pool: ConnectionPool[Connection[Any]], *, audit: bool) -> str:
    """qraw: everything that the list needs in one round trip; qrawa records that it was read."""
    who = _who()
    with pool.connection() as connection, connection.pipeline():
        person = connection.execute(statements.WHO, who)
        rows = connection.execute(statements.ROWS)
        counts = connection.execute(statements.COUNTS, {"me": _screener()})
        agencies = connection.execute(statements.AGENCIES)
        if audit:
            values = {"id": uuid4(), "now": datetime.now(UTC), "actor": _screener(), "detail": Jsonb({"part": "list"})}
            connection.execute(statements.AUDIT_LIST, values | who)
        connection.commit()
    found = person.fetchone()
    if found is None or found[3] is None:
        abort(403)
    return render_template(
        "queue.html", person=found[1], council=found[2], rows=rows.fetchall(), counts=counts.fetchone(),
        agencies=agencies.fetchall(), now=datetime.now(UTC),
    )  # fmt: skip


def _screener() -> UUID:
    found: UUID = current_app.config["SCREENER"]
    return found
