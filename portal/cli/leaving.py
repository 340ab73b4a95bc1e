"""`portal council export`, `destroy` and `restore`: one council out of an instance, and into another."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def add(actions: argparse._SubParsersAction[Any]) -> None:
    """Register the three actions."""
    export = actions.add_parser("export", help="write all that a council owns to one sealed and signed file")
    export.add_argument("slug")
    export.add_argument("file", type=Path)
    export.add_argument("--passphrase", type=Path, required=True, metavar="FILE", help="what opens the file again")
    export.add_argument("--sign", type=Path, required=True, metavar="FILE", help="an Ed25519 private key (PEM)")
    export.set_defaults(run=lambda parsed: _told(lambda: _export(parsed)))
    destroy = actions.add_parser("destroy", help="destroy a council's keys and rows, once its export is confirmed")
    destroy.add_argument("slug")
    destroy.add_argument("--confirm", required=True, metavar="HASH", help="the SHA-256 of the newest export's file")
    destroy.set_defaults(run=lambda parsed: _told(lambda: _destroy(parsed)))
    restore = actions.add_parser("restore", help="bring a council back from its file, into an instance without it")
    restore.add_argument("file", type=Path)
    restore.add_argument("--passphrase", type=Path, required=True, metavar="FILE")
    restore.add_argument("--signed-by", type=Path, required=True, metavar="FILE", help="an Ed25519 public key (PEM)")
    restore.set_defaults(run=lambda parsed: _told(lambda: _restore(parsed)))


def _told(act: Callable[[], None]) -> int:
    """Do it as the tables' owner: 0, or 1 with a sentence that says why nothing was changed."""
    from portal.cli import published
    from portal.files.travelling import Objects
    from portal.kernel.errors import NotFound
    from portal.tenants import beside
    from portal.tenants.archive import BadArchive, BadKey
    from portal.tenants.commands.leaving import ChangedSince, NotConfirmed
    from portal.tenants.commands.returning import Occupied

    beside.register(Objects())
    try:
        with published.connected(owner=True):
            act()
    except NotFound:
        trouble = "there is no such council"
    except NotConfirmed:
        trouble = "the hash is not that of the newest export of this council"
    except ChangedSince:
        trouble = "something of the council has changed since that export: export it again"
    except FileExistsError as error:
        trouble = f"{error.args[0]} exists already"
    except OSError as error:
        trouble = f"{error.filename}: {error.strerror}"
    except (BadArchive, BadKey, Occupied, published.NoInstanceError) as error:
        trouble = str(error)
    else:
        return 0
    print(f"nothing was changed: {trouble}", file=sys.stderr)
    return 1


def _export(parsed: argparse.Namespace) -> None:
    from portal.tenants import archive
    from portal.tenants.commands import leaving

    secret, signer = archive.secret_of(parsed.passphrase), archive.signer_of(parsed.sign)
    done = leaving.export(parsed.slug, parsed.file, secret, signer)
    print(f"{parsed.slug}: {sum(done.rows.values())} rows in {parsed.file}")
    print(f"SHA-256 {done.hash}")


def _destroy(parsed: argparse.Namespace) -> None:
    from portal.tenants.commands import leaving

    gone = leaving.destroy(parsed.slug, parsed.confirm.strip().lower())
    print(f"{parsed.slug}: its keys and {sum(gone.values())} rows are destroyed; restart what serves this instance")


def _restore(parsed: argparse.Namespace) -> None:
    from portal.tenants import archive
    from portal.tenants.commands import returning

    secret, verifier = archive.secret_of(parsed.passphrase), archive.verifier_of(parsed.signed_by)
    done = returning.restore(parsed.file, secret, verifier)
    print(f"{done.slug}: {sum(done.rows.values())} rows are back")
