"""`portal scanner`: finds ClamAV's daemon for the tests and the demonstration, or installs it where that goes."""

from __future__ import annotations

import argparse
import os
import shutil

from portal.cli.installing import say_where

NAMES = ("clamd", "/usr/sbin/clamd", "/usr/local/sbin/clamd", "/opt/homebrew/sbin/clamd")
PACKAGES = ("clamav-daemon",)

MISSING = """\
============================================================================
  No ClamAV daemon (clamd) on this machine: THE TESTS OF THE SCANNER FAIL,
  and in the demonstration NO ATTACHED FILE EVER BECOMES READY. Install it:
      apt-get install clamav-daemon (Debian; run make test as root to have it done)
      brew install clamav           (macOS)
  or set CLAMD to the path of a clamd.
============================================================================
"""


def find_clamd() -> str | None:
    """The path of a clamd: CLAMD if set, then PATH, then the usual places."""
    asked = os.environ.get("CLAMD")
    for name in (asked,) if asked else NAMES:
        found = shutil.which(name)
        if found:
            return found
    return None


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `portal scanner`."""
    parser = commands.add_parser("scanner", help="find clamd for the tests, or install it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Say where clamd is; without one, exit 1 in CI and otherwise say loudly what follows."""
    del arguments
    return say_where("Scanner", find_clamd, PACKAGES, "CLAMD", MISSING)
