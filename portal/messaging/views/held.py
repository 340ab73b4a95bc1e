"""The box that confirms words which the report keeps secret, and why they were held."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.auth import guard
from portal.messaging.protecting import mark
from portal.messaging.queries import given_away
from portal.referrals.queries.record import Found
from portal.web.fields import FieldView, OptionView


def trouble() -> str:
    """What stands beside words that were held."""
    return str(_("This gives away what the report keeps secret. Change it, or confirm that you have checked it"))


def box(found: Found, text: str, says: tuple[str, str] | None = None) -> FieldView | None:
    """The box that confirms exactly this text, naming what it gives away; None where it gives nothing away. `says` are
    its label and its option, where it is no message to the referrer."""
    held = given_away(guard.actor(), found, text)
    if not held:
        return None
    label, option = says or (
        _("This message has words that the report keeps secret"),
        _("I have checked it: the referrer may read this"),
    )
    return FieldView(
        "checkboxes",
        "confirmed",
        label,
        hint="; ".join(one.words for one in held),
        options=(OptionView(mark(text, held), option),),
    )
