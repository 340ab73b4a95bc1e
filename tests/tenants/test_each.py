"""Work in every council: each by itself, and what fails in one stops no other."""

from __future__ import annotations

import logging

import pytest
from structlog.testing import capture_logs

from portal.audit.events import Event, record
from portal.kernel import scope
from portal.kernel.errors import Unavailable
from portal.kernel.scope import Council
from portal.tenants.each import for_each, in_each
from tests.factories.templates import Admin
from tests.fixtures.councils import Councils


def slug() -> str:
    council = scope.current().council
    assert council is not None
    return council.slug


def test_each_council_is_worked_on_in_its_own_scope_and_counted(councils: Councils) -> None:
    seen: list[str] = []

    def work() -> int:
        seen.append(slug())
        return 2 if slug() == councils.wales.slug else 0

    with capture_logs() as logs:
        in_each(work, "things.done", logging.WARNING)
    assert sorted(seen) == sorted([councils.england.slug, councils.wales.slug])
    assert logs == [{"event": "things.done", "log_level": "warning", "council": councils.wales.slug, "count": 2}]


def test_what_fails_in_one_council_stops_no_other_and_is_undone_there(councils: Councils, admin: Admin) -> None:
    def work() -> None:
        record(Event.CODE_SENT, purpose="sign-in")
        if slug() == councils.england.slug:  # the first of the two
            raise ValueError("about Siân")

    with capture_logs() as logs, pytest.raises(ValueError, match="Siân"):
        in_each(work)
    written = admin.execute("select tenant_id from audit_event where event = 'auth.code_sent'").fetchall()
    assert written == [(councils.wales.id,)]
    assert [(one["council"], one["error"]) for one in logs] == [(councils.england.slug, "ValueError")]
    assert "Siân" not in str(logs)


def test_an_outage_is_everybodys(councils: Councils) -> None:
    seen: list[Council] = []

    def work(council: Council) -> None:
        seen.append(council)
        raise Unavailable("the store")

    with pytest.raises(Unavailable):
        for_each(work)
    assert len(seen) == 1
    assert councils
