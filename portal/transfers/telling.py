"""What a referrer is told when another council has taken their report over. Pure."""

from __future__ import annotations

from portal.kernel.language import say, words
from portal.kernel.scope import Council


def told_of_transfer(receiver: Council, reference: str, language: str) -> str:
    """Which council has it now, under which reference, and whom to ring there by day and by night."""
    phones = receiver.settings.phones
    lines = [
        words(language, "%(council)s has it now, with the reference %(reference)s.")
        % {"council": say(receiver.name, language), "reference": reference},
        words(language, "Ring them from now on: %(name)s, %(number)s. When it is closed: %(out_name)s, %(out_number)s.")
        % {
            "name": say(phones.hub.name, language),
            "number": phones.hub.number,
            "out_name": say(phones.out_of_hours.name, language),
            "out_number": phones.out_of_hours.number,
        },
        words(language, "What you write here is read by us, and not by them."),
    ]
    return "\n".join(lines)
