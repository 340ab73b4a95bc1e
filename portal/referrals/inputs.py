"""Our own small forms about reports: why somebody disagrees, and why somebody withdraws."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from portal.referrals.commands.drafts import LONGEST_REASON
from portal.referrals.commands.following import MOST_WORDS
from portal.web.inputs import Choice, Input, longest, needed


class Disagree(Input):
    """Why the route should go up."""

    reason = TextAreaField(
        _l("Why do you think the route should go up?"),
        description=_l("The council reads this with what you send."),
        validators=[
            needed(_l("Enter why you think the route should go up")),
            longest(LONGEST_REASON, _l("Your reason must be 2,000 characters or fewer")),
        ],
        render_kw={"max_length": LONGEST_REASON},
    )


class Withdraw(Input):
    """Why a report is taken back; the view fills in the choices in the reader's language."""

    reason = Choice(
        _l("Why are you withdrawing it?"),
        message=_l("Choose why you are withdrawing it"),
    )
    words = TextAreaField(
        _l("Anything else the council should know (optional)"),
        validators=[longest(MOST_WORDS, _l("This must be 2,000 characters or fewer"))],
        render_kw={"max_length": MOST_WORDS},
    )
