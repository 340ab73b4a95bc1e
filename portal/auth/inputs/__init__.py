"""The forms of registration, sign-in and the pages about people."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import Regexp

from portal.auth.inputs.who import email_field, job_field, name_field
from portal.auth.passwords import LONGEST as LONGEST_PASSWORD
from portal.auth.passwords import SHORTEST as SHORTEST_PASSWORD
from portal.kernel.digits import whole
from portal.kernel.language import LANGUAGES
from portal.web.inputs import Choice, Input, longest, needed
from portal.web.switch import NAMES

_NAME_LONGEST = 100
_TYPED_PASSWORD_LONGEST = 1000
NO_AGENCY = "none"


class _Worker(Input):
    """What registering and joining both ask."""

    job = job_field()
    lead = Choice(
        _l("Are you your agency's safeguarding lead?"),
        message=_l("Select yes if you are your agency's safeguarding lead"),
        choices=[("yes", _l("Yes")), ("no", _l("No"))],
        description=_l("The lead approves colleagues. The council approves leads."),
    )


class Register(_Worker):
    """Who somebody is, before anything is proved."""

    field_order = ("name", "job", "email", "lead")
    name = name_field()
    email = email_field()


class ChooseAgency(Input):
    """Which of the agencies that the address may belong to."""

    agency = Choice(_l("Which agency do you work for?"), message=_l("Select your agency"), choices=[])

    def offer(self, agencies: list[tuple[str, str]]) -> None:
        """Offer these (id, name), and none of them."""
        none = _("No, I work for another agency") if len(agencies) == 1 else _("None of these")
        self.agency.choices = [*agencies, (NO_AGENCY, none)]


class Join(ChooseAgency, _Worker):
    """Asking for membership here with an account made elsewhere."""

    field_order = ("agency", "job", "lead")


class Code(Input):
    """A one-time code; spaces between its digits are let pass."""

    code = StringField(
        _l("Code"),
        [needed(_l("Enter the code from the email")), Regexp(r"^[0-9 ]{1,20}$", message=_l("The code is 6 digits"))],
        description=_l("6 digits, in the email that we sent you."),
        render_kw={"kind": "code"},
    )

    @property
    def digits(self) -> str:
        """The code without spaces."""
        return str(self.code.data or "").replace(" ", "")


class AppCode(Code):
    """The code that an authenticator app shows; spaces between its digits are let pass."""

    code = StringField(
        _l("Code from your app"),
        [needed(_l("Enter the code from your app")), Regexp(r"^[0-9 ]{1,20}$", message=_l("The code is 6 digits"))],
        description=_l("6 digits. A new one comes every 30 seconds."),
        render_kw={"kind": "code"},
    )


class RecoveryCode(Input):
    """One of the ten codes that somebody wrote down."""

    code = StringField(
        _l("Recovery code"),
        [needed(_l("Enter one of your recovery codes")), longest(60, _l("A recovery code has 16 letters and digits"))],
        description=_l("16 letters and digits, for example ABCD-EFGH-2345-WXYZ. Each works once."),
        render_kw={"autocomplete": "off"},
    )


class ChoosePassword(Input):
    """A new password, taken exactly as typed."""

    password = PasswordField(
        _l("Choose a password"),
        [needed(_l("Enter a password"))],
        description=_l(
            "15 characters or more. Three or four unrelated words are easy to remember and hard to guess. "
            "Do not use your name or the name of your agency."
        ),
        render_kw={"autocomplete": "new-password"},
    )


class OwnPassword(Input):
    """The password of somebody who is signed in."""

    password = PasswordField(
        _l("Password"),
        [needed(_l("Enter your password")), longest(_TYPED_PASSWORD_LONGEST, _l("Enter your password"))],
        render_kw={"autocomplete": "current-password"},
    )


class ChangePassword(Input):
    """The old password and a new one, both exactly as typed."""

    old = PasswordField(
        _l("Your password now"),
        [needed(_l("Enter your password")), longest(_TYPED_PASSWORD_LONGEST, _l("Enter your password"))],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("New password"),
        [needed(_l("Enter a password"))],
        description=_l(
            "15 characters or more. Three or four unrelated words are easy to remember and hard to guess. "
            "Do not use your name or the name of your agency."
        ),
        render_kw={"autocomplete": "new-password"},
    )


class Forgotten(Input):
    """The address of somebody who has forgotten their password."""

    email = EmailField(
        _l("Email address"),
        [needed(_l("Enter your email address")), longest(_NAME_LONGEST * 3, _l("Enter your email address"))],
        render_kw={"autocomplete": "username"},
    )


class SignIn(Forgotten):
    """Address and password."""

    password = PasswordField(
        _l("Password"),
        [needed(_l("Enter your password")), longest(_TYPED_PASSWORD_LONGEST, _l("Enter your password"))],
        render_kw={"autocomplete": "current-password"},
    )


class PasskeyName(Input):
    """What a person calls one of their passkeys."""

    name = StringField(
        _l("Name"),
        [needed(_l("Enter a name")), longest(_NAME_LONGEST, _l("The name must be 100 characters or fewer"))],
        description=_l("For example, the device that it is on."),
    )


class RangBack(Input):
    """That somebody was rung back."""

    rang = Choice(
        _l("Did you ring this person back, and speak to them yourself?"),
        message=_l("Select yes if you rang them back and spoke to them"),
        choices=[("yes", _l("Yes, on a number that we had before they asked")), ("no", _l("No, not yet"))],
    )


class Language(Input):
    """The language of pages and emails; the name is the one that every page's switch uses."""

    lang = Choice(
        _l("Language"),
        message=_l("Select a language"),
        choices=[(language, NAMES[language]) for language in LANGUAGES],
    )


class Decision(Input):
    """A decision about somebody, as the page showed them."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that the page showed; 0 (no version) for anything else."""
        return whole(self.version.data) or 0


def email_words(reason: str) -> str:
    """Why an address is refused, beside the field; "" for a reason that has a page of its own."""
    texts: dict[str, str] = {
        "syntax": _("Enter an email address in the correct format, like name@example.gov.uk"),
        "learner": _("Enter a staff email address: this one is for learners or guests"),
        "role_mailbox": _("Enter your own email address, not one that several people share"),
    }
    return texts.get(reason, "")


def password_words(code: str) -> str:
    """Why a password is refused."""
    texts: dict[str, str] = {
        "short": _("Your password must be %(number)s characters or more", number=SHORTEST_PASSWORD),
        "long": _("Your password must be %(number)s characters or fewer", number=LONGEST_PASSWORD),
        "words": _("Your password must not contain your name, your agency, the council or the service"),
        "obvious": _("Choose a password that is harder to guess"),
    }
    return texts[code]


def code_words(reason: str) -> str:
    """Why a code is refused."""
    texts: dict[str, str] = {
        "wrong": _("Enter the code exactly as it is in the newest email"),
        "tries": _("That code has been tried too many times. Ask for a new one"),
        "expired": _("That code no longer works. Ask for a new one"),
    }
    return texts[reason]


def app_code_words(reason: str) -> str:
    """Why a code of an app, or a recovery code, is refused."""
    texts: dict[str, str] = {
        "wrong": _("That is not the code your app shows now. Check that the time on your phone is right"),
        "used": _("That code has been used. Wait for the next one in your app"),
        "recovery": _("That is not one of your recovery codes, or it has been used"),
    }
    return texts[reason]
