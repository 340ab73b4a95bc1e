"""The list of a council's letters to families: what each is asked for, where it is stored, which gaps it may have."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from portal.kernel.gaps import misused
from portal.kernel.language import say
from portal.tenants.letter_settings import (
    BODY,
    LONGEST,
    LONGEST_TITLE,
    MOST_LETTERS,
    NAMES,
    OUTCOMES,
    PLACE,
    TITLE,
    LetterTemplate,
)
from portal.tenants.list_stores import Keyed, Row, Said
from portal.tenants.listed import Listed
from portal.tenants.settings import Council
from portal.tenants.settings_entry import Entry, in_languages, said_of

LETTERS = "letters"
_ONCE = "letter-"


def moved(page: str) -> str:
    """The key of the letter whose page of settings had that name, before letters were a list; "" for other pages."""
    return page.removeprefix(_ONCE) if page.startswith(_ONCE) else ""


def listed(settings: Council, language: str) -> Listed:
    """The letters, in the order in which they are offered."""
    title = Entry(
        TITLE, (TITLE,), _("Title of the letter"),
        _("Enter the title, up to 120 characters, with gaps of the list only"),
        _("Stands at its head, and whoever writes a letter chooses it by this."),
    )  # fmt: skip
    hint = _("Leave a line between paragraphs. Gaps that you may use: %(gaps)s", gaps=_gaps())
    body = Entry(
        BODY, (BODY,), _("Text of the letter"), _("Enter the text, up to 4,000 characters, with gaps of the list only"),
        hint, "textarea",
    )  # fmt: skip
    outcomes = Entry(
        OUTCOMES, (OUTCOMES,), _("For which outcomes (optional)"), _("Choose outcomes of the list"),
        _("It is offered once one of them is recorded. If you choose none, it is offered at any time."), "several",
        options=tuple((one.key, say(one.label, language)) for one in settings.outcomes),
        past=_past(settings), short=_("For which outcomes"),
    )  # fmt: skip
    return Listed(
        LETTERS,
        _("Letters to the family"),
        _("Screeners choose one, and it is made only where it is safe to write to that person. The portal sends none."),
        _("Add a letter"),
        _("Nobody can write it any more. Letters that were made from it stay as they are."),
        _("There are no letters, so none can be written."),
        (*in_languages(title, settings.languages), outcomes, *in_languages(body, settings.languages)),
        lambda read: [_row(key, one) for key, one in read.letters.items()],
        Keyed((LETTERS,), PLACE),
        MOST_LETTERS,
        check=_wrong_words,
    )


def _past(settings: Council) -> tuple[tuple[str, str], ...]:
    """Outcomes that letters have and the operator has taken away: one that lost them would be a letter for any report.
    Whoever changes it keeps them, or takes them off."""
    known = {one.key for one in settings.outcomes}
    kept = sorted({key for one in settings.letters.values() for key in one.outcomes} - known)
    return tuple((key, _("%(code)s (no longer an outcome)", code=key)) for key in kept)


def template(said: Said) -> LetterTemplate:
    """The letter that is typed, whatever is wrong with it."""
    texts: dict[str, dict[str, str]] = {TITLE: {}, BODY: {}}
    for name, words in said.items():
        part, _hyphen, code = name.partition("-")
        if part in texts and any(words):
            texts[part][code] = "\n".join(words)
    return LetterTemplate(texts[TITLE], texts[BODY])


def _row(key: str, one: LetterTemplate) -> Row:
    return Row(key, said_of(TITLE, one.title) | said_of(BODY, one.body) | {OUTCOMES: one.outcomes or ("",)})


def _gaps() -> str:
    return ", ".join(f"(({name}))" for name in NAMES)


def _wrong_words(said: Said) -> Mapping[str, str]:
    """What is wrong beside each text: which gap is none, that one is empty, or how much too long it is."""
    found = {name: _wrong(name.partition("-")[0], "\n".join(words)) for name, words in said.items()}
    return {name: words for name, words in found.items() if words}


def _wrong(part: str, text: str) -> str:
    longest = {TITLE: LONGEST_TITLE, BODY: LONGEST}.get(part)
    if longest is None:
        return ""
    if not text:
        return str(_("Enter the title of the letter") if part == TITLE else _("Enter the text of the letter"))
    if len(text) > longest:
        over = len(text) - longest
        return str(_("This is %(over)s characters too long. It may have %(longest)s", over=over, longest=longest))
    wrong = misused(text, NAMES)
    if not wrong:
        return ""
    gap = wrong[0] if wrong[0].startswith("((") else f"(({wrong[0]}))"
    return str(_("“%(gap)s” is no gap. Gaps that you may use: %(gaps)s", gap=gap, gaps=_gaps()))
