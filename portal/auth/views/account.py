"""A person's own page: who they are here, their language, and where they are signed in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import login
from portal.auth.commands import account as changes
from portal.auth.guard import actor, page
from portal.auth.inputs import Language
from portal.auth.policy import Permission
from portal.auth.queries import accounts, factors, hats, passkeys, providers
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint, language
from portal.auth.views.sign_on import offered
from portal.web.fields import from_form


def role_words(role: str) -> str:
    """A role in the reader's language."""
    texts: dict[str, str] = {
        "referrer": _("Reports concerns"),
        "agency_lead": _("Safeguarding lead"),
        "screener": _("Screener"),
        "practice_manager": _("Practice manager"),
        "form_designer": _("Form designer"),
        "council_admin": _("Council administrator"),
        "early_help_worker": _("Early help worker"),
    }
    return texts.get(role, "")


def state_words(state: str) -> str:
    """How a membership stands, in the reader's language."""
    texts: dict[str, str] = {
        "pending": _("Waiting for approval"),
        "active": _("Approved"),
        "refused": _("Not approved"),
        "suspended": _("Suspended"),
        "ended": _("Ended"),
    }
    return texts.get(state) or str(_("No access in this council yet"))


@blueprint.route("/account")
@page(Permission.ACCOUNT)
def account() -> ResponseReturnValue:
    """What this council knows of the person."""
    return _page(Language(lang=language()))


@blueprint.route("/account/language", methods=["POST"])
@page(Permission.ACCOUNT)
def choose_language() -> ResponseReturnValue:
    """Keep the language; the page's own switch acts on the same field, so the answer is already in it."""
    form = Language()
    if not form.validate():
        return _page(form), UNPROCESSABLE
    changes.choose_language(actor(), str(form.lang.data))
    flash(_("We will use this language for pages and emails."), "success")
    return redirect(f"{request.script_root}/account", 303)


@blueprint.route("/account/sign-out-everywhere", methods=["POST"])
@page(Permission.ACCOUNT)
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of the person."""
    changes.end_sessions(actor())
    login.sign_out()
    flash(_("You have signed out everywhere."))
    return redirect(f"{request.script_root}/sign-in", 303)


def _page(form: Language) -> str:
    mine = accounts.mine(actor())
    browsers = accounts.signed_in_on(actor(), login.session_hash())
    return render_template(
        "auth/account.html",
        mine=mine,
        role=role_words(mine.role),
        state=state_words(mine.state),
        browsers=browsers,
        factors=factors.of(actor().account_id),
        weak=actor().weak,
        outside=actor().outside,
        passkeys=passkeys.mine(actor()),
        linked=providers.linked(actor()),
        providers=offered(),
        member=actor().state in ("pending", "active"),
        several=len(hats.of(actor())) > 1,
        form=from_form(form),
    )
