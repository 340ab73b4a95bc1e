"""The list of reports that were sent, its filters, its search, and the way to other councils' lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import clock, scope
from portal.kernel.language import say
from portal.referrals import sifting, states
from portal.referrals.inputs import Search
from portal.referrals.progress import next_step, state_words
from portal.referrals.queries.mine import Colleague, colleagues, reports, sees_agency
from portal.referrals.sifting import CHOICES, MOST_SEARCHED, OPEN_ONES, Filters
from portal.referrals.views import searched
from portal.referrals.views.blueprint import blueprint, language
from portal.referrals.wording import Wording, kind_words, kinds
from portal.tenants import resolve
from portal.web.fields import FieldView, OptionView, from_form
from portal.web.posted import only_language

_SEARCH = "search"


@dataclass(frozen=True)
class Removable:
    """A filter in force, and the list without it."""

    text: str
    href: str


@blueprint.get("/referrals")
@page(Permission.TRACK)
def mine() -> ResponseReturnValue:
    """The person's reports, or their agency's for its lead: those with new messages first, then last changed."""
    filters = sifting.read(request.args, whole_agency=sees_agency(guard.actor()))
    words = searched.kept(_SEARCH) if filters.searched else ""
    if filters.searched and not words:
        # An old address, or another browser's: nothing is searched for.
        return redirect(url_for(".mine", **filters.address(searched=False)), 303)
    return _page(filters, words, FieldView("text", "words", "", value=words))


def _page(filters: Filters, words: str, typed: FieldView) -> str:
    """The list; `typed` is the field of the search, with what was wrong with it."""
    actor = guard.actor()
    whole = sees_agency(actor)
    found = reports(actor, filters, sifting.sought(words) if words else None)
    others = colleagues(actor) if filters.agency else ()
    views = _views(filters, others)
    return render_template(
        "referrals/mine.html",
        found=found,
        whole=whole,
        filters=filters,
        views=views,
        words=words,
        typed=typed,
        most=MOST_SEARCHED,
        removable=_removable(filters, views),
        pages=_pages(filters, found.pages),
        open_states=states.OPEN,
        state_words=cache(state_words),
        next_step=cache(lambda state, form_key: next_step(state, Wording(form_key))),
        kind_words=cache(kind_words),
        now=clock.now(),
        elsewhere=_elsewhere(),
    )


@blueprint.post("/referrals/search")
@page(Permission.TRACK)
def search() -> ResponseReturnValue:
    """Keep what somebody searches for with their session, sealed, and show what it finds: it is often a child's name,
    and an address is no place for that."""
    filters = sifting.read(request.form, whole_agency=sees_agency(guard.actor()))
    form = Search()
    words = str(form.words.data or "")
    if not form.validate_on_submit() and not only_language():
        shown = replace(filters, searched=False)
        return _page(shown, "", from_form(form)["words"]), 422
    if sifting.sought(words).nothing:
        searched.forget(_SEARCH)
        return redirect(url_for(".mine", **filters.address(searched=False)), 303)
    if not only_language():
        searched.keep(_SEARCH, words)
    return redirect(url_for(".mine", **filters.address(searched=True)), 303)


def _views(filters: Filters, others: tuple[Colleague, ...]) -> list[FieldView]:
    states_ = [(key, _("Not decided yet") if key == OPEN_ONES else state_words(key)) for key in CHOICES]
    found = [
        _select("state", _("State"), states_, filters.state),
        _select("form", _("Kind"), kinds(), filters.form),
    ]
    if filters.agency:
        people = [(str(one.id), one.name) for one in others]
        found.append(_select("colleague", _("Sent by"), people, str(filters.colleague or "")))
    return [
        *found,
        _day("since", _("Sent from"), filters),
        _day("until", _("Sent up to"), filters),
        FieldView(
            "checkboxes",
            "unread",
            "",
            value=("yes",) if filters.unread else (),
            options=(OptionView("yes", _("With new messages only")),),
        ),
    ]


def _select(name: str, label: str, choices: list[tuple[str, str]], chosen: str) -> FieldView:
    options = (OptionView("", _("All")), *(OptionView(value, text) for value, text in choices))
    return FieldView("select", name, label, value=chosen, options=options)


def _day(name: str, label: str, filters: Filters) -> FieldView:
    error = ""
    if name in filters.wrong:
        error = _("Enter a date as day, month and year, such as 27/3/2026")
        if sifting.day_of(filters.shown(name)):
            error = _("The second date must be the same as or after the first")
    return FieldView(
        "text", name, label, hint=_("For example, 27/3/2026"), value=filters.shown(name), error=error, width=10
    )


def _removable(filters: Filters, views: list[FieldView]) -> list[Removable]:
    """Each filter in force with the list without it; the search has its own place on the page."""
    found = []
    for view in views:
        value = getattr(filters, view.name)
        if not value:
            continue
        chosen = "yes" if value is True else str(value)
        told = next((option.label for option in view.options if option.value == chosen), "")
        text = told if view.name == "unread" else f"{view.label}: {told or filters.shown(view.name)}"
        nothing = False if view.name == "unread" else "" if isinstance(value, str) else None
        found.append(Removable(text, url_for(".mine", **filters.address(**{view.name: nothing}))))
    return found


def _pages(filters: Filters, count: int) -> list[dict[str, object]]:
    """The numbers of a pagination: the ends, this page and its neighbours."""
    shown = sorted({1, count, *(number for number in range(filters.page - 1, filters.page + 2) if 0 < number <= count)})
    found: list[dict[str, object]] = []
    for place, number in enumerate(shown):
        if place and number - shown[place - 1] > 1:
            found.append({"ellipsis": True})
        href = url_for(".mine", **filters.address(page=number))
        found.append({"number": number, "href": href, "current": number == filters.page})
    return found


def _elsewhere() -> list[tuple[str, str]]:
    """The other councils of this instance and their lists, without a word about what is in them: each is a wall of
    its own, and none is asked whether this person is known there."""
    here = scope.council()
    if here.settings.hostnames and not request.script_root.endswith(f"/{here.slug}"):
        # At a council's own host there is no other council.
        return []
    root = request.script_root.removesuffix(f"/{here.slug}")
    path = url_for(".mine").removeprefix(request.script_root)
    return [(say(one.name, language()), f"{root}/{one.slug}{path}") for one in resolve.everyone() if one != here]
