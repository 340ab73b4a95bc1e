"""Our own small forms about reports: why somebody disagrees or withdraws, and who goes on with a draft."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.referrals.commands.drafts import LONGEST_REASON
from portal.referrals.commands.following import MOST_WORDS
from portal.referrals.sifting import MOST_SEARCHED
from portal.web.fields import choices
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


class Emails(Input):
    """How somebody wants to be told by email."""

    when = Choice(
        _l("When do you want emails?"),
        message=_l("Choose when you want emails"),
        choices=(("at_once", _l("Each time something happens")), ("daily", _l("Once a day, in the morning"))),
        description=_l("A question to you, and news of a harmful file, always come at once."),
    )
    receipts = BooleanField(_l("Send me a receipt when I have sent something"))
    discreet = BooleanField(_l("Keep the subject line discreet: “A message for you” and nothing else"))


class Search(Input):
    """What to look for among one's reports; nothing looks for nothing."""

    words = StringField(
        _l("Search by reference, or by the child’s name or initials"),
        validators=[
            longest(MOST_SEARCHED, _l("Your search must be %(limit)s characters or fewer", limit=MOST_SEARCHED))
        ],
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


class Colleague(Input):
    """A colleague of one's own agency who is asked to help."""

    colleague = SelectField(_l("Colleague"), choices=[], validate_choice=False)
    offered: frozenset[str] = frozenset()

    def offer(self, people: list[tuple[str, str]]) -> None:
        """Offer these people (account, name), nobody chosen beforehand."""
        self.offered = frozenset(key for key, _name in people)
        self.colleague.choices = choices([("", _("Select a colleague")), *people])

    def validate_colleague(self, field: SelectField) -> None:
        """Refuse nobody chosen, and whoever was not offered."""
        if field.data not in self.offered:
            raise ValidationError(_("Select a colleague"))


class HandOver(Colleague):
    """Who goes on with a draft, and whether its author until now helps."""

    stay = BooleanField(_l("I go on helping with this draft"))
