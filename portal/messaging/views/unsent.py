"""What somebody typed in a form of a thread and has not sent: kept by a button or a script, shown again later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

from flask import flash, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.questions import summary
from portal.kernel import clock, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.messaging.commands import drafting
from portal.messaging.commands.correcting import question_at
from portal.messaging.commands.drafting import Sheet
from portal.messaging.inputs import MessageInput
from portal.messaging.queries import thread
from portal.messaging.queries.drafts import ADD, ANSWER, ASK, CORRECT, REPLY, Draft, drafts, drafts_now
from portal.messaging.views import bringing
from portal.messaging.views.blueprint import blueprint
from portal.referrals.places import Place, place_of
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.views import sheet
from portal.referrals.views.blueprint import language, number_posted
from portal.referrals.views.shown import Typing
from portal.referrals.views.typed import fields_posted, refused
from portal.referrals.views.uploading import chosen
from portal.web.dates import time_words
from portal.web.inputs import as_uuid
from portal.web.posted import only_language

ACTION, SAVE, DISCARD = "action", "draft", "discard"
# What carries a form, or confirms just what stood in it. A question of a council's form may have any other name.
_MACHINERY = {ASK: frozenset({"once", "confirmed", "template"}), CORRECT: frozenset({"once", "seen"})}
_ONLY_ONCE = frozenset({"once"})
QUESTION = "question"


Fields = Mapping[str, Sequence[str]]


def _nothing(_fields: Fields) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class Form:
    """A form as its page shows it: what its script needs, when the text in it was kept (None: there is none) and until
    when, and what another tab has kept meanwhile."""

    typing: Typing
    at: datetime | None = None
    until: datetime | None = None
    elsewhere: str = ""
    seen_of: tuple[str, ...] = ()


def answer_name(message_id: UUID) -> str:
    """The name of the form that answers the questions of a message."""
    return f"{ANSWER}{message_id}"


def correct_name(place: Place) -> str:
    """The name of the form that corrects the answer at a place."""
    return f"{CORRECT}{place.text()}"


def kept(found: Found, name: str) -> Draft | None:
    """What the person has kept of that form; None for nothing."""
    return every(found).get(name)


def every(found: Found) -> dict[str, Draft]:
    """All that the person has kept on a report, by form. Read once in a request, before its writes."""
    if "message_drafts" not in g:
        g.message_drafts = {}
    if found.id not in g.message_drafts:
        g.message_drafts[found.id] = drafts(found)
    read: dict[str, Draft] = g.message_drafts[found.id]
    return read


def fields_of(found: Found, name: str) -> Fields:
    """The fields to show in a form that was not posted in this request: those that were kept."""
    draft = kept(found, name)
    return draft.fields if draft is not None else {}


def form_of(found: Found, name: str, besides: Callable[[Fields], Iterable[str]] = _nothing) -> Form:
    """What the page shows beside the form's fields; `besides` tells in lines what a draft has besides its message."""
    draft = kept(found, name)
    posted = request.method == "POST" and "tab_key" in request.form
    other = bool(g.get("message_elsewhere"))
    version = number_posted("typed_version") if posted and not other else draft.version if draft else 0
    tab = (as_uuid(request.form.get("tab_key")) if posted else None) or uuid4()
    typing = Typing(_href(found, name), tab, version)
    if draft is None or draft.blank:
        return Form(typing)
    until = draft.at + timedelta(days=scope.council().settings.draft_days)
    lines = [*besides(draft.fields), draft.one("message")] if other else []
    return Form(typing, draft.at, until, "\n".join(one for one in lines if one))


def answers_typed(paper: sheet.Sheet, fields: Fields) -> list[str]:
    """Questions of the form with what was typed to them, complete or not, a line for each."""
    read, told = sheet.read(paper, fields, quiet=True), []
    for view, one in (
        # A question that may be not known is a field of another name: "child_name-known".
        (view, question)
        for view in read.fields
        for question in paper.questions
        if question.key == view.name.split("-")[0]
    ):
        value = read.answers.get(one.key)
        typed_words = summary(one, value, language()) if value is not None else sheet.raw(one, fields)
        told += [_("%(about)s: %(question)s", about=view.label, question=typed_words)] if typed_words else []
    return told


def _href(found: Found, name: str) -> str:
    if name == ASK:
        return url_for("messaging.ask_typed", reference=found.reference)
    return url_for("messaging.typed", reference=found.reference, message_form=name)


