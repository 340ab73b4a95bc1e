"""Of which team somebody of early help is: the council's administrators say so on the page of that person."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.auth.queries.colleagues import Colleague
from portal.earlyhelp import words
from portal.earlyhelp.commands import binding
from portal.earlyhelp.commands.offering import teams
from portal.earlyhelp.inputs import TeamInput
from portal.earlyhelp.queries.members import WORKER, team_of
from portal.earlyhelp.views.blueprint import blueprint
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.language import say
from portal.web.fields import from_form

UNPROCESSABLE, CONFLICT = 422, 409
ALL: Final = "*"  # no code of a team has it


@blueprint.get("/people/<uuid:membership_id>/team")
@page(Permission.COUNCIL)
def team_of_person(membership_id: UUID) -> ResponseReturnValue:
    """Whose reports they see now, and the choice."""
    one = binding.worker(guard.actor(), membership_id)
    return _page(one, _now(one))


@blueprint.post("/people/<uuid:membership_id>/team")
@page(Permission.COUNCIL)
def bind_person(membership_id: UUID) -> ResponseReturnValue:
    """Bind them to one team, or to none."""
    one = binding.worker(guard.actor(), membership_id)
    form = _offered(TeamInput(), one)
    if not form.validate_on_submit():
        return _page(one, form), UNPROCESSABLE
    team, seen = (str(said or "").replace(ALL, "") for said in (form.team.data, form.seen.data))
    try:
        binding.bind(guard.actor(), membership_id, team=team, seen=seen)
    except Invalid:
        form.refuse("team", _("Choose a team, or all teams"))
        return _page(one, form), UNPROCESSABLE
    except Conflict:
        return _page(one, _now(one), conflict=True), CONFLICT
    said = words.team_words(team) if team else _("All teams")
    flash(_("Saved. They see the reports of: %(team)s.", team=said), "success")
    return redirect(url_for("auth.person", membership_id=membership_id), 303)


def panel(one: Colleague | None = None) -> str:
    """On the page of a person of early help: of which team they are."""
    if one is None or one.role != WORKER or not guard.may(Permission.COUNCIL):
        return ""
    team = team_of(one.account_id)
    return render_template("earlyhelp/_person.html", one=one, team=words.team_words(team) if team else _("All teams"))


def _now(one: Colleague) -> TeamInput:
    team = team_of(one.account_id) or ALL
    return _offered(TeamInput(formdata=None, data={"team": team, "seen": team}), one)


def _offered(form: TeamInput, one: Colleague) -> TeamInput:
    """All teams, each team, and that of this person although the council has it no more."""
    language = str(get_locale())
    named = {team.key: say(team.name, language) for team in teams()}
    gone = team_of(one.account_id)
    form.team.choices = [(ALL, _("All teams")), *named.items(), *([(gone, gone)] if gone and gone not in named else [])]
    return form


def _page(one: Colleague, form: TeamInput, *, conflict: bool = False) -> str:
    return render_template("earlyhelp/person.html", one=one, views=from_form(form), conflict=conflict)
