"""One council out of an instance and back: its neighbour notices nothing, and nothing is ever half done."""

from __future__ import annotations

import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.settings import DEMO_ROOT_KEY
from portal.auth import envelope
from portal.cli.cluster import Addresses, Cluster
from portal.kernel import crypto, db, ring
from portal.kernel.errors import NotFound, Unavailable
from portal.kernel.ring import Ring
from portal.tenants import archive, beside, resolve, vault
from portal.tenants.archive import BadArchive
from portal.tenants.commands import leaving, returning
from portal.tenants.commands.leaving import ChangedSince, Exported, NotConfirmed
from portal.tenants.commands.returning import Occupied
from tests.factories.people import make_person
from tests.factories.referrals import TOLD
from tests.tenants.leaving import SECRET, World, populate, read_report, rows, seed_of, signing_keys

SAY = "select set_config('app.tenant_id', %s, true), set_config('app.leaving', %s, true)"
NAME, ELSEWHERE = "portal_leaving", "portal_elsewhere"
OTHER_ROOT = b"o" * 32


def work_in(addresses: Addresses, root: bytes) -> Any:
    """Let this process work as the owner of that database, with that root key."""
    engine = db.make_engine(addresses.owner, pool_size=2)
    db.bind(engine)
    ring.hold(Ring(root))
    vault.forget()
    resolve.forget()
    return engine


@pytest.fixture(autouse=True)
def _rows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a council has beside its rows depends on what this process has loaded: test_leaving_files tries that."""
    monkeypatch.setattr(beside, "_keepers", {})


@pytest.fixture
def world(cluster: Cluster, applied: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Both councils, full, in a database of one's own."""
    monkeypatch.setattr(db, "_factory", None)
    monkeypatch.setattr(ring, "_held", [])
    cluster.drop_database(NAME)
    engine = work_in(cluster.create_database(NAME, template=applied), crypto.root_key(DEMO_ROOT_KEY))
    with cluster.connect_admin(NAME) as admin:
        yield populate(admin, resolve.by_slug("glan-yr-afon"), resolve.by_slug("avonmere"))
    engine.dispose()
    vault.forget()
    resolve.forget()
    cluster.drop_database(NAME)


