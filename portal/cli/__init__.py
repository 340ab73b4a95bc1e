"""The `portal` command: one sub-command a module, and only the module of the one asked for is imported."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

# In the order of the help page. The rules of a council are tried without a database in a moment, so
# `portal scenarios` must not load what only `portal serve` needs.
COMMANDS = {
    "demo": "portal.cli.supervise",
    "serve": "portal.cli.serve",
    "worker": "portal.cli.worker",
    "migrate": "portal.cli.migrate",
    "doctor": "portal.cli.doctor",
    "council": "portal.cli.councils",
    "templates": "portal.cli.templates",
    "scenarios": "portal.cli.scenarios",
    "forms": "portal.cli.forms",
    "agencies": "portal.cli.agencies",
    "sign-on": "portal.cli.sign_on",
    "operator": "portal.cli.operators",
    "browser": "portal.cli.browser",
    "scanner": "portal.cli.scanner",
    "keys": "portal.cli.keys",
    "mail": "portal.cli.mail",
}


def parser(names: Sequence[str]) -> argparse.ArgumentParser:
    """The command line of the given sub-commands."""
    made = argparse.ArgumentParser(prog="portal", description="The professionals portal.")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in names:
        importlib.import_module(COMMANDS[name]).add(commands)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run one sub-command and return its exit code: 0 done, 1 refused or failed, 2 asked wrongly."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    asked = [arguments[0]] if arguments and arguments[0] in COMMANDS else list(COMMANDS)
    parsed = parser(asked).parse_args(arguments)
    return int(parsed.run(parsed))
