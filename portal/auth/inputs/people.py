"""The forms about other people: inviting them, and accepting an invitation."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.auth import councils
from portal.auth.addresses import LONGEST as LONGEST_ADDRESS
from portal.auth.inputs import ChoosePassword, email_words
from portal.auth.inputs.who import job_field, name_field
from portal.kernel.language import say
from portal.web.fields import choices
from portal.web.inputs import Choice, Input, longest, needed

_NAME_LONGEST = 100
_EVIDENCE_LONGEST = 500
_STAFF_HEIR = _l(
    "The colleague goes on with each report. What the colleague may not see goes back to the holding area."
)


class _Invite(Input):
    """What every invitation asks."""

    email = EmailField(
        _l("Their email address"),
        [
            needed(_l("Enter their email address")),
            longest(LONGEST_ADDRESS, _l("The email address must be 254 characters or fewer")),
        ],
        description=_l("Their own address, not one that several people share. The invitation works for it only."),
        render_kw={"autocomplete": "off"},
    )


class InviteColleague(_Invite):
    """A lead invites somebody of their own agency."""

    field_order: tuple[str, ...] = ("email",)


class InviteStaff(_Invite):
    """An administrator invites somebody of the council."""

    field_order = ("email", "role")
    role = Choice(_l("What will they do?"), message=_l("Select what they will do"), choices=[])


class InviteLead(_Invite):
    """The council invites the lead of an agency."""

    field_order: tuple[str, ...] = ("agency", "email")
    agency = SelectField(_l("Their agency"), choices=[], validate_choice=False)
    offered: frozenset[str] = frozenset()

    def offer(self, agencies: list[tuple[str, str]]) -> None:
        """Offer these agencies (id, name), none chosen beforehand."""
        self.offered = frozenset(key for key, _name in agencies)
        self.agency.choices = choices([("", _("Select an agency")), *agencies])

    def validate_agency(self, field: SelectField) -> None:
        """Refuse nothing chosen, and whatever was not offered."""
        if field.data not in self.offered:
            raise ValidationError(_("Select their agency"))


class InviteSponsored(InviteLead):
    """The council vouches for somebody whose address proves no agency."""

    field_order = ("agency", "email", "evidence")
    evidence = TextAreaField(
        _l("How do you know who they are?"),
        [
            needed(_l("Enter how you know who they are")),
            longest(_EVIDENCE_LONGEST, _l("This must be 500 characters or fewer")),
        ],
        description=_l(
            "For example, the registration that you looked up, where, and who checked it. Do not enter anything about "
            "a child or a family."
        ),
        render_kw={"max_length": _EVIDENCE_LONGEST},
    )


class ChangeRole(Input):
    """What somebody may do from now on."""

    version = HiddenField()
    role = Choice(_l("What may they do?"), message=_l("Select what they may do"), choices=[])


class LeadCheck(Input):
    """The call to an agency before the council makes somebody its lead."""

    version = HiddenField()
    number = Choice(_l("Which number did you ring?"), message=_l("Select the number that you rang"), choices=[])
    answered_by = StringField(
        _l("Who answered, and what do they do there?"),
        [
            needed(_l("Enter who answered")),
            longest(_NAME_LONGEST, _l("This must be 100 characters or fewer")),
        ],
        description=_l("For example, “Ms Evans, school office”."),
        render_kw={"autocomplete": "off"},
    )
    rang_on = Choice(_l("When did you ring?"), message=_l("Select when you rang"), choices=[])


class End(Input):
    """Why somebody's access ends, and who takes over."""

    version = HiddenField()
    reason = Choice(_l("Why does their access end?"), message=_l("Select why their access ends"), choices=[])
    heir = Choice(
        _l("Who takes over what they leave?"),
        message=_l("Select who takes over"),
        choices=[],
        description=_l("Drafts become theirs. Questions about open reports go to them from now on."),
    )


class EndStaff(End):
    """The same for somebody of the council, who leaves claimed reports and no drafts."""

    heir = Choice(
        _l("Who takes over the reports that they have claimed?"),
        message=_l("Select who takes over"),
        choices=[],
        description=_STAFF_HEIR,
    )


class ChooseHat(Input):
    """For which agency somebody acts."""

    hat = Choice(_l("For whom are you acting now?"), message=_l("Select for whom you are acting"), choices=[])


class Leave(Input):
    """Giving up a membership; who takes over."""

    heir = Choice(
        _l("Who takes over what you leave?"),
        message=_l("Select who takes over"),
        choices=[],
        description=_l("Drafts become theirs. Questions about open reports go to them from now on."),
    )


class LeaveStaff(Input):
    """Giving up a place at the council; who takes over what they have claimed."""

    heir = Choice(
        _l("Who takes over the reports that you have claimed?"),
        message=_l("Select who takes over"),
        choices=[],
        description=_STAFF_HEIR,
    )


class ChangeName(Input):
    """Another name, and why."""

    name = name_field()
    reason = Choice(_l("Why do you change it?"), message=_l("Select why you change it"), choices=[])


class ChangeEmail(Input):
    """Another address, and the password, so that nobody does it at a browser that was left open."""

    email = EmailField(
        _l("Your new work email address"),
        [
            needed(_l("Enter your new work email address")),
            longest(LONGEST_ADDRESS, _l("Your email address must be 254 characters or fewer")),
        ],
        description=_l("Your own address at the agency for which you are acting. We will send a code to it."),
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        _l("Your password"),
        [needed(_l("Enter your password")), longest(1000, _l("Enter your password"))],
        render_kw={"autocomplete": "current-password"},
    )


class Accept(ChoosePassword):
    """A new person accepts an invitation."""

    field_order = ("name", "job", "password")
    name = name_field()
    job = job_field()


def invited_words(reason: str) -> str:
    """Why an address may not be invited, beside the field."""
    texts: dict[str, str] = {
        "webmail": _("Enter a work email address: anyone can get an address at this provider"),
        "tier": _("Enter the address of one agency: many organisations share this domain"),
        "no_agency": _("This address does not belong to an agency that the council has approved"),
        "other_agency": _("This address does not belong to that agency"),
        "not_council": _("Enter an address of the council's own: this one is not"),
        "frozen": _("The council is checking the domain of this address. Until then nobody can be invited to it"),
        "member": _("This person has access already"),
        "invited": _("This person has been invited already. You can send the invitation again"),
    }
    return texts.get(reason) or email_words(reason)


def new_address_words(reason: str) -> str:
    """Why somebody's own new address, or the password with it, is refused."""
    kind, _colon, slug = reason.partition(":")
    if kind == "elsewhere":
        names = [say(one.name, str(get_locale() or "en")) for one in councils.everyone() if one.slug == slug]
        return str(
            _("With this address you could not go on working with %(council)s. Ask them first", council=names[0])
        )
    texts: dict[str, str] = {
        "wrong": _("That is not your password"),
        "same": _("This is your email address already"),
        "other_agency": _("This address does not belong to your agency. Ask to join the other agency first"),
    }
    return texts.get(reason) or invited_words(reason) or _("Enter another email address")
