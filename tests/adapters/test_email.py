"""Mail handed to a real server on this machine, and what happens when it is down or refuses."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from portal.adapters.email import SmtpMailer, mailer_for
from portal.adapters.outbox import OutboxMailer
from portal.adapters.ports import Email, Refused
from portal.kernel import clock
from portal.kernel.errors import Unavailable
from tests.fixtures.app import free_port
from tests.fixtures.mail import Peer

ENVELOPE = "bounces@portal.example.org.uk"
LETTER = Email(
    to="sian.oneill@example.org.uk",
    subject="Cyfeirnod K7QF-2M9P: diweddariad – ŵ ŷ",
    body="Llinell gyntaf â thô.\n\n.\nhttp://localhost/" + "x" * 200 + "\n",
    sender="no-reply@portal.avonmere.gov.uk",
    language="cy",
    message_id="0b1c2d3e-0000-4000-8000-000000000001",
)


def test_a_letter_arrives_as_it_was_written(smtp: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 10, tzinfo=UTC))
    mailer_for(smtp.url, ENVELOPE).send(LETTER)
    (message,) = smtp.messages
    assert smtp.recipients == [[LETTER.to]]
    assert message["Subject"] == LETTER.subject
    assert message["From"] == LETTER.sender
    assert message["Message-ID"] == f"<{LETTER.message_id}@portal.avonmere.gov.uk>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "cy"
    assert message["Date"] == "Mon, 23 Nov 2026 10:00:00 +0000"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == LETTER.body


@pytest.mark.parametrize("header", ["to", "subject", "sender"])
def test_a_line_break_adds_no_header(smtp: Peer, header: str) -> None:
    broken = Email(**{**LETTER.__dict__, header: "a@example.org.uk\r\nBcc: other@example.org.uk"})
    with pytest.raises(ValueError, match="linefeed"):
        mailer_for(smtp.url, ENVELOPE).send(broken)
    assert smtp.messages == []


def test_a_server_that_is_down(smtp: Peer) -> None:
    smtp.stop()
    mailer = mailer_for(smtp.url, ENVELOPE)
    with pytest.raises(Unavailable) as error:
        mailer.send(LETTER)
    assert not isinstance(error.value, Refused)
    with pytest.raises(Unavailable):
        mailer.check()
    smtp.start()
    mailer.check()
    mailer.send(LETTER)
    assert len(smtp.messages) == 1


@pytest.mark.parametrize(("answer", "for_good"), [("451 later", False), ("550 never", True), ("421 busy", False)])
def test_a_server_that_refuses(smtp: Peer, answer: str, for_good: bool) -> None:
    smtp.answer = answer
    with pytest.raises(Unavailable) as error:
        mailer_for(smtp.url, ENVELOPE).send(LETTER)
    assert isinstance(error.value, Refused) is for_good


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        ("550 No such user here", True),
        ("550 5.1.1 User unknown", True),
        ("550 5.1.10 Null MX", True),
        ("553 5.1.3 Bad address", True),
        ("550 5.7.1 Blocked by policy", False),
        ("550 5.1.8 Bad sender's address", False),
        ("550 5.1.2 Domain not found", False),
        ("550 5.1.11 Not in the register", False),
        ("552 5.2.2 Mailbox full", False),
        ("554 Refused", False),
        ("551 Elsewhere", False),
        ("450 4.1.1 Later", False),
        ("450 550 5.1.1", False),
    ],
)
def test_only_an_answer_about_the_mailbox_says_that_it_is_gone(smtp: Peer, answer: str, gone: bool) -> None:
    smtp.to_recipient = answer
    with pytest.raises(Unavailable) as error:
        mailer_for(smtp.url, ENVELOPE).send(LETTER)
    assert isinstance(error.value, Refused) is answer.startswith("5")
    assert getattr(error.value, "no_mailbox", False) is gone


def test_what_a_server_thinks_of_the_email_says_nothing_of_the_mailbox(smtp: Peer) -> None:
    smtp.answer = "550 5.1.1 User unknown"
    with pytest.raises(Refused) as error:
        mailer_for(smtp.url, ENVELOPE).send(LETTER)
    assert not error.value.no_mailbox


@pytest.mark.parametrize("answer", ["450 greylisted sian.oneill@example.org.uk", "550 no sian.oneill@example.org.uk"])
def test_failures_carry_nobodys_address(smtp: Peer, answer: str) -> None:
    smtp.answer = answer
    with pytest.raises(Unavailable) as error:
        mailer_for(smtp.url, ENVELOPE).send(LETTER)
    assert "oneill" not in str(error.value)
    assert error.value.__suppress_context__


def test_a_password_is_never_said_in_the_clear(smtp: Peer) -> None:
    with pytest.raises(Unavailable):
        SmtpMailer(f"smtp://portal:secret@localhost:{smtp.port}", ENVELOPE).check()
    assert smtp.messages == []


@pytest.fixture
def silent() -> Iterator[int]:
    """A server that accepts and says nothing; its port."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server:
        held: list[socket.socket] = []

        def hold() -> None:
            try:
                held.append(server.accept()[0])
            except OSError:
                return

        threading.Thread(target=hold, daemon=True).start()
        yield port
        for one in held:
            one.close()


def test_a_silent_server_does_not_hold_a_job_for_ever(silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.adapters.email.ANSWER_SECONDS", 0.3)
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        SmtpMailer(f"smtp://127.0.0.1:{silent}", ENVELOPE).send(LETTER)
    assert time.monotonic() - begun < 3


def test_the_setting_chooses() -> None:
    assert isinstance(mailer_for("outbox", ENVELOPE), OutboxMailer)
    wrapped = mailer_for("smtps://us%40er:p%2Fw@mail.example.org.uk", ENVELOPE)
    assert isinstance(wrapped, SmtpMailer)
    assert (wrapped.wrapped, wrapped.port, wrapped.user, wrapped.password) == (True, 465, "us@er", "p/w")
