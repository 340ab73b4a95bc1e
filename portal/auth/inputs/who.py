"""What every form asks of a person whom we do not know yet: what they are called, what they do, where they write."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField

from portal.auth.addresses import LONGEST as LONGEST_ADDRESS
from portal.web.inputs import longest, needed

NAME_LONGEST = 100


def name_field() -> StringField:
    """Their own name."""
    return StringField(
        _l("Your full name"),
        [
            needed(_l("Enter your full name")),
            longest(NAME_LONGEST, _l("Your name must be 100 characters or fewer")),
        ],
        render_kw={"autocomplete": "name"},
    )


def job_field() -> StringField:
    """What they do."""
    return StringField(
        _l("Your job title"),
        [
            needed(_l("Enter your job title")),
            longest(NAME_LONGEST, _l("Your job title must be 100 characters or fewer")),
        ],
        description=_l("For example, deputy head, GP or police constable."),
        render_kw={"autocomplete": "organization-title"},
    )


def email_field() -> EmailField:
    """The address at work that a code will prove."""
    return EmailField(
        _l("Your work email address"),
        [
            needed(_l("Enter your work email address")),
            longest(LONGEST_ADDRESS, _l("Your email address must be 254 characters or fewer")),
        ],
        description=_l("Your own address at work, not a shared or personal one. We will send a code to it."),
    )
