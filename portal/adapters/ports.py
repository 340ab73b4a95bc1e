"""What we ask of the outside world, in our own words; app.py chooses who answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple, Protocol

from portal.adapters.parcels import CanBeTried as CanBeTried
from portal.adapters.parcels import CaseSystem as CaseSystem
from portal.adapters.parcels import Declined as Declined
from portal.adapters.parcels import Parcel as Parcel
from portal.adapters.parcels import ParcelFile as ParcelFile
from portal.adapters.parcels import ShowsKey as ShowsKey
from portal.adapters.parcels import case_system_of as case_system_of
from portal.adapters.parcels import use_case_systems as use_case_systems
from portal.kernel.errors import Unavailable


@dataclass(frozen=True)
class Email:
    """A plain-text email: a reference and a link, never anything about a child.

    `message_id` is stable for one notice, so that a mail server can drop a second delivery. `receipt` is what whoever
    returns the email will know it by, "" for an address that is nobody's account.
    """

    to: str
    subject: str
    body: str
    sender: str
    language: str
    message_id: str
    receipt: str = ""


class Return(NamedTuple):
    """An email that came back for want of its mailbox: its receipt, and the addresses that the report names."""

    token: str
    recipients: tuple[str, ...]


class Refused(Unavailable):
    """The mail server will never take this email: sending it again is no use.

    `no_mailbox` says that it is for want of the mailbox, and not for what it thinks of the email or of us.
    """

    def __init__(self, said: str, *, no_mailbox: bool = False) -> None:
        super().__init__(said)
        self.no_mailbox = no_mailbox


class Mailer(Protocol):
    """Sends email; raises portal.kernel.errors.Unavailable when it could not be handed over (Refused: ever).

    `returns` says that what was taken may still come back, and that the portal hears of it.
    """

    returns: bool

    def send(self, email: Email) -> None:
        """Hand one email over."""

    def check(self) -> None:
        """Raise Unavailable unless the server answers."""

    def returned(self) -> Iterator[list[Return]]:
        """What came back in the last days, the newest first, some at a time; nothing where returned mail is brought to
        us instead. Raises Unavailable."""


_mailer: list[Mailer] = []


def use_mailer(mailer: Mailer) -> None:
    """Choose the mailer of this process (app.py and tests only)."""
    _mailer[:] = [mailer]


def mailer() -> Mailer:
    """The mailer of this process."""
    if not _mailer:
        raise LookupError("no mailer was chosen")
    return _mailer[0]


@dataclass(frozen=True)
class Client:
    """How an identity provider knows the portal; beside its own, its description may name only these `hosts`."""

    issuer: str
    client_id: str
    secret: str
    hosts: tuple[str, ...]
    scopes: tuple[str, ...]


class NotTrusted(Exception):
    """An identity provider's answer is not one that we may use; the message is a stable code, `about` a host name that
    it is about (or "")."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.about = about


class Identities(Protocol):
    """Talks to identity providers (OpenID Connect). Raises NotTrusted for answers that must not be used, and
    portal.kernel.errors.Unavailable when nobody answers."""

    def description(self, client: Client, *, again: bool = False) -> Mapping[str, Any]:
        """The provider's metadata (OpenID Connect Discovery 1.0), the issuer's own and within the agreed hosts; `again`
        asks once more, whatever is remembered."""

    def keys(self, client: Client, metadata: Mapping[str, Any], *, again: bool = False) -> Mapping[str, Any]:
        """The provider's key set; `again` asks once more, at most once a minute."""

    def authorize(
        self, client: Client, metadata: Mapping[str, Any], redirect_uri: str, **asked: str
    ) -> tuple[str, str]:
        """The address that the browser goes to and the state in it; `asked` has `code_verifier` and `nonce`."""

    def exchange(
        self, client: Client, metadata: Mapping[str, Any], redirect_uri: str, code: str, code_verifier: str
    ) -> Mapping[str, Any]:
        """The tokens for a code."""

    def leave(self, client: Client, address: str, back: str) -> str:
        """The provider's page for signing out, with where it leads back to."""


