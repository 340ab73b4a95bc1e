"""One report among colleagues: a note, another priority, and giving it to somebody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.referrals.queries.record import Found, find
from portal.referrals.states import OPEN
from portal.referrals.wording import Wording
from portal.screening.commands import holding
from portal.screening.commands.notes import write_note
from portal.screening.queries.workload import Load, who_may_take, workload
from portal.screening.views.queue import blueprint
from portal.screening.views.report import conflict_page, report_page
from portal.screening.work_inputs import GiveInput, NoteInput, PriorityInput
from portal.web.fields import from_form
from portal.web.inputs import as_uuid


@blueprint.post("/screening/<reference>/notes")
@page(Permission.SCREEN)
def note(reference: str) -> ResponseReturnValue:
    """Write a note for colleagues."""
    actor = guard.actor()
    found = find(actor, Permission.SCREEN, reference)
    form = NoteInput()
    if not form.validate_on_submit():
        return report_page(reference, note=form), 422
    write_note(actor, found, str(form.note.data), form.mark())
    flash(_("The note has been added"), "success")
    return redirect(url_for(".show", reference=found.reference, _anchor="notes"), 303)


@blueprint.route("/screening/<reference>/priority", methods=["GET", "POST"])
@page(Permission.SCREEN)
def priority(reference: str) -> ResponseReturnValue:
    """Give the report another of the council's priorities, and say why."""
    actor = guard.actor()
    found = find(actor, Permission.SCREEN, reference)
    council = scope.current().council
    if council is None or found.state not in OPEN or found.reads_only(actor):
        raise NotFound("nothing to rank")
    form = PriorityInput(data={"priority": found.priority}).offer(council.settings, str(get_locale()))
    if not form.validate_on_submit():
        return _with(found, "screening/priority.html", form)
    try:
        holding.change_priority(actor, found, str(form.priority.data), str(form.why.data))
    except Conflict as conflict:
        return conflict_page(reference, conflict, kept=[{"key": str(form.why.label.text), "value": str(form.why.data)}])
    flash(_("The priority has been changed"), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


@blueprint.route("/screening/<reference>/give", methods=["GET", "POST"])
@page(Permission.CLAIM)
def give(reference: str) -> ResponseReturnValue:
    """Give the report to a colleague, whoever has it now."""
    actor = guard.actor()
    found = find(actor, Permission.CLAIM, reference)
    if found.state not in OPEN:
        raise NotFound("nothing to give")
    form = GiveInput(data={"owner_id": str(found.owner_id or "")})
    form.heir.choices = [(str(one.account_id), load_words(one)) for one in _able(found)]
    if not form.validate_on_submit():
        return _with(found, "screening/give.html", form)
    try:
        holding.give(
            actor, found, UUID(form.heir.data), str(form.words.data or ""), owner_id=as_uuid(form.owner_id.data)
        )
    except Conflict as conflict:
        return conflict_page(reference, conflict, kept=_typed(form))
    except Invalid:
        # Whoever was offered when the page was drawn left meanwhile.
        form.refuse("heir", _("Choose who takes this"))
        return _with(found, "screening/give.html", form)
    flash(Wording(found.form_key)["given"], "success")
    return redirect(url_for(".show", reference=found.reference), 303)


def _able(found: Found) -> list[Load]:
    """Who may take it, without whoever has it; whoever has least first."""
    able = who_may_take(found)
    loads = [one for one in workload(guard.actor()) if one.here and one.account_id in able]
    return sorted((one for one in loads if one.account_id != found.owner_id), key=lambda one: (one.open, one.name))


def load_words(one: Load) -> str:
    """A colleague and how much they have: "Priya Shah: 12 open, 2 of them urgent"."""
    number = ngettext("%(num)s open", "%(num)s open", one.open)
    if one.urgent:
        urgent = ngettext("%(num)s of them urgent", "%(num)s of them urgent", one.urgent)
        return str(_("%(name)s: %(open)s, %(urgent)s", name=one.name, open=number, urgent=urgent))
    return str(_("%(name)s: %(open)s", name=one.name, open=number))


def _typed(form: GiveInput) -> list[dict[str, str]]:
    return [{"key": str(form.words.label.text), "value": str(form.words.data)}] if form.words.data else []


def _with(found: Found, template: str, form: Any) -> ResponseReturnValue:
    page_of = render_template(template, found=found, views=from_form(form), owner=found.owner_name)
    return page_of, 422 if form.is_submitted() else 200
