"""Sharing a report anew: what was corrected since, what each agency will see, and one button."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from portal.audit import events
from portal.audit.events import Event
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.hub import commands, words
from portal.hub.inputs import AnewInput
from portal.hub.queries import Access, room_of
from portal.hub.queries.sources import as_it_is_now
from portal.hub.sharing import Shared
from portal.hub.views.blueprint import blueprint
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict, NotFound
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording

UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/screening/<reference>/hub/anew")
@page(Permission.ASK)
def anew(reference: str) -> ResponseReturnValue:
    """What has changed, and what each agency will see."""
    found = find(guard.actor(), Permission.ASK, reference)
    return _page(found)


@blueprint.post("/screening/<reference>/hub/anew")
@page(Permission.ASK)
def share_anew(reference: str) -> ResponseReturnValue:
    """Share it as it is now with every agency that has not got it so."""
    actor, form = guard.actor(), AnewInput()
    found = find(actor, Permission.ASK, reference)
    if not form.validate_on_submit():
        return _page(found), UNPROCESSABLE
    try:
        number = commands.share_anew(actor, found, whole(form.seen.data) or 0)
    except (Conflict, NotFound):
        return _page(found, conflict=True), CONFLICT
    if number:
        flash(ngettext("Shared anew with %(num)d agency", "Shared anew with %(num)d agencies", number), "success")
    return redirect(url_for(".council", reference=found.reference), 303)


def _page(found: Found, *, conflict: bool = False) -> str:
    actor = guard.actor()
    # What a refused form did is undone; that its page was shown stays on record.
    record = events.record_apart if request.method == "POST" else events.record
    record(Event.REFERRAL_READ, found.id, part="hub")
    room = room_of(actor, Permission.ASK, found)
    now = as_it_is_now(actor, found, room)
    return render_template(
        "hub/anew.html",
        found=found,
        wording=Wording(found.form_key),
        restricted=found.sight is not None,
        changes=words.changes(found, now),
        behind=[_shown(access, shared) for access, shared in now.behind],
        seen=len(now.made),
        conflict=conflict,
        named=words.named,
        what_words=words.what_words,
    )


def _shown(access: Access, shared: Shared) -> dict[str, object]:
    return {
        "access": access,
        "rows": words.rows(shared),
        "groups": words.told_of(shared).groups,
        "told_in": words.told_in(shared),
    }
