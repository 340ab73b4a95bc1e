"""The pages on which a council changes its own settings: each input, its place in the document, and what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from portal.kernel.digits import whole
from portal.tenants import (
    challenge_entries,
    clock_entries,
    handover_entries,
    outcome_entries,
    own_parts,
    question_entries,
    settings_numbers,
    source_entries,
    source_settings,
    telling_entries,
)
from portal.tenants.brand_settings import ENOUGH_CONTRAST, contrast_with_white
from portal.tenants.reading import Found, Place
from portal.tenants.settings import DAYS
from portal.tenants.settings_entry import Entry as Entry
from portal.tenants.settings_entry import in_languages
from portal.web.fields import DATE_PARTS, FieldView, OptionView

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
TEXTS = ("privacy", "cookies", "accessibility", "terms", "thresholds")
GUIDANCE = outcome_entries.GUIDANCE
DECIDING = outcome_entries.DECIDING
QUESTIONS = question_entries.PAGE


def entries(page: str, languages: Sequence[str], outcomes: Sequence[tuple[str, str]] = ()) -> list[Entry]:
    """The inputs of a page, in order; none for a page that there is not. `outcomes` are those that the page is about
    (of ready words: those): key and words."""
    if page == QUESTIONS:
        return question_entries.questions([key for key, _words in outcomes], languages)
    if page == GUIDANCE:
        return [entry for key, words in outcomes for entry in outcome_entries.guidance(key, words, languages)]
    if page == DECIDING:
        return [entry for key, words in outcomes for entry in outcome_entries.deciding(key, words)]
    if own := telling_entries.entries(page, languages, dict(outcomes)):
        return own
    if page in TEXTS:
        wrong = _("Enter the text of the page, up to 30,000 characters")
        hint = _("Leave a line between paragraphs. Begin a heading with ## and each line of a list with *.")
        said = Entry(page, ("pages", page), _("Text of the page"), wrong, hint, "textarea")
        return in_languages(said, languages)
    made = {
        "names": _names, "branding": _branding, "logo": _logo, "telephones": _telephones, "contacts": _contacts,
        "times": _times, "clocks": _clocks, "files": _files, challenge_entries.CHALLENGES: challenge_entries.challenges,
        "hand-over": handover_entries.hand_over,
        source_settings.SOURCES: source_entries.entries,
    }  # fmt: skip
    return made[page](languages) if page in made else []


def _names(languages: Sequence[str]) -> list[Entry]:
    name = Entry("name", ("name",), _("Name of the council"), _("Enter the name, up to 120 characters"))
    wrong = _("Enter the text, up to 2,000 characters")
    hint = _("Shown on the first page")
    duty = Entry("statutory", ("statutory",), _("The duty to report"), wrong, hint, "textarea")
    return [*in_languages(name, languages), *in_languages(duty, languages)]


def _branding(_languages: Sequence[str]) -> list[Entry]:
    hint = _("A # and six digits or letters from a to f, such as #0b4a6f. White text must be easy to read on it.")
    return [Entry("colour", ("brand", "colour"), _("Colour"), _("Enter a colour such as #0b4a6f"), hint, width=10)]


def _logo(languages: Sequence[str]) -> list[Entry]:
    hint = _("Read aloud to whoever does not see it, such as: Logo of the council, hills above a river")
    wrong = _("Enter what the logo shows, up to 200 characters")
    return in_languages(Entry("alt", ("brand", "logo", "alt"), _("What the logo shows"), wrong, hint), languages)


def _telephones(languages: Sequence[str]) -> list[Entry]:
    found: list[Entry] = []
    titles = {"hub": _("In office hours"), "out_of_hours": _("Outside office hours")}
    for key, title in titles.items():
        label, wrong = _("%(when)s: who answers", when=title), _("Enter who answers, up to 120 characters")
        who = Entry(f"{key}-name", ("phones", key, "name"), label, wrong)
        wrong = _("Enter a telephone number, such as 01632 960123")
        label = _("%(when)s: telephone number", when=title)
        number = Entry(f"{key}-number", ("phones", key, "number"), label, wrong, kind="tel", width=20)
        found += [*in_languages(who, languages), number]
    hours = ("phones", "hours")
    return [
        *found,
        Entry("days", (*hours, "days"), _("Days on which the office answers"), _("Choose a day"), kind="days"),
        Entry("opens", (*hours, "opens"), _("Opens at"), _("Enter a time such as 08:30"), width=5),
        Entry("closes", (*hours, "closes"), _("Closes at"), _("Enter a later time, such as 17:00"), width=5),
    ]


def _contacts(_languages: Sequence[str]) -> list[Entry]:
    wrong = _("Enter an email address, such as name@example.gov.uk")
    hint = _("Shown to everybody who uses the portal")
    secure = _("For people who find a weakness of the portal")
    return [
        Entry("email", ("email",), _("Email address for questions"), wrong, hint, "email"),
        Entry("security", ("security_contact",), _("Email address for reports about security"), wrong, secure, "email"),
    ]


def _times(_languages: Sequence[str]) -> list[Entry]:
    return [
        Entry(
            "draft-days", ("draft_days",), _("Days after which a draft is deleted"),
            _("Enter a whole number from 1 to 365"), _("Counted from the last change"), "number", 5,
        ),
        Entry(
            "draft-warning", ("draft_warning_days",), _("Days before that on which its author is told"),
            _("Enter a whole number from 0 to 60"), _("0 if nobody is to be told"), "number", 5,
        ),
        Entry(
            "duplicates", ("duplicate_weeks",), _("Weeks within which a second report about a child is noticed"),
            _("Enter a whole number from 0 to 52"), _("The referrer is asked before sending. 0 asks nobody."),
            "number", 5,
        ),
        Entry(
            "decide", ("clock", "decide_working_days"), _("Working days to decide on a report"),
            _("Enter a whole number from 1 to 20"), "", "number", 5,
        ),
        Entry(
            "urgent", ("clock", "urgent_hours"), _("Hours to act on an urgent report"),
            _("Enter a whole number from 1 to 24"), "", "number", 5,
        ),
        *(_number(*one) for one in (*settings_numbers.promises(), *settings_numbers.retention())),
    ]  # fmt: skip


def _clocks(_languages: Sequence[str]) -> list[Entry]:
    return clock_entries.clocks()


def _files(_languages: Sequence[str]) -> list[Entry]:
    hint = _(
        "What a picture was made anew from, and what was found harmful, stays sealed as long as the report does. No "
        "page gives it out. Pictures then keep the place where they were taken."
    )
    kept = Entry(
        "originals", ("files", "keep_originals"), _("Keep what came as evidence"), _("Choose yes or no"), hint, "yes_no"
    )
    return [*(_number(*one) for one in settings_numbers.files()), kept]


def _number(name: str, place: Place, label: str, wrong: str, hint: str) -> Entry:
    return Entry(name, place, label, wrong, hint, "number", 5)


def shown(found: Iterable[Entry], document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What each input says of the document."""
    return {entry.name: _words(entry, own_parts.at(document, entry.place)) for entry in found}


