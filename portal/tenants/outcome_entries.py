"""What a council types about one of its outcomes: the reasons it offers, and what a referrer reads afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.tenants.settings_entry import Entry, in_languages

GUIDANCE = "guidance"
DECIDING = "deciding"


def guidance(key: str, words: str, languages: Sequence[str]) -> list[Entry]:
    """What a referrer reads after a returned report."""
    wrong = _("Enter the text, up to 4,000 characters")
    hint = _(
        "What would help the next time. Leave a line between paragraphs, begin each line of a list with *. Leave it "
        "empty to keep our own advice."
    )
    return in_languages(Entry(f"{GUIDANCE}-{key}", (GUIDANCE, key), words, wrong, hint, "textarea"), languages)


def deciding(key: str, words: str, languages: Sequence[str]) -> list[Entry]:
    """How an outcome is decided."""
    wrong = _("Enter a code, a colon and the words on each line, each code once, and the same codes in each language")
    hint = _("One on each line, such as harm: Likely to suffer significant harm. Leave it empty to ask for no reason.")
    reasons = Entry(
        f"reasons-{key}", (DECIDING, key, "reasons"), _("%(outcome)s: reasons", outcome=words), wrong, hint, "coded"
    )
    asks = _("%(outcome)s: a second person must approve it", outcome=words)
    said = _("The referrer is told once a practice manager has approved it.")
    approval = Entry(f"approval-{key}", (DECIDING, key, "approval"), asks, _("Choose yes or no"), said, "yes_no")
    return [*in_languages(reasons, languages), approval]
