"""Returned mail: only a plain report that there is no such mailbox counts, and no message breaks the reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.adapters.ports import Return
from portal.adapters.returned import read, return_address

BASE, TOKEN = "bounce@portal.example", "abcdefghijklmnopqrstuvwx27"
WHO = "sian.o'brien@school.example"
REPORT = """From: MAILER-DAEMON@mail.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="=_x"
MIME-Version: 1.0

--=_x
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered. Status: 5.1.1 Action: failed

--=_x
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Thu, 26 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; {who}
Action: {action}
Status: {status}
Diagnostic-Code: {said}

--=_x
Content-Type: text/rfc822-headers

To: {who}
Subject: a secret

--=_x--
"""


def report(
    to: str = return_address(BASE, TOKEN),
    who: str = WHO,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 no",
) -> bytes:
    """A report as a mail server writes it."""
    return REPORT.format(to=to, who=who, action=action, status=status, said=said).encode()


KNOWN = Return(TOKEN, (WHO,))


@pytest.mark.parametrize(
    "raw",
    [
        report(),
        report(action="Failed", status="5.1.10 (null MX)"),
        report(to=f"<BOUNCE+{TOKEN.upper()}@Portal.Example>"),
        report(status="5.0.0", said="smtp; 550-5.1.1 The email account that you tried to reach does not exist"),
        report(status="5.0.0", said="smtp; 550 User unknown"),
        report().replace(b"\n", b"\r\n"),
        report(who=WHO.upper()).replace(b"Final-Recipient: rfc822; ", b"Original-Recipient: rfc822;"),
    ],
)  # fmt: skip
def test_a_mailbox_that_is_gone_is_read(raw: bytes) -> None:
    assert read(raw, BASE) == KNOWN


def test_whom_the_server_took_it_for_is_believed_before_the_headers() -> None:
    assert read(report(to="somebody@else.example"), BASE, return_address(BASE, TOKEN)) == KNOWN
    assert read(report(), BASE, "bounce@portal.example") is None


@pytest.mark.parametrize(
    "raw",
    [
        report(action="delayed", status="4.4.7"),
        report(action="failed", status="4.2.2"),
        report(action="delivered", status="2.0.0"),
        report(status="5.2.2", said="smtp; 552 5.2.2 Mailbox full"),
        report(status="5.7.1", said="smtp; 550 5.7.1 Blocked"),
        report(status="5.1.2"),
        report(status="5.0.0", said="smtp; 554 5.7.1 Blocked"),
        report(status="5.0.0", said="smtp; 550 5.7.1 Blocked"),
        report(status="", said="smtp; 451 later"),
        report(who="").replace(b"rfc822;", b""),
        report(to="bounce@portal.example"),
        report(to=f"bounce+{TOKEN}x@portal.example"),
        report(to=f"xbounce+{TOKEN}@portal.example"),
        report(to=f"bounce+{TOKEN}@portal.example.evil.example"),
        report(to=f"bounce+{TOKEN}@portal.example, bounce+{TOKEN[::-1]}@portal.example"),
        report().replace(b"multipart/report", b"multipart/mixed"),
        report().replace(b"report-type=delivery-status", b"report-type=disposition-notification"),
        report().replace(b"message/delivery-status", b"text/plain"),
        b"", b"\xff\xfe\x00", b"To: bounce+" + TOKEN.encode() + b"@portal.example\n\nI am on holiday. Status: 5.1.1",
    ],
)  # fmt: skip
def test_all_else_says_nothing(raw: bytes) -> None:
    assert read(raw, BASE) is None


@given(st.binary(max_size=400), st.integers(0, len(report())), st.integers(0, 60))
def test_no_message_breaks_the_reader(noise: bytes, at: int, cut: int) -> None:
    raw = report()
    found = read(raw[:at] + noise + raw[at + cut :], BASE)
    assert found is None or found.token == TOKEN


def test_deep_and_long_messages_end() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000))
    assert read(deep, BASE) is None
    assert read(report() + b"x" * 3_000_000, BASE) == KNOWN
