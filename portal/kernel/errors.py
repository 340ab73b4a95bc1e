"""The only exceptions that cross packages; `web/errors.py` turns each into a page or problem+json once."""

from __future__ import annotations

from collections.abc import Mapping


class PortalError(Exception):
    """Something the caller can be told about; its text never holds personal data."""


class NotFound(PortalError):
    """There is no such thing, or this person may not know that there is."""


class Forbidden(PortalError):
    """The person is known and this door is not theirs."""


class TermsFirst(Forbidden):
    """Theirs as soon as they have accepted the council's terms of use."""


class Conflict(PortalError):
    """Somebody else got there first; `now` says what the state is, without personal data of a child."""

    def __init__(self, message: str = "", **now: str) -> None:
        super().__init__(message)
        self.now = now


class Invalid(PortalError):
    """What was sent cannot be accepted; `errors` maps a field's name to a stable code."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(errors.values())))
        self.errors = dict(errors)


class Unavailable(PortalError):
    """A part of the service (database, mail, scanner) does not answer; nothing was saved."""
