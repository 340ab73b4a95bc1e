"""The form of somebody whom their organisation signs in and who has no account yet."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField

from portal.auth.addresses import LONGEST as LONGEST_ADDRESS
from portal.web.inputs import Input, longest, needed

_NAME_LONGEST = 100


class Newcomer(Input):
    """What they are called, what they do, and the address that a code will prove."""

    field_order = ("name", "job", "email")
    name = StringField(
        _l("Your full name"),
        [
            needed(_l("Enter your full name")),
            longest(_NAME_LONGEST, _l("Your name must be 100 characters or fewer")),
        ],
        render_kw={"autocomplete": "name"},
    )
    job = StringField(
        _l("Your job title"),
        [
            needed(_l("Enter your job title")),
            longest(_NAME_LONGEST, _l("Your job title must be 100 characters or fewer")),
        ],
        description=_l("For example, deputy head, GP or police constable."),
        render_kw={"autocomplete": "organization-title"},
    )
    email = EmailField(
        _l("Your work email address"),
        [
            needed(_l("Enter your work email address")),
            longest(LONGEST_ADDRESS, _l("Your email address must be 254 characters or fewer")),
        ],
        description=_l("Your own address at work, not a shared or personal one. We will send a code to it."),
    )
