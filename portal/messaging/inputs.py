"""What the pages of a thread accept: one message, and the mark that makes a double click one message."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.kernel.digits import whole
from portal.messaging.commands import MAX_TEXT
from portal.messaging.commands.correcting import MOST_REASON
from portal.tenants.asking_settings import MOST_DAYS
from portal.web.inputs import Once, longest, needed


def one_kind_of_line(text: str | None) -> str | None:
    """Line breaks as the database keeps them, so that they count once towards the limit."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if text else text


class MessageInput(Once):
    """A message; subclasses add the field `message` in the words of their side."""


class QuestionInput(MessageInput):
    """The council asks."""

    confirmed = HiddenField()
    days = StringField(
        _l("Working days for the answer"),
        description=_l("From 1 to 20. The referrer sees until when, and is reminded once when it passes."),
        render_kw={"kind": "number", "width": 5},
    )
    message = TextAreaField(
        _l("Your question to the referrer"),
        description=_l(
            "The referrer is told by email that there is a question, without its words. Ask only what you need."
        ),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[
            needed(_l("Enter your question")),
            longest(MAX_TEXT, _l("Your question must be %(limit)s characters or fewer", limit=MAX_TEXT)),
        ],
    )

    def validate_days(self, field: StringField) -> None:
        """A number of days, or nothing for what the council usually gives."""
        number = whole(field.data)
        if field.data and (number is None or not 1 <= number <= MOST_DAYS):
            raise ValidationError(str(_l("Enter a whole number from 1 to 20")))


class ReplyInput(MessageInput):
    """The referrer's agency answers."""

    message = TextAreaField(
        _l("Your reply"),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[
            needed(_l("Enter your reply")),
            longest(MAX_TEXT, _l("Your reply must be %(limit)s characters or fewer", limit=MAX_TEXT)),
        ],
    )


class AnswerInput(MessageInput):
    """The referrer's agency answers questions of the form, and may say more."""

    message = TextAreaField(
        _l("Anything else for the council (optional)"),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT // 2},
        validators=[
            longest(MAX_TEXT // 2, _l("Your reply must be %(limit)s characters or fewer", limit=MAX_TEXT // 2)),
        ],
    )


class AdditionInput(MessageInput):
    """The referrer's agency adds something of its own accord."""

    message = TextAreaField(
        _l("What do you want to add?"),
        description=_l(
            "Say when you saw or heard it, and from whom. If a child is in danger, do not wait for an answer here: "
            "phone."
        ),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[
            needed(_l("Enter what you want to add")),
            longest(MAX_TEXT, _l("What you add must be %(limit)s characters or fewer", limit=MAX_TEXT)),
        ],
    )


class CorrectionInput(MessageInput):
    """Why an answer is corrected; the answer itself is the form's own question. `message` is the reason."""

    seen = HiddenField()
    message = TextAreaField(
        _l("Why is it corrected?"),
        description=_l("The council reads this beside the old and the new answer."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MOST_REASON},
        validators=[
            needed(_l("Enter why the answer is corrected")),
            longest(MOST_REASON, _l("Your reason must be %(limit)s characters or fewer", limit=MOST_REASON)),
        ],
    )
