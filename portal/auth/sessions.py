"""Server-side sessions in PostgreSQL: the browser holds a random id, the table only its SHA-256.

Writes happen in a short transaction of their own, so that a refused form keeps its CSRF token and a sign-in
outlives nothing else. The id changes at every sign-in and sign-out.
"""

from __future__ import annotations

import hashlib
import secrets
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Request, Response, g, request
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from portal.auth import agents
from portal.auth.commands import use
from portal.auth.models import Account, AccountSession
from portal.auth.queries.whoami import Found, whoami
from portal.kernel import clock, db, scope
from portal.web.security import COUNCIL_IN_ENVIRON

PLAIN_NAME, SECURE_NAME = "session", "__Host-session"
ID_BYTES = 32
TOUCH_AFTER = timedelta(seconds=60)
ANONYMOUS_LIFE = timedelta(hours=12)
MOST_AT_ONCE = 3
# How long after signing in what one signs in with may be changed without showing again who one is.
FRESH = timedelta(minutes=15)

# Idle and absolute limits per role (security-and-reliability 5.6).
USUAL = (timedelta(minutes=30), timedelta(hours=12))
OPERATORS = (timedelta(minutes=15), timedelta(hours=4))
LIMITS = {
    "council_admin": (timedelta(minutes=15), timedelta(hours=8)),
    "operator": OPERATORS,
    "support": OPERATORS,
}


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What a request may keep between requests; `unavailable` when the database did not answer."""

    # Plain attributes: Flask assigns to `accessed` itself.
    accessed = True

    def __init__(self, initial: dict[str, Any] | None = None, key: str = "", found: Found | None = None) -> None:
        super().__init__(initial or {}, _modified)
        self.key = key
        self.found = found
        self.new = found is None
        self.modified = False
        self.rotate = False
        self.unavailable = False
        # How the person proved who they are; a new one is kept with the new row that `rotate` makes.
        self.strength = found.strength if found else ""
        self.issuer = found.issuer if found else ""
        self.sid = found.sid if found else ""

    @property
    def fresh(self) -> bool:
        """Whether the person showed who they are a moment ago."""
        since = self.found.signed_in_at if self.found else None
        return since is not None and clock.now() - since <= FRESH

    def undo(self) -> None:
        """Take back what this request changed: its work was not kept."""
        self.clear()
        self.update(self.found.data if self.found else {})
        self.strength = self.found.strength if self.found else ""
        self.issuer = self.found.issuer if self.found else ""
        self.sid = self.found.sid if self.found else ""
        self.modified = self.rotate = False


def _modified(session: ServerSession) -> None:
    session.modified = True


def hashed(key: str) -> str:
    """What is stored of a session's id."""
    return hashlib.sha256(key.encode()).hexdigest()


def limits_of(role: str) -> tuple[timedelta, timedelta]:
    """Idle and absolute life of a session of that role."""
    return LIMITS.get(role, USUAL)


def expired(found: Found, now: datetime) -> bool:
    """Whether the session has been idle or alive for too long."""
    if found.actor is None:
        return now - found.seen_at > ANONYMOUS_LIFE
    idle, absolute = limits_of(found.actor.role)
    return now - found.seen_at > idle or now - (found.signed_in_at or found.created_at) > absolute


