"""The page of a draft that is not there any more, for those who knew it; for everybody else there is no such page."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.policy import Permission, Reach, reach
from portal.kernel import scope
from portal.kernel.errors import NotFound
from portal.referrals.queries.endings import Ending, ending_of
from portal.referrals.views.blueprint import blueprint
from portal.web import errors
from portal.web.posted import kept_words

GONE = 410


@blueprint.errorhandler(NotFound)
def explain(missing: NotFound) -> ResponseReturnValue:
    """Say what became of a draft to somebody whose it was, with what they were just about to save."""
    draft_id, actor = (request.view_args or {}).get("draft_id"), scope.current().actor
    if not isinstance(draft_id, UUID) or actor is None or errors.wants_json():
        return errors.respond(missing)
    if reach(actor, Permission.TRACK) is Reach.NONE:
        # Whoever may only write reads nothing, not even that.
        return errors.respond(missing)
    try:
        ending = ending_of(actor, draft_id)
    except NotFound:
        return errors.respond(missing)
    kept = kept_words()
    if ending.reference and not kept:
        return redirect(url_for("referrals.receipt", reference=ending.reference), 303)
    return render_template("referrals/ended.html", ending=ending, said=_words(ending), kept=kept), GONE


def _words(ending: Ending) -> tuple[str, str]:
    """The heading and what it means."""
    known = {
        "deleted": (_("This draft was deleted"), _("Nothing of it is kept. It was not sent to anybody.")),
        "expired": (
            _("This draft was deleted because nobody changed it for a long time"),
            _("Drafts are not kept for ever. Nothing of it is left, and it was not sent to anybody."),
        ),
        "handed": (
            _("This draft is with a colleague now"),
            _("Somebody else of your agency goes on with it. Ask them, or your agency’s safeguarding lead."),
        ),
        "helped": (_("You help with this draft no more"), _("Ask its author if you should go on helping.")),
        "sent": (
            _("This draft was sent"),
            _("It cannot be changed any more. Whoever sent it can add information to it."),
        ),
    }
    return known[ending.what]
