"""A draft that a newer version has overtaken: what comes in by itself, and both texts where both changed the same."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.commands import overtaken as commands
from portal.forms.queries import overtaken as queries
from portal.forms.queries.drafts import Draft
from portal.forms.queries.overtaken import Overtaken
from portal.forms.views import hub, offer_words
from portal.forms.views.blueprint import blueprint, language, open_draft, seen_version
from portal.forms.views.home import family_words
from portal.forms.views.offer_words import Offer, Part
from portal.kernel.errors import Conflict, Invalid
from portal.web.fields import FieldView, OptionView

PICK = "pick-"


@hub.row(hub.Place.NEWER)
def _row(draft: Draft) -> hub.Row | None:
    number = draft.newer_number if draft.state == "open" else None
    if number is None:
        return None
    return hub.Row(
        _("Changes of version %(number)s", number=number),
        hub.designers_link("forms.newer", draft),
        _("Published after this draft was begun"),
        "yellow",
    )


@blueprint.route("/forms/drafts/<uuid:form_id>/newer", methods=["GET", "POST"])
@page(Permission.DESIGN)
def newer(form_id: UUID) -> ResponseReturnValue:
    """Bring the newest version into a draft that began before it."""
    draft = open_draft(form_id)
    found = queries.overtaken(guard.actor(), draft)
    if request.method != "POST":
        return _page(draft, found, {}, {})
    picked = _picked(found)
    try:
        commands.bring_in(guard.actor(), draft, seen_version(), _newest_id(), picked)
    except Invalid as refused:
        return _page(draft, found, picked, refused.errors), 422
    except Conflict:
        draft = open_draft(form_id)
        return _page(draft, queries.overtaken(guard.actor(), draft), {}, {}, met=True), 409
    flash(_("The changes of the newer version are in the draft. Look at it and prove it again."), "success")
    return redirect(url_for("forms.draft", form_id=form_id), 303)


def _newest_id() -> UUID:
    """The version that the posted page showed as the newest; anything but an id is none of ours: it conflicts."""
    try:
        return UUID(request.form.get("newest", ""))
    except ValueError:
        return UUID(int=0)


def _picked(found: Overtaken | None) -> dict[str, str]:
    """What was chosen for each proposal where both changed the same; they are numbered as the page numbers them."""
    both = [each.id for each in found.merge.proposals if each.conflict] if found else []
    return {one: request.form.get(f"{PICK}{number}", "") for number, one in enumerate(both)}


def _page(
    draft: Draft,
    found: Overtaken | None,
    picked: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    met: bool = False,
) -> str:
    shown = offer_words.offers(found.merge, language()) if found else []
    both = [one for one in shown if one.conflict]
    number = found.newest.number if found else 0
    fields = [_field(place, one, number, picked, errors) for place, one in enumerate(both)]
    taken_over = found.merge.taken_over if found and found.take_over else ()
    return render_template(
        "forms/newer.html",
        draft=draft,
        family=family_words(draft.form_key),
        found=found,
        alone=[one for one in shown if not one.conflict],
        both=[(one, _parts(one), field) for one, field in zip(both, fields, strict=True)],
        fields=fields,
        taken_over=offer_words.locked_titles(taken_over, found.merge.theirs, language()) if found else [],
        refusal=_refusals().get("met" if met else errors.get("content", ""), ""),
    )


def _parts(offer: Offer) -> list[Part]:
    """What both changed; all of an item that has no place in the draft any more."""
    return [part for part in offer.parts if part.clash] or list(offer.parts)


def _field(place: int, offer: Offer, number: int, picked: Mapping[str, str], errors: Mapping[str, str]) -> FieldView:
    return FieldView(
        "radios",
        f"{PICK}{place}",
        _("What should the draft say? %(what)s", what=offer.title),
        value=picked.get(offer.id, ""),
        error=_("Choose for “%(what)s”", what=offer.title) if offer.id in errors else "",
        options=(
            OptionView(commands.OURS, _("What this draft says")),
            OptionView(commands.THEIRS, _("What version %(number)s says", number=number)),
        ),
    )


def _refusals() -> dict[str, str]:
    return {
        "met": _("Somebody changed the draft or published a version after you opened this page. Choose again."),
        "locked": _("The library has locked something that would change. Choose what the version says."),
        "too_large": _("The draft would become too large. Take something out of it first."),
    }
