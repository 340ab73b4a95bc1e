"""However many rows a council has, taking it out and bringing it back holds a piece of them at a time."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from portal.kernel import db, scope
from portal.kernel.scope import Scope
from portal.tenants import archive
from portal.tenants.archive import About, BadArchive
from portal.tenants.queries import owned
from tests.fixtures.councils import Councils
from tests.tenants.leaving import signing_keys

MEGABYTE = 2**20
SECRET = b"correct horse battery staple"
EVENTS = """
insert into audit_event (id, tenant_id, at, event, actor_role, detail)
select gen_random_uuid(), %s, now(), 'auth.signed_in', '', jsonb_build_object('by', repeat(md5(n::text), 128))
  from generate_series(1, 4000) n
"""


def peak(work: Callable[[], None]) -> float:
    """The most megabytes that Python held during the work, above what it held before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        work()
        return (tracemalloc.get_traced_memory()[1] - before) / MEGABYTE
    finally:
        tracemalloc.stop()


def test_rows_come_from_the_database_a_few_at_a_time(councils: Councils, admin: psycopg.Connection[object]) -> None:
    """Sixteen megabytes of rows pass through, and are never here together."""
    admin.execute(EVENTS, (councils.wales.id,))
    passed: list[int] = []

    def work() -> None:
        with db.unit_of_work(Scope(councils.wales, scope.SYSTEM)):
            for _name, lines in owned.own_parts(councils.wales.id):
                passed.extend(len(line) for line in lines)

    held = peak(work)
    assert sum(passed) > 16 * MEGABYTE
    assert held < 8


def many(number: int) -> Iterator[str]:
    return (f'{{"row": {n}, "words": "{"x" * 1000}"}}' for n in range(number))


def test_an_archive_is_written_and_read_a_piece_at_a_time(tmp_path: Path) -> None:
    """Thirty megabytes of rows out and in again, in their order."""
    private, public = signing_keys(tmp_path)
    about = About(uuid4(), "avonmere", "1", "now")
    key, target, number = archive.export_key(SECRET, about), tmp_path / "council", 30_000
    found: list[archive.Archive] = []

    def out() -> None:
        parts = iter([("large", many(number)), ("empty", iter(())), ("small", many(1))])
        assert archive.write(target, about, parts, key, archive.signer_of(private)) == {
            "large": number, "empty": 0, "small": 1,
        }  # fmt: skip

    def back() -> None:
        found.append(archive.read(target, SECRET, archive.verifier_of(public))[0])
        assert all(one == other for one, other in zip(found[0].lines("large"), many(number), strict=True))

    assert peak(out) < 12
    assert peak(back) < 12
    assert list(found[0].lines("empty")) == []
    assert list(found[0].lines("small")) == list(many(1))


def test_a_piece_that_changes_after_it_was_verified(tmp_path: Path) -> None:
    """What was signed is compared again with what is opened."""
    private, public = signing_keys(tmp_path)
    about = About(uuid4(), "avonmere", "1", "now")
    key, target = archive.export_key(SECRET, about), tmp_path / "council"
    archive.write(target, about, iter([("rows", many(1))]), key, archive.signer_of(private))
    found, _key = archive.read(target, SECRET, archive.verifier_of(public))
    target.unlink()
    archive.write(target, about, iter([("rows", many(2))]), key, archive.signer_of(private))
    with pytest.raises(BadArchive, match="changed"):
        list(found.lines("rows"))
