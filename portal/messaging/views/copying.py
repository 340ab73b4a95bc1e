"""A referrer's own copy of a report: a page to print, and an accessible PDF in either language."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from portal.audit import events
from portal.audit.events import Event
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel import clock, scope
from portal.kernel.language import LANGUAGES
from portal.messaging.own_copy import Block, Part, Source, own_copy
from portal.messaging.queries import thread
from portal.messaging.views.blueprint import blueprint
from portal.referrals.queries.corrections import corrections
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.views.blueprint import language
from portal.referrals.wording import Wording
from portal.tenants.queries import logos
from portal.web import typesetting

Answered = Callable[[Found, str], tuple[Block, ...]]
MakePart = Callable[[Found, str], Part | None]
_ANSWERED, _MORE = "portal_copy_answers", "portal_copy_parts"


def add_answers(app: Flask, answered: Answered) -> None:
    """Have a higher package put what the council answered (of a report, in a language) into every copy."""
    app.extensions[_ANSWERED] = answered


def add_part(app: Flask, made: MakePart) -> None:
    """Have a higher package add a part at the end of every copy, or none (of a report, in a language)."""
    app.extensions.setdefault(_MORE, []).append(made)


@blueprint.get("/referrals/<reference>/copy")
@page(Permission.TRACK)
def copy(reference: str) -> ResponseReturnValue:
    """The copy as a page, which prints as it stands."""
    found = find(guard.actor(), Permission.TRACK, reference)
    events.record(Event.REFERRAL_READ, found.id, part="copy")
    return render_template(
        "messaging/copy.html",
        found=found,
        wording=Wording(found.form_key),
        copy=own_copy(_source(found, language()), language()),
        languages=LANGUAGES,
    )


@blueprint.get("/referrals/<reference>/copy-pdf")
@page(Permission.TRACK)
def copy_pdf(reference: str) -> ResponseReturnValue:
    """The copy as a PDF, in the language that the address names or else in that of the page."""
    found = find(guard.actor(), Permission.TRACK, reference)
    events.record(Event.REFERRAL_READ, found.id, part="copy")
    wanted = request.args.get("in", "")
    chosen = wanted if wanted in LANGUAGES else language()
    with force_locale(chosen):
        made = own_copy(_source(found, chosen), chosen)
    logo = scope.council().settings.logo
    picture = logos.content(logo.digest) if logo else b""
    response = Response(typesetting.pdf("own_copy", made.data(), clock.now(), picture), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.reference}-{chosen}.pdf"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _source(found: Found, wanted: str) -> Source:
    actor = guard.actor()
    answered: Answered = current_app.extensions[_ANSWERED]
    more: list[MakePart] = current_app.extensions.get(_MORE, [])
    return Source(
        council=scope.council(),
        found=found,
        published=version(found.form_version_id),
        answers=answers_of(found),
        corrected=corrections(actor, Permission.TRACK, found),
        said=thread(actor, Permission.TRACK, found),
        answered=answered(found, wanted),
        more=tuple(part for make in more if (part := make(found, wanted)) is not None),
    )
