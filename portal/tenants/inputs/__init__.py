"""The forms of the pages about agencies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TelField, TextAreaField
from wtforms.validators import Optional, Regexp, ValidationError

from portal.auth.agency_types import MAY, TYPES
from portal.auth.identifiers import SCHEMES
from portal.kernel.digits import whole
from portal.tenants.agency_list import ADDRESS_LONGEST, POSTCODE
from portal.tenants.commands.agencies import LONGEST_WHY
from portal.tenants.commands.agency_domains import LONGEST_BY
from portal.tenants.commands.support import LONGEST_REASON, MOST_HOURS
from portal.tenants.settings import TELEPHONE
from portal.web.fields import choices
from portal.web.inputs import Choice, Input, Once, longest, needed

NAME_LONGEST = 200
_NUMBER_LONGEST = 30
_DOMAIN_LONGEST = 253


class Seen(Once):
    """A form that says which version its page showed, and counts once however often it is sent."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that the page showed; 0 for anything else."""
        return whole(self.version.data) or 0


def _telephone() -> TelField:
    return TelField(
        _l("Telephone number from the official register"),
        [Optional(), Regexp(TELEPHONE.pattern + r"\Z", message=_l("Enter a telephone number, like 01632 960 001"))],
        description=_l("The number to ring back on. Take it from the register, never from the person who asks."),
    )


class AgencyInput(Seen):
    """What is said of an agency; the names are asked in each of the council's languages."""

    name_en = StringField(_l("Name in English"))
    name_cy = StringField(_l("Name in Welsh"))
    kind = SelectField(_l("Kind of agency"), validate_choice=False)
    scheme = SelectField(_l("Which register is its number from?"), validate_choice=False)
    identifier = StringField(
        _l("Its number on that register"),
        [longest(_NUMBER_LONGEST, _l("The number must be %(limit)s characters or fewer", limit=_NUMBER_LONGEST))],
        render_kw={"kind": "reference"},
    )
    phone = _telephone()

    def prepare(self, languages: Sequence[str]) -> None:
        """Offer the kinds and registers in the reader's language, and ask the names that the council has."""
        self.kind.choices = choices((key, _(label)) for key, label in TYPES.items())
        none = _("None: it is on no register")
        registers = [(key, _(scheme.label)) for key, scheme in SCHEMES.items()]
        self.scheme.choices = choices([("", none), *registers])
        for language, name in (("en", self.name_en), ("cy", self.name_cy)):
            if language not in languages:
                del self[name.name]

    def names(self) -> dict[str, str]:
        """The names by language."""
        return {name[-2:]: str(self[name].data or "") for name in ("name_en", "name_cy") if name in self}

    def validate(self, extra_validators: Any = None) -> bool:
        """A name in every language of the council, and a kind of the list."""
        good = super().validate(extra_validators)
        for name in ("name_en", "name_cy"):
            if name not in self:
                continue
            text = str(self[name].data or "")
            if not text:
                self.refuse(name, _("Enter the name in English") if name == "name_en" else _("Enter the name in Welsh"))
            elif len(text) > NAME_LONGEST:
                self.refuse(name, _("The name must be %(limit)s characters or fewer", limit=NAME_LONGEST))
        if self.kind.data not in TYPES:
            self.refuse("kind", _("Select the kind of agency"))
        return good and not any(item.errors for item in self)


class DecisionInput(Seen):
    """Why an agency is approved, suspended, ended or taken back."""

    why = TextAreaField(
        _l("Why?"),
        [
            needed(_l("Enter why")),
            longest(LONGEST_WHY, _l("Why must be %(limit)s characters or fewer", limit=LONGEST_WHY)),
        ],
        description=_l("Kept with the date and your name. Name no child or family."),
        render_kw={"max_length": LONGEST_WHY},
    )


class DomainInput(Seen):
    """A domain, how far it reaches, and whether others have it too."""

    domain = StringField(
        _l("Email domain"),
        [
            needed(_l("Enter the email domain")),
            longest(_DOMAIN_LONGEST, _l("The domain must be %(limit)s characters or fewer", limit=_DOMAIN_LONGEST)),
        ],
        description=_l("What comes after the @ in the addresses of its staff, for example oakfield.example.sch.uk."),
        render_kw={"autocomplete": "off"},
    )
    match = Choice(
        _l("Which addresses count?"),
        message=_l("Select which addresses count"),
        choices=[
            ("exact", _l("Only addresses at this very domain")),
            ("both", _l("This domain and everything below it, such as ward.example.nhs.uk")),
            ("below", _l("Only what is below it")),
        ],
        default="exact",
    )
    shared = BooleanField(_l("People of other organisations have addresses at this domain too"))


