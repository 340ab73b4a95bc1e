"""`portal mail returned`: what a mail server hands over that could not be delivered."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from config import settings as configuration
from portal.adapters.ports import Return
from portal.cli.instance import environment

# What mail servers read as "try again later" (sysexits.h): they keep the message and do.
LATER = 75


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Register `portal mail`."""
    actions = commands.add_parser("mail", help="mail that came back").add_subparsers(required=True)
    returned = actions.add_parser("returned", help="read one returned message from standard input")
    returned.add_argument("--to", default="", help="whom it was sent to, where the mail server says so")
    returned.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Take one message in. Whatever it is, 0: a mail server must not return what was returned. 75 while there is no
    database, so that it tries again."""
    from portal.adapters import returned

    try:
        settings = configuration.load(environment(os.environ))
    except configuration.SettingsMistakes as mistakes:
        print(str(mistakes), file=sys.stderr)
        return LATER
    # Postfix says it in the environment of a command.
    to = parsed.to or os.environ.get("ORIGINAL_RECIPIENT", "")
    raw = sys.stdin.buffer.read(returned.MOST_BYTES)
    while sys.stdin.buffer.read(returned.MOST_BYTES):
        pass  # to its end, or the mail server takes it for unread
    found = returned.read(raw, settings.mail_return, to)
    return 0 if found is None else _take(found)


def _take(found: Return) -> int:
    from portal.auth.commands import mailboxes
    from portal.cli import published
    from portal.kernel import db, scope

    try:
        with published.connected(), db.unit_of_work(scope.Scope(actor=scope.SYSTEM)):
            mailboxes.came_back(found)
    except published.NoInstanceError as error:
        print(str(error), file=sys.stderr)
        return LATER
    return 0
