"""The pages on which an operator makes a council: each page's inputs, what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from portal.auth import addresses
from portal.kernel.language import LANGUAGES
from portal.tenants import nations, own_parts
from portal.tenants import settings_entries as own
from portal.tenants.reading import Found, Place
from portal.tenants.settings import NATIONS, SettingsMistakes, languages_of, parse_council
from portal.web.fields import FieldView, OptionView
from portal.web.switch import NAMES

START: Final = "start"
ADMINISTRATOR: Final = "administrator"
OWN: Final = ("names", "branding", "telephones", "contacts", "times", *own.TEXTS)
PAGES: Final = (START, *OWN, ADMINISTRATOR)
# What no nation's words can stand in for.
NEEDED: Final[tuple[Place, ...]] = (
    ("name",), ("brand", "colour"), ("phones", "hub"), ("phones", "out_of_hours"), ("email",), ("security_contact",),
)  # fmt: skip
OPERATORS: Final = ("languages", "hostnames", "sender")


@dataclass(frozen=True)
class Page:
    """One page: its inputs, and what is wrong by input."""

    views: list[FieldView]
    wrong: Mapping[str, str]


def whole(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The document as far as it is known, with something at every place, so that a reader names what is missing."""
    made = nations.complete(typed)
    found = languages_of({"languages": made.get("languages") or ["en"]})
    places: list[Place] = [("slug",), ("nation",), ("sender",)]
    entries = [entry.place for page in OWN for entry in own.entries(page, found)]
    places += [place for place in entries if any(place[: len(one)] == one for one in NEEDED)]
    return own_parts.with_values(made, {place: "" for place in places if own_parts.at(made, place) is None})


def languages(typed: Mapping[str, Any]) -> tuple[str, ...]:
    """The council's languages, as far as they are known."""
    return languages_of({"languages": whole(typed).get("languages") or ["en"]})


def mistakes(document: Mapping[str, Any]) -> Sequence[Found]:
    """Everything that is wrong with a whole document."""
    try:
        parse_council(document)
    except SettingsMistakes as found:
        return found.mistakes
    return ()


def labels() -> dict[str, tuple[str, str, str]]:
    """Label, hint and error of what only the operator sets."""
    return {
        "slug": (
            _("Address"),
            _("Lower-case words joined by hyphens, such as glan-yr-afon. It can never be changed."),
            _("Enter lower-case words joined by hyphens, such as glan-yr-afon"),
        ),
        "nation": (
            _("Nation"),
            _("The law, bank holidays, code lists and forms follow from it. It can never be changed."),
            _("Select a nation"),
        ),
        "languages": (_("Languages"), "", _("Select English, and Welsh if the council wants it")),
        "hostnames": (
            _("Host names of the council’s own (optional)"),
            _("One on each line, such as report.example.gov.uk"),
            _("Enter host names in lower case, one on each line, without http://"),
        ),
        "sender": (
            _("Sender of emails"),
            _("Emails of the council’s part come from this address"),
            _("Enter an email address, such as no-reply@example.gov.uk"),
        ),
    }


def operators_views(
    names: Sequence[str], document: Mapping[str, Any], wrong: Mapping[str, str], said: Mapping[str, Any] | None = None
) -> list[FieldView]:
    """The inputs of what only the operator sets; `said` is what was typed, where it cannot be kept."""
    return [_view(name, (said or {}).get(name, document.get(name)), wrong.get(name, "")) for name in names]


def _view(name: str, value: Any, error: str) -> FieldView:
    label, hint, _wrong = labels()[name]
    if name == "languages":
        options = tuple(OptionView(one, NAMES[one]) for one in ("en", "cy"))
        chosen = tuple(str(one) for one in value or ())
        return FieldView("checkboxes", name, label, hint, chosen, error, options=options)
    if name == "nation":
        named = {"england": _("England"), "wales": _("Wales")}
        options = tuple(OptionView(one, named[one]) for one in sorted(NATIONS))
        return FieldView("radios", name, label, hint, str(value or ""), error, options=options)
    if name == "hostnames":
        return FieldView("textarea", name, label, hint, "\n".join(map(str, value or ())), error)
    return FieldView("email" if name == "sender" else "text", name, label, hint, str(value or ""), error)


def operators_typed(names: Sequence[str], form: Any, nation: str) -> dict[Place, Any]:
    """What was posted of those, as the document has it; the first of several languages is that of newcomers."""
    made: dict[Place, Any] = {}
    for name in names:
        said = [str(one).strip() for one in form.getlist(name)]
        if name == "languages":
            first = LANGUAGES if nation != "wales" else tuple(reversed(LANGUAGES))
            made[(name,)] = [one for one in first if one in said] + [one for one in said if one not in LANGUAGES]
        elif name == "hostnames":
            made[(name,)] = ["".join(line.split()) for line in "\n".join(said).splitlines() if line.strip()]
        else:
            made[(name,)] = said[0] if said else ""
    return made


def operators_wrong(names: Sequence[str], document: Mapping[str, Any], taken: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with those inputs: mistakes of the document, and what another council has already."""
    found = {one.place[0] for one in mistakes(document) if one.place}
    wrong = {name: labels()[name][2] for name in names if name in found}
    says = {
        "slug": _("Another council has this address: choose another one"),
        "hostnames": _("Another council, or the portal itself, has one of these host names"),
        "languages": _("The shared forms for England are in English only"),
    }
    no_forms = not nations.has_forms_in(str(document.get("nation")), document.get("languages") or ())
    refused = {**taken, **({"languages": "no_form"} if no_forms else {})}
    return {**{name: says[name] for name in refused if name in names}, **wrong}


def administrator_view(email: str, error: str = "") -> FieldView:
    """Who is invited to look after the council's part."""
    hint = _("We send an invitation when the council is made. The address must be of the council’s own.")
    return FieldView("email", "email", _("Email address of the first administrator"), hint, email, error)


def administrator_wrong(email: str) -> str:
    """Why nobody can be invited there, or ""."""
    try:
        addresses.parse(email)
    except addresses.BadAddress:
        return str(_("Enter the work email address of one person at the council"))
    return ""
