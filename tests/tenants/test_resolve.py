"""From an address to a council: by its slug, or by its own host, which serves nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from portal.tenants import resolve
from tests.fixtures.councils import Councils

HOST = "pryder.glan-yr-afon.example"


@pytest.fixture(autouse=True)
def _own_host(councils: Councils, monkeypatch: pytest.MonkeyPatch) -> None:
    known = resolve._councils()
    monkeypatch.setattr(resolve, "_known", replace(known, by_host={HOST: councils.wales}))


def title(client: FlaskClient, path: str, host: str) -> str:
    text = client.get(path, headers={"Host": host}).text
    return text.partition("<title")[2].partition("</title>")[0]


def test_a_council_answers_on_its_own_host(client: FlaskClient) -> None:
    for host in (HOST, HOST.upper(), f"{HOST}:8443"):
        assert "Glan-yr-Afon" in title(client, "/", host), host


def test_a_councils_own_host_serves_no_other_council(client: FlaskClient) -> None:
    answer = client.get("/avonmere/", headers={"Host": HOST})
    assert answer.status_code == 404
    assert "Avonmere" not in answer.text


@pytest.mark.parametrize("host", ["glan-yr-afon.example", f"evil.{HOST}", f"{HOST}.evil.example", "localhost"])
def test_another_host_is_not_that_council(client: FlaskClient, host: str) -> None:
    assert client.get("/privacy", headers={"Host": host}).status_code == 404
    assert "Avonmere" in title(client, "/avonmere/", host)