class PostgresSessions(SessionInterface):
    """Flask's sessions on the account_session table."""

    def __init__(self, *, secure: bool) -> None:
        self.secure = secure
        self.name = SECURE_NAME if secure else PLAIN_NAME

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Look up who is asking (one statement) and put them in the scope."""
        del app
        scope.enter(scope.Scope(council=request.environ.get(COUNCIL_IN_ENVIRON)))
        key = request.cookies.get(self.name, "")
        if not key:
            return ServerSession()
        try:
            found = whoami(hashed(key))
        except SQLAlchemyError:
            db.rollback()
            session = ServerSession()
            session.unavailable = True
            return session
        if found is None or found.suspended or expired(found, clock.now()):
            scope.act_as(None)
            db.scope_changed()
            return self._ended(key, found)
        scope.act_as(found.actor)
        # A copy to its depth: adding a message to show changes the list in place, and `undo` needs it as it was.
        return ServerSession(deepcopy(found.data), key, found)

    @staticmethod
    def _ended(key: str, found: Found | None) -> ServerSession:
        """A session that is over: where the person was is kept, so that signing in brings them back."""
        if found is not None:
            end(hashed(key))
        session = ServerSession()
        if found is not None and found.actor is not None:
            session["ended"] = True
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed; rotate the id when asked; touch the idle clock once a minute."""
        del app
        if not isinstance(session, ServerSession) or session.unavailable:
            return
        response.vary.add("Cookie")
        if session.rotate and session.key:
            end(hashed(session.key))
            session.key = ""
        if not session.key:
            if session.modified and dict(session):
                self._create(session, response)
            return
        now = clock.now()
        stale = session.found is None or now - session.found.seen_at > TOUCH_AFTER
        if session.modified or (stale and not g.get("background")):
            self._update(session, now)
        if session.found is not None and not g.get("background"):
            use.note(session.found, now)

    def _create(self, session: ServerSession, response: Response) -> None:
        session.key = secrets.token_urlsafe(ID_BYTES)
        account_id = session.get("_user_id")
        now = clock.now()
        with db.apart() as own:
            if account_id:
                _make_room(own, UUID(account_id))
            own.execute(
                insert(AccountSession).values(
                    id_hash=hashed(session.key),
                    account_id=UUID(account_id) if account_id else None,
                    agent=agents.described(request.user_agent.string),
                    network=agents.network(request.remote_addr or ""),
                    data=dict(session),
                    created_at=now,
                    seen_at=now,
                    signed_in_at=now if account_id else None,
                    strength=session.strength if account_id else "",
                    issuer=session.issuer if account_id else "",
                    sid=session.sid if account_id else "",
                )
            )
        response.set_cookie(self.name, session.key, httponly=True, secure=self.secure, samesite="Lax", path="/")

    @staticmethod
    def _update(session: ServerSession, now: datetime) -> None:
        """UPDATE, never upsert: a session that was revoked meanwhile must not come back."""
        # A script that asks by itself may change what is kept, and is still nobody who is there.
        values: dict[str, Any] = {} if g.get("background") else {"seen_at": now}
        if session.modified:
            values["data"] = dict(session)
        with db.apart() as own:
            own.execute(update(AccountSession).where(AccountSession.id_hash == hashed(session.key)).values(values))


def _make_room(own: Session, account_id: UUID) -> None:
    """End the oldest sessions of a person until there is room for one more; two sign-ins at once take turns."""
    own.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    newest = (
        select(AccountSession.id_hash)
        .where(AccountSession.account_id == account_id)
        .order_by(AccountSession.signed_in_at.desc().nulls_last(), AccountSession.id_hash)
        .limit(MOST_AT_ONCE - 1)
    )
    own.execute(
        delete(AccountSession).where(
            AccountSession.account_id == account_id, AccountSession.id_hash.not_in(newest.scalar_subquery())
        )
    )


def count_of(account_id: UUID, *, but: str) -> int:
    """How many sessions of a person are alive, without the one with that hash."""
    alive = clock.now() - USUAL[0]
    query = (
        select(func.count())
        .select_from(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.id_hash != but, AccountSession.seen_at > alive)
    )
    return int(db.session().execute(query).scalar_one())


def end(id_hash: str) -> None:
    """End one session at once."""
    with db.apart() as own:
        own.execute(delete(AccountSession).where(AccountSession.id_hash == id_hash))


FORGET = text(
    "update account_session set data = data - cast(:key as text)"
    " where id_hash = :id_hash and data ->> cast(:key as text) = :value returning id_hash"
)


def forget(id_hash: str, key: str, value: str) -> bool:
    """Take one thing out of a stored session; whether it was there, which one of several at once finds."""
    with db.apart() as own:
        return own.execute(FORGET, {"id_hash": id_hash, "key": key, "value": value}).one_or_none() is not None


def end_all(account_id: UUID, *, but: str = "") -> None:
    """End every session of a person except the one with that hash, in the current transaction."""
    db.session().execute(
        delete(AccountSession).where(AccountSession.account_id == account_id, AccountSession.id_hash != but)
    )


def tidy() -> int:
    """Delete sessions that nobody can use any more; the number deleted."""
    old = clock.now() - ANONYMOUS_LIFE - timedelta(hours=1)
    result = db.session().execute(
        delete(AccountSession).where(AccountSession.seen_at < old).returning(AccountSession.id_hash)
    )
    return len(result.all())
