"""A council's own pages: privacy, cookies, accessibility, terms and thresholds, in its own words."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.kernel import scope
from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.tenants.prose import blocks
from portal.tenants.views.blueprint import tenants
from portal.web.shell import Link


def titles() -> dict[str, str]:
    """The title of each page by its key in the council's settings, in the order of the footer."""
    return {
        "privacy": _("Privacy"),
        "cookies": _("Cookies"),
        "accessibility": _("Accessibility statement"),
        "terms": _("Terms of use"),
        "thresholds": _("Levels of need"),
    }


def footer_links() -> Iterable[Link]:
    """The pages as links; none outside every council."""
    if scope.current().council is None:
        return ()
    return [
        Link(title, url_for(f"tenants.{key}"), current=request.endpoint == f"tenants.{key}")
        for key, title in titles().items()
    ]


@tenants.get("/privacy")
@guard.public("the law asks for it before anybody signs in")
def privacy() -> str:
    """What is done with personal information."""
    return _page("privacy")


@tenants.get("/cookies")
@guard.public("the law asks for it before anybody signs in")
def cookies() -> str:
    """Which cookies there are."""
    return _page("cookies")


@tenants.get("/accessibility")
@guard.public("the law asks for it before anybody signs in")
def accessibility() -> str:
    """The accessibility statement."""
    return _page("accessibility")


@tenants.get("/terms")
@guard.public("people read the terms before they register")
def terms() -> str:
    """Who may use the portal, and how."""
    return _page("terms")


@tenants.get("/thresholds")
@guard.public("guidance for everybody who works with children")
def thresholds() -> str:
    """The council's levels of need in words."""
    return _page("thresholds")


def _page(key: str) -> str:
    council = scope.council()
    text = council.settings.pages[key]
    language = str(get_locale() or council.languages[0])
    return render_template(
        "tenants/page.html",
        title=titles()[key],
        blocks=blocks(say(text, language)),
        # Assistive technology must know when the text is in another language than the page.
        text_language="" if text.get(language) else "en",
        kept=_kept(council) if key == "privacy" else "",
    )


def _kept(council: Council) -> str:
    """What the council's settings do with what was sent, whatever its own text says about it."""
    rules = council.settings.retention
    said = _(
        "We keep a report for %(report)s years after the day on which it is decided or taken back, and a request for"
        " information for %(request)s years. Then it is deleted. We keep one for longer only while somebody has not"
        " read a message about it, or while the law or a complaint needs it.",
        report=rules.report_years,
        request=rules.request_years,
    )
    return str(said)
