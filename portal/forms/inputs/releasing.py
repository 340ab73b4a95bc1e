"""What the pages between a draft and its publication accept: a note, reasons, a comment, why it is sent back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import Optional

from portal.forms.commands.comments import LONGEST
from portal.forms.commands.releasing import LONGEST_NOTE
from portal.web.inputs import Input, Once, longest, needed


class SubmitInput(Input):
    """Why the form changes, and whether reports under way must go on with the new version."""

    note = TextAreaField(
        _l("What changes, and why?"),
        description=_l("The second person reads this first, and it stays in the history. Name no child or family."),
        validators=[
            needed(_l("Enter what changes and why")),
            longest(LONGEST_NOTE, _l("What changes and why must be %(limit)s characters or fewer", limit=LONGEST_NOTE)),
        ],
        render_kw={"max_length": LONGEST_NOTE},
    )
    must_restart = BooleanField(
        _l("Whoever is writing one must go on with the new version"),
        description=_l(
            "Tick this only when the old questions are wrong. Whoever is writing is told that the questions "
            "have changed, and keeps every answer that still fits. Otherwise they finish with the version they began."
        ),
    )


class SendBackInput(Once):
    """Why a submitted draft is opened again."""

    comment = TextAreaField(
        _l("What needs to change?"),
        description=_l("This becomes a comment on the draft, which its writers read."),
        validators=[
            needed(_l("Enter what needs to change")),
            longest(LONGEST, _l("What needs to change must be %(limit)s characters or fewer", limit=LONGEST)),
        ],
        render_kw={"max_length": LONGEST},
    )


class TakeBackInput(Once):
    """The submitter opens their own draft again, and need not say why."""

    comment = TextAreaField(
        _l("Why do you take it back? (optional)"),
        validators=[
            Optional(),
            longest(LONGEST, _l("Why you take it back must be %(limit)s characters or fewer", limit=LONGEST)),
        ],
        render_kw={"max_length": LONGEST},
    )


class CommentInput(Once):
    """A comment; the view fills in the places in the reader's language."""

    place = SelectField(_l("What is it about?"), validate_choice=False)
    body = TextAreaField(
        _l("Your comment"),
        description=_l("Everybody who works on the council’s forms can read it. Name no child or family."),
        validators=[
            needed(_l("Enter your comment")),
            longest(LONGEST, _l("Your comment must be %(limit)s characters or fewer", limit=LONGEST)),
        ],
        render_kw={"max_length": LONGEST},
    )
