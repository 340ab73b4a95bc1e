"""A council's terms of use: accepting them after signing in, and every version there was."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth.commands import terms as commands
from portal.auth.guard import TERMS, actor, may, page
from portal.auth.inputs.terms import AcceptTerms
from portal.auth.policy import Permission
from portal.auth.queries import terms as queries
from portal.auth.queries.terms import Terms
from portal.auth.views.blueprint import going_on
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict
from portal.kernel.language import Text, say
from portal.tenants.prose import blocks
from portal.tenants.views.blueprint import tenants
from portal.web.dates import date_words, datetime_words
from portal.web.fields import from_form

UNPROCESSABLE, CONFLICT = 422, 409


@tenants.route(TERMS, methods=["GET", "POST"])
@page(Permission.ACCOUNT)
def accept_terms() -> ResponseReturnValue:
    """The terms in force, a box to tick, and other ways on: to report first, or to sign out."""
    here, now = actor(), queries.current()
    if now is None or not queries.due(here):
        return _onward()
    form = AcceptTerms()
    if request.method != "POST":
        return _draw(AcceptTerms(number=str(now.number), formdata=None), now)
    if whole(form.number.data) != now.number:
        return _changed(now), CONFLICT
    if not form.validate():
        return _draw(form, now), UNPROCESSABLE
    try:
        commands.accept(here, now.number)
    except Conflict:
        return _changed(queries.current() or now), CONFLICT
    return _onward()


def _onward() -> ResponseReturnValue:
    return redirect(going_on(replace(actor(), terms_due=False)), 303)


def _changed(now: Terms) -> str:
    """The terms have changed since the page was drawn: they are shown anew, and nothing is ticked."""
    return _draw(AcceptTerms(number=str(now.number), formdata=None), now, changed=True)


def _draw(form: AcceptTerms, now: Terms, *, changed: bool = False) -> str:
    before = queries.accepted_before(actor())
    wanted = str(session.get("next", ""))
    return render_template(
        "tenants/terms_accept.html",
        form=from_form(form),
        number=now.number,
        changed=changed,
        before=date_words(before) if before else "",
        words=_words(now.words),
        report=wanted if wanted.startswith("/report") else "/report",
        may_report=may(Permission.REPORT),
    )


def _words(text: Text) -> dict[str, object]:
    language = str(get_locale() or "en")
    # Assistive technology must know when the text is in another language than the page.
    return {"blocks": blocks(say(text, language)), "language": "" if text.get(language) else "en"}


@tenants.get("/council/terms/versions")
@page(Permission.COUNCIL)
def terms_versions() -> str:
    """Every version with its date, how many accepted it, and who has not accepted what is asked now."""
    members = queries.members()
    versions = [
        {
            "number": one.number,
            "at": datetime_words(one.at),
            "by": one.by or _("The portal’s operator"),
            "asks": one.asks,
            "accepted": one.accepted,
            **_words(one.words),
        }
        for one in queries.versions()
    ]
    return render_template(
        "tenants/terms_versions.html",
        versions=versions,
        count=members.count,
        waiting=members.waiting,
        named=may(Permission.PEOPLE),
    )
