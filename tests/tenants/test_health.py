"""What /ready says of the store: told, never waited for, and no reason to send nobody here."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.adapters.storage import store_for
from portal.kernel.probing import Probe
from portal.tenants.queries import health


def test_a_store_that_is_away_or_hangs_is_told_and_stops_no_report(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, goes_on = store_for(str(tmp_path / "gone"), {}), threading.Event()
    (tmp_path / "gone").rmdir()

    def hang() -> None:
        assert goes_on.wait(10)

    for ask in (gone.answers, hang):
        monkeypatch.setattr(health, "_store", Probe(ask, patience=0.2))
        began = time.monotonic()
        answers = [client.get("/ready") for _ in range(3)]
        assert time.monotonic() - began < 2
        assert [answer.status_code for answer in answers] == [200] * 3
        assert [answer.get_json()["store"] for answer in answers] == ["failed"] * 3
        assert answers[0].get_json()["status"] == "degraded"
    goes_on.set()
