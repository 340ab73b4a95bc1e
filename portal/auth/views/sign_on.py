"""Single sign-on: to the organisation's own page and back; then linking, or a new account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import flash, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.adapters import ports
from portal.auth.commands import newcomers, sign_on
from portal.auth.commands.codes import WrongCode
from portal.auth.commands.sign_on import Begun, Refused
from portal.auth.guard import actor, page, public
from portal.auth.inputs import Code, code_words, email_words
from portal.auth.inputs.newcomers import Newcomer
from portal.auth.policy import Permission
from portal.auth.providers import Provider
from portal.auth.queries import factors, providers
from portal.auth.sso import Identity
from portal.auth.views.blueprint import (
    PENDING_IDENTITY,
    UNPROCESSABLE,
    blueprint,
    drop,
    enter,
    keep,
    language,
    limited,
    slip_of,
)
from portal.kernel import clock, scope
from portal.kernel.errors import Conflict, Invalid, Unavailable
from portal.kernel.scope import Actor
from portal.web.fields import from_form

PURPOSE = newcomers.PURPOSE
WHY = "people sign in through their organisation"
REFUSED, NOT_ANSWERING = 403, 503
_BEGUN: Final = "sign_on"
_SAID: Final = ("code", "state", "iss", "error")


@dataclass(frozen=True)
class Pending:
    """An identity that the provider vouched for a moment ago and that belongs to no account yet."""

    provider: str
    issuer: str
    subject: str
    role: str
    at: str
    sid: str = ""

    @property
    def identity(self) -> Identity:
        """What is known of it here; its name and email are sealed elsewhere."""
        return Identity(self.issuer, self.subject, "", "", self.role, self.sid)


def _to(path: str) -> ResponseReturnValue:
    return redirect(f"{request.script_root}{path}", 303)


def _address(path: str) -> str:
    """An absolute address of this council, of the instance's host or of the council's, never of an unknown Host."""
    council = scope.current().council
    host = request.host.rsplit(":", 1)[0].lower()
    if council is not None and host in council.settings.hostnames:
        return f"{request.scheme}://{request.host}{request.script_root}{path}"
    return ports.address(f"{request.script_root}{path}")


def offered() -> tuple[Provider, ...]:
    """The council's providers, for buttons on a page; the page may send its forms on to them."""
    own = providers.of_council()
    g.posts_to = " ".join(dict.fromkeys(origin for one in own for origin in one.origins))
    return own


@blueprint.route("/sign-on/<key>", methods=["POST"])
@public(WHY)
@limited("sign-on", network="300 per hour")
def sign_on_begin(key: str) -> ResponseReturnValue:
    """Send the browser to the organisation's own page of signing in."""
    provider = providers.named(key)
    try:
        address, begun = sign_on.begin(provider, _address(f"/sign-on/{key}/back"))
    except (Refused, Unavailable):
        return _not_answering(provider)
    session[_BEGUN] = asdict(begun) | {"at": begun.at.isoformat()}
    return redirect(address, 303)


@blueprint.route("/sign-on/<key>/back")
@public(WHY)
@limited("sign-on-back", network="300 per hour")
def sign_on_back(key: str) -> ResponseReturnValue:
    """What the organisation sent the browser back with; of use once, in the browser that began."""
    provider = providers.named(key)
    try:
        found = sign_on.finish(provider, _taken(session.pop(_BEGUN, None)), _said())
        person = sign_on.sign_in(found) if scope.current().actor is None else None
    except Unavailable:
        return _not_answering(provider)
    except Refused as refusal:
        return render_template("auth/sign_on_refused.html", provider=provider, reason=refusal.reason), REFUSED
    if person is not None:
        return _in(person, found)
    return _unlinked(provider, found)


def _taken(kept: Mapping[str, Any] | None) -> Begun | None:
    return Begun(**{**kept, "at": datetime.fromisoformat(kept["at"])}) if kept else None


def _said() -> dict[str, str]:
    """Each parameter that came exactly once."""
    return {name: values[0] for name in _SAID if len(values := request.args.getlist(name)) == 1}


def _in(person: Actor, found: Identity) -> ResponseReturnValue:
    session.pop(PENDING_IDENTITY, None)
    return enter(person, issuer=found.issuer, sid=found.sid)


def _not_answering(provider: Provider) -> ResponseReturnValue:
    return render_template("auth/sign_on_refused.html", provider=provider, reason="unavailable"), NOT_ANSWERING


def _unlinked(provider: Provider, found: Identity) -> ResponseReturnValue:
    """Nobody's yet: kept, until this browser's person says whose. Its email decides nothing."""
    if scope.current().actor is None and not (found.role or provider.agency):
        # Nothing here for a newcomer; whoever has an account can link it.
        drop(PURPOSE)
    else:
        keep(PURPOSE, newcomers.begin(found, language(), slip_of(PURPOSE)))
    pending = Pending(provider.key, found.issuer, found.subject, found.role, clock.now().isoformat(), found.sid)
    session[PENDING_IDENTITY] = asdict(pending)
    return _to("/sign-on-link")


def _pending() -> Pending | None:
    kept = session.get(PENDING_IDENTITY)
    found = Pending(**kept) if kept else None
    if found is None or clock.now() - datetime.fromisoformat(found.at) > newcomers.LIFE:
        return None
    return found if any(one.key == found.provider for one in providers.of_council()) else None


