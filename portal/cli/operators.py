"""`portal operator`: who runs this instance. Only this command makes an operator, or ends one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from portal.auth.addresses import BadAddress
from portal.auth.commands import operators as commands
from portal.auth.queries import operators as queries
from portal.cli import published
from portal.kernel import db, scope
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.scope import Scope

ENOUGH = 2
LONGEST = 200


def add(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Register `portal operator add|end|list`."""
    actions = subparsers.add_parser("operator", help="the people who run this instance").add_subparsers(
        metavar="ACTION", required=True
    )
    adding = actions.add_parser("add", help="make an operator, or send one a new link, by email; it works once")
    adding.add_argument("email")
    adding.add_argument("--name", required=True, help="used when the address has no account yet")
    adding.add_argument("--by", required=True, metavar="WORDS", help="who decided it, and when")
    adding.set_defaults(run=lambda parsed: _told(lambda: added(parsed.email, parsed.name, parsed.by)))
    ending = actions.add_parser("end", help="end an operator: sessions and grants end at once")
    ending.add_argument("email")
    ending.set_defaults(run=lambda parsed: _told(lambda: ended(parsed.email)))
    listing = actions.add_parser("list", help="who is, and who was")
    listing.set_defaults(run=lambda _parsed: _told(listed))


def _told(act: Callable[[], None]) -> int:
    """Do it as the owner of the tables: 0, or 1 with a sentence that says why nothing was changed."""
    try:
        with published.connected(owner=True), db.unit_of_work(Scope(actor=scope.SYSTEM)):
            act()
    except BadAddress as bad:
        trouble = f"the address is refused ({bad.reason})"
    except NotFound:
        trouble = "there is no operator with that address"
    except Conflict:
        trouble = "this is the last operator: add another one first"
    except (ValueError, published.NoInstanceError) as error:
        trouble = str(error)
    else:
        return 0
    print(f"nothing was changed: {trouble}", file=sys.stderr)
    return 1


def added(email: str, name: str, by: str) -> None:
    """Make an operator and have the link sent."""
    if not all(one.strip() and one.isprintable() and len(one) <= LONGEST for one in (name, by)):
        raise ValueError(f"--name and --by are words in one line, up to {LONGEST} characters")
    commands.add(email, name.strip(), by.strip())
    print("The link to set up signing in is sent by email. It works once, for 48 hours.")
    _count()


def ended(email: str) -> None:
    """End an operator."""
    commands.end(email)
    print("Ended. What they were signed in with is worthless.")
    _count()


def _count() -> None:
    if len(queries.live()) < ENOUGH:
        print("Only one operator is left: add a second one, so that a lost key does not lock everybody out.")


def listed() -> None:
    """One line an operator."""
    for one in queries.everyone():
        state = f"ended {one.ended_at:%Y-%m-%d}" if one.ended_at else "set up" if one.set_up else "waits for set-up"
        print(f"{one.email}  since {one.since:%Y-%m-%d}  {state}  added by: {one.added_by}")
