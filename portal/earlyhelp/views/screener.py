"""The front door's side: offering a decided report to a team, and what became of that."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.audit import events
from portal.audit.events import Event
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.earlyhelp import words
from portal.earlyhelp.commands import offering
from portal.earlyhelp.commands.along import choose_files, clean
from portal.earlyhelp.inputs import FilesInput, OfferInput
from portal.earlyhelp.queries.offers import Offer, offers
from portal.earlyhelp.queries.secrets import kept_since
from portal.earlyhelp.queries.standing import standing, unagreed
from portal.earlyhelp.states import OFFERED
from portal.earlyhelp.views.blueprint import blueprint
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.language import say
from portal.messaging.views import held
from portal.referrals.queries.attachments import Attached
from portal.referrals.queries.corrections import corrections
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.wording import Wording
from portal.screening import beside
from portal.web.fields import FieldView, from_form
from portal.web.inputs import as_uuid
from portal.web.posted import only_language

EARLY_HELP = "early_help"
UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/screening/<reference>/early-help")
@page(Permission.SCREEN)
def of_report(reference: str) -> ResponseReturnValue:
    """Every offer so far, and the form where one can be made."""
    return _page(find(guard.actor(), Permission.SCREEN, reference))


@blueprint.post("/screening/<reference>/early-help")
@page(Permission.DECIDE)
def offer(reference: str) -> ResponseReturnValue:
    """Offer it to the chosen team."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    form = _form(found)
    if not form.validate_on_submit():
        return _page(found, form), UNPROCESSABLE
    try:
        offering.offer(actor, found, _handing(form))
    except Invalid as error:
        for name, code in error.errors.items():
            form.refuse(name if name in form else "team", _trouble(name, code))
        return _page(found, form), UNPROCESSABLE
    except Conflict:
        return _page(found, form, conflict=True), CONFLICT
    flash(_("Offered: the team is told that something waits"), "success")
    return redirect(url_for(".of_report", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/early-help/files")
@page(Permission.DECIDE)
def along(reference: str) -> ResponseReturnValue:
    """Choose which files the team can open that has it."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    form = FilesInput()
    offer_id = as_uuid(form.offer.data)
    if not form.validate_on_submit() or offer_id is None:
        return _page(found, files=form), UNPROCESSABLE
    seen = [one for text in str(form.seen.data or "").split() if (one := as_uuid(text))]
    wanted = [as_uuid(one) or UUID(int=0) for one in form.files.data or ()]
    try:
        choose_files(actor, found, offer_id, wanted=wanted, seen=seen)
    except (Conflict, Invalid):
        return _page(found, conflict=True), CONFLICT
    flash(_("Saved: the team can open the files that you chose"), "success")
    return redirect(url_for(".of_report", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/early-help/<do>")
@page(Permission.DECIDE)
def go_on(reference: str, do: str) -> ResponseReturnValue:
    """Take back what no team has answered, or leave it at an answer."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    offer_id = as_uuid(request.form.get("offer"))
    if do not in ("take-back", "leave"):
        raise NotFound("no such step")
    if only_language() or (do == "take-back" and offer_id is None):
        return _page(found), UNPROCESSABLE
    try:
        if do == "take-back" and offer_id is not None:
            offering.take_back(actor, found, offer_id)
            flash(_("Taken back: the team does not see it any more"), "success")
        else:
            offering.settle(actor, found)
            flash(_("Noted: no other team is asked"), "success")
    except Conflict:
        return _page(found, conflict=True), CONFLICT
    return redirect(url_for(".of_report", reference=found.reference), 303)


def _trouble(name: str, code: str) -> str:
    if name == "files":
        return str(_("One of these files is not there any more, or is still being checked. Choose again"))
    return held.trouble() if code == "protected" else str(_("Enter text that can be read, and not too much of it"))


def _handing(form: OfferInput) -> offering.Handing:
    said = {name: form.said(name) for name in ("team", "words", "consent", "consent_words", "confirmed")}
    # What is no id was never offered: it stands for no file of the report.
    files = tuple(as_uuid(one) or UUID(int=0) for one in form.chosen())
    return offering.Handing(once=form.mark(), files=files, **said)


def _views(found: Found, form: OfferInput) -> list[FieldView]:
    """The fields; once what was typed is held, with the box that confirms just that."""
    views = from_form(form)
    says = (
        _("This has words that the report keeps secret"),
        _("I have checked it: the early-help team may read this"),
    )
    wrong = any(views[name].error for name in ("words", "consent_words") if name in views)
    box = held.box(found, _handing(form).told(), says) if wrong else None
    return [*(view for name, view in views.items() if name != "confirmed"), *([box] if box else [])]


def names_of(files: Iterable[Attached]) -> list[tuple[str, str]]:
    """Files as choices."""
    return [(str(one.id), one.file.name) for one in files]


def files_view(found: Found, one: Offer, posted: FilesInput | None = None) -> list[FieldView]:
    """The choice of files for the team that has it, as it is or as it was posted for that very offer; nothing where the
    report has none."""
    files = clean(guard.actor(), found)
    if not files:
        return []
    chosen = [str(each) for each in one.files]
    form = FilesInput(formdata=None, data={"offer": str(one.id), "seen": " ".join(chosen), "files": chosen})
    if posted is not None and posted.offer.data == str(one.id):
        form = posted
    form.files.choices = names_of(files)
    return list(from_form(form).values())


def _form(found: Found, *, empty: bool = False) -> OfferInput:
    now = standing(found)
    named = [(one.key, say(one.name, str(get_locale()))) for one in offering.teams()]
    form = OfferInput(formdata=None) if empty else OfferInput()
    return form.prepare(named, names_of(clean(guard.actor(), found)), agreed=now is not None and now.agreed)


def _page(
    found: Found, form: OfferInput | None = None, *, conflict: bool = False, files: FilesInput | None = None
) -> str:
    actor = guard.actor()
    # What was written for a team, and what it answered, is read here.
    record = events.record_apart if request.method == "POST" else events.record
    record(Event.REFERRAL_READ, found.id, part="early_help")
    made = offers(actor, Permission.SCREEN, found)
    last = offering.last_of(made)
    now = standing(found)
    acts = guard.may(Permission.DECIDE) and not found.reads_only(actor)
    shown = form if form is not None and not conflict else _form(found, empty=True)
    if not shown.once.data:
        shown.once.data = str(uuid4())
    may_offer = acts and found.state == "decided" and now is not None and not any(one.open for one in made)
    return render_template(
        "earlyhelp/offer.html",
        found=found,
        wording=Wording(found.form_key),
        history=[(words.team_words(one.team), words.rows(one)) for one in made],
        last=last,
        waits=last is not None and last.state == OFFERED,
        late=words.late_words(last.due_at) if last is not None and last.state == OFFERED else "",
        to_act=last is not None and last.to_act,
        offers=may_offer and bool(offering.teams()),
        no_teams=may_offer and not offering.teams(),
        unagreed=last is not None and unagreed(now, last),
        unasked=now is not None and not now.agreed,
        acts=acts,
        kept_since=last is not None and last.open and _kept_since(found, last),
        files=files_view(found, last, files) if acts and last is not None and last.open else [],
        views=_views(found, shown) if may_offer else [],
        conflict=conflict,
        kept=[] if form is None or not conflict else _kept(form),
    )


def _kept_since(found: Found, one: Offer) -> bool:
    """Whether a correction has made something secret since it was offered: its files were closed with that."""
    try:
        answers = answers_of(found)
    except NotFound:
        return False
    return kept_since(found, answers, corrections(guard.actor(), Permission.SCREEN, found), one.offered_at)


def _kept(form: OfferInput) -> list[dict[str, str]]:
    """What was typed on a form that came too late: it stays readable."""
    views = from_form(form).values()
    return [{"key": one.label, "value": str(one.value)} for one in views if one.kind == "textarea" and one.value]


def line(found: Found) -> beside.Line | None:
    """On the report's page: with which team it is, or that a decision for early help was offered to none."""
    how = found.counted.get(EARLY_HELP)
    if not guard.may(Permission.SCREEN) or (not how and (found.state != "decided" or not offering.teams())):
        return None
    states = {
        "unoffered": _("Not yet offered to a team"),
        "late": _("Answer overdue"),
        "to_act": _("Declined: choose what happens now"),
        "stepped_up": _("Closed: a social worker is needed"),
    }
    attention = how in states and found.state == "decided"
    if how == "unoffered" and (found.state != "decided" or not offering.teams()):
        return None
    said = (states.get(how) or words.state_words(how)) if how else ""
    return beside.Line(_("Early help"), url_for("earlyhelp.of_report", reference=found.reference), said, attention)
