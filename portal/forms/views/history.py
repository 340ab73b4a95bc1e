"""The history of a form: its versions, one of them read-only, what is different, and taking an earlier one up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission, Reach, reach
from portal.forms.commands import restoring
from portal.forms.differences import items
from portal.forms.families import FAMILIES
from portal.forms.queries import history as queries
from portal.forms.queries.drafts import Draft
from portal.forms.queries.history import PublishedVersion
from portal.forms.statements import rules_lines
from portal.forms.views import hub
from portal.forms.views.blueprint import all_as_read, blueprint, language, open_draft
from portal.forms.views.difference_words import told
from portal.forms.views.home import family_words
from portal.forms.views.proof import shown
from portal.forms.views.scenario_words import scenario_title
from portal.forms.views.trail import told_trail
from portal.forms.views.wording import Badge, text_of
from portal.kernel.errors import NotFound


@dataclass(frozen=True)
class Part:
    """A page or section of a version, with its questions in words."""

    title: str
    questions: list[str]


@hub.row(hub.Place.DIFFERENCES)
def _row(draft: Draft) -> hub.Row | None:
    if draft.base_id is None:
        return None
    return hub.Row(_("What is different, and who changed what"), url_for("forms.differences", form_id=draft.id))


def proof_badge(version: PublishedVersion) -> Badge:
    """What is known of a version's proof."""
    if version.proof is None:
        return Badge(_("Applied from the council’s files"), "grey")
    return Badge(_("Proved"), "green") if version.proof.get("holds") else Badge(_("Failed"), "red")


@blueprint.get("/forms/history/<form_key>")
@page(Permission.PUBLISH)
def history(form_key: str) -> str:
    """Every version of one form, newest first."""
    if form_key not in FAMILIES:
        raise NotFound("no such form")
    versions = queries.versions(guard.actor(), form_key)
    return render_template(
        "forms/history.html",
        family=family_words(form_key),
        versions=[(one, proof_badge(one)) for one in versions],
    )


@blueprint.get("/forms/versions/<uuid:version_id>")
@page(Permission.PUBLISH)
def published(version_id: UUID) -> str:
    """One version, read-only: its questions and rules in words, and what came with it."""
    found = queries.version(guard.actor(), version_id)
    before = queries.before(guard.actor(), found)
    lines = rules_lines(all_as_read(found.content["form"]), all_as_read(found.content["thresholds"]), language())
    return render_template(
        "forms/published.html",
        version=found,
        family=family_words(found.form_key),
        badge=proof_badge(found),
        before=before,
        parts=_parts(found.content),
        rules=[(key, ". ".join(line.flat() for line in said)) for key, said in lines.items()],
        properties=[one for one in shown(found.content, found.proof or {}) if one.exceptions],
        accepted=_accepted(found),
        may_design=reach(guard.actor(), Permission.DESIGN) is not Reach.NONE,
    )


def _accepted(version: PublishedVersion) -> list[tuple[str, str]]:
    """What each accepted scenario is called, and why it was accepted."""
    titles = {str(one.get("id")): scenario_title(one) for one in version.scenarios if isinstance(one, Mapping)}
    return [(titles.get(one["id"], one["id"]), one["reason"]) for one in version.accepted]


def _parts(content: Mapping[str, Any]) -> list[Part]:
    parts: list[Part] = []
    for what, _key, label in items(content):
        if what in ("page", "section"):
            parts.append(Part(text_of(label), []))
        elif what == "question" and parts:
            parts[-1].questions.append(text_of(label))
    return parts


@blueprint.get("/forms/versions/<uuid:version_id>/differences")
@page(Permission.PUBLISH)
def version_differences(version_id: UUID) -> str:
    """What is different from the version before, or from the one that `against` names."""
    actor = guard.actor()
    found = queries.version(actor, version_id)
    other = _against(found.form_key) or queries.before(actor, found)
    others = [one for one in queries.versions(actor, found.form_key) if one.id != found.id]
    return render_template(
        "forms/version_differences.html",
        version=found,
        other=other,
        others=others,
        differences=told(other.whole, found.whole) if other else [],
    )


@blueprint.post("/forms/versions/<uuid:version_id>/restore")
@page(Permission.DESIGN)
def restore(version_id: UUID) -> ResponseReturnValue:
    """Begin a draft with the content of that version."""
    version = queries.version(guard.actor(), version_id)
    form_id = restoring.restore(guard.actor(), version)
    flash(
        _(
            "The draft holds version %(number)s as it was. It is proved and published like any other.",
            number=version.number,
        ),
        "success",
    )
    return redirect(url_for("forms.draft", form_id=form_id), 303)


@blueprint.get("/forms/drafts/<uuid:form_id>/differences")
@page(Permission.PUBLISH)
def differences(form_id: UUID) -> str:
    """What is different in a draft from the version that it began with, and who changed what."""
    draft, actor = open_draft(form_id), guard.actor()
    base = _against(draft.form_key) or (queries.version(actor, draft.base_id) if draft.base_id else None)
    return render_template(
        "forms/differences.html",
        draft=draft,
        base=base,
        differences=told(base.whole, draft.content) if base else [],
        trail=told_trail(queries.trail(actor, draft.id)),
    )


def _against(form_key: str) -> PublishedVersion | None:
    """The version of the same form that the address asks to compare with."""
    asked = request.args.get("against", "")
    try:
        found = queries.version(guard.actor(), UUID(asked)) if asked else None
    except ValueError:
        raise NotFound("no such version") from None
    if found is not None and found.form_key != form_key:
        raise NotFound("no such version")
    return found
