"""How far a report is, in the reader's words: its state, its next step, what happened, why it may be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from flask_babel import gettext as _

from portal.referrals.queries.timeline import TimelineEntry
from portal.referrals.wording import Wording

NO_FILES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class EventView:
    """One entry of a timeline, as the timeline macro reads it."""

    title: str
    at: datetime
    who: str
    text: str = ""
    date_only: bool = False


_ROUTES: dict[str, Callable[[], str]] = {
    "MASH_URGENT": lambda: _("Urgent"),
    "MASH": lambda: _("Social care"),
    "EARLY_HELP": lambda: _("Early help"),
    "ADVICE": lambda: _("Advice"),
    "INFORMATION": lambda: _("Information request"),
}


def route_name(route: str) -> str:
    """A route in two words, the same for every council; the key itself where it is not one of ours."""
    return str(_ROUTES[route]()) if route in _ROUTES else route


def state_words(state: str) -> str:
    """The state of a report in plain words for its referrer."""
    words: dict[str, str] = {
        "draft": _("Not sent yet"),
        "sent": _("Sent: waiting to be read"),
        "screening": _("Being read by the council"),
        "asked": _("The council has asked you a question"),
        "answered": _("Your answer is with the council"),
        "decided": _("Decided"),
        "withdrawn": _("Withdrawn"),
    }
    return words[state]


def next_step(state: str, wording: Wording) -> str:
    """What happens next, for the referrer."""
    words: dict[str, str] = {
        "sent": wording["next_sent"],
        "screening": wording["next_screening"],
        "asked": _("Answer the council’s question, so that it can decide."),
        "answered": _("A screener will read your answer."),
        "decided": _("Nothing more is needed. If anything changes, add it here, or phone if it is urgent."),
        "withdrawn": wording["next_withdrawn"],
    }
    return words.get(state, "")


def reason_words() -> list[tuple[str, str]]:
    """Why a referrer may withdraw a report: code and words."""
    return [
        ("sent_twice", _("I sent it twice")),
        ("wrong_child", _("It is about the wrong child")),
        ("wrong_council", _("It is for another council")),
        ("told_otherwise", _("I have learned that it was a mistake")),
        ("other", _("Another reason")),
    ]


def timeline_views(
    entries: Iterable[TimelineEntry], wording: Wording, files: Mapping[str, str] = NO_FILES
) -> list[EventView]:
    """Timeline entries in words; people of the council are "the council" where no name may be shown. `files` says of
    each file that is told of what it is called and how far it is."""
    titles = {
        "referrals.sent": wording["sent"],
        "referrals.overridden": _("The referrer disagreed with the route"),
        "referrals.withdrawn": wording["event_withdrawn"],
        "referrals.read": wording["event_read"],
        "referrals.withdrawal_asked": _("The referrer asked to withdraw"),
        "referrals.handed_over": _("Handed over to a colleague"),
        "messaging.added": _("Information was added"),
        "messaging.corrected": _("An answer was corrected"),
        "screening.withdrawal_answered": _("The council answered the request to withdraw"),
        "screening.news_read": _("The council read what was new: nothing changes"),
        "screening.reopened": _("The council took it up again"),
        "screening.claimed": wording["event_claimed"],
        "screening.handed_over": _("Handed over to another screener"),
        "onward.challenged": _("The decision was challenged"),
        "onward.challenge_answered": _("The challenge was answered"),
        "onward.challenge_ended": _("The challenge is over"),
        "screening.released": _("Put back in the holding area"),
        "screening.priority_changed": _("Priority changed"),
        "screening.decided": _("Decided"),
        "screening.outcome_read": _("The referrer read the outcome"),
        "messaging.asked": _("The council asked a question"),
        "messaging.replied": _("The question was answered"),
        "referrals.file_added": _("A file was added"),
    }
    return [
        EventView(titles.get(entry.event, ""), entry.at, entry.who or _("the council"), files.get(entry.file, ""))
        for entry in entries
        if entry.event in titles and (not entry.file or entry.file in files)
    ]
