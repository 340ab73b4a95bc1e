"""What the pages of auth share: the blueprint, the browser's codes, the limits, and where people go next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard, login
from portal.auth.addresses import key_of
from portal.auth.commands import devices
from portal.auth.commands.codes import Slip
from portal.auth.commands.signing_in import Stage
from portal.auth.policy import Permission, Reach, reach
from portal.auth.queries import factors, hats, terms
from portal.kernel.scope import Actor
from portal.web.limits import by_network, limiter

blueprint = Blueprint("auth", __name__)

UNPROCESSABLE = 422
PENDING_IDENTITY = "sign_on_pending"
PROTECT = "/account/protect"
_SLIPS, _STAGE = "slips", "stage"
FORGOTTEN = "forgotten"
_OFFER: Final = "passkey_offer"
View = Callable[..., ResponseReturnValue]


def language() -> str:
    """The language of the page, for the email that follows it."""
    return str(get_locale() or "en")


def slip_of(purpose: str) -> Slip | None:
    """The code that this browser waits for."""
    kept = session.get(_SLIPS, {}).get(purpose)
    return Slip(UUID(kept["id"]), kept["browser"]) if kept else None


def keep(purpose: str, slip: Slip) -> None:
    """Bind a code to this browser."""
    session[_SLIPS] = {**session.get(_SLIPS, {}), purpose: {"id": str(slip.id), "browser": slip.browser}}


def drop(purpose: str) -> None:
    """Forget a code."""
    session[_SLIPS] = {key: value for key, value in session.get(_SLIPS, {}).items() if key != purpose}


def keep_stage(stage: Stage) -> None:
    """Remember in this browser's session, on the server, that the password was right."""
    session[_STAGE] = {
        "account": str(stage.account_id),
        "mark": stage.mark,
        "at": stage.at.isoformat(),
        "app": stage.has_app,
        "codes": stage.has_codes,
        "strong": stage.strong,
    }


def stage_of() -> Stage | None:
    """Whose password was right in this browser a moment ago."""
    kept = session.get(_STAGE)
    if not kept:
        return None
    moment = datetime.fromisoformat(kept["at"])
    return Stage(UUID(kept["account"]), kept["mark"], moment, kept["app"], kept["codes"], kept["strong"])


def drop_stage() -> None:
    """Forget it."""
    session.pop(_STAGE, None)


def forget_first_step() -> None:
    """Forget the password and the emailed code of a sign-in that is over."""
    drop("sign_in")
    drop_stage()


def _by_account_and_network() -> str:
    return f"{_by_account()}|{by_network()}"


def _by_account() -> str:
    stage = session.get(_STAGE) or session.get(FORGOTTEN) or {}
    return str(stage.get("account") or session.get("_user_id", "-"))


def _by_address_and_network() -> str:
    return f"{key_of(request.form.get('email', ''))[:254]}|{by_network()}"


def _by_address() -> str:
    return key_of(request.form.get("email", ""))[:254] or "-"


def limited(
    name: str,
    *,
    network: str,
    address: str = "",
    address_anywhere: str = "",
    account: str = "",
    account_anywhere: str = "",
) -> Callable[[View], View]:
    """Limit POSTs: per network, per address from one network, per address from anywhere; and per account whose
    password was right in this browser.

    They are delays and never lock-outs: each window ends by itself, and one network's tries on an address
    use up the wide allowance only slowly.
    """

    def wrap(view: View) -> View:
        limits = [(network, by_network, "network")]
        limits += [(address, _by_address_and_network, "address")] if address else []
        limits += [(address_anywhere, _by_address, "anywhere")] if address_anywhere else []
        limits += [(account, _by_account_and_network, "account")] if account else []
        limits += [(account_anywhere, _by_account, "account-anywhere")] if account_anywhere else []
        for text, key, kind in limits:
            limit = limiter.shared_limit(text, scope=f"auth.{name}.{kind}", key_func=key, methods=["POST"])
            view = limit(view)
        return view

    return wrap


