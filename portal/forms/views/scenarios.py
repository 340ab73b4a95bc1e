"""The scenarios of a draft: run all of them, look at one, add one from the questions as a referrer sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission, Reach, reach
from portal.forms.asking import Asked, read_triage
from portal.forms.commands import rehearsals as commands
from portal.forms.inputs.scenarios import ScenarioInput
from portal.forms.mistakes import SchemaMistakes
from portal.forms.queries.checks import SCENARIOS, of_draft
from portal.forms.queries.drafts import Draft
from portal.forms.questionnaire import Form, visible
from portal.forms.questions import field as field_view
from portal.forms.readiness import judge
from portal.forms.rehearsing import Difference
from portal.forms.schema import parse_form
from portal.forms.views import hub
from portal.forms.views.blueprint import blueprint, language, open_draft, seen_version
from portal.forms.views.meeting import keep
from portal.forms.views.scenario_fields import filled, grouped
from portal.forms.views.scenario_words import difference_words, expected_rows, scenario_title
from portal.forms.views.wording import Answers, Badge, check_badge, check_when, route_label, text_of
from portal.kernel import clock
from portal.web.fields import FieldView, OptionView, from_form

SHOWN, DISAGREES, PREFIX = "shown_key", "scenario-disagrees", "answer-"


def _may_change(draft: Draft) -> bool:
    return reach(guard.actor(), Permission.DESIGN) is not Reach.NONE and draft.state == "open"


@hub.row(hub.Place.SCENARIOS)
def _row(draft: Draft) -> hub.Row:
    check = of_draft(guard.actor(), draft, SCENARIOS)
    badge, count = check_badge(check), _("%(count)s scenarios", count=len(draft.scenarios))
    hint = check_when(check) or count
    return hub.Row(_("Scenarios"), url_for("forms.scenarios", form_id=draft.id), badge.text, badge.colour, hint)


@blueprint.route("/forms/drafts/<uuid:form_id>/scenarios", methods=["GET", "POST"])
@page(Permission.PUBLISH)
def scenarios(form_id: UUID) -> ResponseReturnValue:
    """Every scenario with its last result, or (posted) all of them run."""
    draft = open_draft(form_id)
    if request.method == "POST":
        commands.run(guard.actor(), draft)
        flash(_("The scenarios were run."), "success")
        return redirect(url_for("forms.scenarios", form_id=form_id), 303)
    check = of_draft(guard.actor(), draft, SCENARIOS)
    result = check.result if check is not None and check.state == "done" else {}
    results = {str(one.get("id")): one for one in result.get("results") or []}
    return render_template(
        "forms/scenarios.html",
        draft=draft,
        check=check,
        badge=check_badge(check),
        mistakes=result.get("mistakes", 0),
        ran=len(results),
        passed=sum(not one.get("differences") for one in results.values()),
        lines=[_line(draft, one, results.get(str(one.get("id")))) for one in draft.scenarios],
        may_change=_may_change(draft),
    )


def _line(draft: Draft, scenario: Mapping[str, Any], result: Mapping[str, Any] | None) -> dict[str, Any]:
    differences = [Difference(**one) for one in result["differences"]] if result else []
    badge = Badge(_("Not run yet"), "grey")
    if result:
        badge = Badge(_("Failed"), "red") if differences else Badge(_("Passed"), "green")
    return {
        "id": str(scenario.get("id")),
        "title": scenario_title(scenario),
        "expected": route_label(draft.thresholds, (scenario.get("expected") or {}).get("route")),
        "badge": badge,
        "differences": difference_words(differences, draft.thresholds),
    }


@blueprint.get("/forms/drafts/<uuid:form_id>/scenarios/<scenario_id>")
@page(Permission.PUBLISH)
def scenario(form_id: UUID, scenario_id: str) -> str:
    """One scenario: its answers, what is expected, and what comes out now."""
    draft = open_draft(form_id)
    found = draft.scenarios[commands.place_of(draft, scenario_id)]
    readiness = judge(draft.form_key, {**draft.content, "scenarios": [found]}, (), clock.now())
    result = readiness.results[0] if readiness.results else None
    answers = Answers(draft.form, draft.thresholds)
    return render_template(
        "forms/scenario.html",
        draft=draft,
        scenario_id=scenario_id,
        title=scenario_title(found),
        summary=text_of(found.get("summary")),
        why=text_of(found.get("why")),
        answers=answers.rows(found.get("answers")),
        expected=expected_rows(draft.thresholds, found.get("expected") or {}),
        passed=result.passed if result else False,
        readable=result is not None,
        differences=difference_words(result.differences, draft.thresholds) if result else [],
        may_change=_may_change(draft),
    )


@blueprint.route("/forms/drafts/<uuid:form_id>/scenarios/<scenario_id>/change", methods=["GET", "POST"])
@page(Permission.DESIGN)
def scenario_change(form_id: UUID, scenario_id: str) -> ResponseReturnValue:
    """Rename a scenario, or expect something else of its answers."""
    draft = open_draft(form_id)
    found = draft.scenarios[commands.place_of(draft, scenario_id)]
    form = filled(ScenarioInput, draft.thresholds, found)
    if request.method != "POST" or not form.validate_on_submit():
        page_again = render_template(
            "forms/scenario_change.html", draft=draft, scenario_id=scenario_id, fields=grouped(from_form(form))
        )
        return page_again, 422 if request.method == "POST" else 200
    stored = filled(ScenarioInput, draft.thresholds, found, formdata=None)
    return keep(
        draft,
        commands.changed(draft, scenario_id, _said(form)),
        seen_version(),
        "scenario_changed",
        back=url_for("forms.scenario", form_id=form_id, scenario_id=scenario_id),
        now=list(grouped(from_form(stored)).values()),
        typed=list(grouped(from_form(form)).values()),
        done=_("The scenario was changed."),
    )


def _said(form: ScenarioInput) -> dict[str, Any]:
    return {
        "title": form.title.data,
        "summary": form.summary.data or "",
        "why": form.why.data or "",
        "expected": form.expected(),
    }


@blueprint.route("/forms/drafts/<uuid:form_id>/scenarios/<scenario_id>/remove", methods=["GET", "POST"])
@page(Permission.DESIGN)
def scenario_remove(form_id: UUID, scenario_id: str) -> ResponseReturnValue:
    """Ask first, then take a scenario out."""
    draft = open_draft(form_id)
    if request.method == "POST":
        commands.remove(guard.actor(), draft, seen_version(), scenario_id)
        flash(_("The scenario was removed."), "success")
        return redirect(url_for("forms.scenarios", form_id=form_id), 303)
    found = draft.scenarios[commands.place_of(draft, scenario_id)]
    return render_template(
        "forms/scenario_remove.html", draft=draft, scenario_id=scenario_id, title=scenario_title(found)
    )


@blueprint.route("/forms/drafts/<uuid:form_id>/scenarios/new", methods=["GET", "POST"])
@page(Permission.DESIGN)
def scenario_new(form_id: UUID) -> ResponseReturnValue:
    """Answer the draft's questions as a referrer would, and say what should come out."""
    draft = open_draft(form_id)
    try:
        questionnaire = parse_form(draft.form)
    except SchemaMistakes:
        return render_template("forms/scenario_new.html", draft=draft, unreadable=True, fields={}, asked=[])
    form = filled(ScenarioInput, draft.thresholds, {})
    if request.method != "POST":
        return _new_page(draft, form, _begin(questionnaire), fresh=True)
    before = frozenset(request.form.get(SHOWN, "").split())
    asked = read_triage(questionnaire, request.form.to_dict(flat=False), before, PREFIX)
    if asked.more and not asked.errors:
        return _new_page(draft, form, asked, fresh=True)
    good = form.validate_on_submit()
    if not good or asked.errors:
        return _new_page(draft, form, asked, fresh=False), 422
    answers = {**asked.answers, **_disagrees(draft)}
    scenario_id = commands.add(guard.actor(), draft, seen_version(), {**_said(form), "answers": answers})
    flash(_("The scenario was added."), "success")
    return redirect(url_for("forms.scenario", form_id=form_id, scenario_id=scenario_id), 303)


