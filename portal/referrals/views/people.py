"""The people of a group inside a section, or inside one child of several: the list, one of them, taking one away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.questionnaire import Question, Section, visible
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.language import say
from portal.referrals.paths import Walked, gaps_of, walk
from portal.referrals.presenting import item_title
from portal.referrals.queries.drafts import Draft
from portal.referrals.views import sheet, typed
from portal.referrals.views.blueprint import blueprint, language, open_draft
from portal.referrals.views.sections import LATER, group_href, save_section, section_of, walk_draft
from portal.referrals.views.shown import Shown
from portal.referrals.wording import Wording

PEOPLE = "/report/<uuid:draft_id>/people/<key>/<int:place>/<group>"


@dataclass(frozen=True)
class Place:
    """A group of people where it stands in a draft; `known` are the answers around it that conditions may speak of."""

    draft: Draft
    section: Section
    place: int
    group: Question
    known: Mapping[str, Any]
    own: Mapping[str, Any]

    @property
    def people(self) -> list[Mapping[str, Any]]:
        """The people as saved."""
        saved = self.own.get(self.group.key)
        return [one for one in saved if isinstance(one, Mapping)] if isinstance(saved, list) else []

    @property
    def most(self) -> int:
        """How many people the group may have."""
        return self.group.repeat.max if self.group.repeat else 0

    def href(self, page_name: str = "people", **more: int) -> str:
        """The address of one of the group's pages."""
        where: dict[str, Any] = {"key": self.section.key, "place": self.place, "group": self.group.key, **more}
        return url_for(f".{page_name}", draft_id=self.draft.id, **where)

    def onward(self) -> str:
        """Where to go on: the next group of the same section or child, else the list that it belongs to."""
        around = group_href(self.draft.id, self.section, self.place, self.known, after=self.group.key)
        return around or _list_of(self.draft, self.section)


def _list_of(draft: Draft, section: Section) -> str:
    if section.repeat is not None:
        return url_for(".items", draft_id=draft.id, key=section.key)
    return url_for(".tasks", draft_id=draft.id)


def _open(draft_id: UUID, key: str, place: int, group: str) -> Place:
    """A group on the path of this draft; raises NotFound for any other."""
    draft, published = open_draft(draft_id)
    section, walked = section_of(draft, published, key)
    saved, kept = _one_of(draft.of(key).body, section, place), _kept(walked, section, place)
    own = {question.key for question in section.questions}
    known = {**{name: value for name, value in walked.known().items() if name not in own}, **kept}
    for question in visible(section.questions, known):
        if question.key == group and question.type == sheet.PEOPLE:
            return Place(draft, section, place, question, known, saved)
    raise NotFound("no such group")


def _one_of(body: object, section: Section, place: int) -> Mapping[str, Any]:
    if section.repeat is None:
        return body if isinstance(body, Mapping) and not place else _none(place)
    items = body if isinstance(body, list) else []
    if place >= len(items):
        raise NotFound("no such item")
    return dict(items[place])


def _none(place: int) -> Mapping[str, Any]:
    if place:
        raise NotFound("not a repeated section")
    return {}


def _kept(walked: Walked, section: Section, place: int) -> Mapping[str, Any]:
    body = walked.sections[section.key]
    return dict(body[place]) if section.repeat is not None else dict(body)


def _save(here: Place, people: Sequence[Mapping[str, Any]]) -> None:
    """Save the section with these people in it, as seen at the posted version."""
    changed = {**here.own, here.group.key: [dict(one) for one in people]}
    body: Any = changed
    if here.section.repeat is not None:
        items = list(here.draft.of(here.section.key).body)
        body = [*items[: here.place], changed, *items[here.place + 1 :]]
    _draft, published = open_draft(here.draft.id)
    triage = walk_draft(here.draft, published).triage
    sections = {**here.draft.sections, here.section.key: body}
    walked = walk(published.form, here.draft.kind, triage, sections)
    save_section(here.draft, here.section, body, complete=not walked.gaps(here.section.key))


