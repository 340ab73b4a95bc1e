"""What a page asks in the background: whether its list is still as it was, and whether something urgent waits.

It tells numbers and references, keeps no session alive, and is answered with 304 while nothing has changed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from flask import Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import clock
from portal.referrals.queries.record import find
from portal.screening.commands import presence
from portal.screening.presenting import here_words, ngettext
from portal.screening.queries.counts import counts
from portal.screening.queries.live import changed_since
from portal.screening.views.alerts import alert, keys
from portal.screening.views.queue import blueprint, filters_of_address, tabs_of


@blueprint.get("/holding-area/now")
@page(Permission.SCREEN)
def queue_now() -> ResponseReturnValue:
    """The numbers of the tabs, and how much of a list has changed since it was drawn (`since`)."""
    # A script asks, nobody who is there: the time after which somebody is signed out runs on.
    g.background = True
    since = _since()
    actor, filters = guard.actor(), filters_of_address()
    changed = changed_since(actor, filters, since, clock.now())
    waiting = keys()
    said = [_("An urgent report has come in.")] if _is_new(waiting) else []
    if changed:
        said.append(ngettext("%(num)s new or changed.", "%(num)s new or changed.", changed))
    told = {
        "tabs": [tab.count for tab in tabs_of(filters, counts(actor)) if tab.count],
        "said": " ".join(said),
        "more": _("Show them") if changed else "",
        "waiting": waiting,
    }
    return answered(told)


@blueprint.get("/screening/<reference>/now")
@page(Permission.SCREEN)
def report_now(reference: str) -> ResponseReturnValue:
    """Who else has a report open, and whether it is still as its page was drawn (`seen`)."""
    g.background = True
    actor = guard.actor()
    found = find(actor, Permission.SCREEN, reference)
    said = [here_words(presence.be_here(actor, found))]
    changed = request.args.get("seen", str(found.version)) != str(found.version)
    if changed:
        said.insert(0, _("This has changed since you opened it."))
    waiting = keys()
    if _is_new(waiting):
        said.insert(0, _("An urgent report has come in."))
    told = {
        "said": " ".join(words for words in said if words),
        "more": _("Show it as it is now") if changed else "",
        "waiting": waiting,
    }
    return answered(told)


def answered(told: dict[str, Any]) -> Response:
    """The answer to a script, empty (304) if that is what it was told the last time; the alert of what is new to its
    page comes with it."""
    whole = json.dumps([told, str(get_locale())], sort_keys=True)
    more = {"alert": alert() if _is_new(told["waiting"]) else ""}
    answer = jsonify(told | more)
    answer.set_etag(hashlib.sha256(whole.encode()).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


def _is_new(waiting: str) -> bool:
    """Whether something urgent waits that the page does not show yet."""
    return bool(set(waiting.split()) - set(request.args.get("shown", "").split()))


def _since() -> datetime:
    """When the list was drawn; now, where the address does not say it."""
    now = clock.now()
    try:
        moment = datetime.fromisoformat(request.args.get("since", ""))
    except ValueError:
        return now
    return now if moment.tzinfo is None else moment
