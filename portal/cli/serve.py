"""`portal serve`: the web server (gunicorn with threads), set up by config/gunicorn.py."""

from __future__ import annotations

import argparse
import os
import sys

from portal.cli.instance import ROOT, environment

APPLICATION = "portal.app:create_app()"


def command() -> list[str]:
    """The command line of the web server."""
    return [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "config" / "gunicorn.py"), APPLICATION]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `portal serve`."""
    parser = commands.add_parser("serve", help="serve the pages (LISTEN, PORT, WORKERS, THREADS)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Become the web server: it gets our process number and our signals (HUP reloads, TERM stops)."""
    del arguments
    words = command()
    os.execve(words[0], words, environment(os.environ))  # noqa: S606 - our own interpreter, no shell
