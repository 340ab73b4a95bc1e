"""Where sealed files are kept: a folder of this machine or a bucket of an S3-compatible store; app.py chooses."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

from portal.adapters.ports import NoObject, Store, StoredObject
from portal.kernel.errors import Unavailable

# One part of a bucket's upload: S3 takes none smaller. A stream holds two of them at most.
PART = 5 * 2**20
AT_ONCE = 1
READ = 2**20
# What an answer of the store may take; a request of ours waits no longer for it.
CLIENT = {"connect_timeout": "3s", "timeout": "15s"}
RETRY: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
PROBE = "probe"


def store_for(place: str, s3: Mapping[str, str]) -> Store:
    """The store of a STORAGE setting; `s3` as `Settings.s3()` gives it. A folder is made where it is missing."""
    url = urlsplit(place)
    if url.scheme == "s3":
        return ObjectStore(_bucket(url.netloc, url.path.strip("/"), s3))
    folder = Path(place).absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return ObjectStore(LocalStore(folder), folder)


def _bucket(bucket: str, prefix: str, s3: Mapping[str, str]) -> S3Store:
    given = {name: value for name, value in s3.items() if value}
    client = {**CLIENT, "allow_http": given.get("endpoint", "").startswith("http://")}
    config: Any = {**given, "virtual_hosted_style_request": "endpoint" not in given}
    return S3Store(bucket, prefix=prefix or None, config=config, client_options=client, retry_config=RETRY)  # type: ignore[arg-type] # typed dicts


class ObjectStore:
    """Both kinds, behind the one library that speaks to them."""

    def __init__(self, inside: LocalStore | S3Store, folder: Path | None = None) -> None:
        self._inside, self._folder = inside, folder

    def put(self, key: str, pieces: Iterable[bytes]) -> int:
        """Keep a stream, whole or not at all, and return its bytes."""
        stream = _Counted(pieces)
        with _told():
            try:
                obstore.put(self._inside, key, stream, chunk_size=PART, max_concurrency=AT_ONCE)
            except Exception:
                # The library would wrap what came out of the stream; whoever made the stream knows its own errors.
                if stream.error is not None:
                    raise stream.error from None
                raise
        return stream.size

    def get(self, key: str) -> Iterator[bytes]:
        """The object as a stream; raises NoObject before the first piece is asked for."""
        with _told():
            try:
                found = obstore.get(self._inside, key).stream(min_chunk_size=READ)
            except (NotFoundError, FileNotFoundError):
                raise NoObject from None
        return _pieces(iter(found))

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; one that is not there was deleted already."""
        for key in keys:
            with _told():
                try:
                    obstore.delete(self._inside, key)
                except (NotFoundError, FileNotFoundError):
                    continue

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Every object under a prefix ("": all)."""
        with _told():
            for some in obstore.list(self._inside, prefix or None):
                for one in some:
                    yield StoredObject(one["path"], one["size"], one["last_modified"])

    def check(self) -> None:
        """Raise Unavailable unless an object can be written, read and deleted."""
        key, content = f"{PROBE}/{uuid4()}", b"is anybody there?"
        self.put(key, [content])
        try:
            if b"".join(self.get(key)) != content:
                raise Unavailable("the store gives back something else")
        except NoObject:
            raise Unavailable("the store forgets") from None
        finally:
            self.delete([key])

    def answers(self) -> None:
        """Raise Unavailable unless the folder is there and ours to write, or the bucket is listed to us."""
        if self._folder is not None:
            if not (self._folder.is_dir() and os.access(self._folder, os.W_OK | os.X_OK)):
                raise Unavailable("the store's folder is not there, or not ours to write")
            return
        with _told():
            next(iter(obstore.list(self._inside, PROBE)), None)


class _Counted:
    """A stream that counts what passes, and remembers what went wrong in it."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self.size = 0
        self.error: BaseException | None = None

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> bytes:
        try:
            piece = next(self._pieces)
        except StopIteration:
            raise
        except BaseException as error:
            self.error = error
            raise
        self.size += len(piece)
        return piece


def _pieces(stream: Iterator[Any]) -> Iterator[bytes]:
    with _told():
        for piece in stream:
            yield bytes(piece)


@contextmanager
def _told() -> Iterator[None]:
    """The library's errors name paths and addresses: ours say nothing."""
    try:
        yield
    except (BaseError, OSError):
        raise Unavailable("the store does not answer") from None
