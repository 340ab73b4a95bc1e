"""The referrer's side: challenging a decision, and what became of that."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.messaging.own_copy import Block, Line, Part
from portal.onward import words
from portal.onward.commands import challenges
from portal.onward.inputs import ChallengeInput
from portal.onward.queries.challenges import Step, steps
from portal.onward.views.blueprint import blueprint
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.web.dates import datetime_words
from portal.web.fields import from_form
from portal.web.inputs import as_uuid
from portal.web.posted import only_language

UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/referrals/<reference>/challenge")
@page(Permission.TRACK)
def challenging(reference: str) -> ResponseReturnValue:
    """What was said so far, and the form where somebody may go on."""
    found = find(guard.actor(), Permission.TRACK, reference)
    if not steps(guard.actor(), Permission.TRACK, found) and found.state != "decided":
        return redirect(url_for("referrals.show", reference=found.reference), 303)
    return _page(found, ChallengeInput(formdata=None))


@blueprint.post("/referrals/<reference>/challenge")
@page(Permission.REPLY)
def challenge(reference: str) -> ResponseReturnValue:
    """Challenge the decision, or take the challenge to the next level."""
    actor = guard.actor()
    found = find(actor, Permission.REPLY, reference)
    form = ChallengeInput()
    if not form.validate_on_submit():
        return _page(found, form), UNPROCESSABLE
    what = challenges.Objection(str(form.why.data), str(form.wanted.data), whole(form.level.data) or 0, form.mark())
    try:
        challenges.challenge(actor, found, what)
    except Invalid as error:
        for name in error.errors:
            form.refuse(name, _("Enter text that can be read, and not too much of it"))
        return _page(found, form), UNPROCESSABLE
    except Conflict:
        return _page(found, form, conflict=True), CONFLICT
    flash(_("Your challenge was sent to the council"), "success")
    return redirect(url_for(".challenging", reference=found.reference), 303)


@blueprint.post("/referrals/<reference>/challenge/end")
@page(Permission.REPLY)
def end_challenge(reference: str) -> ResponseReturnValue:
    """Accept the answer, or take the challenge back."""
    actor = guard.actor()
    found = find(actor, Permission.REPLY, reference)
    step_id = as_uuid(request.form.get("step"))
    if only_language() or step_id is None:
        return _page(found, ChallengeInput(formdata=None)), UNPROCESSABLE
    try:
        done = challenges.end(actor, found, step_id)
    except NotFound:
        return _page(found, ChallengeInput(formdata=None)), UNPROCESSABLE
    except Conflict:
        return _page(found, ChallengeInput(formdata=None), conflict=True), CONFLICT
    said = {"accepted": _("You have accepted the answer"), "withdrawn": _("You have taken the challenge back")}
    if done:
        flash(said[done], "success")
    return redirect(url_for(".challenging", reference=found.reference), 303)


def _page(found: Found, form: ChallengeInput, *, conflict: bool = False) -> str:
    actor = guard.actor()
    made = steps(actor, Permission.TRACK, found)
    may = challenges.may(actor, found, made)
    if conflict or not form.once.data:
        # Whoever has read how it is now goes on from there.
        form.once.data, form.level.data = str(uuid4()), str(may.level)
    council = scope.current().council
    views = from_form(form)
    # The page of a conflict shows how it is now: what was typed stays readable, also where nothing can be sent.
    kept = [] if may.level or not conflict else [
        {"key": one.label, "value": str(one.value)} for one in views.values() if one.kind == "textarea" and one.value
    ]  # fmt: skip
    return render_template(
        "onward/challenge.html",
        found=found,
        wording=Wording(found.form_key),
        history=[(words.level_words(one.level, one.level_name), words.rows(one)) for one in made],
        may=may,
        level=words.level_words(may.level, may.name) if may.level else "",
        views=views,
        conflict=conflict,
        kept=kept,
        days=council.settings.challenging.days if council else 0,
    )


def panel(found: Found | None = None, **_about: Any) -> str:
    """Beside the outcome on the referrer's page: how a challenge stands, or that one is possible; "" before any."""
    if found is None or (not found.outcome and found.state not in ("screening", "asked", "answered")):
        return ""
    actor = guard.actor()
    made = steps(actor, Permission.TRACK, found)
    if not made and found.state != "decided":
        return ""
    return render_template("onward/_challenge.html", found=found, said=_how(made[-1]) if made else "")


def copied(found: Found, _language: str) -> Part | None:
    """Every level, in the referrer's own copy; None where nobody challenged a decision."""
    made = steps(guard.actor(), Permission.TRACK, found)
    groups = tuple(
        Block(
            words.level_words(one.level, one.level_name),
            tuple(Line(row["key"], row["value"]) for row in words.rows(one)),
        )
        for one in made
    )
    return Part(_("Challenge of the decision"), groups=groups) if groups else None


def _how(step: Step) -> str:
    """How the last level stands, in a sentence."""
    if step.ended == "accepted":
        return str(_("A challenge of the decision was answered, and the answer was accepted."))
    if step.ended:
        return str(_("A challenge of the decision was taken back."))
    if step.answer:
        return str(_("The council has answered the challenge of the decision. Read the answer."))
    return str(
        _("The decision was challenged. The council should answer by %(date)s.", date=datetime_words(step.due_at))
    )
