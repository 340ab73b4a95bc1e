"""Accepting a council's terms of use."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField

from portal.web.inputs import Input, needed


class AcceptTerms(Input):
    """One box to tick, and the number of the version that the page showed."""

    number = HiddenField()
    accept = BooleanField(
        _l("I have read the terms of use and I accept them"),
        [needed(_l("Tick the box to say that you accept the terms of use"))],
    )
