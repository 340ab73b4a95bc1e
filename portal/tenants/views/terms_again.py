"""The question on the page of the terms: must people accept them again?"""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from portal.web.fields import FieldView, OptionView

NAME = "again"
_ANSWERS = {"yes": True, "no": False}


def said() -> bool | None:
    """What was posted; None for nothing."""
    return _ANSWERS.get(request.form.get(NAME, ""))


def view(*, unsaid: bool = False) -> FieldView:
    """The question, with its error when the words have changed and it was not answered."""
    return FieldView(
        "radios",
        NAME,
        _("Must people accept the new words?"),
        _("They are asked when they next sign in, and read nothing until they have accepted. They can always report."),
        request.form.get(NAME, ""),
        _("Select whether people must accept the new words") if unsaid else "",
        options=(
            OptionView("yes", _("Yes: what people agree to has changed")),
            OptionView("no", _("No: it is only a correction, such as of a spelling mistake")),
        ),
    )
