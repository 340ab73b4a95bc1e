"""What the pages about a challenged decision accept."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from portal.messaging.inputs import one_kind_of_line
from portal.onward.commands.challenges import MAX_NAME, MAX_WORDS
from portal.web.inputs import Choice, Input, Once, longest, needed

_TOO_LONG = _l("This must be %(limit)s characters or fewer", limit=MAX_WORDS)


class ChallengeInput(Once):
    """Why somebody disagrees with a decision, and what they want instead; `level` is what the page offered."""

    level = HiddenField()
    why = TextAreaField(
        _l("Why do you disagree?"),
        description=_l("Say what the decision does not take into account, and what you fear will happen."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[needed(_l("Enter why you disagree")), longest(MAX_WORDS, _TOO_LONG)],
    )
    wanted = TextAreaField(
        _l("What do you want to happen instead?"),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[needed(_l("Enter what you want to happen instead")), longest(MAX_WORDS, _TOO_LONG)],
    )


class AnswerInput(Input):
    """Whether the decision stays, and why."""

    verdict = Choice(
        _l("What is the answer?"),
        message=_l("Say whether the decision stays"),
        choices=[
            ("upheld", _l("The decision stays as it is")),
            ("changed", _l("The decision will be changed: you correct it in the next step")),
        ],
    )
    words = TextAreaField(
        _l("Reasons for the answer"),
        description=_l("Whoever challenged the decision reads this."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[needed(_l("Enter the reasons for the answer")), longest(MAX_WORDS, _TOO_LONG)],
    )
    on_behalf = StringField(
        _l("Whose answer is it, if it is not yours? (optional)"),
        description=_l(
            "For example, the name and role of somebody who does not use this portal. You only write it down."
        ),
        render_kw={"max_length": MAX_NAME},
        validators=[
            longest(MAX_NAME, _l("The name and role must be %(limit)s characters or fewer", limit=MAX_NAME))
        ],
    )  # fmt: skip