# Where somebody begins who may do this, the first that holds.
BEGINS = {
    Permission.TRACK: "/referrals", Permission.SCREEN: "/holding-area", Permission.EARLY_HELP: "/early-help",
    Permission.PEOPLE: "/people",
}  # fmt: skip


def home_of(actor: Actor) -> str:
    """Where somebody begins, by what they may do here."""
    root = request.script_root
    begins = next((path for one, path in BEGINS.items() if reach(actor, one) is not Reach.NONE), "")
    if begins:
        return f"{root}{begins}"
    if actor.state == "pending":
        return f"{root}/waiting"
    if actor.state == "active" and (actor.weak or actor.short or actor.terms_due):
        return root + (PROTECT if actor.weak or actor.short else guard.TERMS)
    return f"{root}/" if actor.state == "active" else f"{root}/join"


def after_sign_in(actor: Actor) -> str:
    """Where somebody goes who has signed in: first to choose their hat, if they have several."""
    return f"{request.script_root}/account/hat" if len(hats.of(actor)) > 1 else going_on(actor)


def going_on(actor: Actor) -> str:
    """Where the person was going, if their role lets them; else where they begin."""
    if PENDING_IDENTITY in session:
        return f"{request.script_root}/sign-on-link"
    if terms.due(actor):
        return f"{request.script_root}{guard.TERMS}"
    wanted = guard.coming_from()
    report = f"{request.script_root}/report"
    theirs = (f"{request.script_root}/invitation", f"{request.script_root}{PROTECT}")
    strong = actor.state == "active" and not actor.weak and not actor.short
    writes = actor.state in ("active", "pending") and wanted.startswith(report)
    if wanted in theirs or strong or writes:
        return wanted or home_of(actor)
    return home_of(actor)


def to_protect(made: Actor) -> ResponseReturnValue:
    """A new account is protected next, once its person has accepted the council's terms."""
    if not terms.due(made):
        return redirect(f"{request.script_root}{PROTECT}", 303)
    session["next"] = PROTECT
    return redirect(f"{request.script_root}{guard.TERMS}", 303)


def enter(person: Actor, *, issuer: str = "", sid: str = "", recovered: bool = False) -> ResponseReturnValue:
    """Sign somebody in who has shown who they are (`issuer`: to whom, if not to us; `sid`: in which session there).

    Of their sessions, the oldest makes room for this one. After something weaker than a passkey they are offered one
    first, unless they are busy.
    """
    forget_first_step()
    busy = _busy()
    going = after_sign_in(person)
    devices.note(person.account_id, *login.device())
    if login.crowded(person.account_id):
        flash(_("You were signed in on three other devices. We have signed you out where you signed in longest ago."))
    login.sign_in(person.account_id, person.strength, issuer, sid)
    offers = going != f"{request.script_root}/account/protect" and factors.offers_passkey(person)
    if recovered and busy:
        left = factors.of(person.account_id).codes_left
        flash(_("You used a recovery code. Recovery codes left: %(left)s of 10.", left=left))
    if busy or not (recovered or offers):
        return redirect(going, 303)
    session[_OFFER] = {"going": going, "recovered": recovered}
    return redirect(f"{request.script_root}/account/passkey-offer", 303)


def _busy() -> bool:
    """Whether the person is in the middle of a report, an invitation or of linking: nothing comes between."""
    return PENDING_IDENTITY in session or str(session.get("next", "")).startswith(("/report", "/invitation"))


def recovered() -> bool:
    """Whether this session began with a recovery code."""
    return bool(session.get(_OFFER, {}).get("recovered"))


def onward(person: Actor) -> str:
    """Where the person was going before they were offered a passkey; where they begin if they were not."""
    return str(session.pop(_OFFER, {}).get("going", "")) or after_sign_in(person)
