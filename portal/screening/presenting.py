"""States, routes, priorities, times and events in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import flask_babel
from markupsafe import Markup

from portal.audit.events import Event
from portal.forms.queries import Published
from portal.kernel import clock
from portal.kernel.language import say
from portal.referrals.progress import NO_FILES
from portal.referrals.projecting import ChildFacts
from portal.referrals.queries.timeline import TimelineEntry
from portal.tenants.settings import Council
from portal.web.dates import datetime_words
from portal.web.drawn import badge_html

MAIN_CATEGORY = "concern.main_category"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATE_COLOURS = {"sent": "blue", "screening": "purple", "asked": "yellow", "answered": "orange", "decided": "green"}
ROUTE_COLOURS = {"MASH_URGENT": "red", "MASH": "orange", "EARLY_HELP": "teal", "ADVICE": "grey", "INFORMATION": "blue"}
PRIORITY_COLOURS = {"urgent": "red", "high": "orange", "standard": "grey", "low": "grey"}


def _(text: str, **details: object) -> str:
    return str(flask_babel.gettext(text, **details))


def ngettext(one: str, more: str, number: int, **details: object) -> str:
    """The form of a sentence for a number; named so that the extractor finds its texts."""
    return str(flask_babel.ngettext(one, more, number, **details))


@dataclass(frozen=True)
class Badge:
    """A word and the colour of its tag; the word alone says everything."""

    text: str
    colour: str

    def __html__(self) -> Markup:
        return badge_html(self.text, self.colour)


# Functions, so that a badge looks up one word and not all of them: a list of reports shows seventy-five badges.
_STATES: dict[str, Callable[[], str]] = {
    "sent": lambda: _("New"),
    "screening": lambda: _("Being screened"),
    "asked": lambda: _("Waiting for referrer"),
    "answered": lambda: _("Referrer answered"),
    "decided": lambda: _("Decided"),
    "withdrawn": lambda: _("Withdrawn"),
}
_ROUTES: dict[str, Callable[[], str]] = {
    "MASH_URGENT": lambda: _("Urgent"),
    "MASH": lambda: _("Social care"),
    "EARLY_HELP": lambda: _("Early help"),
    "ADVICE": lambda: _("Advice"),
    "INFORMATION": lambda: _("Information request"),
}
_PRIORITIES: dict[str, Callable[[], str]] = {
    "urgent": lambda: _("Urgent"),
    "high": lambda: _("High"),
    "standard": lambda: _("Standard"),
    "low": lambda: _("Low"),
}


def state_badge(state: str) -> Badge:
    """A report's state as the council says it."""
    return Badge(_STATES[state]() if state in _STATES else state, STATE_COLOURS.get(state, "grey"))


def route_badge(route: str) -> Badge:
    """A route in two words; the council's own label is on the report."""
    return Badge(_ROUTES[route]() if route in _ROUTES else _("No route"), ROUTE_COLOURS.get(route, "grey"))


def priority_badge(priority: str) -> Badge:
    """A priority in one word; the council's own label is on the report."""
    return Badge(
        _PRIORITIES[priority]() if priority in _PRIORITIES else priority, PRIORITY_COLOURS.get(priority, "grey")
    )


def length_words(length: timedelta) -> str:
    """A length of time in its largest whole unit: minutes up to an hour, hours up to two days, then days."""
    length = max(length, timedelta(0))
    if length < HOUR:
        return ngettext("%(num)s minute", "%(num)s minutes", int(length / timedelta(minutes=1)))
    if length < 2 * DAY:
        return ngettext("%(num)s hour", "%(num)s hours", int(length / HOUR))
    return ngettext("%(num)s day", "%(num)s days", int(length / DAY))


def here_words(names: Sequence[str]) -> str:
    """Who else has a report open, "" for nobody."""
    if not names:
        return ""
    if len(names) == 1:
        return _("%(name)s has this open.", name=names[0])
    return ngettext(
        "%(name)s and %(num)s other person have this open.",
        "%(name)s and %(num)s other people have this open.",
        len(names) - 1,
        name=names[0],
    )


def children_words(initials: str, count: int) -> str:
    """The first child's initials and how many there are: "SJ and 2 more children"."""
    known = initials or _("Name not given")
    if count <= 1:
        return known
    # One sentence, because the Welsh for "and" depends on what follows it.
    return ngettext("%(first)s and %(num)s more child", "%(first)s and %(num)s more children", count - 1, first=known)


def child_words(child: ChildFacts, today: Any) -> str:
    """A child's name and age: "Siân Jones, 7 years old"; the age from the date of birth where it is known."""
    name = " ".join(part for part in (child.first_name, child.last_name) if part) or _("Name not given")
    return _("%(name)s, %(age)s", name=name, age=age_words(child.born_on, child.age_years, child.unborn, today))


