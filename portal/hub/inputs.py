"""What the pages of the hub accept: to whom a report is opened, and one message."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, TextAreaField

from portal.auth.queries.hub import PartnerAgency
from portal.hub.commands import MAX_QUESTION, MAX_WHY, MAX_WORDS
from portal.hub.sides import ANSWERS, SUMMARY
from portal.kernel.language import say
from portal.messaging.inputs import MessageInput, one_kind_of_line
from portal.web.inputs import Choice, Input, longest, needed

_TOO_LONG = _l("Your message must be %(limit)s characters or fewer", limit=MAX_WORDS)


class OpenInput(MessageInput):
    """A screener opens a report to the partners of an agency."""

    confirmed = HiddenField()
    agency = SelectField(
        _l("Which agency?"),
        description=_l("Agencies of which the council’s administrators have made somebody a partner in the hub."),
        choices=[],
        validate_choice=False,
        validators=[needed(_l("Select an agency"))],
    )
    what = Choice(
        _l("What may they see?"),
        message=_l("Select what they may see"),
        choices=[
            (SUMMARY, _l("Only the category, each child’s initials and age, and your question")),
            (ANSWERS, _l("The answers too, without what is kept secret and without who reported")),
        ],
    )
    question = TextAreaField(
        _l("What do you ask them?"),
        description=_l("Give a name only if they need it to answer you. Share what is needed, and no more."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_QUESTION},
        validators=[
            needed(_l("Enter what you ask them")),
            longest(MAX_QUESTION, _l("Your question must be %(limit)s characters or fewer", limit=MAX_QUESTION)),
        ],
    )

    def offer(self, agencies: Sequence[PartnerAgency], language: str) -> OpenInput:
        """Offer these agencies, none chosen beforehand."""
        self.agency.choices = [
            ("", _l("Select an agency")),
            *((str(one.id), say(one.name, language)) for one in agencies),
        ]
        return self


class AnewInput(Input):
    """Share a report as it is now; `seen` is how many corrections the page knew."""

    seen = HiddenField()


class ReleaseInput(Input):
    """Somebody of the council shows partners what was held; `confirmed` is the mark of what the page showed."""

    confirmed = HiddenField()
    why = TextAreaField(
        _l("Why may they read it?"),
        description=_l("Only the council reads this."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WHY},
        validators=[
            needed(_l("Enter why they may read it")),
            longest(MAX_WHY, _l("Your reason must be %(limit)s characters or fewer", limit=MAX_WHY)),
        ],
    )


class CouncilMessageInput(MessageInput):
    """The council writes to all the agencies to which a report is open."""

    confirmed = HiddenField()
    message = TextAreaField(
        _l("Write in the hub"),
        description=_l("The partners of every agency to which this is open read it. They are told that there is news."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[needed(_l("Enter a message")), longest(MAX_WORDS, _TOO_LONG)],
    )


class PartnerMessageInput(MessageInput):
    """A partner writes to the council and the other agencies."""

    message = TextAreaField(
        _l("Write in the hub"),
        description=_l(
            "The council and the other agencies to which this is open read it. The referrer does not. What may give a "
            "secret away the council looks at before the other agencies read it."
        ),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[needed(_l("Enter a message")), longest(MAX_WORDS, _TOO_LONG)],
    )