@blueprint.route("/sign-on-link")
@public(WHY)
def sign_on_link() -> ResponseReturnValue:
    """Whose is it? The person signs in as they did before and links it, or is new."""
    pending = _pending()
    if pending is None:
        session.pop(PENDING_IDENTITY, None)
        return _to("/sign-in")
    here = scope.current().actor
    return render_template(
        "auth/sign_on_link.html",
        provider=providers.named(pending.provider),
        here=here,
        new=slip_of(PURPOSE) is not None and here is None,
        too_weak=here is not None and _too_weak(here),
    )


def _too_weak(here: Actor) -> bool:
    """An emailed code must not open what the person's own factor protects, nor one organisation's word what another's
    does: a link works in every council that trusts the organisation."""
    return here.outside or (here.weak and factors.of(here.account_id).strong)


@blueprint.route("/sign-on-link", methods=["POST"])
@page(Permission.ACCOUNT)
def sign_on_link_confirm() -> ResponseReturnValue:
    """Yes, it is mine: from now on it signs this account in."""
    pending = _pending()
    if pending is None or _too_weak(actor()):
        return _to("/sign-on-link")
    session.pop(PENDING_IDENTITY, None)
    drop(PURPOSE)
    try:
        person = sign_on.link_own(actor(), pending.identity)
    except Conflict:
        flash(_("That sign-in is linked to another account here, or yours is linked to another sign-in already."))
        return _to("/account")
    flash(_("Linked. You can sign in with it from now on."), "success")
    return enter(person, issuer=pending.issuer, sid=pending.sid)


@blueprint.route("/account/sign-on/<uuid:link_id>/remove", methods=["POST"])
@page(Permission.ACCOUNT)
def sign_on_unlink(link_id: UUID) -> ResponseReturnValue:
    """Take it away again."""
    if _too_weak(actor()):
        return _to("/account/protect")
    sign_on.unlink(actor(), link_id)
    flash(_("Removed. It no longer signs you in."), "success")
    return _to("/account")


@blueprint.route("/sign-on-new", methods=["GET", "POST"])
@public(WHY)
@limited("sign-on-new", network="60 per hour", address_anywhere="6 per hour")
def sign_on_new() -> ResponseReturnValue:
    """A person without an account: what they are called, and the address that a code will prove."""
    pending, slip = _pending(), slip_of(PURPOSE)
    if pending is None or slip is None:
        return _to("/sign-in")
    provider = providers.named(pending.provider)
    try:
        if request.method != "POST":
            form = Newcomer(data=newcomers.typed(slip))
            return _new_page(provider, form)
        form = Newcomer()
        if form.validate():
            newcomers.ask(provider, slip, str(form.name.data), str(form.job.data), str(form.email.data))
            return _to("/sign-on-new/code")
    except WrongCode:
        return _to("/sign-in")
    except Invalid as refusal:
        form.refuse("email", email_words(refusal.errors["email"]) or _unfit_words(refusal.errors["email"]))
    return _new_page(provider, form), UNPROCESSABLE


def _unfit_words(reason: str) -> str:
    """Why an address that is written well is not one of the organisation."""
    if reason == "frozen":
        return str(_("The council is checking the domain of this address. Until then phone us to report a concern"))
    return str(_("This is not an address of your organisation"))


def _new_page(provider: Provider, form: Newcomer) -> str:
    views = from_form(form)
    return render_template(
        "auth/sign_on_new.html", provider=provider, fields=[views[name] for name in form.field_order]
    )


@blueprint.route("/sign-on-new/code", methods=["GET", "POST"])
@public(WHY)
@limited("sign-on-code", network="120 per hour")
def sign_on_code() -> ResponseReturnValue:
    """The code that proves the address; then the account is made and linked."""
    pending, slip, form = _pending(), slip_of(PURPOSE), Code()
    if pending is None or slip is None:
        return _to("/sign-in")
    if request.method == "POST" and form.validate():
        try:
            person = newcomers.make(providers.named(pending.provider), slip, form.digits, pending.identity)
        except WrongCode as refusal:
            form.refuse("code", code_words(refusal.reason))
        except Conflict:
            flash(_("There is an account with this address already. Sign in to link it."))
            return _to("/sign-on-link")
        else:
            drop(PURPOSE)
            return _in(person, pending.identity)
    status = UNPROCESSABLE if request.method == "POST" else 200
    page_of_code = render_template(
        "auth/code.html", form=from_form(form), back="/sign-on-new", again="/sign-on-new/resend"
    )
    return page_of_code, status


@blueprint.route("/sign-on-new/resend", methods=["POST"])
@public(WHY)
@limited("sign-on-resend", network="60 per hour")
def sign_on_resend() -> ResponseReturnValue:
    """A new code; the old one stops working."""
    slip = slip_of(PURPOSE)
    if slip is None:
        return _to("/sign-in")
    try:
        keep(PURPOSE, newcomers.again(slip, language()))
    except WrongCode:
        flash(_("You took a while, so please sign in again."))
        return _to("/sign-in")
    flash(_("We have sent you a new code. The one before it no longer works."))
    return _to("/sign-on-new/code")


def signed_out(issuer: str) -> ResponseReturnValue | None:
    """For somebody who came through their organisation: signed out here, and how to sign out there; None for others."""
    provider = providers.of_issuer(issuer) if issuer else None
    address = sign_on.leaving(provider, _address("/sign-in")) if provider else ""
    if provider is None or not address:
        return None
    # The page is drawn for nobody: the next person at this screen reads no name.
    scope.act_as(None)
    return render_template("auth/signed_out.html", provider=provider, address=address), 200
