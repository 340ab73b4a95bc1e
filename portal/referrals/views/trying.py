"""Test mode: a whole journey of a draft of a form, or of a published version, that reaches nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.checking import mistakes_of
from portal.forms.families import FAMILIES
from portal.forms.queries import Published, drafts, versions
from portal.forms.views import hub
from portal.forms.views.home import family_words
from portal.forms.views.mending import ToMend, to_mend
from portal.kernel import scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.referrals.commands import trials as commands
from portal.referrals.presenting import answer_groups_of, route_view, stored_outcome
from portal.referrals.queries import trials as queries
from portal.referrals.queries.drafts import Draft
from portal.referrals.routing import URGENT_ROUTE
from portal.referrals.trying import MOST_TOLD, Choice, choices, mistakes_in
from portal.referrals.views import sheet
from portal.referrals.views.blueprint import is_trial, key_posted, language, open_draft, phones_now, trials
from portal.referrals.views.sending import has_phoned
from portal.referrals.views.shown import Shown
from portal.referrals.views.urgent import short_form, urgent_page
from portal.referrals.wording import Wording
from portal.tenants.opening import is_open
from portal.web import shell

REPORT, TRY = "/report/<uuid:draft_id>", "/forms/try/<uuid:trial_id>"


@trials.url_defaults
def _say_trial(endpoint: str, values: dict[str, Any]) -> None:
    """The pages speak of a draft; the address of a trial says what it is."""
    del endpoint
    if "draft_id" in values:
        values["trial_id"] = values.pop("draft_id")


@trials.url_value_preprocessor
def _say_draft(endpoint: str | None, values: dict[str, Any] | None) -> None:
    del endpoint
    if values and "trial_id" in values:
        values["draft_id"] = values.pop("trial_id")


def register(app: Flask) -> None:
    """Add the trial's own pages and, of every page about a draft of a report, the same about a trial."""
    app.register_blueprint(trials)
    for rule in list(app.url_map.iter_rules()):
        if rule.endpoint.startswith("referrals.") and rule.rule.startswith(REPORT):
            endpoint = f"{trials.name}.{rule.endpoint.partition('.')[2]}"
            view = app.view_functions.get(endpoint) or _door(app.view_functions[rule.endpoint])
            app.add_url_rule(rule.rule.replace(REPORT, TRY), endpoint, view, methods=rule.methods)
    shell.add_panel(app, "top", _banner)


def _door(view: Callable[..., Any]) -> Callable[..., Any]:
    """The same view behind the door of those who may read drafts of forms."""

    @wraps(view)
    def behind(**values: Any) -> Any:
        return view(**values)

    return page(Permission.PUBLISH)(behind)


def _banner(**about: object) -> str:
    del about
    here = is_trial() and "draft_id" in (request.view_args or {})
    return render_template("referrals/_trial.html") if here else ""


@hub.row(hub.Place.TRY)
def _row(draft: drafts.Draft) -> hub.Row:
    """Trying a draft is never finished: its row has no status."""
    return hub.Row(_("Try this draft as a referrer meets it"), url_for("trials.try_draft", form_id=draft.id))


@trials.get("/forms/try", endpoint="start")
@page(Permission.PUBLISH)
def start() -> ResponseReturnValue:
    """The person's trials, and the published forms that can be tried."""
    return render_template(
        "referrals/trials.html",
        trials=queries.my_trials(guard.actor()),
        families=[(key, family_words(key)) for key, newest in versions.newest_of_each().items() if newest],
        family_words=family_words,
        days=queries.KEPT_DAYS,
    )


@trials.route("/forms/drafts/<uuid:form_id>/try", methods=["GET", "POST"], endpoint="try_draft")
@page(Permission.PUBLISH)
def try_draft(form_id: UUID) -> ResponseReturnValue:
    """Begin a trial of a draft as it stands now."""
    found = drafts.find(guard.actor(), form_id)
    back = url_for("forms.draft", form_id=form_id)
    wrong = mistakes_of(found.content, scope.council().languages)[:MOST_TOLD]
    return _begin_page(found.form_key, found.content, back, {"draft_id": found.id}, to_mend(found, wrong))


@trials.route("/forms/published/<form_key>/try", methods=["GET", "POST"], endpoint="try_published")
@page(Permission.PUBLISH)
def try_published(form_key: str) -> ResponseReturnValue:
    """Begin a trial of the newest published version of a form."""
    newest = versions.newest_of_each().get(form_key) if form_key in FAMILIES else None
    if newest is None:
        raise NotFound("nothing is published")
    content = versions.content_of(newest.id)
    return _begin_page(form_key, content, url_for(".start"), {"version_id": newest.id})


