"""Previous contacts: other reports about the child, the family or the address, compared and judged by a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.errors import Conflict, NotFound
from portal.referrals.likeness import Strength
from portal.referrals.queries.record import Found, find
from portal.referrals.references import LENGTH, grouped
from portal.referrals.sifting import sought
from portal.referrals.wording import Wording
from portal.screening import likeness_words, presenting
from portal.screening.commands import pairing
from portal.screening.commands.pairing import Given
from portal.screening.inputs import LinkInput, SeekInput, VerdictInput
from portal.screening.queries.previous import LINK, VERDICT, Contact, pair, previous
from portal.screening.queries.report import note_compared
from portal.screening.views.queue import blueprint
from portal.web.fields import from_form
from portal.web.inputs import as_uuid

AT_ONCE = 10


@dataclass(frozen=True)
class Group:
    """Some of the other reports under one heading; `folded` ones are shown when somebody asks."""

    key: str
    title: str
    contacts: list[Contact]
    folded: bool = False


def panel(found: Found) -> str:
    """The previous contacts on the page of a report."""
    return render_template("screening/_previous.html", found=found, groups=_groups(found), **_words())


@blueprint.get("/screening/<reference>/previous")
@page(Permission.LOOK)
def previous_contacts(reference: str) -> str:
    """All of them, and the way to a report that was not found by itself."""
    return _list(find(guard.actor(), Permission.LOOK, reference), SeekInput(formdata=None))


@blueprint.post("/screening/<reference>/previous")
@page(Permission.SCREEN)
def seek_other(reference: str) -> ResponseReturnValue:
    """Go to another report by its reference, to compare and link the two."""
    actor, form = guard.actor(), SeekInput()
    found = find(actor, Permission.SCREEN, reference)
    if not form.validate_on_submit():
        return _list(found, form), 422
    typed = sought(str(form.other.data)).reference
    try:
        other = find(actor, Permission.SCREEN, grouped(typed) if len(typed) == LENGTH else typed)
    except NotFound:
        other = found
    if other.id == found.id:
        form.refuse("other", _("There is no other report with this reference that you can see. Check it."))
        return _list(found, form), 422
    return redirect(_there(found, other), 303)


@blueprint.get("/screening/<reference>/previous/<other_reference>")
@page(Permission.LOOK)
def pair_page(reference: str, other_reference: str) -> str:
    """Two reports beside each other."""
    return _pair(*_both(Permission.LOOK, reference, other_reference))


@blueprint.post("/screening/<reference>/previous/<other_reference>/verdict")
@page(Permission.SCREEN)
def judge(reference: str, other_reference: str) -> ResponseReturnValue:
    """Say whether both are about the same child, or take that back."""
    found, other = _both(Permission.SCREEN, reference, other_reference)
    form = _verdict_form()
    seen = as_uuid(form.verdict_seen.data)
    if "undo" in request.form:
        return _undone(found, other, VERDICT, seen)
    if not form.validate_on_submit():
        return _pair(found, other, verdict=form), 422
    given = Given(VERDICT, str(form.verdict.data), str(form.because.data or ""), seen)
    try:
        pairing.say(guard.actor(), found, other, given)
    except Conflict:
        return _pair(found, other, verdict=form, conflict=True), 409
    flash(_("What you said of the two reports was kept"), "success")
    return redirect(_there(found, other), 303)


@blueprint.post("/screening/<reference>/previous/<other_reference>/link")
@page(Permission.SCREEN)
def link_reports(reference: str, other_reference: str) -> ResponseReturnValue:
    """Link two reports, or take that back."""
    found, other = _both(Permission.SCREEN, reference, other_reference)
    form = _link_form()
    seen = as_uuid(form.link_seen.data)
    if "undo" in request.form:
        return _undone(found, other, LINK, seen)
    if not form.validate_on_submit():
        return _pair(found, other, link=form), 422
    try:
        pairing.say(guard.actor(), found, other, Given(LINK, str(form.link.data), str(form.why.data), seen))
    except Conflict:
        return _pair(found, other, link=form, conflict=True), 409
    flash(_("The two reports are linked. Neither of them was changed."), "success")
    return redirect(_there(found, other), 303)


def _undone(found: Found, other: Found, sort: str, seen: Any) -> ResponseReturnValue:
    try:
        pairing.take_back(guard.actor(), found, other, sort, seen)
    except Conflict:
        return _pair(found, other, conflict=True), 409
    flash(_("Taken back"), "success")
    return redirect(_there(found, other), 303)


def _both(permission: Permission, reference: str, other_reference: str) -> tuple[Found, Found]:
    found, other = (find(guard.actor(), permission, one) for one in (reference, other_reference))
    if found.id == other.id:
        raise NotFound("one report and no other")
    return found, other


def _there(found: Found, other: Found) -> str:
    return url_for("screening.pair_page", reference=found.reference, other_reference=other.reference)


def _verdict_form(**values: Any) -> VerdictInput:
    form = VerdictInput(**values)
    form.verdict.choices = likeness_words.verdicts()
    return form


def _link_form(**values: Any) -> LinkInput:
    form = LinkInput(**values)
    form.link.choices = likeness_words.links()
    return form


def _list(found: Found, form: SeekInput) -> str:
    note_compared(found, "previous", refusing=request.method == "POST")
    return render_template(
        "screening/previous_contacts.html",
        found=found,
        wording=Wording(found.form_key),
        groups=_groups(found, most=None),
        views=from_form(form),
        may_act=_may_act(found),
        **_words(),
    )


def _pair(
    found: Found,
    other: Found,
    *,
    verdict: VerdictInput | None = None,
    link: LinkInput | None = None,
    conflict: bool = False,
) -> str:
    contact = pair(guard.actor(), found, other)
    note_compared(other, "compare", refusing=request.method == "POST")
    verdict = verdict or _verdict_form(formdata=None)
    link = link or _link_form(formdata=None)
    # What is in force now is what the next press answers.
    verdict.verdict_seen.data = str(contact.verdict.id) if contact.verdict else ""
    link.link_seen.data = str(contact.link.id) if contact.link else ""
    return render_template(
        "screening/pair_page.html",
        found=found,
        other=other,
        contact=contact,
        conflict=conflict,
        verdict=from_form(verdict),
        link=from_form(link),
        may_act=_may_act(found) and _may_act(other),
        **_words(),
    )


def _may_act(found: Found) -> bool:
    return guard.may(Permission.SCREEN) and not found.reads_only(guard.actor())


def _words() -> dict[str, Any]:
    council = scope.current().council
    language = str(get_locale())

    def outcome(key: str) -> str:
        return presenting.outcome_label(council.settings, key, language) if council else key

    return {"like_words": likeness_words, "words": presenting, "outcome_label": outcome}


def _groups(found: Found, *, most: int | None = AT_ONCE) -> list[Group]:
    """The other reports under headings, those that matter most first; a long list is cut where `most` says so."""
    sorted_out: dict[str, list[Contact]] = {}
    for one in previous(guard.actor(), found):
        sorted_out.setdefault(_group_of(one), []).append(one)
    named = [
        ("same", _("About the same child"), False),
        ("possible", _("May be about the same child"), False),
        ("linked", _("Linked with this report"), False),
        ("family", _("May be of the same family"), False),
        ("place", _("Only the postcode is the same"), True),
        ("not_same", _("Not the same child, as somebody has said"), True),
    ]
    return [
        Group(key, f"{title} ({len(known)})", known[:most], folded)
        for key, title, folded in named
        if (known := sorted_out.get(key, []))
    ]


def _group_of(one: Contact) -> str:
    said = one.verdict.kind if one.verdict else ""
    if said in ("same", "possible"):
        return said
    if one.link:
        return "linked"
    if said:
        return said
    strengths = {Strength.STRONG: "same", Strength.POSSIBLE: "possible", Strength.FAMILY: "family"}
    return strengths.get(one.like.strength, "place") if one.like else "place"
