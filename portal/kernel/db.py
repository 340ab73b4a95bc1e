"""Engine, session and unit of work; the tenant is set at the start of every transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker
from sqlalchemy.pool import PoolResetState

from portal.kernel import scope
from portal.kernel.errors import Unavailable

# One statement per transaction; `true` makes the settings end with the transaction, so that a pooled
# connection never carries one council's rows to the next request.
SET_SCOPE = text(
    "select set_config('app.tenant_id', :tenant, true), set_config('app.agency_id', :agency, true),"
    " set_config('app.reach', :reach, true), set_config('app.actor_id', :actor, true),"
    " set_config('app.opened', :opened, true)"
)

_factory: sessionmaker[Session] | None = None
_session: ContextVar[Session | None] = ContextVar("session", default=None)


def make_engine(url: str, *, pool_size: int = 5, max_overflow: int = 5) -> Engine:
    """An engine whose pooled connections are wiped (`DISCARD ALL`) between uses and checked before use."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=True,
        pool_timeout=5,
        pool_reset_on_return=None,
        connect_args={
            "connect_timeout": 3,
            # `discard all` drops prepared statements on the server at every check-in; the driver must not
            # believe that they are still there.
            "prepare_threshold": None,
            "application_name": "portal",
            "options": "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=15000",
        },
    )
    event.listen(engine, "reset", _wipe)
    return engine


def _wipe(dbapi_connection: Any, _record: Any, state: PoolResetState) -> None:
    """Session-level settings, held cursors and temporary tables must not reach the next user."""
    if state.terminate_only:
        return
    dbapi_connection.rollback()
    dbapi_connection.autocommit = True
    dbapi_connection.execute("discard all")
    dbapi_connection.autocommit = False


def bind(engine: Engine) -> None:
    """Give this process its engine (app.py, the worker and tests call it once)."""
    global _factory
    _factory = sessionmaker(engine, expire_on_commit=False, autoflush=True)
    event.listen(_factory, "after_begin", _set_scope)


def settings_of(current: scope.Scope) -> dict[str, str]:
    """The settings that row-level security reads, "" meaning none."""
    actor = current.actor
    return {
        "tenant": str(current.council.id) if current.council else "",
        "agency": str(actor.agency_id) if actor and actor.agency_id else "",
        "reach": actor.reach if actor else "",
        "actor": str(actor.account_id) if actor else "",
        "opened": "{" + ",".join(sorted(str(one) for one in actor.opened)) + "}" if actor else "",
    }


def _set_scope(_session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    connection.execute(SET_SCOPE, settings_of(scope.current()))


def new_session() -> Session:
    """A session of its own; raises Unavailable when the process has no engine."""
    if _factory is None:
        raise Unavailable("no database is bound")
    return _factory()


def session() -> Session:
    """The request's or job's session, opened on first use."""
    found = _session.get()
    if found is None:
        found = new_session()
        _session.set(found)
    return found


def scope_changed() -> None:
    """Tell the open transaction that the actor is now known (sign-in, the request's first look-up)."""
    found = _session.get()
    if found is not None and found.in_transaction():
        found.execute(SET_SCOPE, settings_of(scope.current()))


@contextmanager
def as_system() -> Iterator[Session]:
    """Within the open transaction, see what no person may: for a look-up whose answer is a decision about who sees
    what, never for what a page shows, save a number that names nobody. Writes of the block count as the system's."""
    with scope.within(replace(scope.current(), actor=scope.SYSTEM)):
        scope_changed()
        yield session()
    # After an error there is nothing to put back: whoever raised has the whole transaction undone.
    scope_changed()


@contextmanager
def in_council(council: scope.Council) -> Iterator[Session]:
    """Within the open transaction, act in one council from outside all of them: its first wall opens, and no other."""
    with scope.within(replace(scope.current(), council=council)):
        scope_changed()
        yield session()
        # Rows that wait to be written are the council's: past this block they would be nobody's.
        session().flush()
    scope_changed()


def commit() -> None:
    """Commit this context's work, if it did any. Only web/security.py and kernel/jobs.py call this."""
    found = _session.get()
    if found is None:
        return
    try:
        found.commit()
    except DBAPIError as error:
        found.rollback()
        if error.connection_invalidated:
            raise Unavailable("the database went away before the commit") from None
        raise


def rollback() -> None:
    """Undo this context's work."""
    found = _session.get()
    if found is not None:
        found.rollback()


def close() -> None:
    """Give the connection back; safe to call twice and after the database died."""
    found = _session.get()
    _session.set(None)
    if found is None:
        return
    try:
        found.close()
    except DBAPIError:
        found.invalidate()


@contextmanager
def unit_of_work(of: scope.Scope) -> Iterator[Session]:
    """A block in its own scope and transaction: committed at its end, rolled back when it raises."""
    token = _session.set(None)
    with scope.within(of):
        try:
            yield session()
            commit()
        except BaseException:
            rollback()
            raise
        finally:
            close()
            _session.reset(token)


@contextmanager
def apart() -> Iterator[Session]:
    """A short transaction of its own in the same scope, so that a refusal, a try or a limit is kept
    although the request's own work is rolled back."""
    with unit_of_work(scope.current()) as own:
        yield own
