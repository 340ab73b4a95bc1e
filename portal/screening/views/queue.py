"""The holding area: a list with filters, order and place in its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.referrals import sifting
from portal.referrals.inputs import Search
from portal.referrals.sifting import MOST_SEARCHED
from portal.referrals.views import searched
from portal.screening import addresses
from portal.screening.addresses import FOUND, Filters
from portal.screening.naming import MOST
from portal.screening.queries.choices import choices
from portal.screening.queries.counts import MOST_COUNTED, Counts, counts
from portal.screening.queries.queue import holding_area
from portal.screening.views import filtering
from portal.screening.views.alerts import keys
from portal.screening.views.rows import Rows
from portal.tenants.settings import PRIORITIES
from portal.web.fields import FieldView, from_form
from portal.web.posted import only_language

blueprint = Blueprint("screening", __name__)

_SEARCH = "search in the holding area"
_COUNTED_SINGLY = ("news", "approval")


@dataclass(frozen=True)
class Tab:
    """A part of the list with its number."""

    text: str
    count: str
    href: str
    current: bool


@blueprint.get("/holding-area")
@page(Permission.LOOK)
def queue() -> ResponseReturnValue:
    """The reports that wait for the council, or those that somebody searches for."""
    filters = filters_of_address()
    words = searched.kept(_SEARCH) if filters.tab == FOUND else ""
    if filters.tab == FOUND and not words:
        # An old address, or another browser's: nothing is searched for.
        return redirect(url_for(".queue"), 303)
    return _page(filters, words, FieldView("text", "words", "", value=words))


@blueprint.post("/holding-area/search")
@page(Permission.LOOK)
def search() -> ResponseReturnValue:
    """Search among all reports of the council, closed ones too."""
    form = Search()
    words = str(form.words.data or "")
    if not form.validate_on_submit() and not only_language():
        return _page(_plain("todo"), "", from_form(form)["words"]), 422
    if sifting.sought(words).nothing:
        searched.forget(_SEARCH)
        return redirect(url_for(".queue"), 303)
    if not only_language():
        searched.keep(_SEARCH, words)
    return redirect(url_for(".queue", tab=FOUND), 303)


def filters_of_address() -> Filters:
    """What the address of this request asks for."""
    return addresses.read(request.args, routes=filtering.ROUTES, priorities=PRIORITIES)


def _page(filters: Filters, words: str, typed: FieldView) -> str:
    """The list; `typed` is the field of the search, with what was wrong with it."""
    actor = guard.actor()
    known = choices(actor)
    meant = filtering.meanings(actor, known, words) if words else []
    others = meant if len(meant) <= MOST else ()
    found = holding_area(actor, filters, sifting.sought(words) if words else None, others)
    asked = filtering.asked(actor, filters, str(get_locale()), known)
    return render_template(
        "screening/queue.html",
        lines=found.lines,
        rows=Rows(found.now, actor.account_id),
        filters=filters,
        searched_for=words,
        instead=[filtering.meant_words(one) for one in found.meant],
        lists=filtering.lists(meant),
        too_many=len(meant) > MOST,
        typed=typed,
        most=MOST_SEARCHED,
        live=_live(filters, found.now),
        tabs=tabs_of(filters, counts(actor)),
        narrowing=filtering.form(filters, asked),
        removable=filtering.removable(filters, asked),
        previous=url_for(".queue", **filters.address(cursor=found.previous)) if found.previous else "",
        following=url_for(".queue", **filters.address(cursor=found.following)) if found.following else "",
    )


def _live(filters: Filters, now: datetime) -> str:
    """The address at which a script asks what has changed since; none where nobody works on what is shown."""
    if filters.tab == FOUND or not guard.may(Permission.SCREEN):
        return ""
    return url_for(".queue_now", since=now.isoformat(), shown=keys(), **filters.address(cursor=filters.cursor))


def tabs_of(filters: Filters, numbers: Counts) -> list[Tab]:
    """The tabs with their numbers. Each begins without filters: what is asked of one part rarely fits another."""
    words = {
        "todo": (_("All open"), numbers.todo),
        "unassigned": (_("Unassigned"), numbers.unassigned),
        "mine": (_("Mine"), numbers.mine),
        "waiting": (_("Waiting for referrer"), numbers.waiting),
        "answered": (_("Answered"), numbers.answered),
        "overdue": (_("Overdue"), numbers.overdue),
        "approval": (_("To approve"), numbers.approval),
        "news": (_("New on closed ones"), numbers.news),
        "decided": (_("Decided"), numbers.decided),
        "withdrawn": (_("Withdrawn"), numbers.withdrawn),
    }
    tabs = [
        Tab(text, _many(key, number), url_for(".queue", **_plain(key).address()), key == filters.tab)
        for key, (text, number) in words.items()
    ]
    if filters.tab == FOUND:
        tabs.append(Tab(_("Found"), "", url_for(".queue", tab=FOUND), current=True))
    return tabs


def _plain(tab: str) -> Filters:
    return Filters(tab=tab, sort=addresses.usual_sort(tab))


def _many(tab: str, number: int) -> str:
    return f"{number:,}+" if tab in _COUNTED_SINGLY and number >= MOST_COUNTED else f"{number:,}"
