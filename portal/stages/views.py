"""The page of a report's stages: where it is and was, the checklist, and moving it on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.errors import Conflict, Invalid
from portal.referrals.queries import counted
from portal.referrals.queries.record import Found, find
from portal.referrals.states import OPEN
from portal.referrals.wording import Wording
from portal.screening import beside
from portal.stages import clock_words, commands, queries, rules, words
from portal.tenants import stage_entries, uses
from portal.tenants.stage_settings import Stage
from portal.web.fields import FieldView
from portal.web.posted import only_language

blueprint = Blueprint("stages", __name__)
PLACE = 1
UNPROCESSABLE, CONFLICT = 422, 409


def register(app: Flask) -> None:
    """The addresses, and the line on the report's page with the value that it needs."""
    app.register_blueprint(blueprint)
    counted.add("stage", queries.now_column)
    beside.add_line(app, PLACE, words.line)
    uses.add(app, stage_entries.STAGES, in_use)


def in_use(_list_key: str, stage: str) -> str:
    """What is at a stage that somebody wants to remove; "" for nothing."""
    count = queries.number_at(stage)
    if not count:
        return ""
    says = ngettext(
        "%(num)s open report is at this stage. It stays there, under the stage’s code, until somebody moves it on.",
        "%(num)s open reports are at this stage. They stay there, under the stage’s code, until somebody moves them "
        "on.",
        count,
    )
    return str(says)


@blueprint.get("/screening/<reference>/stages")
@page(Permission.LOOK)
def show(reference: str) -> ResponseReturnValue:
    """Where the report is, what is done there, and where it was."""
    return _page(find(guard.actor(), Permission.LOOK, reference))


@blueprint.post("/screening/<reference>/stages/checklist")
@page(Permission.SCREEN)
def tick(reference: str) -> ResponseReturnValue:
    """Keep what is ticked."""
    actor = guard.actor()
    found = find(actor, Permission.SCREEN, reference)
    done = request.form.getlist("done")
    if only_language():
        return _page(found, done=done), UNPROCESSABLE
    try:
        changed = commands.tick(actor, found, request.form.get("at", ""), done, request.form.getlist("shown"))
    except Invalid:
        return _page(found, done=done, unknown=_("The checklist has changed. Tick what is done.")), UNPROCESSABLE
    except Conflict:
        return _conflict(found)
    if changed:
        flash(_("The checklist has been saved"), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/stages/move")
@page(Permission.SCREEN)
def move(reference: str) -> ResponseReturnValue:
    """Move it to another stage; asked once more while something that should be done is not."""
    actor = guard.actor()
    found = find(actor, Permission.SCREEN, reference)
    key, seen = request.form.get("stage", ""), request.form.get("at", "")
    if only_language():
        return _page(found, to=key), UNPROCESSABLE
    try:
        commands.move_on(actor, found, key, seen, all_the_same="all_the_same" in request.form)
    except Invalid as error:
        if "undone" in error.errors:
            return _page(found, to=key, asks=True), UNPROCESSABLE
        return _page(found, wrong=_("Choose where it goes")), UNPROCESSABLE
    except Conflict:
        return _conflict(found)
    flash(_("Moved to %(name)s", name=words.stage_name(key)), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


def _conflict(found: Found) -> ResponseReturnValue:
    now = find(guard.actor(), Permission.LOOK, found.reference)
    trouble = _("A colleague has moved or closed this meanwhile. What you chose was not done: see how it is now.")
    return _page(now, trouble=trouble), CONFLICT


def _page(
    found: Found,
    *,
    done: list[str] | None = None,
    unknown: str = "",
    to: str = "",
    wrong: str = "",
    asks: bool = False,
    trouble: str = "",
) -> str:
    actor = guard.actor()
    visits = queries.visits(actor, found)
    here = visits[0] if visits and visits[0].left_at is None else None
    stage = rules.by_key(scope.council().settings.stages, here.stage) if here else None
    ticked = queries.ticks(actor, found, here.stage) if here else {}
    boxes = words.checklist(stage, ticked, done, unknown) if stage else None
    acts = found.state in OPEN and guard.may(Permission.SCREEN) and not found.reads_only(actor)
    choice: FieldView | None = words.choices(here.stage, to, wrong) if here and acts else None
    return render_template(
        "stages/show.html",
        found=found,
        wording=Wording(found.form_key),
        here=here,
        acts=acts,
        ticked=list(ticked),
        choice=choice,
        asks=asks,
        to=to,
        to_name=words.stage_name(to) if asks else "",
        trouble=trouble,
        clocks=_clocks(found),
        past=[words.past(one) for one in visits if one.left_at],
        boxes=boxes,
        **(_about(found, here, stage, ticked) if here and stage else {}),
    )


def _clocks(found: Found) -> list[clock_words.Told]:
    """The clocks that the council named itself, of this report."""
    if not rules.running(scope.council().settings.own_clocks, found.route):
        return []
    pauses = tuple(queries.pauses([found.id]).get(found.id, ()))
    return clock_words.told(found, queries.moments(guard.actor(), found), pauses)


def _about(found: Found, here: queries.Visit, stage: Stage, ticked: Mapping[str, queries.Tick]) -> dict[str, Any]:
    """How it stands at the stage where it is."""
    return {
        "name": words.stage_name(here.stage),
        "age": words.age(here),
        "light": words.light(found, here.due_at),
        "done": words.done_words(stage, list(ticked)),
        "missing": [words.item_words(one) for one in rules.missing(stage, ticked)],
    }
