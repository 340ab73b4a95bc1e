"""Parcels are put into a folder of a real file server, which refuses, is another, is full, hangs, dies and recovers."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from ipaddress import ip_network
from uuid import UUID

import pytest

from portal.adapters import ssh_keys
from portal.adapters.case_systems import case_systems_for
from portal.adapters.ports import Declined, Parcel, ParcelFile
from portal.adapters.sftp import Sftp
from portal.kernel.errors import Unavailable
from tests.fixtures.case_systems import FileServer

HERE = (ip_network("127.0.0.0/8"),)
KEY = ssh_keys.new_key()
CONTENT = {"package.json": b'{"child": 1}', "attachment-1.pdf": b"%PDF" * 200_000}


def parcel(content: Iterable[tuple[str, bytes]] = CONTENT.items(), **other: str) -> Parcel:
    """A parcel with these files."""
    files = tuple(
        ParcelFile(name, "application/pdf", len(data), hashlib.sha256(data).hexdigest(), partial(BytesIO, data))
        for name, data in content
    )
    made = Parcel(UUID(int=9), "avonmere", "AVM-2026-000002", "decided", datetime(2026, 11, 26, tzinfo=UTC), files)
    return replace(made, **other)  # type: ignore[arg-type] # texts only


FOLDER = f"AVM-2026-000002-{UUID(int=9)}"


@pytest.fixture
def system(file_server: FileServer) -> Sftp:
    """The file server as a council has set it up, with its key pinned and ours let in."""
    file_server.let_in(KEY)
    return Sftp(
        "localhost", file_server.port, "portal", "", file_server.host_key, (KEY,), HERE, connecting=5, seconds=10
    )


def declined(system: Sftp, given: Parcel | None = None) -> str:
    """Why the system refuses a parcel for good."""
    with pytest.raises(Declined) as raised:
        system.deliver(given or parcel())
    return raised.value.reason


def test_a_loop_that_runs_already_is_no_hindrance(system: Sftp) -> None:
    """A browser's, in the tests; a worker's, one day."""

    async def tried() -> None:
        system.check()

    asyncio.run(tried())


def test_a_parcel_arrives_whole_and_once(system: Sftp, file_server: FileServer) -> None:
    """All of it in one folder with a manifest; sent again, nothing is touched."""
    system.check()
    assert file_server.folders() == []
    assert system.deliver(parcel()) is True
    folder = file_server.root / FOLDER
    assert {one.name: one.read_bytes() for one in folder.iterdir() if one.name != "manifest.json"} == CONTENT
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["parcel"] == str(UUID(int=9))
    assert [one["sha256"] for one in manifest["files"]] == [
        hashlib.sha256(data).hexdigest() for data in CONTENT.values()
    ]
    (folder / "package.json").write_text("read and changed by its owner")
    assert system.deliver(parcel()) is True
    assert (folder / "package.json").read_text() == "read and changed by its owner"
    assert file_server.folders() == [FOLDER]


def test_what_a_killed_try_left(system: Sftp, file_server: FileServer) -> None:
    """The machine goes down in the middle: nobody sees half a parcel, and the next try begins anew."""
    file_server.behave("die")
    with pytest.raises(Unavailable, match="does not answer as it should"):
        system.deliver(parcel())
    file_server.wait_until_gone()
    file_server.stop()
    assert file_server.folders() == [f"{FOLDER}.part"]
    (file_server.root / f"{FOLDER}.part" / "left.bin").write_bytes(b"of an earlier try")
    file_server.behave("ok")
    key = (file_server.root.parent / "host_key").read_text()
    file_server.start(key)
    assert system.deliver(parcel()) is True
    assert file_server.folders() == [FOLDER]
    assert sorted(one.name for one in (file_server.root / FOLDER).iterdir()) == sorted([*CONTENT, "manifest.json"])


def test_a_full_disk_and_a_folder_that_may_not_be_written(system: Sftp, file_server: FileServer) -> None:
    file_server.behave("full")
    assert declined(system) == "no_space"
    file_server.behave("refuse")
    assert declined(system, parcel(reference="AVM-2026-000003")) == "unauthorised"
    file_server.behave("ok")
    assert declined(replace(system, folder="not/there")) == "not_found"
    assert system.deliver(parcel()) is True


def test_it_hangs_and_recovers(system: Sftp, file_server: FileServer) -> None:
    file_server.behave("hang")
    with pytest.raises(Unavailable, match="does not answer as it should"):
        replace(system, seconds=1.0).deliver(parcel())
    file_server.behave("ok")
    assert system.deliver(parcel()) is True


def test_another_host_key(system: Sftp, file_server: FileServer) -> None:
    """Whoever has taken the server's place gets nothing, not even our proof of who we are."""
    file_server.stop()
    file_server.start()
    assert declined(system) == "host_key"
    assert declined(replace(system, host_key="")) == "host_key"
    assert system.key_of_host() == file_server.host_key
    assert replace(system, host_key=file_server.host_key).deliver(parcel()) is True


def test_a_key_that_is_not_let_in(system: Sftp, file_server: FileServer) -> None:
    assert declined(replace(system, private_keys=(ssh_keys.new_key(),))) == "unauthorised"
    assert declined(replace(system, private_keys=())) == "unauthorised"
    assert declined(replace(system, user="root")) == "unauthorised"
    assert file_server.folders() == []


def test_where_it_may_lead(system: Sftp, file_server: FileServer) -> None:
    """Without the operator's word, no server of a private network; and nobody there is none for good."""
    assert declined(replace(system, networks=())) == "bad_request"
    file_server.stop()
    with pytest.raises(Unavailable, match="cannot be reached"):
        system.deliver(parcel())
    said = {"host": "localhost", "port": file_server.port, "user": "portal", "host_key": file_server.host_key}
    made = case_systems_for("127.0.0.0/8")("sftp", said, [KEY])
    assert isinstance(made, Sftp)
    assert made.port == file_server.port
    with pytest.raises(Declined):
        case_systems_for("")("carrier pigeon", {}, [])


def test_content_that_is_not_what_it_was(system: Sftp, file_server: FileServer) -> None:
    """A file whose bytes do not match what the parcel promises never gets its name."""
    whole = parcel()
    wrong = replace(whole.files[0], open=lambda: BytesIO(b'{"child": 2}'))
    with pytest.raises(Unavailable, match="is not what it was"):
        system.deliver(replace(whole, files=(wrong, *whole.files[1:])))
    assert file_server.folders() == [f"{FOLDER}.part"]


def test_names_that_lead_elsewhere(system: Sftp) -> None:
    for name in ("../up", "a/b", ".hidden", "", "Siân.pdf", "x" * 201, "a\x00b"):
        assert declined(system, parcel([(name, b"x")])) == "bad_request"


def test_keys_as_people_exchange_them() -> None:
    """A line of known_hosts, of ssh-keyscan or of a .pub file is the same key; what is none is none."""
    line = ssh_keys.host_key(ssh_keys.public_of(KEY, "portal"))
    for said in (line, f"{line} me@here", f"cases.example.org,10.0.0.1 {line}", f"  [cases]:2222 {line}\n"):
        assert ssh_keys.host_key(said) == line
    for said in (
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-dss AAAA",
        KEY,
        line.replace("ssh-ed25519", "ssh-rsa"),
        "x" * 9999,
    ):
        assert ssh_keys.host_key(said) == ""
    # As `ssh-keygen -l` says it of this key.
    known = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
    assert ssh_keys.fingerprint(known) == "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
    with pytest.raises(ValueError, match="not a public key"):
        ssh_keys.fingerprint("no")
