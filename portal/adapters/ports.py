"""What we ask of the outside world, in our own words; app.py chooses who answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from portal.kernel.errors import Unavailable


@dataclass(frozen=True)
class Email:
    """A plain-text email: a reference and a link, never anything about a child.

    `message_id` is stable for one notice, so that a mail server can drop a second delivery.
    """

    to: str
    subject: str
    body: str
    sender: str
    language: str
    message_id: str


class Refused(Unavailable):
    """The mail server will never take this email: sending it again is no use."""


class Mailer(Protocol):
    """Sends email; raises portal.kernel.errors.Unavailable when it could not be handed over (Refused: ever)."""

    def send(self, email: Email) -> None:
        """Hand one email over."""

    def check(self) -> None:
        """Raise Unavailable unless the server answers."""


_mailer: list[Mailer] = []


def use_mailer(mailer: Mailer) -> None:
    """Choose the mailer of this process (app.py and tests only)."""
    _mailer[:] = [mailer]


def mailer() -> Mailer:
    """The mailer of this process."""
    if not _mailer:
        raise LookupError("no mailer was chosen")
    return _mailer[0]


_base_url: list[str] = [""]


def use_addresses(base_url: str) -> None:
    """Choose the scheme and host that emails link to: from settings, never from a request's Host."""
    _base_url[:] = [base_url]


def address(path: str) -> str:
    """An absolute address of this instance."""
    return _base_url[0] + path
