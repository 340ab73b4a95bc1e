"""Recording an outcome in two steps: which one, then why and what the referrer reads."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms import queries as forms
from portal.kernel import scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.language import say
from portal.messaging.queries import heard
from portal.referrals import states
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.screening import presenting
from portal.screening.commands import decisions
from portal.screening.commands.decisions import Given
from portal.screening.inputs import DecisionInput, OutcomeInput, whole_number
from portal.screening.views.queue import ROUTES, blueprint
from portal.screening.views.report import conflict_page
from portal.tenants.settings import Council, Outcome
from portal.web.fields import FieldView, OptionView, from_form


@blueprint.get("/screening/<reference>/decide")
@page(Permission.DECIDE)
def decide(reference: str) -> ResponseReturnValue:
    """Which outcome; then, with one chosen, the form that records it."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    if found.owner_id != actor.account_id or not states.may("decide", found.state):
        return redirect(url_for(".show", reference=found.reference), 303)
    chosen = _outcome(request.args.get("outcome", ""))
    if chosen is None:
        return _which(found)
    total, read = heard(actor, Permission.DECIDE, found)
    form = DecisionInput(
        formdata=None,
        data={
            "outcome": chosen.key,
            "route": found.route,
            "told": say(chosen.tell, found.language),
            "seen": str(read),
            "once": str(uuid4()),
        },
    )
    return _form(found, chosen, form, unread=total - read, total=total)


@blueprint.post("/screening/<reference>/decide")
@page(Permission.DECIDE)
def record(reference: str) -> ResponseReturnValue:
    """Record the outcome."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    form = DecisionInput()
    form.route.choices = _routes(found)
    chosen = _outcome(str(form.outcome.data or ""))
    if chosen is None:
        return _which(found)
    if not form.validate_on_submit():
        return _refused(found, chosen, form)
    try:
        decisions.decide(actor, found, _given(form))
    except Invalid as error:
        _explain(form, error)
        return _refused(found, chosen, form)
    except Conflict as conflict:
        return conflict_page(reference, conflict, kept=_kept(form))
    flash(_("The outcome has been recorded"), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


def _refused(found: Found, chosen: Outcome, form: DecisionInput) -> ResponseReturnValue:
    total, _read = heard(guard.actor(), Permission.DECIDE, found)
    return _form(found, chosen, form, unread=total - _seen(form), total=total), 422


def _seen(form: DecisionInput) -> int:
    return whole_number(form.seen.data) or 0


def _given(form: DecisionInput) -> Given:
    return Given(
        outcome=str(form.outcome.data),
        route=str(form.route.data),
        rationale=str(form.rationale.data),
        told=str(form.told.data),
        seen=_seen(form),
        once=form.mark(),
        read_new=whole_number(form.read_new.data),
    )


def _kept(form: DecisionInput) -> list[dict[str, str]]:
    """What was typed, to show on the page of a conflict: it was not saved and must not be lost."""
    return [{"key": str(field.label.text), "value": str(field.data or "")} for field in (form.rationale, form.told)]


def _explain(form: DecisionInput, error: Invalid) -> None:
    words = {
        "unknown": _("Choose one of the list"),
        "required": _("Enter some words"),
        "too_long": _("This must be %(limit)s characters or fewer", limit=decisions.MAX_TEXT),
        "control": _("Remove characters that cannot be read, such as control characters"),
        "unread": _("Read the new message from the referrer, then confirm that you have read it"),
    }
    for name, code in error.errors.items():
        form.refuse(name, words[code])


def _which(found: Found) -> ResponseReturnValue:
    form = OutcomeInput(formdata=request.values if "outcome" in request.values else None)
    form.offer(_council(), str(get_locale()))
    refused = "outcome" in request.values and not form.validate()
    page_ = render_template(
        "screening/decide.html",
        found=found,
        wording=Wording(found.form_key),
        views=from_form(form, heading="outcome"),
        chosen=None,
    )
    return page_, 422 if refused else 200


def _form(found: Found, chosen: Outcome, form: DecisionInput, *, unread: int, total: int) -> str:
    form.route.choices = _routes(found)
    views = from_form(form)
    new = views.pop("read_new")
    shown = list(views.values())
    if unread > 0:
        shown.insert(0, _new_message(new, total))
    return render_template(
        "screening/decide.html",
        found=found,
        wording=Wording(found.form_key),
        chosen=say(chosen.label, str(get_locale())),
        views=[replace(view, value=str(view.value)) if view.kind == "hidden" else view for view in shown],
        unread=max(unread, 0),
    )


def _new_message(view: FieldView, total: int) -> FieldView:
    """The confirmation names the number of messages there were, so that it confirms no later one."""
    return FieldView(
        "checkboxes",
        "read_new",
        "",
        error=view.error,
        value=(str(view.value),) if view.value else (),
        options=(OptionView(str(total), _("I have read the new message")),),
    )


def _routes(found: Found) -> list[tuple[str, str]]:
    published = forms.version(found.form_version_id)
    language = str(get_locale())
    # Without rules that can be read every route is offered: somebody has to be able to decide.
    known = {*published.thresholds.routes, found.route} if published.thresholds.routes else set(ROUTES)
    return [(route, presenting.route_label(published, route, language)) for route in ROUTES if route in known]


def _outcome(key: str) -> Outcome | None:
    return next((one for one in _council().outcomes if one.key == key), None)


def _council() -> Council:
    council = scope.current().council
    if council is None:
        raise NotFound
    settings: Council = council.settings
    return settings
