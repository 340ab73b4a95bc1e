"""Taking a contact down: a call, a letter, an email, a visit or a partner's own form, on behalf of who brought it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.files.kinds import accept
from portal.files.wording import allowed
from portal.forms.queries import Published, newest, version
from portal.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from portal.referrals import elsewhere
from portal.referrals.commands import contacts
from portal.referrals.commands.attaching import Paper, limits
from portal.referrals.commands.contacts import Given
from portal.referrals.file_words import limit_words, too_large_words
from portal.referrals.queries.record import Found, caller_of, find
from portal.referrals.views import sheet
from portal.referrals.views.attachments import most_at_once
from portal.referrals.views.uploading import FILES, Refusal, chosen, looked_into, refusal_line
from portal.screening import received
from portal.screening.channel_words import channel_words
from portal.screening.contact_input import ContactInput
from portal.screening.queries.tellers import agencies
from portal.screening.views.queue import blueprint
from portal.web.fields import FieldView, from_form
from portal.web.inputs import as_uuid
from portal.web.security import large, too_large

AWAY = 503


@blueprint.route("/holding-area/contact", methods=["GET", "POST"])
@large(most_at_once)
@page(Permission.SCREEN)
def log_contact() -> ResponseReturnValue:
    """The short form for a contact that came another way."""
    published = _published()
    paper = sheet.Sheet(tuple(elsewhere.questions(published.form)), {})
    if request.method != "POST":
        form = _form(published, formdata=None, data={"once": str(uuid4())})
        return _draw(published, form, sheet.fields_of(paper, {}), sheet.shown_of(paper, {}))
    read, form, came = sheet.read(paper), _form(published), received.read(request.form)
    late = _late(came)
    sent = chosen()
    papers, refused = looked_into(sent) if sent else ([], [])
    problems = [too_large_words(limits())] if too_large() else [refusal_line(one) for one in refused]
    if form.channel.data == elsewhere.PARTNERS_FORM and not sent and not problems:
        problems = [_("Choose the file with the partner’s form")]
    good = form.validate_on_submit()
    if not good or read.wrong or read.more or problems or late:
        again = problems or [_("Choose the files again, or take it down without them.")] * bool(sent)
        return _draw(published, form, read.fields, read.shown, again, late=late), 422
    return _log(published, form, read, papers)


def _late(came: received.Typed) -> str:
    """What is wrong with when it came, "" for nothing: see received.views."""
    if came.day is None:
        return "day"
    if came.moment is None:
        return "time"
    return contacts.too_early_or_late(came.moment, sure=came.sure)


def _log(published: Published, form: ContactInput, read: sheet.Read, papers: list[Paper]) -> ResponseReturnValue:
    came = received.read(request.form)
    given = Given(
        channel=str(form.channel.data),
        agency_id=form.agency_id(),
        caller=form.who(),
        route=str(form.route.data),
        answers=read.answers,
        language=str(get_locale()),
        once=form.mark(),
        received_at=came.moment,
        sure=came.sure,
    )
    try:
        reference = contacts.log(guard.actor(), published, given, papers)
    except Invalid as error:
        return _draw(published, form, read.fields, read.shown, _problems(form, error, papers)), 422
    except Conflict as conflict:
        before = conflict.now.get("reference", "")
        form.once.data = str(uuid4())
        return _draw(published, form, read.fields, read.shown, before=before), 409
    except Unavailable:
        if not papers:
            raise
        words = _("Files cannot be taken at the moment. Take it down without them, and add them later.")
        return _draw(published, form, read.fields, read.shown, [words]), AWAY
    return _leave(reference)


def _problems(form: ContactInput, error: Invalid, papers: list[Paper]) -> list[str]:
    """What a command found wrong, beside its field; what is wrong with a file is returned."""
    if "file" in error.errors:
        names = ", ".join(paper.name for paper in papers)
        return [refusal_line(Refusal(names, error.errors["file"]))]
    told = {"agency": _("Choose who told you"), "route": _("Choose which way it goes")}
    for name in error.errors:
        form.refuse(name if name in told else "channel", told.get(name, _("Say how it reached you")))
    return []


def _leave(reference: str) -> ResponseReturnValue:
    """To the report; or to the list, for somebody who said that they must not see this family."""
    try:
        find(guard.actor(), Permission.LOOK, reference)
    except NotFound:
        flash(
            _("%(reference)s has been taken down. You said that you must not see this family, so a colleague goes on.",
              reference=reference),
            "success",
        )  # fmt: skip
        return redirect(url_for(".queue"), 303)
    flash(_("%(reference)s has been taken down. It is in the holding area.", reference=reference), "success")
    return redirect(url_for(".show", reference=reference), 303)


def _published() -> Published:
    """The version that the page was made with; raises NotFound where the council has no short form."""
    made_with = as_uuid(request.form.get("form_version"))
    try:
        published = version(made_with) if made_with else newest()
    except NotFound:
        published = newest()
    if not published.form.urgent:
        raise NotFound("no short form")
    return published


def _form(published: Published, **values: Any) -> ContactInput:
    return ContactInput(**values).offer(published, agencies(guard.actor()), str(get_locale()))


def _draw(
    published: Published,
    form: ContactInput,
    asked: list[FieldView],
    shown: str,
    problems: list[str] | None = None,
    *,
    before: str = "",
    late: str = "",
) -> str:
    views = from_form(form)
    hint = f"{allowed()} {limit_words(limits())}"
    wrong = "".join((problems or [])[:1])
    files = FieldView("file", FILES, _("Originals: a scan or a file (optional)"), hint, error=wrong)
    return render_template(
        "screening/log_contact.html",
        views=views,
        asked=asked,
        shown=shown,
        form_version=published.id,
        files=files,
        accept=accept(),
        problems=problems or [],
        before=before,
        came=received.views(received.read(request.form) if request.method == "POST" else received.now(), late),
    )


def panel(found: Found | None = None, **_about: Any) -> str:
    """In place of the thread, whom to ring about a contact that did not come through the portal."""
    if found is None or found.channel == elsewhere.PORTAL:
        return ""
    return render_template(
        "screening/_caller.html", found=found, caller=caller_of(found), channel=channel_words(found.channel)
    )
