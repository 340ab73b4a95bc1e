"""The store stops in the middle of a download: an honest page before the first byte, a broken connection after it."""

from __future__ import annotations

import http.client
import io
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from portal.adapters import ports
from portal.adapters.storage import store_for
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Paper, Target
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person, soup
from tests.referrals.making import acting

MEGABYTE = 2**20
SIZE = 8 * MEGABYTE


class Between:
    """A connection between us and the store that ends after so many bytes of answers (None: never)."""

    def __init__(self, port: int) -> None:
        self.behind = port
        self.left: int | None = None
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listening.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                ours, _address = self.listening.accept()
                if self.left is not None and self.left <= 0:
                    ours.close()
                    continue
                theirs = socket.create_connection(("127.0.0.1", self.behind))
                threading.Thread(target=self._carry, args=(ours, theirs, False), daemon=True).start()
                threading.Thread(target=self._carry, args=(theirs, ours, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if answers and self.left is not None:
                    data, self.left = data[: max(self.left, 0)], self.left - len(data)
                target.sendall(data)
                if answers and self.left is not None and self.left <= 0:
                    break
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextmanager
def store_between(s3_peer: dict[str, str], folder: str) -> Iterator[Between]:
    """A real S3 peer as the store of this process, behind a connection that may end."""
    made, before = Between(urlsplit(s3_peer["endpoint"]).port or 0), ports.store()
    ports.use_store(store_for(f"s3://files/{folder}", s3_peer | {"endpoint": f"http://127.0.0.1:{made.port}"}))
    yield made
    ports.use_store(before)
    made.listening.close()


@pytest.fixture
def between(app: Flask, s3_peer: dict[str, str]) -> Iterator[Between]:
    """A store that may stop in the midst of an answer."""
    del app
    with store_between(s3_peer, "stopping") as made:
        yield made


def test_what_has_come_is_never_taken_for_the_whole_file(
    between: Between, live: str, client: FlaskClient, councils: Councils, admin: psycopg.Connection[tuple[object, ...]]
) -> None:
    teacher = make_person(councils.england)
    report = make_referral(councils.england, teacher)
    assert teacher.actor.agency_id is not None
    content, on = b"%PDF-1.7 " + os.urandom(SIZE), Target(report.id, teacher.actor.agency_id, "agency", later=True)
    with acting(teacher):
        paper = Paper("CNRY Siân.pdf", "application/pdf", io.BytesIO(content))
        attaching.attach(teacher.actor, on, paper)
    admin.execute("update stored_file set state = 'ready', kind = 'pdf'")
    cookie = f"session={sign_in(client, teacher)}"
    link = soup(Person(client, "avonmere").get(f"/referrals/{report.reference}")).select_one(".app-file a")
    assert link is not None

    def asked() -> tuple[int, bytes, bool]:
        place = urlsplit(live)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        connection.request("GET", str(link["href"]), headers={"Cookie": cookie})
        answer = connection.getresponse()
        try:
            return answer.status, answer.read(), True
        except http.client.IncompleteRead as error:
            return answer.status, error.partial, False
        finally:
            connection.close()

    assert asked() == (200, content, True)
    between.left = 3 * MEGABYTE
    with capture_logs() as logs:
        status, came, whole = asked()
    assert (status, whole) == (200, False)
    assert 0 < len(came) < len(content)
    assert content.startswith(came)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["files.broke_off"]
    assert "CNRY" not in str(logs)
    between.left = 1000
    assert asked()[0] == 303
    assert "could not be opened" in Person(client, "avonmere").get(f"/referrals/{report.reference}").text
    between.left = None
    assert asked() == (200, content, True)
