"""Puts a parcel into a folder of the council's file server over SFTP: a reader never sees half of one.

Everything goes into a folder whose name ends in .part; once every size was compared and the manifest is written, the
folder gets its name. Whatever an earlier try has left in the .part folder is thrown away and made anew.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from posixpath import join
from typing import Any, Final, TypeVar

import asyncssh
from asyncssh import SFTPClient, SSHClientConnection

from portal.adapters import outside, ssh_keys
from portal.adapters.outside import Inside, Network
from portal.adapters.parcels import Declined, Parcel, ParcelFile
from portal.kernel.errors import Unavailable

T = TypeVar("T")

CONNECT_SECONDS: Final = 10.0
# For a whole parcel, connecting with it.
SECONDS: Final = 120.0
ALIVE_SECONDS: Final = 15
MANIFEST: Final = "manifest.json"
_PIECE: Final = 256 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_TRIED = ".portal-try"
# A server of version 3 of the protocol says no more than that something failed; we then ask it for its free space.
_NO_SPACE = (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded)
_NOT_ALLOWED = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect)
_NOT_THERE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory)


@dataclass(frozen=True)
class Sftp:
    """A folder of a file server. `seconds` is for a whole parcel, `connecting` for becoming connected and known."""

    host: str
    port: int
    user: str
    folder: str
    host_key: str
    private_keys: tuple[str, ...] = field(repr=False)
    networks: tuple[Network, ...] = ()
    connecting: float = CONNECT_SECONDS
    seconds: float = SECONDS

    @classmethod
    def of(cls, said: Mapping[str, Any], secrets: Sequence[str], *, networks: tuple[Network, ...]) -> Sftp:
        """The one that settings name; the secrets are our private keys."""
        return cls(
            host=str(said.get("host", "")),
            port=int(said.get("port", 22)),
            user=str(said.get("user", "")),
            folder=str(said.get("folder", "")) or ".",
            host_key=str(said.get("host_key", "")),
            private_keys=tuple(secrets),
            networks=networks,
        )

    def deliver(self, parcel: Parcel) -> bool:
        """Put all of it there; once it is there, putting it again does nothing. Raises Declined, Unavailable."""
        name = f"{parcel.reference}-{parcel.id}"
        if not all(_NAME.fullmatch(one) for one in (name, *(file.name for file in parcel.files))):
            raise Declined("bad_request")

        async def put(client: SFTPClient) -> None:
            await _put(client, join(self.folder, name), parcel)

        self._run(put)
        return True

    def check(self) -> None:
        """Make a folder there and take it away again. Raises Declined, Unavailable."""

        async def tried(client: SFTPClient) -> None:
            place = join(self.folder, _TRIED)
            if not await client.isdir(place):
                await client.mkdir(place)
            await client.rmdir(place)

        self._run(tried)

    def key_of_host(self) -> str:
        """The public key that the server shows, whoever it is: somebody has to compare its fingerprint. Raises
        Declined, Unavailable."""

        async def asked() -> str:
            async with asyncio.timeout(self.connecting):
                found = await asyncssh.get_server_host_key(sock=self._socket(), config=None)
            return found.export_public_key().decode() if found is not None else ""

        key = ssh_keys.host_key(_answered(asked()))
        if not key:
            raise Declined("host_key")
        return key

    def _run(self, work: Callable[[SFTPClient], Awaitable[T]]) -> T:
        if not self.private_keys:
            raise Declined("unauthorised")
        if not self.host_key:
            raise Declined("host_key")

        async def worked() -> T:
            async with self._client() as client:
                return await work(client)

        return _answered(worked())

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[SFTPClient]:
        async with asyncio.timeout(self.connecting):
            connection = await self._connect()
        # Not by cancelling: closing a file asks the server, and one that hangs would be waited for without an end.
        late = asyncio.get_running_loop().call_later(self.seconds, connection.abort)
        try:
            yield await connection.start_sftp_client()
        finally:
            late.cancel()
            connection.abort()

    async def _connect(self) -> SSHClientConnection:
        pinned = asyncssh.import_public_key(self.host_key)
        return await asyncssh.connect(
            sock=self._socket(),
            config=None,
            username=self.user,
            known_hosts=([pinned], [], []),
            client_keys=[asyncssh.import_private_key(one) for one in self.private_keys],
            agent_path=None,
            preferred_auth="publickey",
            password_auth=False,
            kbdint_auth=False,
            gss_auth=False,
            gss_kex=False,
            keepalive_interval=ALIVE_SECONDS,
            keepalive_count_max=2,
            login_timeout=self.connecting,
        )

    def _socket(self) -> Any:
        try:
            made = outside.connect(self.host, self.port, self.connecting, self.networks)
        except Inside:
            raise Declined("bad_request") from None
        except OSError:
            raise Unavailable("the file server cannot be reached") from None
        made.setblocking(False)
        return made


def _answered(work: Coroutine[Any, Any, T]) -> T:
    """What the work says, in our own exceptions; nothing that the server said goes into them.

    In a thread of its own: a loop may be running in the caller's already, and there is one to a thread."""
    try:
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="sftp") as own:
            return own.submit(copy_context().run, asyncio.run, work).result()
    except (asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed):
        # A server that has no key of the kind that was pinned is not the one that was meant, either.
        raise Declined("host_key") from None
    except (asyncssh.PermissionDenied, *_NOT_ALLOWED):
        raise Declined("unauthorised") from None
    except _NOT_THERE:
        raise Declined("not_found") from None
    except _NO_SPACE:
        raise Declined("no_space") from None
    except asyncssh.KeyImportError:
        raise Declined("bad_request") from None
    except (TimeoutError, OSError, asyncssh.Error):
        raise Unavailable("the file server does not answer as it should") from None


