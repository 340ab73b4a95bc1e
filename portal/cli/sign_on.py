"""`portal sign-on`: a council's identity providers: which there are, whether they answer, and our secret for one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any, TextIO

from portal.adapters import ports
from portal.adapters.identity import OverHttp
from portal.adapters.ports import NotTrusted
from portal.auth.commands import sign_on
from portal.auth.providers import Provider
from portal.auth.queries import providers
from portal.cli import published
from portal.kernel import db, scope
from portal.kernel.errors import NotFound, Unavailable
from portal.kernel.scope import Scope
from portal.tenants import resolve

SECRET_LONGEST = 1_000


def add(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Register `portal sign-on list|check|secret`."""
    actions = subparsers.add_parser("sign-on", help="a council's identity providers").add_subparsers(
        metavar="ACTION", required=True
    )
    for name, run, words in (
        ("list", listed, "the providers of a council"),
        (
            "check",
            checked,
            "ask each provider for its description and keys; exit 1 if one does not answer as it should",
        ),
    ):
        parser = actions.add_parser(name, help=words)
        parser.add_argument("--council", required=True, metavar="SLUG")
        parser.set_defaults(run=_in_council(run))
    parser = actions.add_parser("secret", help="set our secret for a provider, read from standard input")
    parser.add_argument("--council", required=True, metavar="SLUG")
    parser.add_argument("--provider", required=True, metavar="KEY")
    parser.set_defaults(run=_in_council(lambda parsed: kept(parsed.provider, sys.stdin)))


def _in_council(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Run within the council, in one transaction; 2 when there is no such instance or council."""

    def inside(parsed: argparse.Namespace) -> int:
        ports.use_identities(OverHttp(local=True))
        try:
            with published.connected():
                council = resolve.by_slug(parsed.council)
                with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)):
                    return run(parsed)
        except NotFound:
            print(f"there is no council {parsed.council!r}, or it has no such provider", file=sys.stderr)
        except published.NoInstanceError as trouble:
            print(trouble, file=sys.stderr)
        return 2

    return inside


def listed(_parsed: argparse.Namespace) -> int:
    """One line a provider: its key, its issuer, and whether we have a secret for it."""
    for provider in providers.known():
        held = "secret set" if providers.client_of(provider).secret else "no secret"
        print(f"{provider.key}  {provider.issuer}  {held}")
    return 0


def checked(_parsed: argparse.Namespace) -> int:
    """Ask every provider; 1 when one of them does not answer as it should."""
    troubles = {provider.key: _trouble(provider) for provider in providers.known()}
    for key, trouble in troubles.items():
        print(f"{key}: {trouble or 'answers'}")
    return 1 if any(troubles.values()) else 0


def _trouble(provider: Provider) -> str:
    client = providers.client_of(provider)
    try:
        ports.identities().keys(client, ports.identities().description(client))
    except NotTrusted as reason:
        return f"its answer is not to be trusted ({reason})"
    except Unavailable:
        return "does not answer"
    return ""


def kept(key: str, source: TextIO) -> int:
    """Keep the secret; it is never printed again."""
    provider = providers.known_as(key)
    secret = source.read(SECRET_LONGEST + 1).strip()
    if not secret or len(secret) > SECRET_LONGEST or not secret.isprintable():
        print("standard input must be the secret, in one line", file=sys.stderr)
        return 2
    sign_on.set_secret(provider, secret)
    print(f"{key}: secret set")
    return 0
