"""What a council types about its early-help teams: their names, their mailboxes, and how long they have to answer."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.tenants.early_help_settings import USUAL_WORKING_DAYS
from portal.tenants.settings_entry import Entry, in_languages

EARLY_HELP = "early-help"
_PART = "early_help"


def early_help(languages: Sequence[str]) -> list[Entry]:
    """The inputs for all teams."""
    named = _(
        "One on each line: a code, a colon and the name, such as north: Early help north. With one team, a decision "
        "for early help is offered to it by itself. With several, a screener chooses. Leave it empty to have none."
    )
    wrong = _("Enter a code, a colon and the words on each line, each code once, and the same codes in each language")
    teams = Entry("help-teams", (_PART, "teams"), _("Early-help teams"), wrong, named, "coded")
    told = _(
        "One on each line: the code of a team, a colon and an email address. It is told that something was offered, "
        "without a word about the family. Without an address, everybody with the role early help worker is."
    )
    emails = Entry(
        "help-emails", (_PART, "emails"), _("Mailboxes of the teams (optional)"),
        _("Enter the code of a team, a colon and an email address on each line"), told, "coded",
    )  # fmt: skip
    counted = _(
        "One on each line: the code of a team, a colon and a number from 1 to 20. For those not named: %(usual)s.",
        usual=USUAL_WORKING_DAYS,
    )
    days = Entry(
        "help-days", (_PART, "working_days"), _("Working days for a team to answer"),
        _("Enter the code of a team, a colon and a whole number from 1 to 20 on each line"), counted, "coded",
    )  # fmt: skip
    return [*in_languages(teams, languages), emails, days]