async def _put(client: SFTPClient, place: str, parcel: Parcel) -> None:
    if await client.exists(join(place, MANIFEST)):
        return
    part = f"{place}.part"
    try:
        await _emptied(client, part)
        for file in parcel.files:
            await _write(client, join(part, file.name), _pieces(file))
            await _compare(client, join(part, file.name), file.size)
        manifest = _manifest(parcel)
        await _write(client, join(part, MANIFEST), iter([manifest]))
        await _compare(client, join(part, MANIFEST), len(manifest))
        await client.rename(part, place)
    except (asyncssh.SFTPFailure, _Short):
        await _ask_for_space(client, part, sum(file.size for file in parcel.files))
        raise Unavailable("the file server could not keep it") from None


async def _emptied(client: SFTPClient, part: str) -> None:
    """The folder, with nothing in it."""
    if not await client.isdir(part):
        await client.mkdir(part)
        return
    for name in await client.listdir(part):
        if name not in (".", ".."):
            await client.remove(join(part, str(name)))


async def _write(client: SFTPClient, path: str, pieces: Any) -> None:
    async with client.open(path, "wb") as target:
        for piece in pieces:
            await target.write(piece)


async def _compare(client: SFTPClient, path: str, size: int) -> None:
    found = await client.stat(path)
    if found.size != size:
        raise _Short


def _pieces(file: ParcelFile) -> Any:
    """The content in pieces. What is not the file that was meant is never finished."""
    seen = hashlib.sha256()
    with file.open() as content:
        while piece := content.read(_PIECE):
            seen.update(piece)
            yield piece
    if seen.hexdigest() != file.sha256:
        raise Unavailable("the content is not what it was when the parcel was made")


async def _ask_for_space(client: SFTPClient, part: str, wanted: int) -> None:
    """Raise Declined("no_space") if the server says that there is none."""
    try:
        found = await client.statvfs(part)
    except asyncssh.SFTPError:
        return
    if (found.bavail or 0) * (found.frsize or 0) < wanted:
        raise Declined("no_space")


def _manifest(parcel: Parcel) -> bytes:
    said = {
        "parcel": str(parcel.id),
        "council": parcel.council,
        "reference": parcel.reference,
        "event": parcel.event,
        "made_at": parcel.made_at.isoformat(),
        "files_still_checked": len(parcel.awaited),
        "files": [{"name": one.name, "kind": one.kind, "size": one.size, "sha256": one.sha256} for one in parcel.files],
    }
    return json.dumps(said, indent=1).encode()


class _Short(Exception):
    """The server has kept another number of bytes than it was given."""
