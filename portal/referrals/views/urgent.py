"""The urgent short form: one page, kept as it is typed, sent at once at any hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.queries import Published, newest, version
from portal.forms.schema import Section
from portal.kernel import scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.language import say
from portal.referrals.commands import sending, short, typed
from portal.referrals.queries.draft_lists import my_drafts
from portal.referrals.queries.drafts import Draft, find_draft, may_send_full
from portal.referrals.views import sheet
from portal.referrals.views import typed as typing
from portal.referrals.views.blueprint import (
    ShortFormError,
    blueprint,
    closed_words,
    is_trial,
    key_posted,
    language,
    number_posted,
    open_draft,
    phones_now,
)
from portal.referrals.views.shown import Shown, Typing
from portal.tenants.opening import is_open


@blueprint.errorhandler(ShortFormError)
def _lead_there(needed: ShortFormError) -> ResponseReturnValue:
    """A draft of the short form has one page, whichever page of a draft was asked for."""
    return redirect(url_for("referrals.urgent_draft", draft_id=needed.draft_id), 303)


@blueprint.route("/report/urgent", methods=["GET", "POST"])
@page(Permission.REPORT)
def urgent() -> ResponseReturnValue:
    """The short form: five things on one page, sent at once, at any hour."""
    if request.method == "POST":
        return _send()
    published = newest()
    paper = _paper(published)
    fields, shown = sheet.fields_of(paper, {}), sheet.shown_of(paper, {})
    form = Shown(fields, shown, _typing(uuid4(), 0))
    return urgent_page(published, form, uuid4(), begun=_begun())


@blueprint.get("/report/urgent/<uuid:draft_id>")
@page(Permission.REPORT)
def urgent_draft(draft_id: UUID) -> ResponseReturnValue:
    """The short form as the person left it."""
    draft, published = open_draft(draft_id, any_version=True, any_kind=True)
    if draft.kind != "urgent":
        return redirect(url_for(".tasks", draft_id=draft_id), 303)
    form = typing.open_page(draft, _name(published), _paper(published), {}, 0)
    here = form.typing and replace(form.typing, href=url_for("referrals.typed_urgent"))
    return urgent_page(published, replace(form, typing=here), sending.mint_key(guard.actor(), draft))


@blueprint.post("/report/typed/urgent", endpoint="typed_urgent")
@page(Permission.REPORT)
def keep() -> ResponseReturnValue:
    """Keep what stands in the short form; the first time of a page begins its draft."""
    actor, published = guard.actor(), _posted_version()
    if not may_send_full(actor):
        raise Forbidden("whoever waits reads nothing later, so nothing of theirs is kept")
    key = key_posted()
    draft = find_draft(actor, short.begin(actor, key, published, language()))
    tab = typing.tab_of(_name(published))
    try:
        kept = typed.keep(actor, draft, tab, typing.fields_posted(), short_form(published).key)
    except Conflict as conflict:
        return typing.refused(conflict)
    there = url_for("referrals.urgent_draft", draft_id=draft.id)
    return jsonify(said=typing.saved_words(), version=kept or tab.version, href=there)


def _send() -> ResponseReturnValue:
    published = _posted_version()
    part, paper, key = short_form(published), _paper(published), _urgent_key()
    read = sheet.read(paper)
    form = Shown(read.fields, read.shown, _typing(_tab_key(), number_posted("typed_version")))
    if read.wrong or read.more:
        return urgent_page(published, form, key), 422
    draft = short.begun_with(guard.actor(), key)
    unseen = typing.typed_elsewhere(draft, _name(published), paper, read) if draft else None
    if draft and unseen:
        return _both(published, draft, unseen, key)
    try:
        body: dict[str, Any] = {part.key: read.answers}
        reference = sending.send_urgent(guard.actor(), key, published, body, language())
    except Invalid:
        return urgent_page(published, form, key), 422
    return redirect(url_for("referrals.receipt", reference=reference), 303)


def _both(published: Published, draft: Draft, form: Shown, key: UUID) -> ResponseReturnValue:
    """What was typed in another tab is shown first, once: the next press sends what is in the form."""
    here = form.typing and replace(form.typing, href=url_for("referrals.typed_urgent"))
    there = url_for("referrals.urgent_draft", draft_id=draft.id)
    return urgent_page(published, replace(form, typing=here), key, other_href=there), 409


def _begun() -> list[tuple[str, Any]]:
    """The urgent reports that the person began and did not send: where, and when each was changed."""
    if not may_send_full(guard.actor()):
        return []
    return [
        (url_for("referrals.urgent_draft", draft_id=line.id), line.changed_at)
        for line in my_drafts(guard.actor())
        if line.kind == "urgent"
    ]


def _typing(tab: UUID, typed_version: int) -> Typing | None:
    """What the page's script needs; None for somebody who waits, who may write and read nothing afterwards."""
    href = url_for("referrals.typed_urgent")
    return Typing(href, tab, typed_version) if may_send_full(guard.actor()) else None


def _tab_key() -> UUID:
    return typing.tab_of("").key


def _urgent_key() -> UUID:
    """The key of the page; without one a report is still sent, only a double click is not noticed."""
    try:
        return key_posted()
    except NotFound:
        return uuid4()


def short_form(published: Published) -> Section:
    """The urgent form's one section; raises NotFound where a council has none."""
    if not published.form.urgent:
        raise NotFound("no urgent form")
    return published.form.urgent[0]


def _paper(published: Published) -> sheet.Sheet:
    return sheet.Sheet(short_form(published).questions, {})


def _name(published: Published) -> str:
    return typing.name_of(typing.SECTION, short_form(published).key)


def _posted_version() -> Published:
    """The version that the page was made with; the newest when that is not one of this council's."""
    try:
        return version(key_posted("form_version"))
    except NotFound:
        return newest()


def urgent_page(
    published: Published,
    form: Shown,
    key: UUID,
    *,
    begun: Sequence[tuple[str, Any]] = (),
    other_href: str = "",
) -> str:
    """The short form's page; `key` is what makes sending it happen once.

    `begun` are the person's drafts of it, `other_href` where what was typed in another tab is.
    """
    part = short_form(published)
    return render_template(
        "referrals/urgent.html",
        title=say(part.title, language()),
        intro=say(part.intro, language()) if part.intro else "",
        stands_out=say(part.inset, language()) if part.inset else "",
        out_of_hours=closed_words(published.form),
        form=form,
        begun=begun,
        other_href=other_href,
        submit_key=key,
        form_version=published.id,
        # Sending needs nothing but what is posted: no draft that can be gone, or read only after signing in with more.
        action="" if is_trial() else url_for("referrals.urgent"),
        phones=phones_now(),
        open_now=is_open(scope.council()),
        person=guard.actor(),
    )
