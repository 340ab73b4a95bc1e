"""A proposed decision: read by a second person, approved, sent back or taken back; and where the report says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms import queries as forms
from portal.kernel import scope
from portal.kernel.errors import Conflict, Invalid
from portal.messaging.queries import arrived
from portal.referrals import states
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.screening import grounds_words, presenting
from portal.screening.commands import approving
from portal.screening.commands.judging import required_words
from portal.screening.inputs import SendBackInput, whole_number
from portal.screening.queries.kept import has
from portal.screening.queries.proposals import Proposed, latest
from portal.screening.views.queue import blueprint
from portal.screening.views.report import conflict_page
from portal.web.fields import FieldView, OptionView, from_form
from portal.web.inputs import as_uuid

UNPROCESSABLE = 422


@blueprint.get("/screening/<reference>/proposal")
@page(Permission.DECIDE)
def proposal(reference: str) -> ResponseReturnValue:
    """What is proposed, for whoever approves it; and for its author, who may take it back."""
    found = find(guard.actor(), Permission.DECIDE, reference)
    waiting = latest(guard.actor(), found)
    if waiting is None or waiting.result:
        return redirect(url_for(".show", reference=found.reference), 303)
    return _page(found, waiting)


@blueprint.post("/screening/<reference>/proposal")
@page(Permission.APPROVE)
def answer_proposal(reference: str) -> ResponseReturnValue:
    """Approve it, or send it back with a reason."""
    actor = guard.actor()
    found = find(actor, Permission.APPROVE, reference)
    form = SendBackInput()
    if request.form.get("do") == "approve":
        read_new = whole_number(request.form.get("read_new"))
        deed = partial(approving.approve, actor, found, _id(), read_new)
        return _done(found, deed, _("Approved: the referrer is told"), form)
    if not form.validate_on_submit():
        return _again(found, form)
    words = str(form.words.data)
    deed = partial(approving.send_back, actor, found, _id(), words)
    return _done(found, deed, _("Sent back, with your reason"), form)


@blueprint.post("/screening/<reference>/proposal/take-back")
@page(Permission.DECIDE)
def take_back(reference: str) -> ResponseReturnValue:
    """Nothing is proposed any more."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    deed = partial(approving.take_back, actor, found, _id())
    return _done(found, deed, _("You have taken the proposal back"), SendBackInput(formdata=None))


def _id() -> UUID:
    """The proposal that the page showed; one that nobody made where it names none."""
    return as_uuid(request.form.get("proposal")) or uuid4()


def _done(found: Found, deed: Callable[[], None], words: str, form: SendBackInput) -> ResponseReturnValue:
    try:
        deed()
    except Invalid as error:
        return _again(found, form, error.errors)
    except Conflict as conflict:
        kept = [{"key": str(form.words.label.text), "value": str(form.words.data)}] if form.words.data else []
        return conflict_page(found.reference, conflict, kept=kept)
    flash(words, "success")
    return redirect(url_for(".show", reference=found.reference), 303)


def _again(found: Found, form: SendBackInput, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    waiting = latest(guard.actor(), found)
    if waiting is None or waiting.result:
        return conflict_page(found.reference, Conflict("settled meanwhile"))
    if errors and "words" in errors:
        form.refuse("words", _("Enter why you send it back"))
    unread = _("Read what is new from the referrer, then confirm that you have read it")
    stale = _(
        "It cannot be approved as it is: what the council asks for this outcome, or what the report keeps secret, has "
        "changed. Send it back."
    )
    said = {"read_new": unread} if errors and "read_new" in errors else {}
    trouble = stale if errors and not {"words", "read_new"} & set(errors) else ""
    return _page(found, waiting, form, said.get("read_new", ""), trouble), UNPROCESSABLE


def _page(
    found: Found, waiting: Proposed, form: SendBackInput | None = None, unread: str = "", trouble: str = ""
) -> str:
    actor = guard.actor()
    new = arrived(actor, Permission.DECIDE, found, waiting.given.seen)
    total = waiting.given.seen + len(new)
    box = FieldView(
        "checkboxes", "read_new", "", error=unread,
        options=(OptionView(str(total), _("I have read it, approve all the same")),),
    )  # fmt: skip
    mine = waiting.proposed_by_id == actor.account_id
    return render_template(
        "screening/proposal.html",
        found=found,
        wording=Wording(found.form_key),
        proposal=waiting,
        rows=_rows(found, waiting),
        arrived=new,
        confirm=[box] if new else [],
        views=from_form(form or SendBackInput(formdata=None)),
        trouble=trouble,
        approves=not mine and guard.may(Permission.APPROVE),
        takes_back=mine or found.owner_id == actor.account_id,
    )


def _rows(found: Found, waiting: Proposed) -> list[dict[str, str]]:
    council, language, given = scope.council().settings, str(get_locale()), waiting.given
    legal = required_words(found, given.outcome)
    written = found.language if found.language != language else ""
    why = [{"key": _("What changed, and why"), "value": waiting.change.why}] if waiting.change else []
    return [
        {"key": _("Outcome"), "value": presenting.outcome_label(council, given.outcome, language)},
        *why,
        {
            "key": _("Route confirmed"),
            "value": presenting.route_label(forms.version(found.form_version_id), given.route, language),
        },
        {"key": _("Reasons (council only)"), "value": given.rationale},
        *grounds_words.told(given.grounds, council, given.outcome, language),
        {
            "key": _("What the referrer would read"),
            "value": given.told,
            "lang": written,
        },
        *([{"key": _("Added below by the council"), "value": legal, "lang": written}] if legal else ()),
    ]


def panel(found: Found | None = None, **_about: Any) -> str:
    """On the report's page: a proposal that waits, and the one before that was sent back; "" for neither."""
    if found is None or not (found.approval_asked_at or found.state in states.BEGUN):
        return ""
    last = latest(guard.actor(), found) if has(found, "proposals") else None
    if last is None or last.result not in ("", "sent_back"):
        return ""
    return render_template(
        "screening/_proposal.html",
        found=found,
        proposal=last,
        outcome=presenting.outcome_label(scope.council().settings, last.given.outcome, str(get_locale())),
        looks=guard.may(Permission.DECIDE) and not found.reads_only(guard.actor()),
    )