def pressed(found: Found, name: str, form: MessageInput) -> HTTPStatus | None:
    """Keep or throw away what stands in the form, if that button was pressed: 303, or why not is on the form (409 or
    413); None where another was."""
    action = request.form.get(ACTION)
    if action not in (SAVE, DISCARD) or only_language():
        return None
    try:
        if action == SAVE:
            _keep_now(found, name)
            flash(_("Your draft was saved. It has not been sent."), "success")
            if chosen(bringing.FIELD):
                flash(_("Files are not kept in a draft: choose them again when you send it."), "important")
        else:
            drafting.discard(guard.actor(), found, sheet_of(name))
            flash(_("Your draft was thrown away"), "success")
    except Conflict as conflict:
        if not conflict.now.get("typed"):
            raise
        g.message_elsewhere = True
        g.message_drafts = {**g.get("message_drafts", {}), found.id: drafts_now(found)}
        form.refuse("message", _("You kept other words in another tab. They are above: do it again to replace them"))
        return HTTPStatus.CONFLICT
    except Invalid:
        form.refuse("message", _("This is more than a draft can keep. Shorten it"))
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return HTTPStatus.SEE_OTHER


def saving() -> bool:
    """Whether the button that keeps what stands in the form was pressed."""
    return request.form.get(ACTION) == SAVE and not only_language()


def throwing() -> bool:
    """Whether the button that throws the draft away was pressed."""
    return request.form.get(ACTION) == DISCARD and not only_language()


def _keep_now(found: Found, name: str) -> None:
    """Keep what stands in the form. Only a script's text may come late: whoever presses the button after the page was
    sent or thrown away (on "Back", say) wants just this kept, as by a new page."""
    sheet, fields = sheet_of(name), _fields(found, name)
    if drafting.keep(guard.actor(), found, sheet, fields) is None:
        drafting.keep(guard.actor(), found, replace(sheet, tab=uuid4()), fields)


def settle(found: Found, name: str) -> None:
    """The form was sent."""
    drafting.settle(guard.actor(), found, sheet_of(name))


def sheet_of(name: str) -> Sheet:
    """The page that was posted; one without a key, made by no script and no page of ours, is its own."""
    tab = as_uuid(request.form.get("tab_key")) or uuid4()
    return Sheet(name, "council" if name == ASK else "agency", tab, number_posted("typed_version"))


def _fields(found: Found, name: str) -> dict[str, Sequence[str]]:
    """What was typed. The short form of the report's page has no questions to choose: those chosen before stay."""
    carries = _MACHINERY.get(CORRECT if name.startswith(CORRECT) else name, _ONLY_ONCE)
    told = {key: values for key, values in fields_posted().items() if key not in carries}
    if name == ASK and QUESTION not in told and "with_questions" not in told:
        before = kept(found, ASK)
        told |= {QUESTION: before.fields[QUESTION]} if before and QUESTION in before.fields else {}
    return {key: values for key, values in told.items() if key != "with_questions"}


@blueprint.post("/screening/<reference>/ask/typed")
@page(Permission.ASK)
def ask_typed(reference: str) -> ResponseReturnValue:
    """Keep what a screener is typing; a script asks."""
    return _keep(find(guard.actor(), Permission.ASK, reference), ASK)


@blueprint.post("/referrals/<reference>/typed/<path:message_form>")
@page(Permission.REPLY)
def typed(reference: str, message_form: str) -> ResponseReturnValue:
    """Keep what a referrer is typing; a script asks."""
    found = find(guard.actor(), Permission.REPLY, reference)
    return _keep(found, _known(found, message_form))


def _known(found: Found, name: str) -> str:
    """The name of a form that this report has on the agency's side; raises NotFound for any other."""
    actor = guard.actor()
    if name in (REPLY, ADD):
        return name
    if name.startswith(ANSWER):
        message_id = as_uuid(name.removeprefix(ANSWER))
        if any(one.id == message_id and one.chosen for one in thread(actor, Permission.REPLY, found)):
            return f"{ANSWER}{message_id}"
    place = place_of(name.removeprefix(CORRECT)) if name.startswith(CORRECT) else None
    if place is None:
        raise NotFound("no such form")
    question_at(found, as_now(answers_of(found), corrections(actor, Permission.REPLY, found)), place)
    return correct_name(place)


def _keep(found: Found, name: str) -> ResponseReturnValue:
    sheet = sheet_of(name)
    try:
        version = drafting.keep(guard.actor(), found, sheet, _fields(found, name))
    except Conflict as conflict:
        return refused(conflict)
    except Invalid:
        return jsonify(said=""), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if version is None:
        told = _("Not saved: what stood on this page was sent or thrown away before. Press “Save draft” to keep this.")
        return jsonify(said=told), HTTPStatus.CONFLICT
    said = _("Draft saved at %(time)s, not sent", time=time_words(clock.now()))
    return jsonify(said=said, version=version)
