"""What a council promises in sentences, in the reader's language, for whoever reports."""

from __future__ import annotations

from flask_babel import ngettext

from portal.kernel import scope


def promises(*wanted: str) -> list[str]:
    """The sentences wanted, of: urgent, acknowledge, decide, answer, early_help (all of them, if none is named); none
    for what the council does not promise."""
    council = scope.current().council
    if council is None:
        return []
    times = council.settings.service_times
    hours, days = times.urgent_hours, times.decide_working_days
    seen, answer, help_ = (
        times.acknowledge_working_days, times.answer_working_days, times.early_help_working_days,
    )  # fmt: skip
    said = {
        "urgent": ngettext(
            "We act on an urgent report within %(num)s hour.", "We act on an urgent report within %(num)s hours.", hours
        ),
        "acknowledge": seen
        and ngettext(
            "Somebody looks at what you sent within %(num)s working day.",
            "Somebody looks at what you sent within %(num)s working days.",
            seen,
        ),
        "decide": ngettext(
            "We decide what happens next within %(num)s working day.",
            "We decide what happens next within %(num)s working days.",
            days,
        ),
        "answer": answer
        and ngettext(
            "We answer your questions within %(num)s working day.",
            "We answer your questions within %(num)s working days.",
            answer,
        ),
        "early_help": help_
        and ngettext(
            "If early help is the decision, we contact the family within %(num)s working day.",
            "If early help is the decision, we contact the family within %(num)s working days.",
            help_,
        ),
    }
    return [str(text) for name, text in said.items() if text and (not wanted or name in wanted)]
