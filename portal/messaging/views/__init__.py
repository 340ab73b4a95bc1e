"""The thread as a panel on both sides' pages, and the two forms that add to it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import scope
from portal.messaging import commands
from portal.messaging.chosen import answering, labels
from portal.messaging.commands.seeing import note_seen
from portal.messaging.inputs import MessageInput, QuestionInput, ReplyInput
from portal.messaging.queries import Said, drafts, thread
from portal.messaging.queries.drafts import ASK, REPLY
from portal.messaging.sightings import seen_words
from portal.messaging.views import (
    adding,
    answer,
    asking,
    begun,
    bringing,
    carrying,
    choose,
    copying,
    correcting,
    readying,
    unsent,
)
from portal.messaging.views.blueprint import blueprint
from portal.messaging.views.forms import message_views, question_views
from portal.referrals import states
from portal.referrals.elsewhere import PORTAL
from portal.referrals.queries.record import Found, find
from portal.referrals.views.blueprint import language
from portal.referrals.views.files_shown import on_report, rows
from portal.referrals.wording import Wording
from portal.web import shell
from portal.web.fields import from_form
from portal.web.security import large

__all__ = ["adding", "answer", "blueprint", "carrying", "choose", "copying", "correcting", "register", "unsent"]


@blueprint.post("/screening/<reference>/ask")
@large(bringing.most)
@page(Permission.ASK)
def ask(reference: str) -> ResponseReturnValue:
    """The council asks the referrer."""
    found = find(guard.actor(), Permission.ASK, reference)
    g.message_form = form = asking.sending(found)
    sent = not request.form.get(unsent.ACTION)
    if sent and asking.able(found) and (trouble := choose.closed(found)):
        # Its questions are chosen anew on the whole form, which has what was typed. In another language, too.
        return choose.page_of(found, trouble), HTTPStatus.UNPROCESSABLE_ENTITY
    return _say(found, form, asking.act(found, form), ASK, _("Your question has been sent"))


@blueprint.post("/referrals/<reference>/reply")
@large(bringing.most)
@page(Permission.REPLY)
def reply(reference: str) -> ResponseReturnValue:
    """The referrer, or their agency lead, answers."""
    found = find(guard.actor(), Permission.REPLY, reference)
    return _say(found, ReplyInput(), commands.reply, REPLY, _("Your reply has been sent"))


def _say(found: Found, form: MessageInput, act: bringing.Act, name: str, done: str) -> ResponseReturnValue:
    """Send the message, or show the whole page that its form stands on, with what was typed.

    The page belongs to another package, above or below: it is asked for by its endpoint, and its panel finds the form
    here in `g`.
    """
    endpoint = "screening.show" if name == ASK else "referrals.show"
    status = unsent.pressed(found, name, form)
    if status is not None and status == HTTPStatus.SEE_OTHER:
        return redirect(url_for(endpoint, reference=found.reference, _anchor="messages"), status)
    if status is None and isinstance(form, QuestionInput):
        status = readying.use(found, form)
    status = status or bringing.send(found, form, act)
    if status == HTTPStatus.SEE_OTHER:
        unsent.settle(found, name)
        flash(done, "success")
        return redirect(url_for(endpoint, reference=found.reference), status)
    g.message_form = form
    response = make_response(current_app.view_functions[endpoint](reference=found.reference))
    response.status_code = status
    return response


def _kept(found: Found, name: str) -> str:
    """What was typed, now or before, for a page on which the form is no longer offered."""
    form = g.get("message_form")
    draft = unsent.kept(found, name)
    return (str(form.message.data or "") if form is not None else "") or (draft.one("message") if draft else "")


def errors_panel(**_about: Any) -> str:
    """The error summary for the head of the page; "" when nothing was refused."""
    form = g.get("message_form")
    if form is None:
        return ""
    views = [*readying.errors(), *from_form(form).values(), *bringing.errors()]
    return render_template("messaging/_errors.html", views=views)


def referrer_panel(found: Found | None = None, **_about: Any) -> str:
    """The thread on the referrer's page; "" while there is none. Reading it marks the council's words read."""
    actor = guard.actor()
    if found is None:
        return ""
    said = thread(actor, Permission.TRACK, found)
    if not said:
        return ""
    commands.mark_read(actor, found, "agency")
    note_seen(actor, found, said, "agency")
    can_reply = states.may("reply", found.state) and _may_reply(found)
    return render_template(
        "messaging/_thread.html",
        side="agency",
        report=found,
        wording=Wording(found.form_key),
        entries=_entries(found, said, "agency"),
        views=message_views(ReplyInput, found, REPLY) if can_reply else None,
        unsent=unsent.form_of(found, REPLY),
        kept=_kept(found, REPLY),
        unsent_files=g.get("message_files", False),
        upload=bringing.field(),
        action=url_for("messaging.reply", reference=found.reference),
        decided=found.state == "decided",
    )


def _may_reply(found: Found) -> bool:
    actor = guard.actor()
    return reach(actor, Permission.REPLY) is Reach.AGENCY or found.author_id == actor.account_id


def council_panel(found: Found | None = None, **_about: Any) -> str:
    """The thread on the screener's page, with the form to ask for whoever has claimed the report."""
    actor = guard.actor()
    if found is None or found.channel != PORTAL:
        return ""
    said = thread(actor, Permission.LOOK, found)
    if guard.may(Permission.SCREEN) and any(one.new and one.side == "agency" for one in said):
        commands.mark_read(actor, found, "council")
    if guard.may(Permission.SCREEN):
        note_seen(actor, found, said, "council")
    can_ask = guard.may(Permission.ASK) and asking.able(found)
    return render_template(
        "messaging/_thread.html",
        side="council",
        report=found,
        wording=Wording(found.form_key),
        entries=_entries(found, said, "council"),
        views=question_views(found) if can_ask else None,
        unsent=asking.unsent_of(found),
        kept=_kept(found, ASK),
        unsent_files=g.get("message_files", False),
        upload=bringing.field(),
        action=url_for("messaging.ask", reference=found.reference),
        choose=url_for("messaging.choose", reference=found.reference),
        ready=readying.words_of(found) if can_ask else None,
        going=asking.going(found) if can_ask else [],
        decided=found.state == "decided",
    )


