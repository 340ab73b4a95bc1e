"""The letters of a report: who may be written to, the check before one is made, the PDF, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import clock, scope
from portal.kernel.errors import Conflict, Invalid
from portal.letters import commands, wording
from portal.letters.composing import About, Written, compose
from portal.letters.inputs import AgainInput, ChooseInput, LetterInput
from portal.letters.queries import count, letters, number_from, people
from portal.referrals.queries import counted
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.screening import beside
from portal.screening.views.report import conflict_page
from portal.tenants import letter_entries, previews, uses
from portal.tenants.list_stores import Said
from portal.tenants.queries import logos
from portal.web import typesetting
from portal.web.fields import FieldView, from_form
from portal.web.posted import only_language

blueprint = Blueprint("letters", __name__)
CONFLICT, UNPROCESSABLE = 409, 422


@blueprint.get("/screening/<reference>/letters")
@page(Permission.DECIDE)
def show(reference: str) -> ResponseReturnValue:
    """The letters that were made, and whom one may write to."""
    return _page(find(guard.actor(), Permission.DECIDE, reference), ChooseInput(formdata=None))


@blueprint.get("/screening/<reference>/letters/new")
@page(Permission.DECIDE)
def write(reference: str) -> ResponseReturnValue:
    """The letter as it would be, with the check; first what was not chosen yet."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    choice = ChooseInput(formdata=request.args, meta={"csrf": False})
    known = people(actor, found)
    choice.offer(scope.council().settings, known, str(get_locale()), found.outcome)
    if not choice.validate():
        return _page(found, choice), UNPROCESSABLE
    person = next(one for one in known if str(one.number) == choice.person.data)
    chosen = {name: choice[name].data for name in ("template", "person", "language")}
    address = "\n".join(person.address)
    return _check(found, LetterInput(formdata=None, data={**chosen, "address": address, "once": str(uuid4())}))


@blueprint.post("/screening/<reference>/letters/new")
@page(Permission.DECIDE)
def make(reference: str) -> ResponseReturnValue:
    """Make it, if it is safe."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    form = LetterInput()
    if "again" in request.form:
        return _check(found, form), 200 if commands.fits(found, form.wanted().template) else UNPROCESSABLE
    good = form.validate_on_submit()
    if only_language():
        return _check(found, form), UNPROCESSABLE
    try:
        if not good:
            return _check(found, form), UNPROCESSABLE
        commands.make(actor, found, form.wanted(), form.mark())
    except Invalid as error:
        for name in error.errors.keys() - {"template", "language", "person"}:
            form.refuse(name, wording.trouble(name, error.errors[name]))
        return _check(found, form), UNPROCESSABLE
    except Conflict as conflict:
        return conflict_page(reference, conflict)
    flash(_("The letter is ready to print. Nothing was sent."), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


@blueprint.get("/screening/<reference>/letters/<uuid:letter_id>/pdf")
@page(Permission.DECIDE)
def pdf(reference: str, letter_id: UUID) -> ResponseReturnValue:
    """The letter to print."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    try:
        made = commands.open_letter(actor, found, letter_id)
    except Conflict:
        return _page(found, ChooseInput(formdata=None), trouble=_changed()), CONFLICT
    response = Response(_set(made.written, made.made_at), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.reference}-letter.pdf"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.post("/screening/<reference>/letters/<uuid:letter_id>")
@page(Permission.DECIDE)
def settle(reference: str, letter_id: UUID) -> ResponseReturnValue:
    """It was sent by post or by hand, or is withdrawn."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    do = request.form.get("do", "")
    try:
        if do == "withdraw":
            commands.withdraw(actor, found, letter_id)
        else:
            commands.mark_sent(actor, found, letter_id, do)
    except Invalid:
        return _page(found, ChooseInput(formdata=None)), UNPROCESSABLE
    except Conflict:
        return _page(found, ChooseInput(formdata=None), trouble=_changed()), CONFLICT
    flash(_("The letter is withdrawn") if do == "withdraw" else _("Noted: the letter was sent"), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


def drawn(said: Said) -> previews.Preview:
    """A letter of the settings as it is typed, in all of the council's languages, to somebody made up."""
    council, now = scope.council(), clock.now()
    about = About("ABC-23-DEF", "Jo Example", ("1 Example Street", "Example"), ("Sam",), clock.today())
    written = compose(council, letter_entries.template(said), council.languages, about)
    return previews.Preview(written.parts, lambda: _set(written, now))


