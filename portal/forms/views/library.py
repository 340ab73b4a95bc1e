"""The shared library: its templates, starting a draft from one, and what a newer one proposes to a draft."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission, Reach, reach
from portal.forms import locks
from portal.forms.commands import library as commands
from portal.forms.outline import take_apart
from portal.forms.queries import library as queries
from portal.forms.queries.drafts import Draft
from portal.forms.views import hub, offer_words
from portal.forms.views.blueprint import blueprint, language, open_draft, seen_version
from portal.forms.views.home import family_words
from portal.forms.views.hub import Place, Row
from portal.kernel.errors import Conflict, Invalid
from portal.web.fields import FieldView, OptionView

LATER, DECLINE = "later", "decline"


def nation_words(nation: str) -> str:
    """Whom a template is for."""
    words: dict[str, str] = {
        "": _("For councils in Wales and England"),
        "wales": _("For councils in Wales"),
        "england": _("For councils in England"),
    }
    return words[nation]


@hub.row(Place.LIBRARY)
def library_row(draft: Draft) -> Row | None:
    """On a draft's page: whether its template has changed since."""
    newer = queries.newer_number(draft)
    if newer is None:
        return None
    return Row(
        _("Changes from the shared library"),
        hub.designers_link("forms.proposals", draft),
        _("Edition %(number)s is new", number=newer),
        "yellow",
    )


@blueprint.get("/forms/library")
@page(Permission.PUBLISH)
def library() -> str:
    """Every template that this council may start from."""
    return render_template(
        "forms/library.html",
        templates=queries.templates(guard.actor()),
        family_words=family_words,
        nation_words=nation_words,
    )


@blueprint.get("/forms/library/<template_key>")
@page(Permission.PUBLISH)
def template(template_key: str) -> str:
    """One template: what it holds and what it locks."""
    found = queries.template(guard.actor(), template_key)
    outline = take_apart(found.content)
    kinds = [each.kind.removeprefix("urgent_") for each in outline.items.values()]
    counted = [
        (_("Questions"), kinds.count("question")),
        (_("Routes"), kinds.count("route")),
        (_("Rules"), kinds.count("rule")),
        (_("Advice topics"), kinds.count("topic")),
        (_("Scenarios"), kinds.count("scenario")),
    ]
    held = tuple(sorted(locks.all_locked(found.locked, found.content)))
    return render_template(
        "forms/template.html",
        template=found,
        family=family_words(found.form_key),
        nation=nation_words(found.nation),
        counted=counted,
        locked=offer_words.locked_titles(held, outline, language()),
        may_design=reach(guard.actor(), Permission.DESIGN) is not Reach.NONE,
    )


@blueprint.post("/forms/library/<template_key>")
@page(Permission.DESIGN)
def begin_from(template_key: str) -> ResponseReturnValue:
    """Begin a draft of a template."""
    form_id = commands.start(guard.actor(), template_key)
    flash(_("Your draft is ready. Nothing changes for referrers until it is published."), "success")
    return redirect(url_for("forms.draft", form_id=form_id), 303)


@blueprint.route("/forms/drafts/<uuid:form_id>/proposals", methods=["GET", "POST"])
@page(Permission.DESIGN)
def proposals(form_id: UUID) -> ResponseReturnValue:
    """What the newest template proposes to a draft: each change is taken or left."""
    draft = open_draft(form_id)
    offered = queries.offered(guard.actor(), draft)
    if request.method != "POST" or offered is None:
        return _page(draft, offered)
    rest = request.form.get("rest", "")
    accepted = set(request.form.getlist("accept"))
    if rest not in (LATER, DECLINE):
        return _page(draft, offered, accepted, error=_("Say what happens to the changes that you leave out")), 422
    if request.form.get("number") != str(offered.number) or draft.state != "open":
        raise Conflict("the library has a newer number, or the draft is not open")
    try:
        commands.settle(guard.actor(), draft, seen_version(), accepted, decline_rest=rest == DECLINE)
    except Invalid:
        error = _("One of these is locked until you decide about all changes at once")
        return _page(draft, offered, accepted, error=error), 422
    flash(_("The changes that you took are in the draft."), "success")
    return redirect(url_for("forms.draft", form_id=form_id), 303)


def _page(draft: Draft, offered: queries.Offered | None, accepted: set[str] | None = None, error: str = "") -> str:
    if offered is None:
        return render_template("forms/proposals.html", draft=draft, offered=None, family=family_words(draft.form_key))
    shown = offer_words.offers(offered.merge, language())
    taken_over = offer_words.locked_titles(offered.merge.taken_over, offered.merge.theirs, language())
    choice = FieldView(
        "radios",
        "rest",
        _("What happens to the changes that you leave out?"),
        error=error,
        options=(
            OptionView(LATER, _("Ask me again later")),
            OptionView(DECLINE, _("Decline them"), hint=_("They are not offered again")),
        ),
    )
    boxes = [
        FieldView(
            "checkboxes",
            "accept",
            "",
            value=(each.id,) if accepted is not None and each.id in accepted else (),
            options=(OptionView(each.id, _("Take this change: %(what)s", what=each.title)),),
        )
        for each in shown
    ]
    return render_template(
        "forms/proposals.html",
        draft=draft,
        offered=offered,
        family=family_words(draft.form_key),
        offers=list(zip(shown, boxes, strict=True)),
        taken_over=taken_over,
        choice=choice,
    )
