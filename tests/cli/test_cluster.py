"""The private PostgreSQL: made, killed, found stale, refused and forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.cli.account import account_of, current_account
from portal.cli.binaries import find_server
from portal.cli.cluster import Cluster, ClusterError
from portal.cli.places import home_in
from portal.cli.stale import alive, clear_stale_pid


def plain(address: str) -> str:
    return address.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def durable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    home, _ = home_in(tmp_path_factory.mktemp("var"))
    made = Cluster(home)
    yield made
    made.destroy()


def test_rows_survive_a_kill(durable: Cluster) -> None:
    addresses = durable.start()
    with psycopg.connect(plain(addresses.owner)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    assert durable.process is not None
    os.kill(durable.process.pid, signal.SIGKILL)
    durable.process.wait()
    assert not durable.running()

    assert durable.start() == addresses
    with psycopg.connect(plain(addresses.owner)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_a_server_that_outlived_its_supervisor_is_stopped_and_its_rows_kept(durable: Cluster, tmp_path: Path) -> None:
    orphaned = tmp_path / "orphan.py"
    orphaned.write_text(
        "import os, sys, pathlib, psycopg, portal.cli.account\n"
        "from portal.cli.cluster import Cluster\n"
        "portal.cli.account.die_with_parent = lambda last_signal: None\n"
        "cluster = Cluster(pathlib.Path(sys.argv[1]))\n"
        "address = cluster.start().owner.replace('+psycopg', '')\n"
        "with psycopg.connect(address) as connection:\n"
        "    connection.execute('CREATE TABLE kept (number int)')\n"
        "print(cluster.process.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    answer = subprocess.run(
        [sys.executable, str(orphaned), str(durable.home)], capture_output=True, text=True, check=True
    )
    left = int(answer.stdout)
    assert alive(left)

    addresses = durable.start()
    assert not alive(left)
    with psycopg.connect(plain(addresses.owner)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells children of a parent's death")
def test_the_server_ends_with_a_killed_supervisor(durable: Cluster, tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(
        "import os, sys, pathlib, signal\n"
        "from portal.cli.cluster import Cluster\n"
        "cluster = Cluster(pathlib.Path(sys.argv[1]))\n"
        "cluster.start()\n"
        "print(cluster.process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    answer = subprocess.run(
        [sys.executable, str(script), str(durable.home)], capture_output=True, text=True, check=False
    )
    assert answer.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while alive(int(answer.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_pid_file_is_kept_while_its_process_may_be_a_server(tmp_path: Path) -> None:
    pid_file = tmp_path / "postmaster.pid"
    stand_in = tmp_path / "postgres"
    stand_in.write_text("#!/bin/sh\nwhile :; do sleep 1; done\n")
    stand_in.chmod(0o700)
    other = subprocess.Popen([str(stand_in), "-D", "/another/place"])
    try:
        pid_file.write_text(f"{other.pid}\n")
        clear_stale_pid(tmp_path)
        assert pid_file.exists()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
    clear_stale_pid(tmp_path)
    assert not pid_file.exists()


def test_a_number_that_is_another_programs_now_makes_the_pid_file_stale(tmp_path: Path) -> None:
    pid_file = tmp_path / "postmaster.pid"
    other = subprocess.Popen(["sleep", "60"])
    try:
        pid_file.write_text(f"{other.pid}\n")
        clear_stale_pid(tmp_path)
        assert not pid_file.exists()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_two_at_once_are_refused(durable: Cluster) -> None:
    durable.start()
    with pytest.raises(ClusterError, match="in use"):
        Cluster(durable.home).start()
    assert durable.running()


def test_nobody_reaches_it_over_a_network_or_as_another_account(cluster: Cluster) -> None:
    with cluster.connect_admin("postgres") as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert cluster._sockets is not None
    assert cluster._sockets.stat().st_mode & 0o077 == 0
    assert cluster.data.stat().st_mode & 0o077 == 0
    assert "peer" in (cluster.data / "pg_hba.conf").read_text()


def test_it_does_not_run_as_root(cluster: Cluster) -> None:
    assert account_of(cluster.data).uid != 0
    assert cluster.process is not None
    if sys.platform.startswith("linux"):
        status = Path(f"/proc/{cluster.process.pid}/status").read_text()
        uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
        assert "0" not in uids


def test_roles_are_bound_by_row_level_security(cluster: Cluster) -> None:
    with cluster.connect_admin("postgres") as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles"
            " WHERE rolname IN ('portal_app', 'portal_owner') ORDER BY 1"
        ).fetchall()
    assert rows == [
        ("portal_app", False, False, False, False, True),
        ("portal_owner", False, False, False, False, True),
    ]


def test_the_application_may_not_create_anything(cluster: Cluster) -> None:
    addresses = cluster.create_database("bare")
    with psycopg.connect(plain(addresses.app), autocommit=True) as connection:
        for statement in ("CREATE TABLE public.mine ()", "CREATE TEMP TABLE mine ()", "CREATE SCHEMA mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_settings_keep_what_was_acknowledged_and_log_no_answers(durable: Cluster) -> None:
    wanted = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    wanted |= {"log_error_verbosity": "terse", "log_min_error_statement": "panic", "TimeZone": "UTC"}
    durable.start()
    with durable.connect_admin("postgres") as connection:
        found = {name: connection.execute(f"SHOW {name}").fetchone() for name in wanted}
    assert found == {name: (value,) for name, value in wanted.items()}


def test_a_checkout_nobody_may_enter_keeps_its_data_elsewhere(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home, note = home_in(closed / "var")
    try:
        if current_account().switched:
            assert not home.is_relative_to(closed)
            assert str(home) in note
            assert home_in(closed / "var")[0] == home
        else:
            assert (home, note) == (closed / "var" / "postgres", "")
    finally:
        if not home.is_relative_to(closed):
            home.rmdir()


def test_data_of_a_version_that_is_gone_are_refused_in_words(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "postgres")
    cluster.data.mkdir(parents=True)
    current_account().own(cluster.data)
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(ClusterError, match="PostgreSQL 9, which this machine no longer has"):
        cluster.start()


def test_there_is_a_server_of_the_wanted_age() -> None:
    server = find_server()
    assert server is not None
    assert server.major >= 15
    assert find_server(major=9) is None
