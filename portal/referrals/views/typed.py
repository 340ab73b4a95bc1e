"""What is typed on a page of a draft and not saved yet: kept by a script as one types, and shown again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.questionnaire import Form
from portal.kernel import clock
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.language import say
from portal.referrals.commands import typed
from portal.referrals.paths import TRIAGE
from portal.referrals.queries.drafts import Draft
from portal.referrals.queries.typed import OtherTyped, pages_of_others, pages_typed, typed_by_others, typed_on
from portal.referrals.views import beside, sheet
from portal.referrals.views.blueprint import (
    blueprint,
    is_trial,
    key_posted,
    language,
    number_posted,
    open_draft,
    posted,
)
from portal.referrals.views.shown import Other, Shown, Typing
from portal.web.dates import time_words

# The fields that carry the page rather than what was typed in it.
_PAGE_KEEPS = ("csrf_token", "seen_version", "typed_version", "tab_key", "action", "lang", "only_language")
MACHINERY = frozenset((*_PAGE_KEEPS, "submit_key", "form_version", beside.SEEN_OF))
QUESTIONS, SECTION, SEVERAL, PEOPLE = "questions", "section", "several", "people"
_PAGE = re.compile(
    rf"(?P<kind>{QUESTIONS}|{SECTION})/(?P<one>[\w-]+)"
    rf"|{SEVERAL}/(?P<several>[\w-]+)/(?P<place>\d{{1,3}})"
    rf"|{PEOPLE}/(?P<people>[\w-]+)/(?P<child>\d{{1,3}})/(?P<group>[\w-]+)/(?P<number>\d{{1,3}})"
)


@dataclass(frozen=True)
class Unsaved:
    """A page with text that is not saved; `name` is who typed it, "" for the person themselves."""

    section: str
    title: str
    href: str
    name: str = ""


def name_of(kind: str, *parts: object) -> str:
    """The name of a page, as it stands in the address to which its script sends."""
    return "/".join([kind, *map(str, parts)])


def open_page(draft: Draft, name: str, paper: sheet.Sheet, saved: Mapping[str, Any], version: int) -> Shown:
    """A page as the person left it: with what they typed and did not save, else as saved (at `version`).

    Where somebody saved other answers after they had typed, both are shown.
    """
    as_saved = Shown(sheet.fields_of(paper, saved), sheet.shown_of(paper, saved))
    if is_trial():
        return as_saved
    others = typed_by_others(guard.actor(), draft, name)
    taken = beside.chosen(others)
    if taken is not None:
        return _taken(draft, name, paper, taken)
    found = typed_on(guard.actor(), draft, name)
    here = Typing(_href(draft, name), uuid4(), found.version if found else 0)
    read = sheet.read(paper, found.fields, quiet=True) if found else None
    if found is None or read is None or _same(paper, read, saved) or request.args.get("typed") == "no":
        return beside.shown_with(Shown(as_saved.fields, as_saved.shown, here), paper, saved, {}, others)
    differing = sheet.differences(paper, read.answers, saved) if found.seen != version else ()
    kept = Typing(here.href, here.tab, found.version, found.at, saved_href(request.path))
    form = Shown(read.fields, read.shown, kept, differing, other=_other(draft, name))
    return form if differing else beside.shown_with(form, paper, read.answers, found.fields, others)


def _taken(draft: Draft, name: str, paper: sheet.Sheet, taken: OtherTyped) -> Shown:
    """The page with what somebody else typed in it, which the person goes on with; their own text is where it was."""
    read = sheet.read(paper, taken.fields, quiet=True)
    own = typed_on(guard.actor(), draft, name)
    here = Typing(_href(draft, name), uuid4(), own.version if own else 0)
    return Shown(read.fields, read.shown, here, seen_of=(str(taken.row),))


def _same(paper: sheet.Sheet, read: sheet.Read, saved: Mapping[str, Any]) -> bool:
    """Whether typed text says what is saved: a script sent it while the page was being saved."""
    return read.incomplete and sheet.body_of(paper, read, saved) == dict(saved)


def saved_href(path: str) -> str:
    """The same page with what is saved, whatever was typed."""
    return f"{request.script_root}{path}?typed=no"


def again(
    draft: Draft, name: str, read: sheet.Read, differing: Sequence[sheet.Difference] = (), *, tabs: bool = False
) -> Shown:
    """The form as it was posted, which goes on being the same page."""
    if is_trial():
        return Shown(read.fields, read.shown, None, differing)
    found = typed_on(guard.actor(), draft, name)
    # What differs is on the page: the next time it is saved, the person has seen it.
    version = found.version if found and differing else number_posted("typed_version")
    here = Typing(_href(draft, name), tab_of(name).key, version)
    return Shown(read.fields, read.shown, here, differing, tabs, _other(draft, name), seen_of=beside.seen())


def _other(draft: Draft, name: str) -> Other | None:
    """Who saved the section of a page last; None where that is not known."""
    found = _PAGE.fullmatch(name)
    key = found and (found["one"] or found["several"] or found["people"])
    stored = draft.of(TRIAGE if found and found["kind"] == QUESTIONS else key or "")
    if stored.at is None or stored.writer_id is None:
        return None
    return Other("" if stored.writer_id == guard.actor().account_id else stored.writer, stored.at)


def typed_elsewhere(draft: Draft, name: str, paper: sheet.Sheet, read: sheet.Read) -> Shown | None:
    """The page again, with what the person typed on it in another tab, or somebody else typed on it, and nobody saved,
    where that differs from what was posted and was not shown yet; None where nothing does."""
    if is_trial():
        return None
    found = typed_on(guard.actor(), draft, name, but=tab_of(name).key)
    if found is not None and found.version != number_posted("typed_version"):
        differing = sheet.differing_texts(paper, read.answers, posted(), found.fields)
        if differing:
            return again(draft, name, read, differing, tabs=True)
    others = typed_by_others(guard.actor(), draft, name)
    form = beside.shown_with(again(draft, name, read), paper, read.answers, posted(), others)
    return form if form.beside else None


def settle(draft: Draft, name: str, paper: sheet.Sheet, read: sheet.Read) -> None:
    """The page was saved: nothing typed on it waits any more, nor what others typed that is the same."""
    if is_trial():
        return
    typed.settle(guard.actor(), draft, tab_of(name))
    others = typed_by_others(guard.actor(), draft, name)
    same = [one.row for one in others if not sheet.differing_texts(paper, read.answers, posted(), one.fields)]
    typed.forget_same(draft, same)


def take_out(draft: Draft, before: str, place: int) -> None:
    """One of several was taken out: what was typed about those after it moves up with them."""
    if not is_trial():
        typed.take_out(draft, f"{before}/", place)


def unsaved(draft: Draft, form: Form) -> list[Unsaved]:
    """The pages on which the person, or somebody else who writes the draft, typed something and did not save it."""
    if is_trial():
        return []
    own = [(name, "") for name in pages_typed(guard.actor(), draft)]
    found = [*own, *pages_of_others(guard.actor(), draft)]
    return [_unsaved(draft, form, name, who) for name, who in found if _section(form, name)]


def _unsaved(draft: Draft, form: Form, name: str, who: str) -> Unsaved:
    section = _section(form, name)
    title = _("First questions") if section == TRIAGE else say(form.section(section).title, language())
    return Unsaved(section, title, f"{url_for('.tasks', draft_id=draft.id)}/{name}", who)


def _section(form: Form, name: str) -> str:
    """The section that a page belongs to, "" for a page that the form does not have."""
    found = _PAGE.fullmatch(name)
    if found is None:
        return ""
    key = found["one"] or found["several"] or found["people"]
    if found["kind"] == QUESTIONS:
        return TRIAGE if any(one.key == key for one in form.triage) else ""
    return key if any(one.key == key for one in (*form.sections, *form.urgent)) else ""


def _href(draft: Draft, name: str) -> str:
    return url_for("referrals.typed", draft_id=draft.id, typed_page=name)


def tab_of(name: str) -> typed.Tab:
    """The page that was posted; one without a key, made before there were any, is its own."""
    try:
        key = key_posted("tab_key")
    except NotFound:
        key = uuid4()
    return typed.Tab(name, key, number_posted("typed_version"), number_posted("seen_version"))


@blueprint.post("/report/typed/<uuid:draft_id>/<path:typed_page>", endpoint="typed")
@page(Permission.REPORT)
def keep(draft_id: UUID, typed_page: str) -> ResponseReturnValue:
    """Keep what stands in the fields of a page, complete or not; a script asks, and says what it is told."""
    draft, published = open_draft(draft_id)
    section = _section(published.form, typed_page)
    if not section:
        raise NotFound("no such page")
    tab = tab_of(typed_page)
    try:
        version = typed.keep(guard.actor(), draft, tab, fields_posted(), section)
    except Conflict as conflict:
        return refused(conflict)
    told = saved_words()
    others = typed_by_others(guard.actor(), draft, typed_page)
    if others:
        told = _(
            "Saved at %(time)s. %(name)s typed on this page, too, and has not saved it: you will see both.",
            time=time_words(clock.now()),
            name=others[0].name,
        )
    if draft.of(section).version != tab.seen:
        told = _(
            "Saved at %(time)s. Other answers were saved here meanwhile: you will see both.",
            time=time_words(clock.now()),
        )
    return jsonify(said=told, version=version or tab.version)


def fields_posted() -> dict[str, Sequence[str]]:
    """What stands in the fields of the page that was posted."""
    return {name: values for name, values in posted().items() if name not in MACHINERY}


def saved_words() -> str:
    """What the script says when text is kept."""
    return str(_("Saved at %(time)s", time=time_words(clock.now())))


def refused(conflict: Conflict) -> ResponseReturnValue:
    """What the script is told where another tab holds other text; raises any other conflict again."""
    if not conflict.now.get("typed"):
        raise conflict
    told = _("Not saved: you typed other text on this page in another tab. When you save, you see both.")
    return jsonify(said=told), 409
