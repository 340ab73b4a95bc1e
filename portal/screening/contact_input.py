"""What the page that takes a contact down accepts, beside the council's own questions about the child."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from portal.auth.agency_types import PUBLIC_ID, UNLISTED_ID
from portal.forms.queries import Published
from portal.kernel.language import say
from portal.referrals.elsewhere import CHANNELS, Caller
from portal.screening.channel_words import channel_words
from portal.screening.queries.tellers import AgencyChoice
from portal.web.fields import choices
from portal.web.inputs import Choice, Once, as_uuid, longest

MOST = 200


def _short(label: Any, hint: Any) -> StringField:
    return StringField(
        label,
        description=hint,
        validators=[longest(MOST, _l("This must be %(limit)s characters or fewer", limit=MOST))],
    )


class ContactInput(Once):
    """How it came, from whom, and which way it goes."""

    channel = Choice(_l("How did it reach you?"), message=_l("Say how it reached you"))
    agency = SelectField(_l("Who told you?"), validate_choice=False)
    agency_name = _short(_l("Name of the agency"), _l("Only for an agency that is not on the list"))
    caller = _short(_l("Name and role of whoever told you"), _l("Leave it empty if they do not want to say"))
    reach = _short(
        _l("How can they be reached?"), _l("A telephone number or an address. Leave it empty if there is none")
    )
    route = Choice(_l("Which way does it go?"), message=_l("Choose which way it goes"))

    def offer(self, published: Published, agencies: tuple[AgencyChoice, ...], language: str) -> ContactInput:
        """Offer the agencies of the council and the routes of its form, the most urgent first."""
        self.channel.choices = [(one, channel_words(one)) for one in CHANNELS]
        named = sorted((say(one.name, language), str(one.id)) for one in agencies)
        self.agency.choices = choices(
            [
                ("", _("Choose")),
                (str(PUBLIC_ID), _("A member of the public")),
                (str(UNLISTED_ID), _("Another agency, not on this list")),
                *((value, text) for text, value in named),
            ]
        )
        routes = sorted(published.thresholds.routes.values(), key=lambda one: one.rank, reverse=True)
        self.route.choices = [(one.key, say(one.label, language)) for one in routes]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """An agency must be chosen, and one that is not on the list named."""
        good = super().validate(extra_validators)
        offered = {str(value) for value, _label, *_rest in self.agency.iter_choices()}
        if not self.agency.data or self.agency.data not in offered:
            self.refuse("agency", _("Choose who told you"))
            good = False
        if self.agency.data == str(UNLISTED_ID) and not self.agency_name.data:
            self.refuse("agency_name", _("Enter the name of the agency"))
            good = False
        return good

    def agency_id(self) -> UUID:
        """The agency that was chosen."""
        return as_uuid(self.agency.data) or PUBLIC_ID

    def who(self) -> Caller:
        """Who told of it; the name of an agency only where it is not on the list."""
        unlisted = self.agency.data == str(UNLISTED_ID)
        return Caller(
            name=str(self.caller.data or ""),
            agency=str(self.agency_name.data or "") if unlisted else "",
            reach=str(self.reach.data or ""),
        )
