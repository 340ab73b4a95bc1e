"""Email by SMTP, or kept for the demonstration's outbox page: app.py chooses."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from portal.adapters.notify import NotifyMailer
from portal.adapters.outbox import OutboxMailer
from portal.adapters.ports import Email, Mailer, Refused, Return
from portal.adapters.returned import NO_MAILBOX, return_address
from portal.kernel import clock
from portal.kernel.errors import Unavailable

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
PORTS = {"smtp": 25, "smtps": 465}
FOR_GOOD, GONE = range(500, 600), 550
_ENHANCED = re.compile(rb"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")
# These name one recipient or message; a 5xx answer to anything earlier is about us and may be mended.
_ABOUT_THIS_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)


class Notify(NamedTuple):
    """An API key of GOV.UK Notify, the id of the template, and where Notify is."""

    key: str
    template: str
    url: str


class _Plain(smtplib.SMTP):
    """A short patience for the connection and a longer one for each answer."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _connect(host, port, timeout)


class _Wrapped(smtplib.SMTP_SSL):
    """The same, inside TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(_connect(host, port, timeout), server_hostname=host)


def _connect(host: str, port: int, timeout: float) -> socket.socket:
    made = socket.create_connection((host, port), CONNECT_SECONDS)
    made.settimeout(timeout)
    return made


def mailer_for(url: str, sender: str, notify: Notify | None = None, back: str = "") -> Mailer:
    """The mailer of a MAIL setting: `outbox`, `notify`, `smtp://[user:password@]host[:port]` or `smtps://…`.

    `sender` is the envelope sender, to which a mail server returns what it cannot deliver, unless `back` is an address
    that the portal reads (`portal mail returned`); `notify` is what GOV.UK Notify needs to know.
    """
    if url == "notify":
        return NotifyMailer(*(notify or Notify("", "", "")))
    return OutboxMailer() if url == "outbox" else SmtpMailer(url, sender, back)


class SmtpMailer:
    """Hands each email to one mail server; its failures carry no address and no text."""

    def __init__(self, url: str, sender: str, back: str = "") -> None:
        parts = urlsplit(url)
        self.wrapped = parts.scheme == "smtps"
        self.host = parts.hostname or "localhost"
        self.port = parts.port or PORTS["smtps" if self.wrapped else "smtp"]
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender, self.back = sender, back
        self.returns = bool(back)

    def send(self, email: Email) -> None:
        """Hand one email over. Raises Refused when the server will never take it, else Unavailable."""
        message = as_message(email)
        sender = return_address(self.back, email.receipt) if self.back and email.receipt else self.sender
        with self._server() as server:
            server.send_message(message, from_addr=sender, to_addrs=[email.to])

    def check(self) -> None:
        """Raise Unavailable unless the server lets us in."""
        with self._server() as server:
            server.noop()

    def returned(self) -> Iterator[list[Return]]:
        """Nothing: a mail server brings it (`portal mail returned`)."""
        return iter(())

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        server: smtplib.SMTP | None = None
        try:
            server = self._open()
            yield server
        # `from None`: these exceptions quote the recipient, and a log would quote them.
        except _ABOUT_THIS_MAIL as error:
            if _refused_for_good(error):
                raise Refused("the mail server refused this email", no_mailbox=_no_mailbox(error)) from None
            raise Unavailable("the mail server did not take the email") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(f"the mail server does not answer as it should ({type(error).__name__})") from None
        finally:
            if server is not None:
                # The email is handed over or not by now; a failing goodbye changes neither.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self.wrapped:
            server = _Wrapped(self.host, self.port, timeout=ANSWER_SECONDS, context=context)
        else:
            server = _Plain(self.host, self.port, timeout=ANSWER_SECONDS)
        server.ehlo()
        encrypted = self.wrapped
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            encrypted = True
        if self.user:
            if not encrypted:
                server.close()
                raise smtplib.SMTPNotSupportedError("no encryption for the password")
            server.login(self.user, self.password)
        return server


def as_message(email: Email) -> EmailMessage:
    """The email as it is sent: plain text, marked as automatic so that absence notes do not answer it."""
    message = EmailMessage()
    message["From"] = email.sender
    message["To"] = email.to
    message["Subject"] = email.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{email.message_id}@{email.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(email.body, cte="quoted-printable")
    # After set_content, which begins with a clean sheet of headers about the content.
    message["Content-Language"] = email.language
    return message


def _refused_for_good(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code in FOR_GOOD for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code in FOR_GOOD


def _no_mailbox(error: Exception) -> bool:
    """Whether the answer to the recipient's address says so; without a precise code only 550 does (RFC 5321)."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(_says_no_mailbox(code, said) for code, said in error.recipients.values())


def _says_no_mailbox(code: int, said: bytes | str) -> bool:
    words = said.encode(errors="replace") if isinstance(said, str) else said
    precise = _ENHANCED.match(words.strip())
    return code == GONE if precise is None else precise.group().decode() in NO_MAILBOX
