"""Who has how much to do, and moving much of one person's work at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import Invalid, NotFound
from portal.screening import presenting
from portal.screening.commands.reassigning import MOST_AT_ONCE, Moved, reassign
from portal.screening.queries.workload import Item, Load, held_by, workload
from portal.screening.views.queue import blueprint
from portal.screening.views.working import load_words
from portal.screening.work_inputs import NOBODY, PEOPLE, ReassignInput, uuids
from portal.web.fields import ErrorTarget, from_form


@blueprint.get("/holding-area/workload")
@page(Permission.LOOK)
def workloads() -> ResponseReturnValue:
    """How much everybody has open, and what nobody has."""
    return render_template("screening/workloads.html", loads=workload(guard.actor()), nobody=NOBODY)


@blueprint.route("/holding-area/workload/<whose>", methods=["GET", "POST"])
@page(Permission.ASSIGN)
def reassigning(whose: str) -> ResponseReturnValue:
    """Choose from what one person (or nobody) has open, and who takes it."""
    actor = guard.actor()
    loads = workload(actor)
    owner = _owner(whose, loads)
    items = held_by(actor, owner.account_id, MOST_AT_ONCE)
    form = _form(owner, loads)
    if not form.is_submitted():
        return _page(owner, items, form, ticked={one.id for one in items} if owner.account_id else set())
    wanted = uuids(request.form.getlist("reports"))
    good = form.validate()
    heirs = form.heirs()
    if good and heirs is None:
        form.refuse("people", _("Tick at least one person"))
    if not good or heirs is None or not wanted:
        return _page(owner, items, form, ticked=set(wanted), none=not wanted), 422
    try:
        moved = reassign(actor, owner.account_id, wanted, heirs)
    except Invalid:
        # Whoever was offered when the page was drawn left meanwhile.
        form.refuse("people", _("Tick people of this list"))
        return _page(owner, items, form, ticked=set(wanted)), 422
    _say(moved)
    return redirect(url_for(".workloads"), 303)


def _owner(whose: str, loads: tuple[Load, ...]) -> Load:
    for one in loads:
        if whose == (str(one.account_id) if one.account_id else NOBODY):
            return one
    raise NotFound("nobody of that id has anything")


def _form(owner: Load, loads: tuple[Load, ...]) -> ReassignInput:
    form = ReassignInput() if owner.account_id else ReassignInput(data={"where": PEOPLE})
    form.where.choices = [(PEOPLE, _("To colleagues")), (NOBODY, _("Back to the holding area, for anybody to claim"))]
    if owner.account_id is None:
        form.where.choices = form.where.choices[:1]
        form.where.data = PEOPLE
    others = [one for one in loads if one.here and one.account_id not in (None, owner.account_id)]
    form.people.choices = [(str(one.account_id), load_words(one)) for one in sorted(others, key=lambda one: one.open)]
    return form


def _say(moved: Moved) -> None:
    if moved.moved:
        flash(ngettext("%(num)s was moved", "%(num)s were moved", moved.moved), "success")
    if moved.changed:
        words = ngettext(
            "%(num)s was not moved: it changed hands, was decided meanwhile, or waits for approval",
            "%(num)s were not moved: they changed hands, were decided meanwhile, or wait for approval",
            moved.changed,
        )
        flash(words)
    if moved.barred:
        words = ngettext(
            "%(num)s was not moved: nobody you ticked may see it",
            "%(num)s were not moved: nobody you ticked may see them",
            moved.barred,
        )
        flash(words)


def _page(owner: Load, items: tuple[Item, ...], form: ReassignInput, *, ticked: set[UUID], none: bool = False) -> str:
    views: dict[str, Any] = from_form(form)
    if owner.account_id is None:
        del views["where"]
    first = f"report-{items[0].reference}" if items else "people"
    return render_template(
        "screening/reassigning.html",
        owner=owner,
        whose=str(owner.account_id) if owner.account_id else NOBODY,
        items=items,
        ticked=ticked,
        views=views,
        missing=[ErrorTarget(_("Tick at least one of them"), f"#{first}")] if none else [],
        words=presenting,
        most=MOST_AT_ONCE,
    )
