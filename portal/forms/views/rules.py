"""The rules of a draft in plain words and in order, every other part of the rule set, and the mistakes in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.checking import mistakes_of
from portal.forms.editing import entries
from portal.forms.queries.drafts import Draft
from portal.forms.rows.listing import one_words, part_words, shown
from portal.forms.views import drawing, hub
from portal.forms.views.blueprint import blueprint, open_draft, seen_version
from portal.forms.views.meeting import keep, pressed_again
from portal.forms.views.mending import to_mend
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.errors import Invalid, NotFound

MOST_MISTAKES = 50
RULES = "rules"
ACTS = ("move", "copy", "step")


@hub.row(hub.Place.RULES)
def rules_row(draft: Draft) -> hub.Row | None:
    """How many rules there are, and how many mistakes stand in the way of publishing them; for those who may change
    them: others read the rules among what is different and beside the proof."""
    if not guard.may(Permission.DESIGN):
        return None
    wrong = sum(path[0] == "thresholds" for path, _message in mistakes_of(draft.content, scope.council().languages))
    count = len(entries.entries(draft.content, RULES))
    mistakes = ngettext("%(num)s mistake", "%(num)s mistakes", wrong) if wrong else ""
    return hub.Row(
        title=_("Rules"),
        href=url_for("forms.rules", form_id=draft.id),
        status=mistakes or ngettext("%(num)s rule", "%(num)s rules", count),
        colour="red" if wrong else "",
        hint=_("Which route answers lead to, and why: conditions, notices, topics, routes and levels."),
    )


@blueprint.get("/forms/drafts/<uuid:form_id>/rules")
@page(Permission.PUBLISH)
def rules(form_id: UUID) -> str:
    """Every rule in order, the other parts, and what is wrong."""
    draft = open_draft(form_id)
    around = drawing.around(draft)
    wrong = mistakes_of(draft.content, around.languages)
    words = part_words()
    counts = [(part, words[part], len(entries.entries(draft.content, part))) for part in words if part != RULES]
    return render_template(
        "forms/rules.html",
        draft=draft,
        entries=shown(around, RULES, drawing.locked(draft)),
        parts=counts,
        mistakes=to_mend(draft, wrong[:MOST_MISTAKES]),
        mistake_count=len(wrong),
        may_change=drawing.may_change(draft),
    )


@blueprint.get("/forms/drafts/<uuid:form_id>/rules/<part>")
@page(Permission.PUBLISH)
def part(form_id: UUID, part: str) -> ResponseReturnValue:
    """One part of the rule set: its entries in order."""
    draft = open_draft(form_id)
    if part == RULES:
        return redirect(url_for("forms.rules", form_id=draft.id), 303)
    found = shown(drawing.around(draft), part, drawing.locked(draft))
    words = part_words()[part]
    return render_template(
        "forms/part.html",
        draft=draft,
        part=part,
        title=words,
        add=one_words(part),
        entries=found,
        hint=_about(part),
        may_change=drawing.may_change(draft),
    )


@blueprint.post("/forms/drafts/<uuid:form_id>/rules/<part>")
@page(Permission.DESIGN)
def arrange(form_id: UUID, part: str) -> ResponseReturnValue:
    """Move one entry to a place, or copy it: "move:3:A05", "copy:A05_2:A05"."""
    draft = open_draft(form_id)
    back = url_for("forms.part", form_id=draft.id, part=part)
    act, _colon, rest = request.form.get("do", "").partition(":")
    where, _colon, address = rest.partition(":")
    if act not in ACTS:
        raise NotFound("nothing to do")
    if pressed_again(draft, seen_version()):
        return redirect(back, 303)
    entry = entries.entry(draft.content, part, address)
    drawing.unlocked(draft, entry.lock)
    try:
        content = _arranged(draft, part, act, address, where)
    except Invalid as error:
        raise NotFound("no room or no such name") from error
    done = _("The copy stands after it.") if act == "copy" else _("The order is changed.")
    if act == "step":
        back = url_for("forms.entry", form_id=draft.id, part=part, named=address)
    return keep(draft, content, seen_version(), f"{part}_{act}", back=back, done=done)


@blueprint.route("/forms/drafts/<uuid:form_id>/rules/<part>/<named>/remove", methods=["GET", "POST"])
@page(Permission.DESIGN)
def remove_entry(form_id: UUID, part: str, named: str) -> ResponseReturnValue:
    """Ask first, then take one entry out; one that is gone already is no mistake."""
    draft = open_draft(form_id)
    back = url_for("forms.part", form_id=draft.id, part=part)
    if request.method == "POST" and not entries.exists(draft.content, part, named):
        return redirect(back, 303)
    entry = entries.entry(draft.content, part, named)
    drawing.unlocked(draft, entry.lock)
    if request.method != "POST":
        found = next(one for one in shown(drawing.around(draft), part) if one.address == named)
        words = part_words()
        used = [words[name] for name in entries.uses(draft.content, named) if name in words and name != part]
        return render_template(
            "forms/remove_entry.html", draft=draft, part=part, entry=found, title=words[part], back=back, used=used
        )
    content = entries.removed(draft.content, part, named)
    return keep(draft, content, seen_version(), f"{part}_removed", back=back, done=_("It is taken out of the draft."))


def _arranged(draft: Draft, part: str, act: str, address: str, where: str) -> Any:
    if act == "copy":
        return entries.copied(draft.content, part, address, where)
    if act == "step":
        return entries.step_moved(draft.content, part, address, _place(where))
    return entries.moved(draft.content, part, address, _place(where))


def _place(text: str) -> int:
    place = whole(text)
    if place is None:
        raise NotFound("no such place")
    return place


def _about(part: str) -> str:
    words = {
        "overrides": _("Tried after the rules, when a person says that they disagree. A way up only ever goes up."),
        "conditions": _("A condition with a name can be used in several rules. It may use only those above it."),
        "values": _("Numbers worked out from answers. A value may use only those above it."),
        "notices": _("Words that a rule can show beside the route."),
        "always": _("Shown whichever rule decides, unless the rule stands alone."),
        "topics": _("The pages of advice."),
        "topic_rules": _("Which topics an advice page shows, for rules that ask for it."),
        "routes": _("Where answers can lead. The urgency puts them in order."),
        "levels": _("What each level of need is called."),
        "exceptions": _(
            "A rule for which a safety check need not hold, with the reason. Both are shown with every proof."
        ),
    }
    return str(words[part])