def in_use(_list_key: str, template: str) -> str:
    """The letters that were made from one that somebody wants to remove; "" for none."""
    count = number_from(template)
    says = ngettext(
        "%(num)s letter was made from it. It stays as it is, sent or not.",
        "%(num)s letters were made from it. They stay as they are, sent or not.",
        count,
    )
    return str(says) if count else ""


def _set(written: Written, made_at: datetime) -> bytes:
    council, parts = scope.council(), written.parts
    logo = council.settings.logo
    data: dict[str, Any] = {
        "title": parts[0]["title"],
        "language": parts[0]["language"],
        "council": parts[0]["council"],
        "logo_alt": dict(logo.alt) if logo else {},
        "name": written.name,
        "address": list(written.address),
        "parts": list(parts),
    }
    return typesetting.pdf("letter", data, made_at, logos.content(logo.digest) if logo else b"")


def _changed() -> str:
    return str(_("Nothing was done: the letter was ended meanwhile, or it is not safe any more. See how it is now."))


def _page(found: Found, form: ChooseInput, trouble: str = "") -> str:
    actor = guard.actor()
    known = people(actor, found)
    council = scope.council().settings
    views = from_form(form.offer(council, known, str(get_locale()), found.outcome))
    may = not found.reads_only(actor)
    none_left = all(one.refused for one in known)
    none_fits = not any(one.goes_with(found.outcome) for one in council.letters.values())
    return render_template(
        "letters/list.html",
        found=found,
        wording=Wording(found.form_key),
        made=letters(actor, found),
        refused=[(one.name, [wording.refused_words(why) for why in one.refused]) for one in known if one.refused],
        instead=wording.instead(),
        nobody=not known,
        none_left=none_left,
        no_templates=not council.letters,
        none_fits=none_fits,
        # Where the form is not drawn, an error of it would lead nowhere.
        views=views if may and not none_left and not none_fits else {},
        languages=wording.language_words(),
        may=may,
        trouble=trouble,
    )


def _check(found: Found, form: LetterInput) -> str:
    actor, wanted = guard.actor(), form.wanted()
    person = next((one for one in people(actor, found) if one.number == wanted.person), None)
    letter = commands.preview(actor, found, wanted)
    another = _another(found, form) if letter is None and person is not None and not person.refused else None
    return render_template(
        "letters/write.html",
        found=found,
        wording=Wording(found.form_key),
        views=from_form(form),
        letter=letter,
        another=another,
        address=wanted.address,
        thought=[wording.thought_words(why) for why in person.thought] if person else [],
        how=person.how if person else "",
    )


def _another(found: Found, form: LetterInput) -> list[FieldView]:
    """The check with a choice of the letters that fit, where the one that was chosen does not; nothing where none
    does."""
    council, wanted = scope.council().settings, form.wanted()
    again = AgainInput(formdata=None, data=form.data).offer(council, str(get_locale()), found.outcome)
    if not again.template.choices:
        return []
    if not commands.fits(found, wanted.template):
        code = "other" if wanted.template in council.letters else "unknown"
        again.refuse("template", wording.trouble("template", code))
    else:
        again.refuse("language", wording.trouble("language", "unknown"))
    views = from_form(again)
    return [views.pop("template"), views.pop("language"), *views.values()]


def _line(found: Found) -> beside.Line:
    waiting = found.counted.get("letters") or 0
    state = ngettext("%(num)d to send", "%(num)d to send", waiting) if waiting else ""
    return beside.Line(_("Letters to the family"), url_for("letters.show", reference=found.reference), state)


def register(app: Flask) -> None:
    """The pages, and the line on a report's page."""
    app.register_blueprint(blueprint)
    counted.add("letters", count)
    uses.add(app, letter_entries.LETTERS, in_use)
    previews.add(app, letter_entries.LETTERS, drawn)
    beside.add_line(app, 40, _line)
