"""From a draft to a published version: the pages on which one person submits and another approves or sends back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission, Reach, reach
from portal.forms.checking import mistakes_of
from portal.forms.commands import releasing as commands
from portal.forms.inputs.releasing import SendBackInput, SubmitInput, TakeBackInput
from portal.forms.queries import checks, comments, history
from portal.forms.queries.drafts import Draft
from portal.forms.readiness import Readiness, judge
from portal.forms.views import hub
from portal.forms.views.blueprint import blueprint, language, open_draft, seen_version
from portal.forms.views.difference_words import told
from portal.forms.views.mending import to_mend
from portal.forms.views.proof import shown
from portal.forms.views.scenario_words import difference_words, scenario_title
from portal.forms.views.wording import check_badge
from portal.kernel import clock, scope
from portal.kernel.errors import Conflict, Invalid
from portal.web.fields import FieldView, from_form

REASON = "reason-"
MOST_MISTAKES = 20


@dataclass(frozen=True)
class Failing:
    """A scenario that comes out otherwise, what differs, and the field for the reason to accept it."""

    title: str
    differences: list[str]
    field: FieldView


@hub.row(hub.Place.PUBLISH)
def _row(draft: Draft) -> hub.Row | None:
    if draft.state == "submitted":
        return hub.Row(
            _("Review and publish"),
            url_for("forms.review", form_id=draft.id),
            _("Waiting for a second person"),
            "yellow",
        )
    if draft.state != "open" or not guard.may(Permission.DESIGN):
        return None
    return hub.Row(
        _("Submit to a second person"), hub.designers_link("forms.submit", draft), _("Not submitted"), "grey"
    )


@blueprint.route("/forms/drafts/<uuid:form_id>/submit", methods=["GET", "POST"])
@page(Permission.DESIGN)
def submit(form_id: UUID) -> ResponseReturnValue:
    """What is needed before a second person can publish the draft, the note, and the reasons for what fails."""
    draft = open_draft(form_id)
    if draft.state == "submitted":
        return redirect(url_for("forms.review", form_id=form_id), 303)
    form = SubmitInput(note=draft.note, must_restart=draft.must_restart)
    if request.method != "POST":
        return _submit_page(draft, form, {one["id"]: one["reason"] for one in draft.accepted}, {})
    reasons = {name.removeprefix(REASON): text for name, text in request.form.items() if name.startswith(REASON)}
    if not form.validate_on_submit():
        return _submit_page(draft, form, reasons, {}), 422
    submission = commands.Submission(str(form.note.data), bool(form.must_restart.data), reasons)
    try:
        commands.submit(guard.actor(), draft, seen_version(), submission)
    except Invalid as refused:
        return _submit_page(draft, form, reasons, refused.errors), 422
    except Conflict as conflict:
        return _submit_page(open_draft(form_id), form, reasons, {"draft": _met(conflict)}), 409
    flash(_("The draft waits for a second person. It cannot be changed until it is sent back."), "success")
    return redirect(url_for("forms.draft", form_id=form_id), 303)


def _met(conflict: Conflict) -> str:
    return "newer" if "newer" in conflict.now else "changed"


def _submit_page(draft: Draft, form: SubmitInput, reasons: Mapping[str, str], errors: Mapping[str, str]) -> str:
    readiness = judge(draft.form_key, draft.content, scope.council().languages, clock.now())
    newest = history.newest(guard.actor(), draft.form_key)
    failing = _failing(draft, readiness, reasons, errors)
    wrong = mistakes_of(draft.content, scope.council().languages)
    wrong = wrong or [(("form", *one.path), one.message) for one in readiness.mistakes]
    return render_template(
        "forms/submit.html",
        draft=draft,
        fields=from_form(form),
        failing=failing,
        views=[*from_form(form).values(), *(one.field for one in failing)],
        mistakes=to_mend(draft, wrong[:MOST_MISTAKES]),
        mistakes_count=len(wrong),
        missing=[one.words(language()) for one in commands.missing(readiness)],
        proof=check_badge(checks.of_draft(guard.actor(), draft, checks.PROOF)),
        scenarios=len(readiness.results),
        unresolved=comments.unresolved(guard.actor(), draft.id),
        newer=newest if newest is not None and newest.id != draft.base_id else None,
        refusal=_refusals().get(errors.get("draft", ""), ""),
    )


def _refusals() -> dict[str, str]:
    return {
        "mistakes": _("The draft has mistakes, so it cannot be submitted. They are listed below."),
        "facts": _("The draft does not ask for everything that screening needs. What is missing is listed below."),
        "locked": _("The draft changes what the library has locked, so it cannot be published."),
        "not_proved": _("The draft has no passing proof of exactly what it says now. Run the proof first."),
        "unchanged": _("The draft changes nothing, so there is nothing to publish."),
        "changed": _("Somebody changed the draft after you opened this page. Look at it again before you go on."),
        "newer": _("Another version was published after this draft was begun. Its changes must be brought in first."),
    }


def _failing(
    draft: Draft, readiness: Readiness, reasons: Mapping[str, str], errors: Mapping[str, str]
) -> list[Failing]:
    words = {
        "required": _("Enter why you accept this, or change the rules or the scenario"),
        "too_long": _("Your reason must be %(limit)s characters or fewer", limit=commands.LONGEST_REASON),
    }
    titles = {str(one.get("id")): scenario_title(one) for one in draft.scenarios if isinstance(one, Mapping)}
    return [
        Failing(
            title=titles.get(one.id, one.id),
            differences=difference_words(one.differences, draft.thresholds),
            field=FieldView(
                kind="textarea",
                name=REASON + one.id,
                label=_("Why do you accept that “%(scenario)s” fails?", scenario=titles.get(one.id, one.id)),
                hint=_("Your reason is kept with the version. Name no child or family."),
                value=reasons.get(one.id, ""),
                error=words.get(errors.get(f"scenario:{one.id}", ""), ""),
                max_length=commands.LONGEST_REASON,
            ),
        )
        for one in readiness.failing
    ]


@blueprint.post("/forms/drafts/<uuid:form_id>/go-on")
@page(Permission.DESIGN)
def go_on(form_id: UUID) -> ResponseReturnValue:
    """Choose the draft over a version that was published meanwhile."""
    commands.go_on_from_newest(guard.actor(), open_draft(form_id), seen_version())
    flash(_("The draft now replaces the newest version when it is published."), "success")
    return redirect(url_for("forms.submit", form_id=form_id), 303)


@blueprint.get("/forms/drafts/<uuid:form_id>/review")
@page(Permission.PUBLISH)
def review(form_id: UUID) -> ResponseReturnValue:
    """What the second person looks at before they publish."""
    draft = open_draft(form_id)
    if draft.state == "open":
        return redirect(url_for("forms.draft", form_id=form_id), 303)
    return _review_page(draft, "", None)


@blueprint.post("/forms/drafts/<uuid:form_id>/publish")
@page(Permission.PUBLISH)
def publish(form_id: UUID) -> ResponseReturnValue:
    """Approve and publish."""
    draft = open_draft(form_id)
    try:
        version_id = commands.publish(guard.actor(), draft, seen_version())
    except Invalid:
        told_why = _("The draft does not pass its checks any more, so it was not published. Send it back.")
        return _review_page(draft, told_why, None), 422
    except Conflict as conflict:
        draft = open_draft(form_id)
        if draft.state == "open":
            flash(_("The draft was sent back meanwhile, so it was not published."))
            return redirect(url_for("forms.draft", form_id=form_id), 303)
        return _review_page(draft, _refusals()[_met(conflict)], None), 409
    flash(_("Published. Whoever begins this form now meets the new version."), "success")
    return redirect(url_for("forms.published", version_id=version_id), 303)


@blueprint.post("/forms/drafts/<uuid:form_id>/send-back")
@page(Permission.PUBLISH)
def send_back(form_id: UUID) -> ResponseReturnValue:
    """Open the draft again, with a comment."""
    draft, actor = open_draft(form_id), guard.actor()
    form = TakeBackInput() if draft.submitted_by == actor.account_id else SendBackInput()
    if not form.validate_on_submit():
        return _review_page(draft, "", form), 422
    try:
        commands.send_back(actor, draft, seen_version(), form.comment.data or "", form.mark())
    except Invalid:
        form.refuse("comment", _("Remove characters that cannot be read, such as control characters"))
        return _review_page(draft, "", form), 422
    flash(_("The draft can be changed again."), "success")
    return redirect(url_for("forms.draft", form_id=form_id), 303)


def _review_page(draft: Draft, refusal: str, form: SendBackInput | TakeBackInput | None) -> str:
    actor = guard.actor()
    own = draft.submitted_by == actor.account_id
    form = form or (TakeBackInput(formdata=None) if own else SendBackInput(formdata=None))
    form.once.data = form.once.data or str(uuid4())
    readiness = judge(draft.form_key, draft.content, scope.council().languages, clock.now())
    check = checks.of_draft(actor, draft, checks.PROOF)
    base = history.version(actor, draft.base_id) if draft.base_id else None
    reasons = {one["id"]: one["reason"] for one in draft.accepted}
    return render_template(
        "forms/review.html",
        draft=draft,
        own=own,
        may_approve=draft.state == "submitted" and commands.may_approve(actor, draft),
        may_design=reach(actor, Permission.DESIGN) is not Reach.NONE,
        fields=from_form(form),
        refusal=refusal,
        proof=check_badge(check),
        properties=[one for one in shown(draft.content, check.result) if one.exceptions or one.findings]
        if check is not None and check.status == "passed"
        else [],
        scenarios=len(readiness.results),
        accepted=[
            (one, reasons.get(one.field.name.removeprefix(REASON), "")) for one in _failing(draft, readiness, {}, {})
        ],
        differences=told(base.whole, draft.content) if base else [],
        base=base,
    )