@pytest.fixture
def elsewhere(cluster: Cluster, migrated: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """An empty instance with another root key, where this process works from now on."""
    cluster.drop_database(ELSEWHERE)
    addresses = cluster.create_database(ELSEWHERE, template=migrated)

    engine = work_in(addresses, OTHER_ROOT)
    with cluster.connect_admin(ELSEWHERE) as admin:
        yield admin
    engine.dispose()
    cluster.drop_database(ELSEWHERE)


def out(folder: Path, slug: str = "glan-yr-afon", name: str = "council") -> Exported:
    private, _ = signing_keys(folder)
    return leaving.export(slug, folder / name, SECRET, archive.signer_of(private))


def back(folder: Path, secret: bytes = SECRET) -> returning.Restored:
    return returning.restore(folder / "council", secret, archive.verifier_of(folder / "sign.pub.pem"))


def test_the_export_names_every_part_and_holds_nothing_in_clear(world: World, tmp_path: Path) -> None:
    done = out(tmp_path)
    content = (tmp_path / "council").read_bytes()
    assert done.hash == archive.digest_of(tmp_path / "council")
    assert (tmp_path / "council").stat().st_mode & 0o077 == 0
    assert done.rows["referral"] == done.rows["referral_child"] == 1
    assert done.rows["account"] == 2
    assert done.rows["council_logo"] == 1
    for told in (world.author.email, "Siân", TOLD, "new@example.org"):
        assert told.encode() not in content
    found, _ = archive.read(tmp_path / "council", SECRET, archive.verifier_of(tmp_path / "sign.pub.pem"))
    assert {name: len(list(found.lines(name))) for name in found.rows} == done.rows == found.rows
    ((stored,),) = rows(world.admin, "select wrapped from council_key where tenant_id = %s", world.wales.id)
    assert bytes(stored).hex() not in "".join(found.lines("council_key"))


def test_the_neighbour_notices_nothing_at_all(world: World, tmp_path: Path) -> None:
    before = world.digests(world.england)
    leaving.destroy("glan-yr-afon", out(tmp_path).hash)
    assert world.digests(world.england) == before
    assert {table.split()[0] for table in world.digests(world.wales).values()} == {"0"}
    assert TOLD in read_report(world.neighbours_report, world.admin)
    assert seed_of(world.neighbour.account_id, world.admin) == b"s" * 20
    accounts = {row[0] for row in rows(world.admin, "select id from account")}
    assert accounts == {world.both.account_id, world.neighbour.account_id}
    ((event, tenant),) = rows(world.admin, "select event, tenant_id from audit_event where event like 'tenants.%%'")
    assert (event, tenant) == ("tenants.destroyed", None)


def test_a_council_comes_back_the_same_and_opens_what_it_sealed(world: World, tmp_path: Path) -> None:
    neighbour, before = world.digests(world.england), world.digests(world.wales)
    sums = (
        "select kind, key, day, sum(number) from tally where tenant_id = %s group by kind, key, day order by kind, key"
    )
    counted = rows(world.admin, sums, world.wales.id)
    leaving.destroy("glan-yr-afon", out(tmp_path).hash)
    vault.forget()
    back(tmp_path)
    assert counted
    assert rows(world.admin, sums, world.wales.id) == counted
    after = world.digests(world.wales)
    # Its keys are wrapped anew; what happened is remembered; all else is byte for byte what it was.
    differing = {name for name in before if before[name] != after[name]}
    # The numbers of the reports are worked out again: the same sums, in rows of their own.
    assert differing == {"council_key", "invitation", "audit_event", "tally"}
    assert world.digests(world.england) == neighbour
    assert TOLD in read_report(world.report, world.admin)
    with pytest.raises(Occupied):
        back(tmp_path)


def test_into_an_empty_instance_with_another_root_key(
    world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    out(tmp_path)
    empty = request.getfixturevalue("elsewhere")
    done = back(tmp_path)
    assert done.rows["referral"] == 1
    assert TOLD in read_report(world.report, empty)
    assert seed_of(world.author.account_id, empty) == b"s" * 20
    ((invitation, wrapped),) = rows(empty, "select id, wrapped_key from invitation")
    assert envelope.token(bytes(wrapped), invitation)
    assert resolve.by_slug("glan-yr-afon").id == world.wales.id
    assert [row[0] for row in rows(empty, "select event from audit_event order by at desc limit 1")] == [
        "tenants.restored"
    ]


def test_after_the_end_an_old_backup_opens_nothing(world: World, tmp_path: Path) -> None:
    # Keys are backed up apart and briefly (docs/running.md): a backup of the rest is what outlives the council.
    ((wrapped,),) = rows(world.admin, "select wrapped_key from referral where id = %s", world.report.id)
    assert TOLD in read_report(world.report, world.admin)
    leaving.destroy("glan-yr-afon", out(tmp_path).hash)
    vault.forget()
    with pytest.raises(Unavailable, match="no key"), db.unit_of_work(world.author.scope):
        vault.Record("referral", world.report.id, bytes(wrapped))
    ((key,),) = rows(world.admin, "select wrapped from council_key")
    with pytest.raises(crypto.CannotOpen):
        vault.unwrap(bytes(key), vault.place_of_key(world.wales.id, 1))


def test_a_wrong_hash_and_a_missing_export_are_refused(world: World, tmp_path: Path) -> None:
    before = world.everything()
    for confirmed in ("", "0" * 64):
        with pytest.raises(NotConfirmed):
            leaving.destroy("glan-yr-afon", confirmed)
    assert world.everything() == before
    done = out(tmp_path)
    neighbours = out(tmp_path, "avonmere", "other")
    before = world.everything()
    for confirmed in ("0" * 64, neighbours.hash, done.hash[:-1]):
        with pytest.raises(NotConfirmed):
            leaving.destroy("glan-yr-afon", confirmed)
    with pytest.raises(NotFound):
        leaving.destroy("nowhere", done.hash)
    assert world.everything() == before


def test_what_was_written_after_the_export_is_never_destroyed(world: World, tmp_path: Path) -> None:
    done = out(tmp_path)
    make_person(world.wales)
    before = world.everything()
    with pytest.raises(ChangedSince):
        leaving.destroy("glan-yr-afon", done.hash)
    assert world.everything() == before
    leaving.destroy("glan-yr-afon", out(tmp_path, name="again").hash)


def test_an_export_never_replaces_a_file(world: World, tmp_path: Path) -> None:
    out(tmp_path)
    before = (tmp_path / "council").read_bytes()
    with pytest.raises(FileExistsError):
        out(tmp_path)
    assert (tmp_path / "council").read_bytes() == before


KILLED = """
import os, signal
import portal.models
from config.settings import DEMO_ROOT_KEY
from portal.kernel import crypto, db, ring
from portal.tenants import archive
from portal.tenants.commands import leaving, returning
db.bind(db.make_engine({owner!r}))
ring.hold(ring.Ring(crypto.root_key(DEMO_ROOT_KEY)))
die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
{setup}
"""
DESTROYING = "leaving._delete_accounts = die; leaving.destroy('glan-yr-afon', {hash!r})"
RESTORING = (
    "returning.events.record = die; from pathlib import Path; folder = Path({folder!r});"
    " returning.restore(folder / 'council', {secret!r}, archive.verifier_of(folder / 'sign.pub.pem'))"
)


def killed(cluster: Cluster, setup: str) -> int:
    program = KILLED.format(owner=cluster.addresses(NAME).owner, setup=setup)
    return subprocess.run([sys.executable, "-P", "-c", program], check=False, timeout=60).returncode


def test_killed_half_way_nothing_is_half_done(world: World, tmp_path: Path, cluster: Cluster) -> None:
    done = out(tmp_path)
    before = world.everything()
    assert killed(cluster, DESTROYING.format(hash=done.hash)) == -signal.SIGKILL
    assert world.everything() == before
    leaving.destroy("glan-yr-afon", done.hash)
    before = world.everything()
    assert killed(cluster, RESTORING.format(folder=str(tmp_path), secret=SECRET)) == -signal.SIGKILL
    assert world.everything() == before
    back(tmp_path)


def again(folder: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """The archive with its parts changed."""
    path = folder / "council"
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    change(parts)
    path.unlink()
    with zipfile.ZipFile(path, "w") as file:
        for name, blob in parts.items():
            file.writestr(name, blob)


def _flip(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        blob = parts[name]
        parts[name] = blob[:-1] + bytes([blob[-1] ^ 1])

    return change


def _swap(parts: dict[str, bytes]) -> None:
    one, other = "referral/000001", "membership/000001"
    parts[one], parts[other] = parts[other], parts[one]


def _drop(parts: dict[str, bytes]) -> None:
    del parts["membership/000001"]


CHANGES: dict[str, Callable[[dict[str, bytes]], None]] = {
    "a part": _flip("referral/000001"),
    "the manifest": _flip("manifest.json"),
    "the signature": _flip("manifest.sig"),
    "parts that changed places": _swap,
    "a part that went": _drop,
    "a part more": lambda parts: parts.update(extra=b"x"),
}


def test_an_archive_that_was_tampered_with_is_refused(world: World, tmp_path: Path) -> None:
    done = out(tmp_path)
    whole = (tmp_path / "council").read_bytes()
    leaving.destroy("glan-yr-afon", done.hash)
    before = world.everything()
    for change in CHANGES.values():
        (tmp_path / "council").write_bytes(whole)
        again(tmp_path, change)
        with pytest.raises(BadArchive):
            back(tmp_path)
    (tmp_path / "council").write_bytes(whole[:-30])
    with pytest.raises(BadArchive):
        back(tmp_path)
    (tmp_path / "council").write_bytes(whole)
    with pytest.raises(BadArchive, match="passphrase"):
        back(tmp_path, b"another passphrase altogether")
    signing_keys(tmp_path)
    with pytest.raises(BadArchive, match="signature"):
        back(tmp_path)
    assert world.everything() == before


@pytest.mark.parametrize("table", ["audit_event", "form_version"])
def test_the_application_can_take_nothing_out(world: World, cluster: Cluster, table: str) -> None:
    mine = str(world.wales.id)
    with psycopg.connect(cluster.addresses(NAME).app.replace("+psycopg", "")) as app:
        app.execute(SAY, (mine, mine))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(f"delete from {table}".encode())


def test_the_owner_takes_out_the_council_that_leaves_and_no_other(world: World, cluster: Cluster) -> None:
    before = world.digests(world.england)
    mine, other = str(world.wales.id), str(world.england.id)
    with psycopg.connect(cluster.addresses(NAME).owner.replace("+psycopg", "")) as owner:
        owner.execute(SAY, (mine, mine))
        owner.execute("delete from audit_event")
        owner.commit()
        owner.execute(SAY, (other, mine))
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            owner.execute("delete from audit_event")
    assert world.digests(world.england) == before
