"""The template environment: where templates come from, the filters and names that every template may use."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import get_locale
from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from portal.kernel.language import say
from portal.web import shell
from portal.web.dates import FILTERS
from portal.web.drawn import drawn
from portal.web.fields import error_targets
from portal.web.govuk import field_params, typed
from portal.web.posted import kept_words, reposted
from portal.web.switch import switch

GOVUK = "govuk_frontend_jinja"


def register(
    app: Flask,
    *,
    council: shell.CouncilProvider | None = None,
    account: shell.AccountProvider | None = None,
    demo: bool = False,
) -> None:
    """Set up the environment; `council` and `account` answer for the request under way.

    The govuk macros read keys that callers leave out, hence ChainableUndefined (their documentation asks for it).
    """
    filled = shell.providers(app)
    filled.council = council or filled.council
    filled.account = account or filled.account
    filled.demo = demo
    ours = FileSystemLoader(f"{app.root_path}/templates") if app.jinja_loader is None else app.jinja_loader
    app.jinja_loader = ChoiceLoader([ours, PrefixLoader({GOVUK: PackageLoader(GOVUK)})])
    app.jinja_env.undefined = ChainableUndefined
    app.jinja_env.filters.update(FILTERS, say=in_this_language, typed=typed)
    app.jinja_env.globals.update(
        drawn=drawn,
        error_targets=error_targets,
        field_params=field_params,
        kept_words=kept_words,
        language_switch=switch,
        mark_failed=shell.mark_failed,
        panels=shell.panels,
        reposted=reposted,
    )
    app.context_processor(_page)


def _page() -> dict[str, Any]:
    return {"shell": shell.Shell(), "language": str(get_locale() or "en")}


def in_this_language(text: dict[str, str]) -> str:
    """A council's own text ({en, cy}) in the language of the page."""
    return say(text, str(get_locale() or "en"))