_identities: list[Identities] = []


def use_identities(identities: Identities) -> None:
    """Choose who talks to identity providers in this process (app.py and tests only)."""
    _identities[:] = [identities]


def identities() -> Identities:
    """Who talks to identity providers in this process."""
    if not _identities:
        raise LookupError("nobody talks to identity providers")
    return _identities[0]


_base_url: list[str] = [""]
_sender: list[str] = ["no-reply@portal.invalid"]


def use_addresses(base_url: str, sender: str = "no-reply@portal.invalid") -> None:
    """Choose the scheme and host that emails link to, and whom those are from that no council sends: from settings,
    never from a request's Host."""
    _base_url[:] = [base_url]
    _sender[:] = [sender]


def instance_sender() -> str:
    """Whom an email of the instance itself is from."""
    return _sender[0]


def address(path: str) -> str:
    """An absolute address of this instance."""
    return _base_url[0] + path


class KeyService(Protocol):
    """Keeps a key that never leaves it, and seals root keys with it, so that settings hold none that is of use alone.
    Raises portal.kernel.errors.Unavailable when it does not answer or refuses."""

    def seal(self, key: bytes) -> bytes:
        """The key as only this service opens it."""

    def open(self, sealed: bytes) -> bytes:
        """The key that `seal` sealed."""


@dataclass(frozen=True)
class StoredObject:
    """One object of the store: its key, its bytes and when it was last written."""

    key: str
    size: int
    changed_at: datetime


class NoObject(Exception):
    """There is no such object in the store."""


class Store(Protocol):
    """Keeps objects, which are sealed before they come here, under keys that we make. Raises
    portal.kernel.errors.Unavailable when the store does not answer or cannot take it."""

    def put(self, key: str, pieces: Iterable[bytes]) -> int:
        """Keep a stream, whole or not at all, and return its bytes. What `pieces` raises is raised."""

    def get(self, key: str) -> Iterator[bytes]:
        """The object as a stream; raises NoObject."""

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; one that is not there was deleted already."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Every object under a prefix ("": all)."""

    def check(self) -> None:
        """Raise Unavailable unless an object can be written, read and deleted."""

    def answers(self) -> None:
        """Raise Unavailable unless it answers us: one question that leaves nothing behind, for every few seconds."""


_store: list[Store] = []


def use_store(store: Store) -> None:
    """Choose the store of this process (app.py, the command line and tests only)."""
    _store[:] = [store]


def store() -> Store:
    """The store of this process."""
    if not _store:
        raise LookupError("no store was chosen")
    return _store[0]


@dataclass(frozen=True)
class Signatures:
    """What a scanner looks for: its own words for the version, and when that was published (None: it does not say)."""

    version: str
    made_at: datetime | None


@dataclass(frozen=True)
class Clean:
    """Every byte was looked at with signatures that are fresh enough, and nothing was found."""

    signatures: Signatures


@dataclass(frozen=True)
class Harmful:
    """Something harmful is in it; `found` is what the scanner calls that."""

    found: str
    signatures: Signatures


@dataclass(frozen=True)
class Unknown:
    """No verdict, which is never a good one. `why` is a stable code; `lasting` says that asking again is no use."""

    why: str
    lasting: bool = False


Verdict = Clean | Harmful | Unknown


class Scanner(Protocol):
    """Looks for harmful software in files; `there` is False where none is set, and no file will ever be judged."""

    there: bool

    def scan(self, file: BinaryIO) -> Verdict:
        """The verdict over a file, from its present position to its end; whatever goes wrong is Unknown."""

    def signatures(self) -> Signatures:
        """What it looks for; raises Unavailable unless it answers with signatures that are fresh enough to judge by."""


_scanner: list[Scanner] = []


def use_scanner(scanner: Scanner) -> None:
    """Choose the scanner of this process (app.py and tests only)."""
    _scanner[:] = [scanner]


def scanner() -> Scanner:
    """The scanner of this process."""
    if not _scanner:
        raise LookupError("no scanner was chosen")
    return _scanner[0]
