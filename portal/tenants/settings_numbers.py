"""The numbers that a council sets about itself: what each is called, what to type, and its place in the document."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.tenants.reading import Place

# The input's name, the place in the document, the label, what to say of a wrong one, the hint.
Number = tuple[str, Place, str, str, str]


def retention() -> list[Number]:
    """How long what was sent is kept; it is told on the privacy page."""
    wrong = _("Enter a whole number from 6 to 100")
    closed = _("Counted from the day it is decided or taken back. Shown on the privacy page.")
    made = [
        ("report_years", _("Years to keep a report"), wrong, closed),
        ("request_years", _("Years to keep a request for information"), wrong, closed),
        (
            "warn_days", _("Days to show the practice managers what will be deleted"),
            _("Enter a whole number from 7 to 365"), _("Nothing is deleted that was not on their list for so long."),
        ),
    ]  # fmt: skip
    return [(name.replace("_", "-"), ("retention", name), label, said, hint) for name, label, said, hint in made]


def promises() -> list[Number]:
    """What is promised to whoever reports; a promise sooner than the clock would be broken by keeping to it."""
    nothing = _("Shown to everybody who reports. 0 promises nothing.")
    later = _("Shown to everybody who reports. Not sooner than the time above.")
    days = _("Enter a whole number from 0 to 20")
    made = [
        (
            "urgent_hours", _("Promised: hours to act on an urgent report"),
            _("Enter a whole number up to 24, not less than the hours to act"), later,
        ),
        (
            "decide_working_days", _("Promised: working days to decide on a report"),
            _("Enter a whole number up to 20, not less than the days to decide"), later,
        ),
        (
            "acknowledge_working_days", _("Promised: working days until somebody looks at it"),
            _("Enter a whole number from 0 to 20, not more than the promised days to decide"), nothing,
        ),
        ("answer_working_days", _("Promised: working days to answer a question"), days, nothing),
        (
            "early_help_working_days", _("Promised: working days until early help contacts the family"),
            _("Enter a whole number from 0 to 60"), nothing,
        ),
    ]  # fmt: skip
    return [(name.replace("_", "-"), ("service_times", name), label, said, hint) for name, label, said, hint in made]


def files() -> list[Number]:
    """How large the files are that may be attached to a report."""
    hint = _("Said on the page where files are added")
    one = _("Enter a whole number from 1 to 100")
    more = _("Enter a whole number up to 500, not less than the largest file")
    return [
        ("file", ("files", "megabytes"), _("Largest file, in megabytes"), one, hint),
        ("report", ("files", "report_megabytes"), _("All files of one report, in megabytes"), more, hint),
    ]
