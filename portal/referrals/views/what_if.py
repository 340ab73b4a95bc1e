"""What if: how many past reports would take another route under a draft's rules, and which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.queries import checks, drafts
from portal.forms.queries.checks import WHAT_IF, Check
from portal.forms.queries.drafts import Draft
from portal.forms.views import hub
from portal.forms.views.home import family_words
from portal.kernel.errors import Invalid
from portal.kernel.language import say
from portal.referrals.commands import what_if as commands
from portal.referrals.flows import SAME, UP, Flow, direction, ordered, picture
from portal.referrals.progress import route_name
from portal.referrals.rerouting import MOST_LISTED
from portal.referrals.views.blueprint import language
from portal.referrals.what_if_words import WhatIfWords

# Fewer would let somebody who may not read reports recognise one.
SMALL = 5
# Months that can be looked back; 0 is everything.
PERIODS = ("3", "12", "0")

blueprint = Blueprint("what_if", __name__)


@dataclass(frozen=True)
class Row:
    """One line of the table: the council's names of both routes, how many, and whether they go up or down.

    `drawn_before` and `drawn_after` are the short names in the picture, "" where they are the same.
    """

    before: str
    drawn_before: str
    after: str
    drawn_after: str
    many: str
    kind: str
    way: str


@dataclass(frozen=True)
class Changed:
    """The reports that changed route in one way, for those who may read them; `why` is the draft's rule in words."""

    before: str
    before_rule: str
    after: str
    after_rule: str
    why: str
    references: tuple[str, ...]


@blueprint.route("/forms/drafts/<uuid:form_id>/what-if", methods=["GET", "POST"], endpoint="show")
@page(Permission.PUBLISH)
def show(form_id: UUID) -> ResponseReturnValue:
    """Ask for a run, see how far it is, and read what came of it."""
    draft = drafts.find(guard.actor(), form_id)
    if request.method != "POST":
        return _page(draft)
    months = request.form.get("months", "")
    try:
        commands.ask(guard.actor(), draft, int(months) if months in PERIODS else -1)
    except Invalid:
        return _page(draft, problem=WhatIfWords(draft.form_key).say("choose")), 422
    return redirect(url_for(".show", form_id=form_id), 303)


def _page(draft: Draft, problem: str = "") -> str:
    check = checks.of_draft(guard.actor(), draft, WHAT_IF)
    exact, says = guard.may(Permission.SCREEN), WhatIfWords(draft.form_key)
    result = check.result if check and check.current and check.state == "done" else {}
    return render_template(
        "referrals/what_if.html",
        draft=draft,
        family=family_words(draft.form_key),
        check=check,
        status=check.status if check else "",
        percent=_percent(check),
        says=says.say,
        periods={months: says.say(f"period_{months}") for months in PERIODS},
        chosen=str(result.get("months", commands.NEWEST)),
        problem=problem,
        exact=exact,
        mistakes=result.get("mistakes", 0),
        result=_result(draft, result, exact=exact) if "flows" in result else None,
    )


def _percent(check: Check | None) -> int:
    return 100 * check.done // check.total if check and check.total else 0


def number_words(count: int, *, exact: bool) -> str:
    """A number as this reader may know it: rounded, and no small one, for those who may not read reports."""
    if exact or not count:
        return str(count)
    if count < SMALL:
        return str(_("fewer than 5"))
    return str(SMALL * round(count / SMALL))