def _entries(found: Found, said: tuple[Said, ...], reader: str) -> list[dict[str, Any]]:
    """The messages for the macro `messages`, with their files: the other side's newly read ones are marked; an agency
    reads "the council", not a name."""
    actor = guard.actor()
    files = rows(on_report(actor, found.id), actor) if said else []
    folded = answering(said)
    return [
        {
            "sender": _("The council") if reader == "agency" and one.side == "council" else one.author_name,
            "at": one.sent_at,
            "text": one.text,
            "id": one.id,
            "mine": one.author_id == actor.account_id,
            "files": [file for file in files if file.message_id == one.id],
            "new": one.new and one.side != reader,
            "kind": one.kind,
            "answer_by": one.answer_by,
            "read": seen_words(one, reader, names=scope.council().settings.asking.show_names),
            "chosen": labels(found, one.chosen, language()) if one.chosen else (),
            "answer": _answer_href(found, one) if reader == "agency" else "",
        }
        for one in said
        if one.id not in folded
    ]


def _answer_href(found: Found, one: Said) -> str:
    """Where the questions of a message are answered; "" where there are none, or no reply is taken."""
    if not one.chosen or not states.may("reply", found.state) or not _may_reply(found):
        return ""
    return url_for("messaging.answer", reference=found.reference, message_id=one.id)


def register(app: Flask) -> None:
    """The two addresses, and the panels of both sides' pages."""
    app.register_blueprint(blueprint)
    drafts.register()
    shell.add_panel(app, "referral_top", errors_panel)
    shell.add_panel(app, "referral_outcome", begun.referrer_panel)
    shell.add_panel(app, "referral", referrer_panel)
    shell.add_panel(app, "referral", correcting.referrer_panel)
    shell.add_panel(app, "screening_top", errors_panel)
    shell.add_panel(app, "screening_changes", correcting.council_panel)
    shell.add_panel(app, "screening", council_panel)
