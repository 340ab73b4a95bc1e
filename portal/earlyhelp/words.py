"""The words of an offer to early help for both sides."""

from __future__ import annotations

from datetime import datetime

from flask_babel import get_locale
from flask_babel import gettext as _

from portal.earlyhelp.commands.offering import teams
from portal.earlyhelp.queries.offers import Offer
from portal.earlyhelp.states import ACCEPTED, DECLINED, DONE, OFFERED, TAKEN_BACK
from portal.kernel import clock
from portal.kernel.language import say
from portal.screening.grounds_words import consent_words
from portal.screening.presenting import length_words
from portal.web.dates import datetime_words

COLOURS = {OFFERED: "yellow", ACCEPTED: "green", DECLINED: "red", DONE: "grey", TAKEN_BACK: "grey"}
Rows = list[dict[str, str]]


def team_words(key: str) -> str:
    """A team's name; its key alone once the council has no such team."""
    return next((say(one.name, str(get_locale())) for one in teams() if one.key == key), key)


def state_words(state: str) -> str:
    """How an offer stands."""
    texts: dict[str, str] = {
        OFFERED: _("Offered: waits for an answer"),
        ACCEPTED: _("Accepted"),
        DECLINED: _("Declined"),
        DONE: _("Closed"),
        TAKEN_BACK: _("Taken back before an answer"),
    }
    return texts[state]


def reason_words() -> dict[str, str]:
    """Why a team declines, by code."""
    return {
        "no_agreement": _("The family does not agree to early help"),
        "below": _("Less is needed than early help: other services are enough"),
        "above": _("More is needed than early help: a social worker should look at it"),
        "already": _("Somebody works with the family already"),
        "elsewhere": _("Another team is the right one"),
        "full": _("The team has no room in time"),
        "other": _("Another reason"),
    }


def result_words() -> dict[str, str]:
    """How the work of a team ended, by code."""
    return {
        "met": _("The family has what it needed"),
        "partly": _("Some of it is better, and the plan is over"),
        "family_ended": _("The family did not want to go on"),
        "no_contact": _("The family could not be reached"),
        "stepped_up": _("A social worker is needed now"),
        "moved": _("The family has moved away"),
        "other": _("Something else"),
    }


def taken_words() -> dict[str, str]:
    """Why an offer was taken back where nobody did so by hand."""
    return {
        "outcome": _("The outcome is another one now"),
        "consent": _("The decision does not say any more that the family agrees"),
    }


def late_words(due_at: datetime) -> str:
    """By how much an answer is overdue, "" while it is not."""
    late = clock.now() - due_at
    return str(_("Overdue by %(length)s", length=length_words(late))) if late.total_seconds() > 0 else ""


def consent_said(code: str) -> str:
    """On which consent it was handed over."""
    later = {
        "agreed_since": _("The family has agreed since the decision"),
        "without": _("Handed over without agreement, for a reason"),
    }
    return str(later.get(code) or consent_words().get(code, ""))


def rows(one: Offer, decided: str = "") -> Rows:
    """One offer in rows for the council, without what was not said; `decided` is what the decision says of consent."""
    consent = (consent_said(one.consent), decided, one.said.get("consent", ""))
    said = [
        (_("State"), state_words(one.state)),
        (_("Offered by"), _by(one.offered_by, one.offered_at)),
        (_("Consent"), "\n".join(filter(None, consent))),
        (_("What the team should know"), one.said.get("words", "")),
        (_("Files that the team can open"), str(len(one.files)) if one.files else ""),
        (_("Answer due by"), datetime_words(one.due_at) if one.state == OFFERED else ""),
        (_("Answered by"), _by(one.answered_by, one.answered_at)),
        (_("Why it was declined"), reason_words().get(one.reason, "")),
        (_("In the team’s words"), one.reply),
        (_("Closed by") if one.state == DONE else _("Taken back by"), _by(one.ended_by, one.ended_at)),
        (_("The team was reminded"), datetime_words(one.reminded_at) if one.reminded_at else ""),
        (_("Why it was taken back"), taken_words().get(one.taken_why, "")),
        (_("How it ended"), result_words().get(one.result, "")),
        (_("In the team’s words, at the end"), one.closing),
    ]
    return [{"key": key, "value": value} for key, value in said if value]


def _by(name: str, when: datetime | None) -> str:
    return str(_("%(name)s, %(when)s", name=name, when=datetime_words(when))) if when and name else ""


def for_referrer(made: tuple[Offer, ...]) -> str:
    """How it stands, in a sentence for whoever reported it; "" while there is nothing to tell. That a team declined is
    told once the front door went on."""
    told = [one for one in made if one.state != TAKEN_BACK]
    last = told[0] if told else None
    if last is None:
        return ""
    team = team_words(last.team)
    if last.state == ACCEPTED:
        return str(_("%(team)s has accepted this, and works with the family.", team=team))
    if last.state == DONE:
        return str(_("%(team)s has closed its work with the family.", team=team))
    if last.state == DECLINED:
        return str(_("%(team)s could not take this on.", team=team)) if last.settled else ""
    if any(one.state == DECLINED for one in told[1:]):
        return str(_("One early-help team could not take this on. Another has been asked."))
    return ""
