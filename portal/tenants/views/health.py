"""For machines: whether this process lives, and whether the instance can do its work."""

from __future__ import annotations

from flask import Response, jsonify

from portal.auth import guard
from portal.tenants.queries.health import readiness
from portal.tenants.views.blueprint import tenants

OK, NOT_READY = 200, 503


@tenants.get("/live")
@guard.machine("a supervisor restarts a process that does not answer; nothing is asked of the database")
def live() -> Response:
    """The process answers."""
    return jsonify(status="alive")


@tenants.get("/ready")
@guard.machine("a proxy sends people only to an instance that can save what they write")
def ready() -> Response:
    """200 when the database takes writes and has the right version; 503 else. A missing worker, and a store that does
    not answer, are only reported."""
    found = readiness()
    state = "not ready" if not found.ready else "ready" if found.whole else "degraded"
    age = None if found.heartbeat_age is None else round(found.heartbeat_age)
    response = jsonify(
        status=state,
        database="ok" if found.database else "failed",
        migration="ok" if found.migrated else "failed",
        store="ok" if found.store else "failed",
        worker="ok" if found.worker else "missing",
        worker_heartbeat_age_seconds=age,
    )
    response.status_code = OK if found.ready else NOT_READY
    return response
