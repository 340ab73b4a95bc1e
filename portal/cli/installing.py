"""Programs that only tests and the demonstration need: found on the machine, or installed where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence


def install(packages: Sequence[str]) -> None:
    """Install Debian packages with apt, as root only; waits for another apt rather than failing on its lock."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    patient = [apt, "-o", "DPkg::Lock::Timeout=300", "-qq"]
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        if subprocess.run([*patient, *words], env=quiet, check=False).returncode:
            return


def in_ci() -> bool:
    """Whether this runs where nothing may be left out (CI=true)."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def say_where(what: str, find: Callable[[], str | None], packages: Sequence[str], setting: str, missing: str) -> int:
    """Say where a program is, installing it first if it is not there and nobody named one by `setting`.

    Without it: 1 in CI, and otherwise 0 after saying loudly what follows (`missing`).
    """
    found = find()
    if found is None and not os.environ.get(setting):
        install(packages)
        found = find()
    if found is None:
        sys.stderr.write(missing)
        return 1 if in_ci() else 0
    sys.stdout.write(f"{what}: {found}\n")
    return 0
