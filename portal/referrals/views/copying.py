"""Starting a report from an earlier one or from a draft: what comes along is chosen first."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel.errors import NotFound
from portal.kernel.language import say
from portal.referrals.again import Offer, offers
from portal.referrals.commands import copying, following
from portal.referrals.commands.copying import Source
from portal.referrals.presenting import item_title
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import answers_of, find
from portal.referrals.views.blueprint import blueprint, key_posted, language, open_draft
from portal.web.fields import FieldView, OptionView
from portal.web.posted import only_language

WHOM = ("family", "sibling")


@blueprint.route("/report/copy/<uuid:draft_id>", methods=["GET", "POST"])
@page(Permission.TRACK)
def copy_draft(draft_id: UUID) -> ResponseReturnValue:
    """A new report from a draft, which stays as it is."""
    draft, published = open_draft(draft_id, any_version=True)
    if draft.kind != "full":
        raise NotFound("the short form has nobody to carry over")
    return _copy(Source(draft.id, published, draft.sections), url_for(".tasks", draft_id=draft_id))


@blueprint.route("/referrals/<reference>/again", methods=["GET", "POST"])
@page(Permission.TRACK)
def copy_report(reference: str) -> ResponseReturnValue:
    """A new report from one that was sent."""
    actor = guard.actor()
    found = find(actor, Permission.TRACK, reference)
    if found.kind != "full":
        raise NotFound("the short form has nobody to carry over")
    following.note_reading(actor, found)
    now = as_now(answers_of(found), corrections(actor, Permission.TRACK, found))
    source = Source(found.id, version(found.form_version_id), now.sections)
    return _copy(source, url_for(".show", reference=found.reference))


def _copy(source: Source, back: str) -> ResponseReturnValue:
    found = offers(source.form.form, source.sections)
    whom = request.form.get("whom", "")
    asked = request.method == "POST"
    if asked and whom in WHOM and not only_language():
        keys = request.form.getlist("carry")
        draft_id = copying.begin(guard.actor(), source, keys, language(), key_posted("once"), sibling=whom == WHOM[1])
        flash(_("A new draft has begun. Check what was carried over: it may have changed since."), "success")
        return redirect(url_for(".triage_first", draft_id=draft_id), 303)
    ticked = request.form.getlist("carry") if asked else [one.key for one in found]
    page_now = render_template(
        "referrals/copy.html",
        fields=_fields(found, ticked, whom, missing=asked and whom not in WHOM),
        once=request.form.get("once") or uuid4(),
        lost=[say(label, language()) for label in copying.lost(source)],
        back=back,
    )
    return page_now, 422 if asked else 200


def _fields(found: Sequence[Offer], ticked: Sequence[str], whom: str, *, missing: bool) -> list[FieldView]:
    about = FieldView(
        name="whom",
        kind="radios",
        label=_("Who is the new report about?"),
        value=whom,
        error=_("Choose who the new report is about") if missing else "",
        options=(
            OptionView(WHOM[0], _("The same family again")),
            OptionView(WHOM[1], _("A brother or sister who was not in it"), hint=_("The first child is left empty.")),
        ),
    )
    people = FieldView(
        name="carry",
        kind="checkboxes",
        label=_("What should come along?"),
        hint=_("What happened, the first questions and what the family know are never carried over."),
        value=tuple(ticked),
        options=tuple(OptionView(one.key, _words(one)) for one in found),
    )
    return [about, people] if found else [about]


def _words(offer: Offer) -> str:
    if offer.place is None:
        return str(_("My own details: how I can be reached"))
    title = item_title(offer.section, offer.answers, offer.place, language())
    return str(_("%(item)s: %(name)s", item=say(offer.section.title, language()), name=title))
