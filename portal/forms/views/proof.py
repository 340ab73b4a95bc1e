"""The proof of a draft: one line for each property, and what shows where it does not hold."""

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
from portal.auth.policy import Permission
from portal.forms.commands import checks as commands
from portal.forms.queries.checks import PROOF, of_draft
from portal.forms.queries.drafts import Draft
from portal.forms.statements import rules_lines
from portal.forms.verify import Finding, telling
from portal.forms.views import hub
from portal.forms.views.blueprint import all_as_read, blueprint, language, open_draft
from portal.forms.views.wording import Answers, check_badge, check_when, route_label, text_of


@dataclass(frozen=True)
class Fires:
    """A rule that holds for some answers: its id and what it says."""

    id: str
    says: str


@dataclass(frozen=True)
class Counterexample:
    """One failure in words: the answers that are enough for it, what they lead to, and the rules that fire."""

    message: str
    matters: list[dict[str, str]]
    answers: list[dict[str, str]]
    route: str
    fires: list[Fires]
    changed: str
    was: str
    becomes: str
    after_route: str
    after_fires: list[Fires]


@dataclass(frozen=True)
class Shown:
    """One property as its page shows it."""

    name: str
    title: str
    holds: bool
    fatal: bool
    why: str
    findings: list[Counterexample]
    exceptions: list[tuple[str, str]]


@hub.row(hub.Place.PROOF)
def _row(draft: Draft) -> hub.Row:
    check = of_draft(guard.actor(), draft, PROOF)
    badge = check_badge(check)
    return hub.Row(_("Proof"), url_for("forms.proof", form_id=draft.id), badge.text, badge.colour, check_when(check))


@blueprint.route("/forms/drafts/<uuid:form_id>/proof", methods=["GET", "POST"])
@page(Permission.PUBLISH)
def proof(form_id: UUID) -> ResponseReturnValue:
    """What the proof says of the draft, or (posted) the proof asked for."""
    draft = open_draft(form_id)
    if request.method == "POST":
        commands.ask(guard.actor(), draft, PROOF, again=True)
        flash(_("The proof has been asked for."), "success")
        return redirect(url_for("forms.proof", form_id=form_id), 303)
    check = of_draft(guard.actor(), draft, PROOF)
    properties = shown(draft.content, check.result) if check is not None and check.state == "done" else []
    return render_template(
        "forms/proof.html",
        draft=draft,
        check=check,
        badge=check_badge(check),
        properties=properties,
        broken=[one for one in properties if one.fatal and not one.holds],
    )


def shown(content: Mapping[str, Any], result: Mapping[str, Any]) -> list[Shown]:
    """Each property of a proof in the reader's language, with the words of the form that was proved."""
    telling = _Telling(content)
    return [telling.property(one) for one in result.get("properties") or [] if isinstance(one, Mapping)]


class _Telling:
    """Puts a proof into the words of one content."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._form: Mapping[str, Any] = all_as_read(content["form"])
        self._thresholds: Mapping[str, Any] = all_as_read(content["thresholds"])
        self._answers = Answers(self._form, self._thresholds)
        self._rules = {
            key: ". ".join(line.flat() for line in lines)
            for key, lines in rules_lines(self._form, self._thresholds, language()).items()
        }

    def property(self, one: Mapping[str, Any]) -> Shown:
        return Shown(
            name=str(one.get("name", "")),
            title=text_of(one.get("title")) or str(one.get("name", "")),
            holds=bool(one.get("holds")),
            fatal=bool(one.get("fatal", True)),
            why=text_of(one.get("why")),
            findings=[self._finding(found) for found in one.get("findings") or []],
            exceptions=[
                (self._says(str(exempt.get("rule", ""))), text_of(exempt.get("reason")))
                for exempt in one.get("exceptions") or []
            ],
        )

    def _finding(self, one: Mapping[str, Any]) -> Counterexample:
        answers, after, changed = one.get("answers") or {}, one.get("after") or {}, str(one.get("changed") or "")
        return Counterexample(
            message=text_of(one.get("message")),
            matters=self._smallest(one) if one.get("matters") else self._answers.rows(answers),
            answers=self._answers.rows(answers) if one.get("matters") else [],
            route=self._route(one.get("route")),
            fires=self._fires(one.get("fires")),
            changed=self._answers.label(changed) if changed else "",
            was=self._answers.words(changed, answers.get(changed)) if changed else "",
            becomes=self._answers.words(changed, after.get(changed)) if changed else "",
            after_route=self._route(one.get("after_route")),
            after_fires=self._fires(one.get("after_fires")),
        )

    def _smallest(self, one: Mapping[str, Any]) -> list[dict[str, str]]:
        """What is enough, which is parts of answers and not answers, in the words of the form."""
        found = Finding({}, matters=one["matters"], changed=str(one.get("changed") or ""))
        lines = telling.smallest(found, self._form, language())
        return [{"key": line.question, "value": "\n".join(line.answers)} for line in lines]

    def _route(self, key: Any) -> str:
        return route_label(self._thresholds, key) if key else ""

    def _fires(self, ids: Any) -> list[Fires]:
        return [Fires(str(one), self._says(str(one))) for one in ids or []]

    def _says(self, rule_id: str) -> str:
        return self._rules.get(rule_id, rule_id)
