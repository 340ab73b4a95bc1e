"""A council's early-help teams, to which decided reports are handed: read with its settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.kernel.digits import whole
from portal.kernel.language import Text
from portal.tenants.outcome_settings import read_coded, read_pairs
from portal.tenants.reading import Reader, is_mailbox

MOST_TEAMS: Final = 20
MOST_WORKING_DAYS: Final = 20
USUAL_WORKING_DAYS: Final = 3


@dataclass(frozen=True)
class Team:
    """One team: its mailbox for notices ("": its people get them), and its working days to answer an offer."""

    key: str
    name: Text
    email: str = ""
    working_days: int = USUAL_WORKING_DAYS


def read_early_help(top: Reader) -> tuple[Team, ...]:
    """The group `early_help` of a council.yaml, which may be missing, as may each of its values.

    What it says of a team that there is not is let be: a team that was taken away leaves its parts behind.
    """
    if not top.has("early_help"):
        top.value("early_help", required=False)
        return ()
    group = top.group("early_help")
    teams = read_coded(group.group("teams")) if group.has("teams") else ()
    group.value("teams", required=False)
    if len(teams) > MOST_TEAMS:
        group.wrong("teams", f"“teams” must be {MOST_TEAMS} or fewer")
    emails = read_pairs(group, "emails", _mailbox, "must be a team and an email address")
    says = f"must be a team and a whole number from 1 to {MOST_WORKING_DAYS}"
    days = read_pairs(group, "working_days", _days, says)
    group.finish()
    return tuple(
        Team(
            one.code, one.label, str(emails.get(one.code, "")), whole(str(days.get(one.code))) or USUAL_WORKING_DAYS
        )
        for one in teams
    )  # fmt: skip


def _mailbox(said: object) -> bool:
    return isinstance(said, str) and is_mailbox(said)


def _days(said: object) -> bool:
    number = whole(str(said))
    return number is not None and 1 <= number <= MOST_WORKING_DAYS
