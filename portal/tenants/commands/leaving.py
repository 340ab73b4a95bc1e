"""Takes one council out: writes all that it owns into a signed archive, and destroys it once that is confirmed."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from portal.audit import events
from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.kernel import clock, db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Council, Scope
from portal.kernel.tables import Base
from portal.tenants import archive, beside, wrapping
from portal.tenants.models import CouncilRow
from portal.tenants.queries import owned

# A large council takes longer than a page may.
PATIENCE = text("set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0")
LEAVING = text("select set_config('app.leaving', :council, true)")
FORGET_JOBS = text("delete from procrastinate_jobs where args ->> 'tenant_id' = :council")


class NotConfirmed(Exception):
    """The hash is not that of the newest export of this council."""


class ChangedSince(Exception):
    """Something of the council changed after its export: destroying it now would lose that."""


@dataclass(frozen=True)
class Exported:
    """What was written: the SHA-256 of the file, and how many rows of each part."""

    hash: str
    rows: dict[str, int]


def export(slug: str, target: Path, secret: bytes, signer: Ed25519PrivateKey) -> Exported:
    """Write all that a council owns to a new file, as it was at one moment, and record the file's hash in the audit.

    Raises NotFound without such a council and FileExistsError when there is such a file.
    """
    if target.exists():
        raise FileExistsError(target)
    council = _council(slug)
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        with db.unit_of_work(Scope(council, scope.SYSTEM)):
            _at_one_moment()
            about = archive.About(council.id, slug, owned.schema_version(), clock.now().isoformat())
            key, content = archive.export_key(secret, about), owned.Content()
            unfinished.unlink(missing_ok=True)  # of an export that was killed
            rows = archive.write(unfinished, about, _parts(council.id, content, key), key, signer)
            found = archive.digest_of(unfinished)
            events.record(Event.COUNCIL_EXPORTED, council.id, hash=found, content=content.digest())
            unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return Exported(found, rows)


def _parts(council_id: UUID, content: owned.Content, key: bytes) -> Iterator[tuple[str, Iterator[str]]]:
    for name, lines in owned.own_parts(council_id):
        yield name, wrapping.for_archive(name, content.noted(name, lines), key)
    for name, lines in owned.shared_parts(council_id):
        yield name, wrapping.for_archive(name, lines, key)
    for keeper in beside.keepers():
        yield keeper.name, keeper.lines(council_id)


def _council(slug: str) -> Council:
    query = select(CouncilRow.id, CouncilRow.nation).where(CouncilRow.slug == slug)
    with db.unit_of_work(scope.NOWHERE) as session:
        row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("no such council")
    return Council(row.id, slug, {}, row.nation, ())


def _at_one_moment() -> None:
    """All statements of this transaction see the same rows, and a row that somebody changes meanwhile is noticed."""
    db.session().connection(execution_options={"isolation_level": "REPEATABLE READ"})
    db.session().execute(PATIENCE)


def destroy(slug: str, confirmed: str) -> dict[str, int]:
    """Destroy a council's keys and rows in one transaction; returns how many rows of each table went.

    Accounts that nobody else's rows speak of go too. Raises NotFound, NotConfirmed unless `confirmed` is the hash of
    the newest export, and ChangedSince when anything was written after it.
    """
    council = _council(slug)
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        _at_one_moment()
        # New rows of the council wait for this, and then find no council.
        session.execute(select(CouncilRow.id).where(CouncilRow.id == council.id).with_for_update())
        _must_be_exported(council.id, confirmed)
        accounts = owned.ids_of(council.id, "account")
        session.execute(LEAVING, {"council": str(council.id)})
        gone = _delete_rows(council.id)
        _delete_accounts(accounts)
        # The council is no more: what is recorded of its end belongs to the instance.
        with scope.within(Scope(None, scope.SYSTEM)):
            events.record(Event.COUNCIL_DESTROYED, council.id, hash=confirmed)
            session.flush()
    # Only now: what is deleted elsewhere cannot be undone with the transaction.
    for keeper in beside.keepers():
        keeper.forget(council.id)
    return gone


def _must_be_exported(council_id: UUID, confirmed: str) -> None:
    query = select(AuditEvent.detail).where(
        AuditEvent.tenant_id == council_id, AuditEvent.event == str(Event.COUNCIL_EXPORTED)
    )
    newest = db.session().execute(query.order_by(AuditEvent.at.desc()).limit(1)).scalar_one_or_none()
    if newest is None or not hmac.compare_digest(newest["hash"], confirmed):
        raise NotConfirmed
    if owned.content_digest(owned.own_parts(council_id)) != newest["content"]:
        raise ChangedSince


def _delete_rows(council_id: UUID) -> dict[str, int]:
    session, gone = db.session(), {}
    for table in reversed(Base.metadata.sorted_tables):
        if "tenant_id" in table.columns:
            done = session.execute(delete(table).where(table.c.tenant_id == council_id))
            gone[table.name] = done.rowcount  # type: ignore[attr-defined]  # a DELETE's result is a CursorResult
        else:
            # What the council looked after stays, and is the operator's from now on.
            for column in owned.links_to(table, owned.COUNCIL):
                session.execute(update(table).where(column == council_id).values({column: None}))
    session.execute(FORGET_JOBS, {"council": str(council_id)})
    session.execute(delete(CouncilRow).where(CouncilRow.id == council_id))
    return gone


def _delete_accounts(accounts: set[UUID]) -> None:
    """Delete the accounts that no row elsewhere needs: the database alone sees every council's rows, so it is asked."""
    session, account = db.session(), Base.metadata.tables["account"]
    for account_id in sorted(accounts):
        try:
            with session.begin_nested():
                session.execute(delete(account).where(account.c.id == account_id))
        except IntegrityError:
            continue
