"""Lists of a council's settings whose items are a day or an address: closures, duty alerts, who answers a level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext as _

from portal.kernel.language import say
from portal.tenants.challenge_entries import LEVELS, people_of
from portal.tenants.challenge_settings import USUAL_LEVELS
from portal.tenants.closure_settings import CLOSURES, DAY, LABEL, LONGEST_LABEL, MOST_CLOSURES
from portal.tenants.duty_settings import MOST_ADDRESSES
from portal.tenants.list_stores import Lines, Row, Said, day_of
from portal.tenants.listed import Listed
from portal.tenants.reading import Place, is_mailbox
from portal.tenants.settings import Council
from portal.tenants.settings_entry import Entry

DUTY: Final = "duty"
_ADDRESS = "address"
_YEARS = range(2000, 2100)


def lists(settings: Council, language: str) -> list[Listed]:
    """The closures, whom duty alerts go to, and the people of each level."""
    levels = zip(USUAL_LEVELS, settings.challenging.levels, strict=False)
    return [
        _closures(),
        _addresses(
            DUTY, ("duty", "addresses"), _("Email addresses told of an urgent report"),
            about=_("They are told at once, day and night, without a word about the family."),
            empty=_("While there are none, the email address for questions is told."),
            read=lambda told: told.duty.addresses, also="clocks",
        ),
        *(_people(place, key, say(one.name, language)) for place, (key, one) in enumerate(levels)),
    ]  # fmt: skip


def _closures() -> Listed:
    day = Entry(DAY, (DAY,), _("Date"), _("Enter a real date"), _("For example, 24 12 2026"), "date")
    label = Entry(
        LABEL, (LABEL,), _("Why it is closed (optional)"), _("Enter why, up to 100 characters"),
        _("Such as: training of all staff. Only administrators see it."), "maybe", short=_("Why"),
    )  # fmt: skip
    return Listed(
        CLOSURES,
        _("Other days on which the office is closed"),
        _("Bank holidays are known already. Clocks stand still on these days, and what is open is counted anew."),
        _("Add a day"),
        _("The office counts as open again on that day, and what is open is counted anew."),
        _("There are none besides weekends and bank holidays."),
        (day, label),
        lambda told: [
            Row(one.isoformat(), {DAY: (str(one.day), str(one.month), str(one.year)), LABEL: (why,)})
            for one, why in told.phones.closures_why.items()
        ],
        Lines(("phones", CLOSURES), DAY),
        MOST_CLOSURES,
        check=_wrong_day,
        ordered=False,
        twice=_("That day is on the list already"),
        also="telephones",
    )  # fmt: skip


def _wrong_day(said: Said) -> Mapping[str, str]:
    found, wrong = day_of(said[DAY]), {}
    if found is None or found.year not in _YEARS:
        wrong[DAY] = str(_("Enter a date") if not any(said[DAY]) else _("Enter a real date"))
    if len("".join(said[LABEL])) > LONGEST_LABEL:
        wrong[LABEL] = str(_("Enter why, up to 100 characters"))
    return wrong


def _people(place: int, key: str, name: str) -> Listed:
    return _addresses(
        people_of(key), ("challenging", "levels", key, "people"), _("%(level)s: only these people", level=name),
        about=_(
            "Email addresses with which they sign in, of people who may approve decisions. Only they answer and are "
            "told."
        ),
        empty=_("While there are none, or nobody of them may: everybody who may approve decisions answers."),
        read=lambda told: told.challenging.levels[place].people if place < len(told.challenging.levels) else (),
        around=LEVELS,
    )  # fmt: skip


def _addresses(
    key: str, place: Place, title: str, *, about: str, empty: str, read: Callable[[Council], tuple[str, ...]],
    also: str = "", around: str = "",
) -> Listed:  # fmt: skip
    wrong = _("Enter an email address, such as name@example.gov.uk")
    entry = Entry(_ADDRESS, (_ADDRESS,), _("Email address"), wrong, kind="email")
    return Listed(
        key,
        title,
        about,
        _("Add an email address"),
        _("Nothing more is sent to it."),
        empty,
        (entry,),
        lambda told: [Row(str(number), {_ADDRESS: (one,)}) for number, one in enumerate(read(told), 1)],
        Lines(place, _ADDRESS),
        MOST_ADDRESSES,
        check=lambda said: {} if is_mailbox("".join(said[_ADDRESS])) else {_ADDRESS: wrong},
        ordered=False,
        twice=_("That address is on the list already"),
        also=also,
        around=around,
        placed=True,
    )