def _result(draft: Draft, result: Mapping[str, Any], *, exact: bool) -> dict[str, Any]:
    ranks = {key: _rank(one) for key, one in _routes(draft).items()}
    told = [Flow(one["before"], one["after"], one["count"]) for one in result["flows"]]
    few = not exact and 0 < result["compared"] < SMALL
    drawn = [] if few else [one if exact else replace(one, drawn=_blurred(one.count)) for one in told]
    return {
        "period": _period(draft, str(result["months"])),
        "compared": number_words(result["compared"], exact=exact),
        "moved": number_words(result["moved"], exact=exact),
        "nothing": not result["compared"],
        "few": few,
        "moved_few": not exact and 0 < result["moved"] < SMALL,
        "unchanged": not result["moved"],
        "destroyed": number_words(result["destroyed"], exact=exact) if result["destroyed"] else "",
        "short": number_words(result["short"], exact=exact) if result["short"] else "",
        "incomplete": number_words(result["incomplete"], exact=exact) if result["incomplete"] else "",
        "rows": [_row(draft, one, ranks, exact=exact) for one in ordered(told, ranks)],
        "picture": picture(drawn, ranks) if drawn else None,
        "name": route_name,
        "many": lambda count: number_words(count, exact=exact),
        "changed": _changed(draft, result["changed"]) if exact else [],
        "most": MOST_LISTED,
        "left_out": max(0, result["moved"] - len(result["changed"])),
    }


def _period(draft: Draft, months: str) -> str:
    return WhatIfWords(draft.form_key).say(f"period_{months}") if months in PERIODS else ""


def _blurred(count: int) -> int:
    """The width of a band that must not tell more than the table."""
    return SMALL * round(count / SMALL) if count >= SMALL else SMALL // 2


def _row(draft: Draft, flow: Flow, ranks: Mapping[str, int], *, exact: bool) -> Row:
    kind = direction(flow, ranks)
    way = _("Same route") if kind == SAME else _("Goes up") if kind == UP else _("Goes down")
    many = number_words(flow.count, exact=exact)
    before, after = _label(draft, flow.before), _label(draft, flow.after)
    return Row(before, _drawn(flow.before, before), after, _drawn(flow.after, after), many, kind, way)


def _drawn(route: str, label: str) -> str:
    short = route_name(route)
    return "" if short == label else short


def _routes(draft: Draft) -> dict[str, Mapping[str, Any]]:
    """The routes of a draft as far as they can be read: a draft may be wrong."""
    found = draft.thresholds.get("routes")
    known = found.items() if isinstance(found, Mapping) else ()
    return {str(key): one for key, one in known if isinstance(one, Mapping)}


def _rank(route: Mapping[str, Any]) -> int:
    rank = route.get("rank")
    return rank if isinstance(rank, int) else 0


def _label(draft: Draft, route: str) -> str:
    """The council's own name of a route, as the draft has it."""
    label = _routes(draft).get(route, {}).get("label")
    return say(label, language()) if isinstance(label, Mapping) else route_name(route)


def _changed(draft: Draft, lines: Iterable[Mapping[str, str]]) -> list[Changed]:
    """The reports that change route, those together that changed in the same way."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for one in lines:
        way = (one["before"], one["before_rule"], one["after"], one["after_rule"])
        found.setdefault(way, []).append(one["reference"])
    return [
        Changed(_label(draft, was), was_rule, _label(draft, now), now_rule, _why(draft, now_rule), tuple(references))
        for (was, was_rule, now, now_rule), references in found.items()
    ]


def _why(draft: Draft, rule: str) -> str:
    """A rule of the draft in plain words."""
    rules = draft.thresholds.get("rules")
    for one in rules if isinstance(rules, list) else ():
        if isinstance(one, Mapping) and one.get("id") == rule and isinstance(one.get("why"), Mapping):
            return say(one["why"], language())
    return ""


@hub.row(hub.Place.WHAT_IF)
def _hub_row(draft: Draft) -> hub.Row:
    check = checks.of_draft(guard.actor(), draft, WHAT_IF)
    words, colour = _status(check.status if check else "")
    title = WhatIfWords(draft.form_key).say("title")
    return hub.Row(title, url_for("what_if.show", form_id=draft.id), words, colour)


def _status(status: str) -> tuple[str, str]:
    words: dict[str, tuple[str, str]] = {
        "": (_("Not run yet"), "grey"),
        "waiting": (_("Running"), "teal"),
        "running": (_("Running"), "teal"),
        "out_of_date": (_("Draft changed since"), "yellow"),
        "error": (_("Could not be run"), "red"),
    }
    return words.get(status, (_("Completed"), ""))