def age_words(born_on: date | None, years: int | None, unborn: bool | None, today: date) -> str:
    """How old a child is, from the date of birth where it is known: "7 years old"."""
    if unborn:
        return _("not born yet")
    if born_on is not None and born_on <= today:
        years = clock.age_on(born_on, today)
    if years is None:
        return _("age not known")
    if years < 1:
        return _("under 1 year old")
    return ngettext("%(num)s year old", "%(num)s years old", years)


def route_label(published: Published, route: str, language: str) -> str:
    """The council's own name of a route, as the form version of that report has it."""
    known = published.thresholds.routes.get(route)
    return say(known.label, language) if known else route_badge(route).text


def categories(published: Published, language: str) -> list[tuple[str, str]]:
    """The main categories of concern that a form offers, as (value, label); none where it asks for none."""
    asks = next((one for one in published.form.questions() if one.fact == MAIN_CATEGORY), None)
    return [(option.value, say(option.label, language)) for option in asks.options] if asks else []


def outcome_label(council: Council, key: str, language: str) -> str:
    """The council's own name of an outcome; the key itself once the council has taken it off its list."""
    return next((say(one.label, language) for one in council.outcomes if one.key == key), key)


EVENT_WORDS: dict[str, Callable[[], str]] = {
    Event.REFERRAL_SENT: lambda: _("Report sent"),
    Event.CONTACT_LOGGED: lambda: _("Taken down for whoever told us"),
    Event.REFERRAL_WITHDRAWN: lambda: _("Withdrawn by the referrer"),
    Event.REFERRAL_OVERRIDDEN: lambda: _("The referrer disagreed with the route"),
    Event.REFERRAL_CLAIMED: lambda: _("Claimed"),
    Event.REFERRAL_RELEASED: lambda: _("Released"),
    Event.PRIORITY_CHANGED: lambda: _("Priority changed"),
    Event.QUESTION_ASKED: lambda: _("Question sent to the referrer"),
    Event.REPLY_SENT: lambda: _("The referrer replied"),
    Event.DUTY_ALERTED: lambda: _("The people on duty were alerted"),
    Event.DUTY_ACKNOWLEDGED: lambda: _("Alert acknowledged"),
    Event.DUTY_ESCALATED: lambda: _("Nobody had acknowledged the alert: the practice managers were told"),
    Event.CLOCK_PAUSED: lambda: _("Clock paused: waiting for the referrer"),
    Event.CLOCK_RESUMED: lambda: _("Clock running again"),
    Event.DUE_MOVED: lambda: _("Due at another time: the council’s hours, closures or times changed"),
    Event.DECIDED: lambda: _("Outcome recorded"),
    Event.HELD_CONFIRMED: lambda: _("A question was sent with what is kept secret, after a check"),
    Event.HUB_OPENED: lambda: _("Opened to partners in the hub"),
    Event.HUB_WITHDRAWN: lambda: _("Taken back from partners in the hub"),
    Event.HUB_RENEWED: lambda: _("Shared anew with partners in the hub"),
    Event.HUB_RELEASED: lambda: _("Shown to partners in the hub after it was held"),
    Event.HUB_KEPT: lambda: _("Taken out of what partners in the hub read, because it is kept secret now"),
    Event.DECISION_PROPOSED: lambda: _("A decision was proposed"),
    Event.PROPOSAL_APPROVED: lambda: _("The proposed decision was approved"),
    Event.PROPOSAL_SENT_BACK: lambda: _("The proposed decision was sent back"),
    Event.PROPOSAL_WITHDRAWN: lambda: _("The proposed decision was taken back"),
    Event.PROPOSAL_OVERTAKEN: lambda: _("The proposed decision was overtaken"),
    Event.DECISION_CORRECTED: lambda: _("The decision was corrected"),
    Event.PARCEL_DELIVERED: lambda: _("Handed over to the case system"),
    Event.PARCEL_REFUSED: lambda: _("The case system refused it"),
    Event.PARCEL_GIVEN_UP: lambda: _("It could not be handed over to the case system"),
    Event.REFERRAL_READ: lambda: _("Read for the first time"),
    Event.INFORMATION_ADDED: lambda: _("The referrer added information"),
    Event.ANSWER_CORRECTED: lambda: _("The referrer corrected an answer"),
    Event.WITHDRAWAL_ASKED: lambda: _("The referrer asked to withdraw"),
    Event.WITHDRAWAL_ANSWERED: lambda: _("The request to withdraw was answered"),
    Event.NEWS_READ: lambda: _("What was new was read: nothing changes"),
    Event.REOPENED: lambda: _("Taken up again"),
    Event.REFERRAL_HANDED_OVER: lambda: _("Handed over to a colleague of the referrer"),
    Event.WORK_HANDED_OVER: lambda: _("Handed over to another screener"),
    Event.OUTCOME_READ: lambda: _("The referrer read the outcome"),
    Event.RESTRICTED: lambda: _("Restricted to named people"),
    Event.RESTRICTION_CHANGED: lambda: _("The list of people who may see it was changed or confirmed"),
    Event.LIFTING_ASKED: lambda: _("Asked for the restriction to be lifted"),
    Event.RESTRICTION_LIFTED: lambda: _("Restriction lifted"),
    Event.RECORD_OPENED: lambda: _("Restricted record opened with a reason"),
    Event.OPENING_ENDED: lambda: _("Opened record closed by a manager"),
    Event.REPORT_HELD: lambda: _("Put on hold, to be kept past its time"),
    Event.HOLD_LIFTED: lambda: _("Hold lifted"),
    Event.DECISION_CHALLENGED: lambda: _("The decision was challenged"),
    Event.CHALLENGE_ANSWERED: lambda: _("The challenge was answered"),
    Event.CHALLENGE_ENDED: lambda: _("The challenge is over"),
    Event.CHALLENGE_DUE_MOVED: lambda: _("The date by which the challenge is answered was counted anew"),
    Event.CHALLENGE_REMINDED: lambda: _("Reminded of the challenge: its answer is soon due"),
    Event.CLOCK_RAN_OUT: lambda: _("One of the further clocks was over"),
    Event.LETTER_MADE: lambda: _("A letter to the family was made"),
    Event.LETTER_SENT: lambda: _("A letter to the family was sent"),
    Event.LETTER_WITHDRAWN: lambda: _("A letter to the family was withdrawn"),
    Event.EARLY_HELP_OFFERED: lambda: _("Offered to an early-help team"),
    Event.EARLY_HELP_TAKEN_BACK: lambda: _("Taken back from the early-help team"),
    Event.EARLY_HELP_ACCEPTED: lambda: _("The early-help team accepted"),
    Event.EARLY_HELP_DECLINED: lambda: _("The early-help team declined"),
    Event.EARLY_HELP_DONE: lambda: _("The early-help team closed its work"),
    Event.EARLY_HELP_SETTLED: lambda: _("Left at the answer of the early-help team"),
    Event.EARLY_HELP_FILES: lambda: _("Which files the early-help team can open was changed"),
    Event.EARLY_HELP_DUE_MOVED: lambda: _("The answer of the early-help team is due at another time"),
    Event.EARLY_HELP_REMINDED: lambda: _("The early-help team was reminded to answer"),
    Event.TRANSFER_PROPOSED: lambda: _("A transfer to another council was proposed"),
    Event.TRANSFER_SENT_BACK: lambda: _("The proposed transfer was sent back"),
    Event.TRANSFER_TAKEN_BACK: lambda: _("The transfer was taken back"),
    Event.TRANSFER_OFFERED: lambda: _("Offered to another council"),
    Event.TRANSFER_ACCEPTED: lambda: _("The other council has accepted it"),
    Event.TRANSFER_ARRIVED: lambda: _("Taken over from another council"),
    Event.TRANSFER_DECLINED: lambda: _("The other council has declined it"),
    Event.TRANSFER_ENDED: lambda: _("The transfer was overtaken"),
    Event.TRANSFER_PASSED_ON: lambda: _("What came in since was passed on to the other council"),
    Event.TRANSFER_CAME_LATER: lambda: _("The other council passed on what came in since"),
    Event.FILE_ADDED: lambda: _("A file was added"),
    Event.AGENCY_SIGHT_CHANGED: lambda: _("Who sees it at the author’s agency was changed"),
}


def _due(entry: TimelineEntry) -> str:
    return _("Due %(date)s", date=datetime_words(entry.due)) if entry.due else ""


def timeline_items(
    entries: Iterable[TimelineEntry], sent: str, files: Mapping[str, str] = NO_FILES
) -> list[dict[str, Any]]:
    """The timeline for the macro `timeline`; an event without words of its own is left out, `sent` is the first.
    `files` as for `referrals.progress.timeline_views`."""
    return [
        {
            "title": sent if entry.event == Event.REFERRAL_SENT else EVENT_WORDS[entry.event](),
            "who": entry.who,
            "at": entry.at,
            "text": files.get(entry.file, "") or _due(entry),
        }
        for entry in entries
        if entry.event in EVENT_WORDS and (not entry.file or entry.file in files)
    ]
