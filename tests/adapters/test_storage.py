"""The store of files: the same behaviour in a folder and in a bucket of a real S3 peer."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.adapters.ports import NoObject, Store
from portal.adapters.storage import store_for
from portal.kernel.errors import Unavailable
from tests.fixtures.app import free_port
from tests.fixtures.stores import KEYS

MEGABYTE = 2**20


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return store_for(str(tmp_path / "kept"), {})
    return store_for(f"s3://files/{tmp_path.name}", request.getfixturevalue("s3_peer"))


def test_what_is_put_is_there_until_it_is_deleted(store: Store) -> None:
    assert store.put("one/a", [b"some", b"", b" bytes"]) == 10
    assert store.put("two/b", []) == 0
    assert b"".join(store.get("one/a")) == b"some bytes"
    assert b"".join(store.get("two/b")) == b""
    assert {(one.key, one.size) for one in store.list("")} == {("one/a", 10), ("two/b", 0)}
    assert [one.key for one in store.list("one")] == ["one/a"]
    store.delete(["one/a", "one/a", "never/was"])
    with pytest.raises(NoObject):
        store.get("one/a")
    store.check()
    store.answers()
    assert [one.key for one in store.list("")] == ["two/b"]


def test_a_stream_that_breaks_leaves_nothing(store: Store) -> None:
    def broken() -> Iterator[bytes]:
        for _number in range(12):
            yield b"x" * MEGABYTE
        raise LookupError("its maker's own words")

    with pytest.raises(LookupError, match="its maker's own words"):
        store.put("one/broken", broken())
    assert list(store.list("")) == []


def test_a_long_stream_is_never_held_whole(store: Store) -> None:
    size = 80

    def long() -> Iterator[bytes]:
        for number in range(size):
            yield bytes([number]) * MEGABYTE

    tracemalloc.start()
    store.put("one/long", long())
    for number, piece in enumerate(store.get("one/long")):
        assert len(piece) <= 12 * MEGABYTE, number
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # What the S3 peer holds, which lives in this process too, is its own affair.
    if store.list.__self__._inside.__class__.__name__ == "LocalStore":  # type: ignore[attr-defined] # which of the two
        # How much is under way at once depends on how busy the machine is, and never on how long the stream is.
        assert peak < size * MEGABYTE / 2


@pytest.mark.parametrize("place", ["s3://files/x", "gone"])
def test_a_store_that_is_away_says_so_without_details(place: str, tmp_path: Path) -> None:
    s3 = {"endpoint": f"http://127.0.0.1:{free_port()}", **KEYS}
    away = store_for(place if place.startswith("s3") else str(tmp_path / place), s3)
    if place == "gone":
        (tmp_path / place).rmdir()
        (tmp_path / place).write_text("not a folder")
    with pytest.raises(Unavailable, match="the store does not answer"):
        away.put("one/a", [b"x"])
    for asked in (away.check, away.answers):
        with pytest.raises(Unavailable):
            asked()


def test_no_key_leaves_the_folder(tmp_path: Path) -> None:
    store = store_for(str(tmp_path / "kept"), {})
    for key in ("../out", "a/../../out"):
        with pytest.raises(ValueError, match="illegal"):
            store.put(key, [b"x"])
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
