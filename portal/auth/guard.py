"""The door of every page: @page, @public or @machine, and refusal of whatever says none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Flask, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.auth.policy import Permission, Reach, awaits_terms, reach, would_reach
from portal.kernel import scope
from portal.kernel.errors import Forbidden, NotFound, TermsFirst, Unavailable
from portal.kernel.scope import Actor
from portal.web.posted import kept_words, reposted

View = TypeVar("View", bound=Callable[..., Any])
MARK = "__door__"
TERMS = "/terms/accept"


@dataclass(frozen=True)
class Door:
    """How a view may be reached. `council` says that it exists only within a council, `instance` only outside all."""

    kind: str
    permission: Permission | None = None
    why: str = ""
    council: bool = True
    instance: bool = False


def page(permission: Permission, *, instance: bool = False) -> Callable[[View], View]:
    """A page for signed-in people whose role holds the permission, within a council (or outside every council)."""
    return _mark(Door("page", permission=permission, council=not instance, instance=instance))


def public(why: str, *, council: bool = True, instance: bool = False) -> Callable[[View], View]:
    """A page for everybody; the reason is part of the record of what is open."""
    return _mark(Door("public", why=why, council=council and not instance, instance=instance))


def machine(why: str, *, council: bool = False) -> Callable[[View], View]:
    """An address for machines (health checks, an organisation's provider); it must show nothing that identifies
    anybody."""
    return _mark(Door("machine", why=why, council=council))


def _mark(door: Door) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, MARK, door)
        return view

    return mark


def door_of(view: Callable[..., Any]) -> Door | None:
    """The door that a view declares, or None."""
    found = getattr(view, MARK, None)
    return found if isinstance(found, Door) else None


def actor() -> Actor:
    """The person of this request; raises Forbidden when nobody is signed in."""
    found = scope.current().actor
    if found is None:
        raise Forbidden
    return found


def may(permission: Permission) -> bool:
    """For templates: whether to offer a link. The page itself is guarded all the same."""
    return reach(scope.current().actor, permission) is not Reach.NONE


def check() -> ResponseReturnValue | None:
    """Before every request: default deny. Returns a redirect to sign-in, None to go on, or raises."""
    if request.endpoint is None or request.endpoint == "static":
        return None  # no such page: the router answers 404 (or 405) itself
    door = door_of(current_app.view_functions[request.endpoint])
    if door is None:
        raise Forbidden("this page declares no door")
    if door.council and scope.current().council is None:
        raise NotFound
    if door.instance and scope.current().council is not None:
        raise NotFound
    if getattr(session, "unavailable", False) and (door.permission or request.method == "POST"):
        raise Unavailable("the database did not answer")
    if door.permission is None:
        return None
    if not current_user.is_authenticated:
        return _to_sign_in("/operator/sign-in" if door.instance else "/sign-in")
    return _refusal(scope.current().actor, door.permission)


def _refusal(actor: Actor | None, permission: Permission) -> ResponseReturnValue | None:
    if would_reach(actor, permission):
        # Theirs, with more proof of who they are.
        return render_template("auth/stronger.html", short=actor is not None and actor.short), 403
    if awaits_terms(actor, permission):
        return _to_terms()
    if reach(actor, permission) is Reach.NONE:
        raise Forbidden
    return None


def _to_terms() -> ResponseReturnValue:
    """The council's terms first, then on to where the person was going; what they typed is shown again."""
    if request.method == "GET":
        session["next"] = request.full_path.rstrip("?")
        return redirect(f"{request.script_root}{TERMS}", 303)
    return render_template("auth/terms_first.html", posted=reposted(), kept=kept_words(), terms=TERMS), 403


def _to_sign_in(path: str) -> ResponseReturnValue:
    """Remember where the person was going (server-side, never in the address) and ask who they are."""
    if request.method == "GET":
        session["next"] = request.full_path.rstrip("?")
    return redirect(request.script_root + path, 303)


def coming_from() -> str:
    """The page that sent the person to sign in, once; only a path we stored ourselves."""
    found = str(session.pop("next", ""))
    if not found.startswith("/"):
        return ""
    # One leading slash: "//host" would be another site.
    return request.script_root + "/" + quote(found.lstrip("/\\"), safe="/?=&%-_.~")


def register(app: Flask) -> None:
    """Guard every request of the application and let templates ask `may`."""
    app.before_request(check)
    app.register_error_handler(TermsFirst, lambda _error: _to_terms())
    app.jinja_env.globals["may"] = may
    app.jinja_env.globals["Permission"] = Permission
