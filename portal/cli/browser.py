"""`portal browser`: finds Chromium for the journey tests, or installs it where that is possible."""

from __future__ import annotations

import argparse
import os
import shutil

from portal.cli.installing import say_where

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/snap/bin/chromium")
# The fonts as well: a fallback font is wider, and what fits 320 px on one machine would not on another.
PACKAGES = ("chromium", "fonts-liberation")

MISSING = """\
============================================================================
  No Chromium or Chrome on this machine: the JOURNEY TESTS IN A REAL BROWSER
  AND THEIR ACCESSIBILITY CHECKS ARE LEFT OUT. To run them, install one:
      apt-get install chromium      (Debian; run make test as root to have it done)
      brew install --cask chromium  (macOS)
  or set CHROMIUM to the path of a Chromium or Chrome.
============================================================================
"""


def find_browser() -> str | None:
    """The path of a Chromium or Chrome: CHROMIUM if set, then PATH, then the usual places."""
    asked = os.environ.get("CHROMIUM")
    if asked:
        return shutil.which(asked)
    for name in (*NAMES, *PLACES):
        found = shutil.which(name)
        if found:
            return found
    return None


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `portal browser`."""
    parser = commands.add_parser("browser", help="find Chromium for the tests, or install it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Say where the browser is; without one, exit 1 in CI and otherwise say loudly what will be left out."""
    del arguments
    return say_where("Browser", find_browser, PACKAGES, "CHROMIUM", MISSING)
