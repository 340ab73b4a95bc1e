"""The list of a council's early-help teams: what each is asked for, and where it is stored."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.tenants.early_help_settings import MOST_TEAMS, USUAL_WORKING_DAYS, Team
from portal.tenants.list_stores import Coded, Row
from portal.tenants.listed import Listed
from portal.tenants.settings import Council
from portal.tenants.settings_entry import Entry, in_languages, said_of

EARLY_HELP = "early-help"
_PART = "early_help"


def lists(settings: Council) -> list[Listed]:
    """The teams."""
    name = Entry("name", (_PART, "teams"), _("Name"), _("Enter the name, up to 200 characters"))
    told = _(
        "It is told that something was offered, without a word about the family. Without an address, everybody with "
        "the role early help worker is."
    )
    email = Entry(
        "mailbox", (_PART, "emails"), _("Mailbox of the team (optional)"),
        _("Enter an email address, such as name@example.gov.uk"), told, "maybe",
        short=_("Mailbox"),
    )  # fmt: skip
    days = Entry(
        "days", (_PART, "working_days"), _("Working days to answer an offer"), _("Enter a whole number from 1 to 20"),
        kind="number", width=5, usual=(str(USUAL_WORKING_DAYS),),
    )  # fmt: skip
    return [
        Listed(
            EARLY_HELP,
            _("Early-help teams"),
            _("With one team, a decision for early help is offered to it by itself. With several, a screener chooses."),
            _("Add a team"),
            _("Nothing more is offered to it. What it has already keeps its code: %(code)s."),
            _("There are no early-help teams. No decision is offered to one."),
            (*in_languages(name, settings.languages), email, days),
            lambda read: [_row(one) for one in read.early_help],
            Coded(),
            MOST_TEAMS,
        )
    ]


def _row(one: Team) -> Row:
    return Row(one.key, said_of("name", one.name) | {"mailbox": (one.email,), "days": (str(one.working_days),)})
