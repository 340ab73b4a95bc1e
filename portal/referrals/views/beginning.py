"""Before a report: what it takes, beginning one, and the drafts that wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.families import CONCERN, FAMILIES, INFORMATION, SERVICE
from portal.forms.queries.versions import Newest, newest, newest_of_each, version
from portal.kernel import scope
from portal.kernel.errors import NotFound
from portal.kernel.language import say
from portal.referrals.commands import drafts
from portal.referrals.queries.draft_lists import my_drafts
from portal.referrals.queries.drafts import may_send_full
from portal.referrals.views.blueprint import blueprint, closed_words, keeper, language, open_draft, phones_now
from portal.referrals.wording import Wording
from portal.tenants.opening import is_open


@blueprint.get("/report")
@page(Permission.REPORT)
def start() -> ResponseReturnValue:
    """999 and the numbers, what a report takes, and the person's drafts."""
    actor = guard.actor()
    full = may_send_full(actor)
    published = newest_of_each()
    concern = published[CONCERN]
    form = version(concern.id).form if concern else None
    return render_template(
        "referrals/start.html",
        phones=phones_now(),
        open_now=is_open(scope.council()),
        full=full,
        here=actor,
        drafts=my_drafts(actor) if full else (),
        me=actor.account_id,
        requests=_requests(published) if full else (),
        inset_text=say(form.inset, language()) if form and form.inset else "",
        out_of_hours=closed_words(form) if form else "",
        wording=Wording,
        draft_days=scope.council().settings.draft_days,
        statutory=scope.council().settings.statutory,
    )


@dataclass(frozen=True)
class Request:
    """One of the forms beside the report of a concern, as the first page offers it."""

    key: str
    title: str
    what: str
    button: str
    insets: tuple[str, ...] = ()


def _requests(published: Mapping[str, Newest | None]) -> list[Request]:
    """The requests that the council has published, each with what its form says before it begins."""
    found = []
    for one in _possible():
        if one.key == INFORMATION and not guard.may(Permission.REQUEST):
            continue
        newest_one = published[one.key]
        if newest_one is not None:
            form = version(newest_one.id).form
            said = (say(form.inset, language()) if form.inset else "", closed_words(form))
            found.append(replace(one, insets=tuple(filter(None, said))))
    return found


def _possible() -> list[Request]:
    """The requests that a council may publish."""
    return [
        Request(
            INFORMATION,
            _("Request for information"),
            _("To ask what the council knows about a child or an adult, for a purpose that the law allows."),
            _("Start a request for information"),
        ),
        Request(
            SERVICE,
            _("Request for service or early help"),
            _("For a family who agree to help. If a child may be suffering harm, report a concern instead."),
            _("Start a request for service"),
        ),
    ]


@blueprint.post("/report")
@page(Permission.REPORT)
def begin() -> ResponseReturnValue:
    """Begin one of the forms, pinned to its newest version, and go to its first page."""
    form_key = request.form.get("form_key", CONCERN)
    if form_key not in FAMILIES:
        raise NotFound("no such form")
    draft_id = drafts.start(guard.actor(), "full", language(), newest(form_key))
    return redirect(url_for(".triage_first", draft_id=draft_id), 303)


@blueprint.route("/report/<uuid:draft_id>/delete", methods=["GET", "POST"])
@page(Permission.REPORT)
def delete(draft_id: UUID) -> ResponseReturnValue:
    """Ask first, then delete a draft."""
    draft, _form = open_draft(draft_id, any_version=True, any_kind=True)
    if draft.author_id not in (None, guard.actor().account_id):
        raise NotFound("not the author")
    if request.method != "POST":
        return render_template("referrals/delete.html", draft=draft)
    keeper().throw_away(guard.actor(), draft)
    flash(_("Your draft was deleted."), "success")
    return redirect(url_for(".start"), 303)
