"""What a council says about each of its outcomes: the list of its reasons, who approves it, and what a referrer reads
afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.kernel.language import say
from portal.tenants.list_stores import Coded, Row
from portal.tenants.listed import Listed
from portal.tenants.outcome_settings import MOST_REASONS, Deciding, Outcome
from portal.tenants.settings import Council
from portal.tenants.settings_entry import Entry, in_languages, said_of

GUIDANCE = "guidance"
DECIDING = "deciding"
REASONS = "reasons-"


def guidance(key: str, words: str, languages: Sequence[str]) -> list[Entry]:
    """What a referrer reads after a returned report."""
    wrong = _("Enter the text, up to 4,000 characters")
    hint = _(
        "What would help the next time. Leave a line between paragraphs, begin each line of a list with *. Leave it "
        "empty to keep our own advice."
    )
    return in_languages(Entry(f"{GUIDANCE}-{key}", (GUIDANCE, key), words, wrong, hint, "textarea"), languages)


def deciding(key: str, words: str) -> list[Entry]:
    """Whether an outcome needs a second person."""
    asks = _("%(outcome)s: a second person must approve it", outcome=words)
    said = _("The referrer is told once a practice manager has approved it.")
    return [Entry(f"approval-{key}", (DECIDING, key, "approval"), asks, _("Choose yes or no"), said, "yes_no")]


def lists(settings: Council, language: str) -> list[Listed]:
    """The reasons of each outcome."""
    return [_reasons(one, settings, language) for one in settings.outcomes]


def _reasons(outcome: Outcome, settings: Council, language: str) -> Listed:
    words = Entry("words", (DECIDING, outcome.key, "reasons"), _("Reason"), _("Enter the reason, up to 200 characters"))
    return Listed(
        REASONS + outcome.key,
        _("%(outcome)s: reasons", outcome=say(outcome.label, language)),
        _("Whoever records this outcome chooses at least one of them."),
        _("Add a reason"),
        _("Nobody can choose it any more. Decisions that gave it keep it by its code: %(code)s."),
        _("There are no reasons, so none is asked for."),
        tuple(in_languages(words, settings.languages)),
        lambda told: [
            Row(one.code, said_of("words", one.label))
            for one in told.deciding.get(outcome.key, Deciding()).reasons
        ],
        Coded(),
        MOST_REASONS,
        page=DECIDING,
        code=_("Code in figures and in what is handed over"),
    )  # fmt: skip
