"""What the layout shows of this request: the council with its numbers, and the person signed in."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.kernel import scope
from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.tenants.opening import numbers
from portal.web.shell import Account, CouncilView, LogoView, Phone


def council() -> CouncilView | None:
    """The council of this address in the reader's language; None outside every council. Asks no database."""
    found = scope.current().council
    if found is None:
        return None
    language = str(get_locale() or found.languages[0])
    return CouncilView(
        name=say(found.name, language),
        home=f"{request.script_root}/",
        colour=found.settings.colour,
        service=_("Report a concern about a child or make a request"),
        phones=tuple(Phone(one.name, one.number, one.when) for one in numbers(found, language)),
        logo=_logo(found, language),
    )


def _logo(found: Council, language: str) -> LogoView | None:
    logo = found.settings.logo
    if logo is None:
        return None
    address = f"{request.script_root}/logo/{logo.digest}.png"
    return LogoView(address, say(logo.alt, language), logo.width, logo.height)


def account() -> Account | None:
    """The person signed in; None before sign-in, and outside every council, where only operators have a page."""
    here = scope.current()
    if here.actor is not None and (here.actor.instance or here.actor.support):
        return Account(name=here.actor.name, href="/operator", sign_out="/operator/sign-out")
    if here.council is None or here.actor is None:
        return None
    return Account(name=here.actor.name, href=url_for("auth.account"), sign_out=url_for("auth.sign_out"))
