"""What a council's page about challenged decisions asks for."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.kernel.language import say
from portal.tenants.challenge_settings import USUAL_LEVELS, Challenging
from portal.tenants.settings_entry import Entry, in_languages

CHALLENGES = "challenges"


def challenges(languages: Sequence[str]) -> list[Entry]:
    """For how long, and each level's name and working days."""
    days = Entry(
        "days", ("challenging", "days"), _("Days in which a decision can be challenged"),
        _("Enter a whole number from 1 to 365"),
        _("Counted from the decision, and from each answer. While this is empty: %(usual)s.", usual=Challenging.days),
        "number", 5,
    )  # fmt: skip
    return [days, *(entry for number, key in enumerate(USUAL_LEVELS, 1) for entry in _level(number, key, languages))]


def _level(number: int, key: str, languages: Sequence[str]) -> list[Entry]:
    place, usual = ("challenging", "levels", key), USUAL_LEVELS[key]
    wrong = _("Enter who answers, up to 120 characters")
    name = Entry(f"{key}-name", (*place, "name"), _("Level %(number)s: who answers", number=number), wrong)
    named = [
        Entry(one.name, one.place, one.label, one.wrong, _usual(say(usual.name, str(one.place[-1]))))
        for one in in_languages(name, languages)
    ]
    least = 1 if key == "first" else 0
    says = _usual(str(usual.working_days))
    ends = _("0 if there is no such level, and none after it.")
    number_of = Entry(
        f"{key}-days", (*place, "working_days"), _("Level %(number)s: working days to answer", number=number),
        _("Enter a whole number from %(least)s to 40", least=least), says if least else f"{ends} {says}", "number", 5,
    )  # fmt: skip
    told = _(
        "Email addresses with which they sign in, one on each line, of people who may approve decisions. Only they "
        "answer and are told. While this is empty, or nobody of them may: everybody who may approve decisions."
    )
    people = Entry(
        f"{key}-people", (*place, "people"), _("Level %(number)s: only these people answer", number=number),
        _("Enter email addresses such as name@example.gov.uk, one on each line, at most 10"), told, "lines",
    )  # fmt: skip
    return [*named, number_of, people]


def _usual(words: str) -> str:
    return str(_("While this is empty: %(usual)s.", usual=words))
