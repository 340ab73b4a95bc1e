"""What a council's page about its clocks and duty alerts asks for."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.tenants.asking_settings import Asking
from portal.tenants.clock_settings import Clock
from portal.tenants.settings_entry import Entry


def clocks() -> list[Entry]:
    """When little time is left, until when something counts as received today, and what waits."""
    late = _(
        "What comes later counts as received on the next working day. Leave it empty to count until the office closes. "
        "Urgent reports are not affected."
    )
    waits = _(
        "Then a report is due later by the working time that its referrer took to answer. The pause is shown on the "
        "report. Urgent reports are never paused."
    )
    return [
        Entry(
            "amber-hours", ("clock", "amber_hours"), _("Working hours left when a report is due soon"),
            _("Enter a whole number from 0 to 80"), _amber(Clock.amber_hours), "number", 5,
        ),
        Entry(
            "amber-minutes", ("clock", "amber_minutes"), _("Minutes left when an urgent report is due soon"),
            _("Enter a whole number from 0 to 720"), _amber(Clock.amber_minutes), "number", 5,
        ),
        Entry(
            "cutoff", ("clock", "cutoff"), _("Latest time to count as received today"), _("Enter a time such as 16:30"),
            late, "maybe", 5,
        ),
        Entry(
            "pauses", ("clock", "pauses"), _("Pause the clock while waiting for the referrer"), _("Choose yes or no"),
            waits, "yes_no", None,
        ),
        *_asking(),
        *_duty(),
    ]  # fmt: skip


def _asking() -> list[Entry]:
    """How long a referrer usually has to answer, and whether they read names."""
    says = _(
        "Whoever asks can choose otherwise. The referrer is reminded once when it passes. While this is empty: %(n)s."
    )
    names = _("If no, they read of the front door team. Your own people always read names.")
    return [
        Entry(
            "answer-days", ("asking", "answer_working_days"), _("Working days for a referrer to answer"),
            _("Enter a whole number from 1 to 20"), str(says) % {"n": Asking.answer_working_days}, "number", 5,
        ),
        Entry(
            "show-names", ("asking", "show_names"), _("Show referrers the names of those who deal with what they sent"),
            _("Choose yes or no"), names, "yes_no", None,
        ),
    ]  # fmt: skip


def _amber(usual: int) -> str:
    says = _("From then on its clock is amber in the holding area. 0 if it is never. While this is empty: %(usual)s.")
    return str(says) % {"usual": usual}


def _duty() -> list[Entry]:
    """When the managers are told of an urgent report."""
    after = _("Unless somebody has acknowledged the report on its page by then.")
    return [
        Entry(
            "duty-minutes", ("duty", "minutes"), _("Minutes after which the practice managers are told"),
            _("Enter a whole number from 5 to 240"), after, "number", 5,
        ),
    ]  # fmt: skip
