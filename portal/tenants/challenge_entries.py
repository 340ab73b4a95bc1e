"""What a council's page about challenged decisions asks for, and the list of the levels that answer them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.tenants.challenge_settings import USUAL_LEVELS, Challenging, Level
from portal.tenants.list_stores import Row, Steps
from portal.tenants.listed import Listed, Within
from portal.tenants.settings import Council
from portal.tenants.settings_entry import Entry, in_languages, said_of

CHALLENGES = "challenges"
LEVELS = "levels"


def people_of(level: str) -> str:
    """The name of the list of those who answer at that level."""
    return f"answering-{level}"


def challenges(_languages: Sequence[str]) -> list[Entry]:
    """For how long."""
    return [
        Entry(
            "days", ("challenging", "days"), _("Days in which a decision can be challenged"),
            _("Enter a whole number from 1 to 365"),
            _("Counted from the decision, and from each answer. While this is empty: %(usual)s.",
              usual=Challenging.days),
            "number", 5,
        )
    ]  # fmt: skip


def lists(settings: Council) -> list[Listed]:
    """The levels, in the order in which a challenge goes up."""
    name = Entry("name", ("name",), _("Who answers"), _("Enter who answers, up to 120 characters"))
    days = Entry(
        "days", ("working_days",), _("Working days to answer"), _("Enter a whole number from 1 to 40"), kind="number",
        width=5,
    )  # fmt: skip
    keys = tuple(USUAL_LEVELS)
    levels = dict(zip(keys, settings.challenging.levels, strict=False))
    return [
        Listed(
            LEVELS,
            _("Levels that answer a challenge"),
            _("A challenge begins at the first. Who is not content with an answer may take it to the next."),
            _("Add a level"),
            _("Those after it move up by one. Challenges that were answered there keep its number and its name."),
            "",
            (*in_languages(name, settings.languages), days),
            lambda read: [
                _row(key, one) for key, one in zip(keys, read.challenging.levels, strict=False)
            ],
            Steps(("challenging", "levels"), keys, "working_days", ("people",)),
            len(keys),
            least=1,
            page=CHALLENGES,
            placed=True,
            within=lambda key: (_people(key, levels[key]),) if key in levels else (),
        )
    ]  # fmt: skip


def _people(key: str, level: Level) -> Within:
    told = "; ".join(level.people) or _("everybody who may approve decisions")
    return Within(people_of(key), _("Who answers"), level.people, told)


def _row(key: str, one: Level) -> Row:
    return Row(key, said_of("name", one.name) | {"days": (str(one.working_days),)})
