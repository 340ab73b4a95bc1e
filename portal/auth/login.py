"""Flask-Login, kept behind three functions: who is signed in is what the session's one statement found."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

from flask import Flask, current_app, g, request, session
from flask_login import LoginManager, UserMixin, login_user, logout_user

from portal.audit import events
from portal.audit.events import Event
from portal.auth import agents, sessions
from portal.auth.guard import door_of
from portal.auth.sessions import PostgresSessions, hashed
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor

# Words that somebody typed in place of a reference do not go into an audit.
_REFERENCE = re.compile(r"[A-Z0-9]{3}(-[A-Z0-9]{3}){2}")


class Person(UserMixin):  # type: ignore[misc] # flask-login ships no types
    """The signed-in person as Flask-Login wants them: an id."""

    def __init__(self, account_id: UUID) -> None:
        self.id = str(account_id)


def _load(account_id: str) -> Person | None:
    actor = scope.current().actor
    return Person(actor.account_id) if actor and str(actor.account_id) == account_id else None


def rotate() -> None:
    """Give this browser's session a new id: what it has just proved belongs to nobody who knew the old one."""
    session.rotate = True  # type: ignore[attr-defined] # our own ServerSession behind Flask's proxy


def sign_in(account_id: UUID, strength: str, issuer: str = "", sid: str = "") -> None:
    """Make this browser's session the person's, as strong as what they proved (`issuer`: to whom, if not to us, and in
    which session there); the id changes, what was typed before stays."""
    login_user(Person(account_id))
    session.strength = strength  # type: ignore[attr-defined] # our own ServerSession behind Flask's proxy
    session.issuer = issuer  # type: ignore[attr-defined] # as above
    session.sid = sid  # type: ignore[attr-defined] # as above
    rotate()


def take(key: str) -> str:
    """What the session keeps under that key, once: of several requests at once only one gets it ("" for the others)."""
    kept = str(session.pop(key, ""))
    return kept if kept and sessions.forget(session_hash(), key, kept) else ""


def renew(actor: Actor) -> None:
    """Give the session a new id and a new beginning; it stays as strong as it was."""
    sign_in(actor.account_id, str(getattr(session, "strength", "")), issuer(), str(getattr(session, "sid", "")))


def fresh() -> bool:
    """Whether the person showed who they are a moment ago."""
    return bool(session.fresh)  # type: ignore[attr-defined] # our own ServerSession behind Flask's proxy


def idle_seconds() -> int:
    """After how long without a request the person of this session is signed out."""
    here = scope.current().actor
    return int(sessions.limits_of(here.role)[0].total_seconds()) if here else 0


def idle_left() -> int:
    """How many seconds of that are left; a request of a script in the background is none."""
    found = session.found  # type: ignore[attr-defined] # as above
    if found is None:
        return 0
    return max(0, idle_seconds() - int((clock.now() - found.seen_at).total_seconds()))


def crowded(account_id: UUID) -> bool:
    """Whether the person is signed in on as many devices as one may be, without this one."""
    return sessions.count_of(account_id, but=session_hash()) >= sessions.MOST_AT_ONCE


def device() -> tuple[str, str]:
    """The browser's words and the network of this request."""
    return agents.described(request.user_agent.string), agents.network(request.remote_addr or "")


def _in_the_background() -> None:
    """A script that asks by itself is nobody who is there: it keeps no session alive."""
    if "X-Background" in request.headers:
        g.background = True


def stronger(actor: Actor, strength: str) -> Actor:
    """The same person, who has just proved more than when they signed in; in the scope, too."""
    now = replace(actor, strength=strength)
    scope.act_as(now)
    db.scope_changed()
    return now


def sign_out() -> None:
    """Forget the person; the old session's row is deleted and its id worthless."""
    logout_user()
    session.clear()
    rotate()


def _remember_page() -> None:
    """A form that is posted after its session ended: signing in leads back to its page. This runs before the
    CSRF check, which refuses the form and shows what was typed."""
    if request.method != "POST" or scope.current().actor is not None or request.url_rule is None:
        return
    door = door_of(current_app.view_functions[str(request.endpoint)])
    if door is not None and door.permission is not None and "GET" in (request.url_rule.methods or ()):
        session["next"] = request.path


def _note_support() -> None:
    """Whatever an operator asks for with a council's permission stands in the council's audit before it is answered."""
    here = scope.current().actor
    if here is None or here.support is None:
        return
    about = str((request.view_args or {}).get("reference", ""))
    events.record_apart(
        Event.SUPPORT_USED,
        here.support,
        page=request.endpoint or "",
        method=request.method,
        about=about if _REFERENCE.fullmatch(about) else "",
    )


def issuer() -> str:
    """Whose sign-in opened this browser's session ("" for our own)."""
    return str(getattr(session, "issuer", ""))


def session_hash() -> str:
    """The hashed id of this browser's session ("" before it has one)."""
    key = getattr(session, "key", "")
    return hashed(key) if key else ""


def register(app: Flask, *, secure: bool) -> None:
    """Use our sessions and Flask-Login's bookkeeping on them."""
    app.before_request(_in_the_background)
    app.before_request(_note_support)
    app.before_request(_remember_page)
    app.session_interface = PostgresSessions(secure=secure)
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)