@blueprint.route(PEOPLE, methods=["GET", "POST"], endpoint="people")
@page(Permission.REPORT)
def people(draft_id: UUID, key: str, place: int, group: str) -> ResponseReturnValue:
    """The people so far: change, take away, add another, or go on."""
    here = _open(draft_id, key, place, group)
    if request.method == "POST":
        _save(here, here.people)
        return redirect(here.onward(), 303)
    around = {**here.known}
    return render_template(
        "referrals/people.html",
        title=say(here.group.label, language()),
        hint=say(here.group.hint, language()) if here.group.hint else "",
        item=say(here.group.repeat.item, language()) if here.group.repeat else "",
        lines=[
            {
                "name": item_title(here.group, one, number, language()),
                "missing": bool(gaps_of(here.group, one, around)),
                "change": here.href("person", number=number),
                "remove": here.href("remove_person", number=number),
            }
            for number, one in enumerate(here.people)
        ],
        add="" if len(here.people) >= here.most else here.href("person", number=len(here.people)),
        back=_back(here),
        seen=here.draft.of(key).version,
    )


def _back(here: Place) -> str:
    """The page on which the group's section, or the child, is asked about."""
    if here.section.repeat is not None:
        return url_for(".item", draft_id=here.draft.id, key=here.section.key, place=here.place)
    return url_for(".section", draft_id=here.draft.id, key=here.section.key)


@blueprint.route(f"{PEOPLE}/<int:number>", methods=["GET", "POST"], endpoint="person")
@page(Permission.REPORT)
def person(draft_id: UUID, key: str, place: int, group: str, number: int) -> ResponseReturnValue:
    """One person: the number after the last adds one."""
    here = _open(draft_id, key, place, group)
    known = here.people
    if number > len(known) or number >= here.most:
        raise NotFound("no such person")
    before = known[number] if number < len(known) else {}
    paper = sheet.sheet_of(here.group.questions, here.known, {})
    draft, name = here.draft, f"{_pages_of(here)}/{number}"
    if request.method != "POST":
        return _show(here, number, typed.open_page(draft, name, paper, before, draft.of(key).version))
    read = sheet.read(paper)
    later = request.form.get("action") == LATER
    if read.wrong and not (later and read.incomplete):
        return _show(here, number, typed.again(draft, name, read)), 422
    unseen = typed.typed_elsewhere(draft, name, paper, read)
    if unseen:
        return _show(here, number, unseen), 409
    try:
        _save(here, [*known[:number], sheet.body_of(paper, read, before), *known[number + 1 :]])
    except Conflict as conflict:
        if conflict.now.get("section") != key:
            raise
        here = _open(draft_id, key, place, group)
        theirs = dict(enumerate(here.people)).get(number, {})
        differing = sheet.differences(paper, read.answers, theirs)
        return _show(here, number, typed.again(draft, name, read, differing)), 409
    typed.settle(draft, name, paper, read)
    return redirect(here.href("person", number=number) if read.more and not later else here.href(), 303)


@blueprint.route(f"{PEOPLE}/<int:number>/remove", methods=["GET", "POST"], endpoint="remove_person")
@page(Permission.REPORT)
def remove_person(draft_id: UUID, key: str, place: int, group: str, number: int) -> ResponseReturnValue:
    """Ask first, then take one person away."""
    here = _open(draft_id, key, place, group)
    known = here.people
    if number >= len(known):
        raise NotFound("no such person")
    if request.method != "POST":
        return render_template(
            "referrals/remove.html",
            back=here.href(),
            name=item_title(here.group, known[number], number, language()),
            seen=here.draft.of(key).version,
            wording=Wording(here.draft.form_key),
        )
    _save(here, [*known[:number], *known[number + 1 :]])
    typed.take_out(here.draft, _pages_of(here), number)
    return redirect(here.href(), 303)


def _pages_of(here: Place) -> str:
    """What the names of the pages of a group's people begin with."""
    return typed.name_of(typed.PEOPLE, here.section.key, here.place, here.group.key)


def _show(here: Place, number: int, form: Shown) -> str:
    current = here.people[number] if number < len(here.people) else {}
    return render_template(
        "referrals/item.html",
        title=item_title(here.group, current, number, language()),
        section=say(here.group.label, language()),
        intro="",
        form=form,
        seen=here.draft.of(here.section.key).version,
        back=here.href(),
    )
