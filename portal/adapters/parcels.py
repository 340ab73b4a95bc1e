"""What a council's case system is handed, and what we ask of whatever brings it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final, Protocol, runtime_checkable
from uuid import UUID

from portal.kernel.errors import Unavailable

DECLINED: Final = (
    "unauthorised", "not_found", "too_large", "bad_request", "host_key", "no_space", "no_secret", "other",
)  # fmt: skip


@dataclass(frozen=True)
class ParcelFile:
    """One file of a parcel: a safe name that is never a person's, its media type, bytes, SHA-256 (hex) and content."""

    name: str
    kind: str
    size: int
    sha256: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Parcel:
    """A decided report on its way to the case system of a council (its slug). `id` stays the same however often it is
    sent; `event` is decided, corrected or files; `awaited` are files that are still being checked and follow later."""

    id: UUID
    council: str
    reference: str
    event: str
    made_at: datetime
    files: tuple[ParcelFile, ...]
    awaited: tuple[UUID, ...] = ()


class Declined(Unavailable):
    """The case system will never take it as things are: sending it again by itself is no use. `reason` is one of
    DECLINED."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the case system refuses it: {reason}")
        self.reason = reason if reason in DECLINED else "other"


class CaseSystem(Protocol):
    """Takes parcels. Raises Declined when it refuses one, and Unavailable when it may be tried again."""

    def deliver(self, parcel: Parcel) -> bool:
        """True: it has all of it. False: it was told of it, and will collect it. The same parcel twice is once."""


@runtime_checkable
class CanBeTried(Protocol):
    """A case system that can be asked whether a parcel would reach it."""

    def check(self) -> None:
        """Raise Declined or Unavailable unless one would; nothing of a report is sent."""


@runtime_checkable
class ShowsKey(Protocol):
    """A case system that shows a public key by which it is known."""

    def key_of_host(self) -> str:
        """The key that it shows, whoever it is. Raises Declined or Unavailable."""


# How (push, sftp), where (what the council's settings say), and the secrets that live, the newest first.
Factory = Callable[[str, Mapping[str, Any], Sequence[str]], CaseSystem]

_factory: list[Factory] = []


def use_case_systems(factory: Factory) -> None:
    """Choose who makes case systems in this process (app.py, the command line and tests only)."""
    _factory[:] = [factory]


def case_system_of(kind: str, destination: Mapping[str, Any], secrets: Sequence[str]) -> CaseSystem:
    """A council's case system. Raises Declined("bad_request") for settings that lead nowhere."""
    if not _factory:
        raise LookupError("nobody makes case systems")
    return _factory[0](kind, destination, secrets)
