"""The thread as a panel on both sides' pages, and the two forms that add to it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Flask, current_app, flash, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission, Reach, reach
from portal.kernel.errors import Conflict, Invalid
from portal.messaging import commands
from portal.messaging.inputs import MessageInput, QuestionInput, ReplyInput
from portal.messaging.queries import Said, thread
from portal.messaging.views import adding, carrying, copying, correcting
from portal.messaging.views.blueprint import blueprint
from portal.referrals import states
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.web import shell
from portal.web.fields import FieldView, from_form

__all__ = ["adding", "blueprint", "carrying", "copying", "correcting", "register"]


@blueprint.post("/screening/<reference>/ask")
@page(Permission.ASK)
def ask(reference: str) -> ResponseReturnValue:
    """The council asks the referrer."""
    actor = guard.actor()
    found = find(actor, Permission.ASK, reference)
    form = QuestionInput()
    if not form.validate_on_submit():
        return _again("screening.show", found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        commands.ask(actor, found, str(form.message.data), form.mark())
    except Invalid as error:
        return _again("screening.show", found, _refused(form, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except Conflict:
        return _again("screening.show", found, form, HTTPStatus.CONFLICT)
    flash(_("Your question has been sent"), "success")
    return redirect(url_for("screening.show", reference=found.reference), 303)


@blueprint.post("/referrals/<reference>/reply")
@page(Permission.REPLY)
def reply(reference: str) -> ResponseReturnValue:
    """The referrer, or their agency lead, answers."""
    actor = guard.actor()
    found = find(actor, Permission.REPLY, reference)
    form = ReplyInput()
    if not form.validate_on_submit():
        return _again("referrals.show", found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        commands.reply(actor, found, str(form.message.data), form.mark())
    except Invalid as error:
        return _again("referrals.show", found, _refused(form, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except Conflict:
        return _again("referrals.show", found, form, HTTPStatus.CONFLICT)
    flash(_("Your reply has been sent"), "success")
    return redirect(url_for("referrals.show", reference=found.reference), 303)


def _refused(form: MessageInput, error: Invalid) -> MessageInput:
    words = {
        "required": _("Enter your message"),
        "too_long": _("Your message must be %(limit)s characters or fewer", limit=commands.MAX_TEXT),
        "control": _("Remove characters that cannot be read, such as control characters"),
    }
    form.refuse("message", words[error.errors["message"]])
    return form


def _again(endpoint: str, found: Found, form: MessageInput, status: HTTPStatus) -> ResponseReturnValue:
    """The whole page that the form stands on, with what was typed.

    The page belongs to another package, above or below: it is asked for by its endpoint, and its panel finds
    the form here in `g`.
    """
    if status == HTTPStatus.CONFLICT:
        form.refuse("message", Wording(found.form_key)["changed_while_writing"])
    g.message_form = form
    response = make_response(current_app.view_functions[endpoint](reference=found.reference))
    response.status_code = status
    return response


def _view(form_class: type[MessageInput]) -> dict[str, FieldView]:
    """The form's fields: as they were refused in this request, else empty with a new mark."""
    form = g.get("message_form")
    if not isinstance(form, form_class):
        form = form_class(formdata=None)
    views = from_form(form)
    if not views["once"].value:
        views["once"] = replace(views["once"], value=str(uuid4()))
    return views


def _kept() -> str:
    """What was typed, for a page on which the form is no longer offered."""
    form = g.get("message_form")
    return str(form.message.data or "") if form is not None else ""


def errors_panel(**_about: Any) -> str:
    """The error summary for the head of the page; "" when nothing was refused."""
    form = g.get("message_form")
    if form is None:
        return ""
    return render_template("messaging/_errors.html", views=from_form(form))


def referrer_panel(found: Found | None = None, **_about: Any) -> str:
    """The thread on the referrer's page; "" while there is none. Reading it marks the council's words read."""
    actor = guard.actor()
    if found is None:
        return ""
    said = thread(actor, Permission.TRACK, found)
    if not said:
        return ""
    commands.mark_read(actor, found, "agency")
    can_reply = states.may("reply", found.state) and _may_reply(found)
    return render_template(
        "messaging/_thread.html",
        side="agency",
        report=found,
        wording=Wording(found.form_key),
        entries=_entries(said, "agency"),
        views=_view(ReplyInput) if can_reply else None,
        kept=_kept(),
        action=url_for("messaging.reply", reference=found.reference),
        decided=found.state == "decided",
    )


def _may_reply(found: Found) -> bool:
    actor = guard.actor()
    return reach(actor, Permission.REPLY) is Reach.AGENCY or found.author_id == actor.account_id


def council_panel(found: Found | None = None, **_about: Any) -> str:
    """The thread on the screener's page, with the form to ask for whoever has claimed the report."""
    actor = guard.actor()
    if found is None:
        return ""
    said = thread(actor, Permission.LOOK, found)
    if guard.may(Permission.SCREEN):
        commands.mark_read(actor, found, "council")
    mine = found.owner_id == actor.account_id and guard.may(Permission.ASK)
    can_ask = mine and states.may("ask", found.state)
    return render_template(
        "messaging/_thread.html",
        side="council",
        report=found,
        wording=Wording(found.form_key),
        entries=_entries(said, "council"),
        views=_view(QuestionInput) if can_ask else None,
        kept=_kept(),
        action=url_for("messaging.ask", reference=found.reference),
        decided=found.state == "decided",
    )


def _entries(said: tuple[Said, ...], reader: str) -> list[dict[str, Any]]:
    """The messages for the macro `messages`: the other side's newly read ones are marked; an agency reads
    "the council", not a name."""
    me = guard.actor().account_id
    return [
        {
            "sender": _("The council") if reader == "agency" and one.side == "council" else one.author_name,
            "at": one.sent_at,
            "text": one.text,
            "mine": one.author_id == me,
            "new": one.new and one.side != reader,
            "kind": one.kind,
        }
        for one in said
    ]


def register(app: Flask) -> None:
    """The two addresses, and the panels of both sides' pages."""
    app.register_blueprint(blueprint)
    shell.add_panel(app, "referral_top", errors_panel)
    shell.add_panel(app, "referral", referrer_panel)
    shell.add_panel(app, "referral", correcting.referrer_panel)
    shell.add_panel(app, "screening_top", errors_panel)
    shell.add_panel(app, "screening_changes", correcting.council_panel)
    shell.add_panel(app, "screening", council_panel)