class ConfirmInput(Seen):
    """Who said that the domain is the agency's."""

    by = StringField(
        _l("Who confirmed it, and how did you reach them?"),
        [
            needed(_l("Enter who confirmed it, and how you reached them")),
            longest(LONGEST_BY, _l("This must be %(limit)s characters or fewer", limit=LONGEST_BY)),
        ],
        description=_l("For example: the head teacher, rung on the number in the schools register."),
    )


class SiteInput(Seen):
    """A place where the agency's people work."""

    name = StringField(
        _l("Name of the site"),
        [
            needed(_l("Enter the name of the site")),
            longest(NAME_LONGEST, _l("The name must be %(limit)s characters or fewer", limit=NAME_LONGEST)),
        ],
    )
    address = StringField(
        _l("Address (optional)"),
        [longest(ADDRESS_LONGEST, _l("The address must be %(limit)s characters or fewer", limit=ADDRESS_LONGEST))],
    )
    postcode = StringField(
        _l("Postcode (optional)"),
        [Optional(), Regexp(POSTCODE.pattern + r"\Z", flags=re.IGNORECASE, message=_l("Enter a full UK postcode"))],
        render_kw={"kind": "postcode"},
    )
    phone = TelField(
        _l("Telephone number (optional)"),
        [Optional(), Regexp(TELEPHONE.pattern + r"\Z", message=_l("Enter a telephone number, like 01632 960 001"))],
    )


class KindInput(Seen):
    """What people of one kind of agency may do."""

    may = SelectMultipleField(_l("What may its people do?"), validate_choice=False)

    def offer(self, words: dict[str, str]) -> None:
        """Offer everything that there is, in the reader's language."""
        self.may.choices = choices(words.items())

    def validate_may(self, field: SelectMultipleField) -> None:
        """What was never offered is refused, not left out."""
        if not set(field.data or ()) <= set(MAY):
            raise ValidationError(_("Choose from those offered"))

    def chosen(self) -> list[str]:
        """What was ticked."""
        return list(self.may.data or ())


class FileInput(Input):
    """A file of agencies, and which published layout it has."""

    layout = Choice(
        _l("Which file is it?"),
        message=_l("Select which file it is"),
        choices=[
            ("gias", _l("Get Information about Schools: all establishment data (edubasealldata)")),
            ("welsh", _l("Address list of schools in Wales")),
            ("epraccur", _l("NHS general practices (epraccur)")),
            ("etr", _l("NHS trusts (etr)")),
            ("ets", _l("NHS trust sites (ets)")),
        ],
    )
    register = StringField(
        _l("The file"),
        description=_l("CSV, with the columns as they are published, and only the agencies of your area."),
        render_kw={"kind": "file"},
    )


class TakeInput(Input):
    """Which rows of a file to take, and the plan that was looked at."""

    take = SelectMultipleField(validate_choice=False)
    digest = HiddenField()

    def lines(self) -> set[int]:
        """The lines that were ticked."""
        return {int(one) for one in self.take.data or () if one.isascii() and one.isdigit() and len(one) < 9}  # noqa: PLR2004 - a line


class SupportInput(Seen):
    """An operator asks to look: what for, why in words, for how many hours."""

    purpose = Choice(_l("What do you want to look for?"), message=_l("Select what you want to look for"))
    reason = TextAreaField(
        _l("Why do you need to see this council’s reports?"),
        [
            needed(_l("Enter why you need to see them")),
            longest(LONGEST_REASON, _l("Your reason must be 500 characters or fewer")),
        ],
        description=_l("The council reads this before it decides. Name no child or family."),
        render_kw={"max_length": LONGEST_REASON},
    )
    hours = StringField(
        _l("For how many hours?"),
        [needed(_l("Enter a whole number from 1 to 8"))],
        description=_l("From 1 to 8, counted from when the council allows it"),
        render_kw={"kind": "number", "width": 2},
    )

    def validate_hours(self, field: StringField) -> None:
        """A whole number of hours that one may ask for."""
        if not 1 <= (whole(field.data) or 0) <= MOST_HOURS:
            raise ValidationError(_("Enter a whole number from 1 to 8"))
