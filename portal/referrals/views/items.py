"""A section that is given several times (children, people): the list, one of them, taking one away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.schema import Section
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.language import say
from portal.referrals.paths import Walked
from portal.referrals.presenting import item_title
from portal.referrals.queries.drafts import Draft
from portal.referrals.views import sheet, typed
from portal.referrals.views.blueprint import blueprint, language, open_draft
from portal.referrals.views.sections import (
    LATER,
    after_saving,
    elsewhere,
    group_href,
    save_section,
    section_of,
)
from portal.referrals.views.shown import Shown
from portal.referrals.wording import Wording


def _open(draft_id: UUID, key: str) -> tuple[Draft, Section, Walked]:
    draft, published = open_draft(draft_id)
    section, walked = section_of(draft, published, key)
    if section.repeat is None:
        raise NotFound("not a repeated section")
    return draft, section, walked


def _saved(draft: Draft, key: str) -> list[Mapping[str, Any]]:
    body = draft.of(key).body
    return list(body) if isinstance(body, list) else []


def _most(section: Section) -> int:
    return section.repeat.max if section.repeat else 0


@blueprint.route("/report/<uuid:draft_id>/several/<key>", methods=["GET", "POST"], endpoint="items")
@page(Permission.REPORT)
def items(draft_id: UUID, key: str) -> ResponseReturnValue:
    """The children (people) so far: change, take away, add another, or go on."""
    draft, section, walked = _open(draft_id, key)
    saved = _saved(draft, key)
    if request.method == "POST":
        save_section(draft, section, saved, complete=not walked.gaps(key))
        return redirect(url_for(".tasks", draft_id=draft_id), 303)
    if not saved and section.repeat and section.repeat.min:
        return redirect(url_for(".item", draft_id=draft_id, key=key, place=0), 303)
    gaps = {gap.item for gap in walked.gaps(key)}
    return render_template(
        "referrals/items.html",
        draft=draft,
        title=say(section.title, language()),
        intro=say(section.intro, language()) if section.intro else "",
        stands_out=say(section.inset, language()) if section.inset else "",
        item=say(section.repeat.item, language()) if section.repeat else "",
        lines=[
            {
                "name": item_title(section, item, place, language()),
                "missing": place in gaps,
                "change": url_for(".item", draft_id=draft_id, key=key, place=place),
                "remove": url_for(".remove", draft_id=draft_id, key=key, place=place),
            }
            for place, item in enumerate(saved)
        ],
        add="" if len(saved) >= _most(section) else url_for(".item", draft_id=draft_id, key=key, place=len(saved)),
        seen=draft.of(key).version,
    )


@blueprint.route("/report/<uuid:draft_id>/several/<key>/<int:place>", methods=["GET", "POST"], endpoint="item")
@page(Permission.REPORT)
def item(draft_id: UUID, key: str, place: int) -> ResponseReturnValue:
    """One child (person): the place after the last adds one."""
    draft, section, walked = _open(draft_id, key)
    saved = _saved(draft, key)
    if place > len(saved) or place >= _most(section):
        raise NotFound("no such item")
    before = saved[place] if place < len(saved) else {}
    kept = walked.sections[key]
    paper = sheet.sheet_of(section.questions, elsewhere(section, walked), kept[place] if place < len(kept) else {})
    name = typed.name_of(typed.SEVERAL, key, place)
    if request.method != "POST":
        return _show(draft, section, place, typed.open_page(draft, name, paper, before, draft.of(key).version))
    read = sheet.read(paper)
    later = request.form.get("action") == LATER
    if read.wrong and not (later and read.incomplete):
        return _show(draft, section, place, typed.again(draft, name, read)), 422
    unseen = typed.typed_elsewhere(draft, name, paper, read)
    if unseen:
        return _show(draft, section, place, unseen), 409
    body = [*saved[:place], sheet.body_of(paper, read, before), *saved[place + 1 :]]
    gaps = {gap.item for gap in walked.gaps(key)} - {place, len(saved)}
    try:
        save_section(draft, section, body, complete=not (read.wrong or read.more or gaps))
    except Conflict as conflict:
        if conflict.now.get("section") != key:
            raise
        draft, section, walked = _open(draft_id, key)
        theirs = dict(enumerate(_saved(draft, key))).get(place, {})
        differing = sheet.differences(paper, read.answers, theirs)
        return _show(draft, section, place, typed.again(draft, name, read, differing)), 409
    typed.settle(draft, name, paper, read)
    if read.more and not later:
        return redirect(after_saving(draft_id, more=True, again=request.path), 303)
    around = group_href(draft_id, section, place, {**paper.elsewhere, **read.answers})
    return redirect(around or url_for(".items", draft_id=draft_id, key=key), 303)


@blueprint.route(
    "/report/<uuid:draft_id>/several/<key>/<int:place>/remove",
    methods=["GET", "POST"],
    endpoint="remove",
)
@page(Permission.REPORT)
def remove(draft_id: UUID, key: str, place: int) -> ResponseReturnValue:
    """Ask first, then take one away."""
    draft, section, _walked = _open(draft_id, key)
    saved = _saved(draft, key)
    if place >= len(saved):
        raise NotFound("no such item")
    if request.method != "POST":
        name = item_title(section, saved[place], place, language())
        seen = draft.of(key).version
        back = url_for(".items", draft_id=draft_id, key=key)
        return render_template(
            "referrals/remove.html", back=back, name=name, seen=seen, wording=Wording(draft.form_key)
        )
    save_section(draft, section, [*saved[:place], *saved[place + 1 :]], complete=False)
    typed.take_out(draft, typed.name_of(typed.SEVERAL, key), place)
    typed.take_out(draft, typed.name_of(typed.PEOPLE, key), place)
    return redirect(url_for(".items", draft_id=draft_id, key=key), 303)


def _show(draft: Draft, section: Section, place: int, form: Shown) -> str:
    saved = _saved(draft, section.key)
    current = saved[place] if place < len(saved) else {}
    lone = not saved and place == 0
    back = ".tasks" if lone else ".items"
    arguments = {"draft_id": draft.id} if lone else {"draft_id": draft.id, "key": section.key}
    return render_template(
        "referrals/item.html",
        title=item_title(section, current, place, language()),
        section=say(section.title, language()),
        intro=say(section.intro, language()) if section.intro and not place else "",
        form=form,
        seen=draft.of(section.key).version,
        back=url_for(back, **arguments),
    )
