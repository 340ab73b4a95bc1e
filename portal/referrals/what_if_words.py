"""The sentences of the page that runs a draft's rules over what was sent: reports of a concern, or requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import flask_babel

from portal.forms.families import CONCERN


def _(text: str, **details: object) -> str:
    return str(flask_babel.gettext(text, **details))


Sentences = Mapping[str, Callable[..., str]]

REPORTS: Sentences = {
    "title": lambda: _("What if past reports met this draft"),
    "what": lambda: _(
        "The draft’s rules are run over the answers of reports that your council has received. "
        "You see how many would have taken another route. Nothing changes for those reports."
    ),
    "under_way": lambda: _("The reports are being looked at"),
    "nothing": lambda: _("No report could be compared"),
    "few": lambda: _("Too few reports to show"),
    "unchanged": lambda **of: _("None of %(all)s reports changes route", **of),
    "moved_few": lambda **of: _("Fewer than 5 of %(all)s reports change route", **of),
    "moved": lambda **of: _("%(moved)s of %(all)s reports change route", **of),
    "rounded": lambda: _(
        "Numbers are rounded to the nearest 5, and small ones are not shown, because you do not read reports."
    ),
    "incomplete": lambda **of: _("Reports that lack an answer which the draft needs: %(number)s.", **of),
    "changed": lambda: _("Reports that change route"),
    "opening": lambda: _("Opening a report is recorded, as it always is."),
    "which": lambda: _("Which reports?"),
    "choose": lambda: _("Choose which reports to look at"),
    "period_3": lambda: _("Reports of the last 3 months"),
    "period_12": lambda: _("Reports of the last 12 months"),
    "period_0": lambda: _("All reports"),
    "picture": lambda: _("How reports move between routes"),
    "picture_text": lambda: _(
        "On the left the routes before, on the right those with this draft; the wider a band, the more reports. "
        "The table says the same in numbers."
    ),
    "many": lambda: _("Reports"),
}
REQUESTS: Sentences = {
    "title": lambda: _("What if past requests met this draft"),
    "what": lambda: _(
        "The draft’s rules are run over the answers of requests that your council has received. "
        "You see how many would have taken another route. Nothing changes for those requests."
    ),
    "under_way": lambda: _("The requests are being looked at"),
    "nothing": lambda: _("No request could be compared"),
    "few": lambda: _("Too few requests to show"),
    "unchanged": lambda **of: _("None of %(all)s requests changes route", **of),
    "moved_few": lambda **of: _("Fewer than 5 of %(all)s requests change route", **of),
    "moved": lambda **of: _("%(moved)s of %(all)s requests change route", **of),
    "rounded": lambda: _(
        "Numbers are rounded to the nearest 5, and small ones are not shown, because you do not read requests."
    ),
    "incomplete": lambda **of: _("Requests that lack an answer which the draft needs: %(number)s.", **of),
    "changed": lambda: _("Requests that change route"),
    "opening": lambda: _("Opening a request is recorded, as it always is."),
    "which": lambda: _("Which requests?"),
    "choose": lambda: _("Choose which requests to look at"),
    "period_3": lambda: _("Requests of the last 3 months"),
    "period_12": lambda: _("Requests of the last 12 months"),
    "period_0": lambda: _("All requests"),
    "picture": lambda: _("How requests move between routes"),
    "picture_text": lambda: _(
        "On the left the routes before, on the right those with this draft; the wider a band, the more requests. "
        "The table says the same in numbers."
    ),
    "many": lambda: _("Requests"),
}


class WhatIfWords:
    """The sentences for one family of forms."""

    def __init__(self, form_key: str) -> None:
        self._sentences = REPORTS if form_key == CONCERN else REQUESTS

    def say(self, name: str, **details: object) -> str:
        """A sentence by its name, in the reader's language; raises KeyError."""
        return self._sentences[name](**details)
