"""The scenarios of a draft: run all of them, look at one, add one from the questions as a referrer sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission, Reach, reach
from portal.forms.asking import Asked
from portal.forms.commands import rehearsals as commands
from portal.forms.inputs.scenarios import ScenarioInput
from portal.forms.queries.checks import SCENARIOS, of_draft
from portal.forms.queries.drafts import Draft
from portal.forms.readiness import judge
from portal.forms.rehearsing import Difference
from portal.forms.views import hub
from portal.forms.views import scenario_answers as answers
from portal.forms.views.blueprint import blueprint, open_draft, seen_version
from portal.forms.views.meeting import keep
from portal.forms.views.scenario_fields import filled, grouped
from portal.forms.views.scenario_words import difference_words, expected_rows, scenario_title
from portal.forms.views.wording import Answers, Badge, check_badge, check_when, route_label, text_of
from portal.kernel import clock
from portal.web.fields import FieldView, from_form


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
    spoken = Answers(draft.form, draft.thresholds)
    return render_template(
        "forms/scenario.html",
        draft=draft,
        scenario_id=scenario_id,
        title=scenario_title(found),
        summary=text_of(found.get("summary")),
        why=text_of(found.get("why")),
        answers=spoken.rows(found.get("answers")),
        expected=expected_rows(draft.thresholds, found.get("expected") or {}),
        passed=result.passed if result else False,
        readable=result is not None,
        differences=difference_words(result.differences, draft.thresholds) if result else [],
        may_change=_may_change(draft),
    )


@blueprint.route("/forms/drafts/<uuid:form_id>/scenarios/<scenario_id>/change", methods=["GET", "POST"])
@page(Permission.DESIGN)
def scenario_change(form_id: UUID, scenario_id: str) -> ResponseReturnValue:
    """Rename a scenario, answer its questions otherwise, or expect something else of its answers."""
    draft = open_draft(form_id)
    found = draft.scenarios[commands.place_of(draft, scenario_id)]
    before = found["answers"] if isinstance(found.get("answers"), Mapping) else {}
    form, questions = filled(ScenarioInput, draft.thresholds, found), answers.questionnaire(draft)
    stored = answers.begun(questions, before) if questions else None
    asked = answers.posted(questions) if questions and request.method == "POST" else stored
    shown = partial(_page, "forms/scenario_change.html", draft, form, asked, before, scenario_id=scenario_id)
    if request.method != "POST":
        return shown()
    if asked is not None and asked.more and not asked.errors:
        return shown(fresh=True)
    if not form.validate_on_submit() or (asked is not None and asked.errors):
        return shown(), 422
    fields = _said(form) | ({"answers": answers.given(draft, asked, before)} if asked is not None else {})
    was = filled(ScenarioInput, draft.thresholds, found, formdata=None)
    return keep(
        draft,
        commands.changed(draft, scenario_id, fields),
        seen_version(),
        "scenario_changed",
        back=url_for("forms.scenario", form_id=form_id, scenario_id=scenario_id),
        now=_views(was, stored),
        typed=_views(form, asked),
        done=_("The scenario was changed."),
    )


def _views(form: ScenarioInput, asked: Asked | None) -> list[FieldView]:
    return [*(answers.drawn_fields(asked) if asked else []), *grouped(from_form(form)).values()]


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
    form, questions = filled(ScenarioInput, draft.thresholds, {}), answers.questionnaire(draft)
    shown = partial(_page, "forms/scenario_new.html", draft, form)
    if questions is None or request.method != "POST":
        return shown(answers.begun(questions, {}) if questions else None, {}, fresh=True)
    asked = answers.posted(questions)
    if asked.more and not asked.errors:
        return shown(asked, {}, fresh=True)
    good = form.validate_on_submit()
    if not good or asked.errors:
        return shown(asked, {}), 422
    scenario = {**_said(form), "answers": answers.given(draft, asked, {})}
    scenario_id = commands.add(guard.actor(), draft, seen_version(), scenario)
    flash(_("The scenario was added."), "success")
    return redirect(url_for("forms.scenario", form_id=form_id, scenario_id=scenario_id), 303)


def _page(
    name: str,
    draft: Draft,
    form: ScenarioInput,
    asked: Asked | None,
    before: Mapping[str, Any],
    *,
    fresh: bool = False,
    **more: Any,
) -> str:
    """The questions so far (None: they cannot be asked), then the scenario's own fields; a fresh page has no errors."""
    views = grouped(from_form(form))
    if fresh:
        views = {key: replace(view, error="") for key, view in views.items()}
    return render_template(
        name,
        draft=draft,
        asked=answers.drawn_fields(asked) if asked else [],
        shown=answers.names_shown(asked) if asked else "",
        more=bool(asked and asked.more),
        disagrees=answers.disagrees_field(draft, before),
        fields=views,
        unreadable=asked is None,
        **more,
    )
