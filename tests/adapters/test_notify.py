"""Mail handed to GOV.UK Notify: a server on this machine that checks each request as Notify's documentation says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from portal.adapters.email import Notify, mailer_for
from portal.adapters.ports import Mailer, Refused
from portal.kernel import clock
from portal.kernel.errors import Unavailable
from tests.adapters.test_email import LETTER
from tests.fixtures.app import free_port

SERVICE, SECRET = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
TEMPLATE = "33333333-3333-4333-8333-333333333333"
FRESH_SECONDS = 30


@dataclass
class Service:
    """Notify as we need it: what it took, and what it answers to the next email (None: as it should)."""

    port: int = field(default_factory=free_port)
    taken: list[dict[str, Any]] = field(default_factory=list)
    answer: tuple[int, bytes] | None = None

    def trusts(self, authorization: str) -> bool:
        """Whether a request is signed with our secret, by our service, just now."""
        try:
            claims = jwt.decode(authorization.removeprefix("Bearer "), OctKey.import_key(SECRET), ["HS256"]).claims
        except (JoseError, ValueError):
            return False
        fresh = abs(clock.now().timestamp() - int(claims["iat"])) < FRESH_SECONDS
        return bool(claims["iss"] == SERVICE and fresh)


@pytest.fixture
def service() -> Iterator[Service]:
    """A Notify that is listening."""
    made = Service()

    class Handler(BaseHTTPRequestHandler):
        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            known = self.path == f"/v2/template/{TEMPLATE}" and made.trusts(self.headers["Authorization"])
            self._say(200 if known else 403, b"{}")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path != "/v2/notifications/email" or not made.trusts(self.headers["Authorization"]):
                return self._say(403, b'{"errors": [{"error": "AuthError", "message": "Invalid token"}]}')
            if made.answer is not None:
                return self._say(*made.answer)
            made.taken.append(body)
            return self._say(201, b"{}")

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", made.port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def mailer(service: Service, secret: str = SECRET) -> Mailer:
    key = f"portal-{SERVICE}-{secret}"
    return mailer_for("notify", "", Notify(key, TEMPLATE, f"http://127.0.0.1:{service.port}/"))


def wrong(message: str) -> tuple[int, bytes]:
    return 400, json.dumps({"status_code": 400, "errors": [{"error": "ValidationError", "message": message}]}).encode()


def test_an_email_is_handed_over_whole(service: Service) -> None:
    mailer(service).check()
    mailer(service).send(LETTER)
    assert service.taken == [
        {
            "email_address": LETTER.to,
            "template_id": TEMPLATE,
            "personalisation": {"subject": LETTER.subject, "body": LETTER.body},
            "reference": LETTER.message_id,
        }
    ]


def test_another_key_sends_nothing(service: Service) -> None:
    other = mailer(service, "44444444-4444-4444-8444-444444444444")
    with pytest.raises(Unavailable) as failed:
        other.send(LETTER)
    assert not isinstance(failed.value, Refused)
    with pytest.raises(Unavailable):
        other.check()
    assert service.taken == []


def test_an_address_that_is_none_is_refused_for_good(service: Service) -> None:
    service.answer = wrong("email_address Not a valid email address")
    with pytest.raises(Refused) as failed:
        mailer(service).send(LETTER)
    assert failed.value.no_mailbox


@pytest.mark.parametrize(
    "answer",
    [
        wrong("Template not found"), wrong("Missing personalisation: body"), (429, b"{}"), (500, b"<html>"),
        (400, b"not json"), (400, b'{"errors": "none"}'), (403, b"{}"), (302, b""), (200, b"{}"),
    ],
)  # fmt: skip
def test_anything_else_is_tried_again_later(service: Service, answer: tuple[int, bytes]) -> None:
    service.answer = answer
    with pytest.raises(Unavailable) as failed:
        mailer(service).send(LETTER)
    assert not isinstance(failed.value, Refused)
    assert LETTER.to not in str(failed.value)
    service.answer = None
    mailer(service).send(LETTER)
    assert len(service.taken) == 1


def test_nobody_there_says_nothing_about_the_email() -> None:
    nobody = mailer(Service())
    with pytest.raises(Unavailable) as failed:
        nobody.send(LETTER)
    assert LETTER.to not in str(failed.value)
    assert failed.value.__suppress_context__