def _begin(questionnaire: Form) -> Asked:
    return Asked(tuple(visible(questionnaire.triage_questions(), {})), {}, {}, (), more=False)


def _disagrees(draft: Draft) -> dict[str, str]:
    key = draft.thresholds.get("override_answer")
    return {str(key): "yes"} if key and request.form.get(DISAGREES) == "yes" else {}


def _new_page(draft: Draft, form: ScenarioInput, asked: Asked, *, fresh: bool) -> str:
    """The questions so far, then the scenario's own fields; a fresh page shows no errors in these."""
    views = grouped(from_form(form))
    if fresh:
        views = {name: replace(view, error="") for name, view in views.items()}
    fields = [field_view(one, language(), asked.typed.get(one.key), asked.errors, PREFIX) for one in asked.questions]
    disagrees = FieldView(
        kind="checkboxes",
        name=DISAGREES,
        label="",
        value=("yes",) if request.form.get(DISAGREES) == "yes" else (),
        options=(OptionView("yes", _("The referrer disagrees with the route")),),
    )
    return render_template(
        "forms/scenario_new.html",
        draft=draft,
        asked=fields,
        shown=" ".join(one.key for one in asked.questions),
        more=asked.more,
        disagrees=disagrees,
        fields=views,
        unreadable=False,
    )