def _words(entry: Entry, value: Any) -> tuple[str, ...]:
    if entry.kind in ("days", "several"):
        return tuple(str(one) for one in (entry.usual if value is None else value))
    if entry.kind == "yes_no":
        return ("yes" if value is True else "no",)
    return (next(iter(entry.usual), "") if value is None else str(value),)


def typed(found: Iterable[Entry], form: Any) -> dict[str, tuple[str, ...]]:
    """What a page posted, by input; of a date its day, its month and its year."""
    return {
        entry.name: tuple(one.replace("\r\n", "\n").strip() for one in _posted(entry, form)) or ("",) for entry in found
    }


def _posted(entry: Entry, form: Any) -> list[str]:
    if entry.kind == "date":
        return [form.get(f"{entry.name}-{part}", "") for part in DATE_PARTS]
    return list(form.getlist(entry.name))


def values(
    found: Iterable[Entry], said: Mapping[str, tuple[str, ...]], document: Mapping[str, Any]
) -> dict[Place, object]:
    """The document's values for what was typed anew; what cannot be one stays as it was typed, for the reader to
    refuse."""
    return {
        entry.place: _value(entry, said[entry.name])
        for entry in found
        if said[entry.name] != tuple(one.strip() for one in _words(entry, own_parts.at(document, entry.place)))
    }


def _value(entry: Entry, said: tuple[str, ...]) -> object:
    if entry.kind in ("days", "several"):
        return [one for one in said if one]
    if entry.kind == "number":
        number = whole(said[0])
        return said[0] if number is None else number
    # No reader of the settings knows control characters: no page may show them.
    return _said(entry.kind, "" if _CONTROL.search(said[0]) else said[0])


def _said(kind: str, text: str) -> object:
    if kind == "maybe" and not text:
        return None
    if kind == "yes_no":
        return {"yes": True, "no": False}.get(text, text)
    return text


def errors(found: Sequence[Entry], said: Mapping[str, tuple[str, ...]], mistakes: Iterable[Found]) -> dict[str, str]:
    """The words beside each input that a mistake is about."""
    wrong = {}
    for mistake in mistakes:
        for entry in found:
            # What is missing is told of the group around it.
            first = next(iter(said[entry.name]), "")
            missing = mistake.place == entry.place[: len(mistake.place)] and not first
            if missing or mistake.place[: len(entry.place)] == entry.place:
                wrong[entry.name] = _contrast(first) or entry.wrong
    return wrong


def is_colour(said: str) -> bool:
    """Whether it is a colour as the settings write one."""
    return bool(_COLOUR.fullmatch(said))


def _contrast(colour: str) -> str:
    if not is_colour(colour) or contrast_with_white(colour) >= ENOUGH_CONTRAST:
        return ""
    says = _("White text on this colour has a contrast of %(ratio)s to 1. Choose a darker one: it needs 4.5 to 1")
    return str(says) % {"ratio": f"{contrast_with_white(colour):.2f}"}


def views(
    found: Iterable[Entry], said: Mapping[str, tuple[str, ...]], wrong: Mapping[str, str] | None = None
) -> list[FieldView]:
    """The inputs as a page draws them."""
    return [_view(entry, said[entry.name], (wrong or {}).get(entry.name, "")) for entry in found]


def _view(entry: Entry, said: tuple[str, ...], error: str) -> FieldView:
    made = FieldView("text", entry.name, entry.label, entry.hint, said[0], error, width=entry.width)
    if entry.kind == "date":
        return replace(made, kind="date", value=dict(zip(DATE_PARTS, said, strict=False)))
    if entry.kind == "days":
        options = tuple(OptionView(key, label) for key, label in zip(DAYS, day_names(), strict=True))
        return replace(made, kind="checkboxes", value=said, options=options)
    if entry.kind in ("several", "choice"):
        past = [one for one in entry.past if one[0] in said]
        options = tuple(OptionView(*one) for one in (*entry.options, *past))
        several = entry.kind == "several"
        return replace(made, kind="checkboxes" if several else "radios", value=said if several else said[0],
                       options=options)  # fmt: skip
    if entry.kind == "yes_no":
        options = (OptionView("yes", _("Yes")), OptionView("no", _("No")))
        return replace(made, kind="radios", options=options)
    return replace(made, kind="text" if entry.kind == "maybe" else entry.kind)


def day_names() -> tuple[str, ...]:
    """The days of the week in the reader's language, Monday first."""
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )  # fmt: skip