def _begin_page(
    form_key: str, content: Mapping[str, Any], back: str, of: Mapping[str, UUID], lines: Sequence[ToMend] = ()
) -> ResponseReturnValue:
    mistakes = mistakes_in(content)
    offered = () if mistakes else choices(content, scope.council().languages)
    chosen = request.form.get("choice", "")
    problem = ""
    if request.method == "POST" and offered:
        found = next((one for one in offered if one.key == chosen), None)
        problem = _begin(found, content, of) if found else _("Choose what to try")
        if found and not problem:
            return _first_page(found, key_posted("once"))
    page_again = render_template(
        "referrals/try.html",
        family=family_words(form_key),
        published="version_id" in of,
        mistakes=mistakes,
        lines=lines if mistakes else (),
        choices=[(one.key, choice_words(one)) for one in offered],
        chosen=chosen,
        problem=problem,
        once=uuid4(),
        back=back,
        days=queries.KEPT_DAYS,
    )
    return page_again, 422 if request.method == "POST" else 200


def choice_words(choice: Choice) -> str:
    """What can be tried, in words."""
    words: dict[str, str] = {
        "full-en": _("The full form, in English"),
        "full-cy": _("The full form, in Welsh"),
        "urgent-en": _("The urgent short form, in English"),
        "urgent-cy": _("The urgent short form, in Welsh"),
    }
    return words[choice.key]


def _begin(choice: Choice, content: Mapping[str, Any], of: Mapping[str, UUID]) -> str:
    try:
        commands.begin(guard.actor(), content, choice.kind, choice.language, trial_id=key_posted("once"), **of)
    except Invalid:
        return str(_("You have too many tests. Delete one before you start another."))
    return ""


def _first_page(choice: Choice, trial_id: UUID) -> ResponseReturnValue:
    """Where a trial begins; `lang` makes the page come in the language that was chosen."""
    endpoint = ".urgent" if choice.kind == "urgent" else ".triage_first"
    return redirect(url_for(endpoint, draft_id=trial_id, lang=choice.language), 303)


@trials.route("/forms/try/<uuid:trial_id>/urgent", methods=["GET", "POST"], endpoint="urgent")
@page(Permission.PUBLISH)
def urgent(draft_id: UUID) -> ResponseReturnValue:
    """The urgent short form of the trial: one page, "sent" at once."""
    try:
        draft, published = open_draft(draft_id)
    except NotFound:
        queries.sent_trial(guard.actor(), draft_id)
        return _receipt(draft_id)
    if draft.kind != "urgent":
        raise NotFound("not the short form")
    paper = sheet.Sheet(short_form(published).questions, {})
    if request.method != "POST":
        return urgent_page(published, Shown(sheet.fields_of(paper, {}), sheet.shown_of(paper, {})), draft.id)
    return _send_urgent(draft, published, paper)


def _send_urgent(draft: Draft, published: Published, paper: sheet.Sheet) -> ResponseReturnValue:
    read = sheet.read(paper)
    if read.wrong or read.more:
        return urgent_page(published, Shown(read.fields, read.shown), draft.id), 422
    try:
        commands.end(guard.actor(), draft, published, {short_form(published).key: read.answers})
    except Invalid:
        return urgent_page(published, Shown(read.fields, read.shown), draft.id), 422
    except Conflict:
        return _receipt(draft.id)
    return _receipt(draft.id)


def _receipt(draft_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".receipt", draft_id=draft_id), 303)


@trials.get("/forms/try/<uuid:trial_id>/receipt", endpoint="receipt")
@page(Permission.PUBLISH)
def receipt(draft_id: UUID) -> ResponseReturnValue:
    """What the referrer would read after sending, without a reference of the live series."""
    tried = queries.sent_trial(guard.actor(), draft_id)
    return render_template(
        "referrals/receipt.html",
        found=tried.found,
        wording=Wording(tried.found.form_key),
        route=route_view(tried.published, stored_outcome(tried.found), language()),
        urgent=tried.found.route == URGENT_ROUTE,
        phoned=tried.found.kind == "urgent" and has_phoned(tried.answers.sections),
        phones=phones_now(),
        open_now=is_open(scope.council()),
        full=False,
        statutory=scope.council().settings.statutory,
        trial=True,
    )


@trials.get("/forms/try/<uuid:trial_id>/council", endpoint="council")
@page(Permission.PUBLISH)
def as_council(draft_id: UUID) -> ResponseReturnValue:
    """The trial as a screener would read it; the screening package draws its part (a panel)."""
    tried = queries.sent_trial(guard.actor(), draft_id)
    groups = answer_groups_of(tried.published.form, tried.found, tried.answers, language())
    return render_template("referrals/as_council.html", tried=tried, groups=groups)


@trials.route("/forms/try/<uuid:trial_id>/delete", methods=["GET", "POST"], endpoint="delete")
@page(Permission.PUBLISH)
def delete(draft_id: UUID) -> ResponseReturnValue:
    """Ask first, then delete a trial, whether it has ended or not."""
    line = next((one for one in queries.my_trials(guard.actor()) if one.id == draft_id), None)
    if line is None:
        raise NotFound("no such trial")
    if request.method != "POST":
        return render_template("referrals/delete_trial.html", family=family_words(line.form_key))
    commands.forget(guard.actor(), draft_id)
    flash(_("The test was deleted."), "success")
    return redirect(url_for(".start"), 303)
