"""What the screening pages accept: a priority, an outcome to begin with, who sees a report, why it is kept."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField

from portal.kernel.digits import whole
from portal.kernel.language import say
from portal.messaging.inputs import one_kind_of_line
from portal.screening.commands.decisions import MAX_TEXT
from portal.screening.commands.opening import MAX_WORDS
from portal.screening.commands.pairing import MAX_WORDS as MOST_REASON
from portal.tenants.settings import Council
from portal.web.inputs import Choice, Input, Once, longest, needed

MOST_MESSAGES = 1_000_000
MAX_REFERENCE = 40


class OutcomeInput(Input):
    """Which outcome: the first step, asked with GET, so without a CSRF token."""

    class Meta(Input.Meta):
        """Nothing is changed by choosing."""

        csrf = False

    outcome = Choice(_l("What is the outcome?"), message=_l("Choose the outcome"))

    def offer(self, council: Council, language: str) -> OutcomeInput:
        """Offer the council's own outcomes."""
        self.outcome.choices = [(one.key, say(one.label, language)) for one in council.outcomes]
        return self


class _Reasoned(Input):
    """A reason of a list."""

    reason = Choice(_l("What is the reason?"), message=_l("Select the reason"))


class RestrictInput(_Reasoned):
    """Why a report is restricted, and to whom."""

    words = TextAreaField(
        _l("Say more about the reason"),
        description=_l("You must do this if you chose another reason. Only the people on the list can read it."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[longest(MAX_WORDS, _l("This must be %(limit)s characters or fewer", limit=MAX_WORDS))],
    )
    people = SelectMultipleField(
        _l("Who else may see it?"),
        description=_l("You are always on the list. A second practice manager can lift the restriction with you."),
        validate_choice=False,
    )


class ListInput(Input):
    """Who may see a restricted report."""

    people = SelectMultipleField(
        _l("Who else may see it?"),
        description=_l("You are always on the list. A second practice manager can lift the restriction with you."),
        validate_choice=False,
    )


class OpenInput(_Reasoned):
    """Which restricted record somebody must read, and why."""

    reference = StringField(
        _l("Reference"),
        [needed(_l("Enter the reference")), longest(MAX_REFERENCE, _l("Enter the reference as you know it"))],
        description=_l("For example, ABC-DEF-GHJ."),
        render_kw={"width": 20, "autocomplete": "off"},
    )
    words = TextAreaField(
        _l("Why do you need to read it now?"),
        description=_l("The practice managers read this. Do not write about the child."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[
            needed(_l("Enter why you need to read it now")),
            longest(MAX_WORDS, _l("This must be %(limit)s characters or fewer", limit=MAX_WORDS)),
        ],
    )


class RefusalInput(Once):
    """Why the council goes on with what its author asks to withdraw; the question on the same page is `message`."""

    confirmed = HiddenField()

    why = TextAreaField(
        _l("Why do you go on with it?"),
        description=_l("The referrer reads this as a message."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[
            needed(_l("Enter why you go on with it")),
            longest(MAX_TEXT, _l("This must be %(limit)s characters or fewer", limit=MAX_TEXT)),
        ],
    )


class HoldInput(Input):
    """Why a report must be kept past its time."""

    words = TextAreaField(
        _l("Why must this be kept?"),
        description=_l("For example, a court case, a police investigation or a complaint. Practice managers read it."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[
            needed(_l("Enter why this must be kept")),
            longest(MAX_WORDS, _l("This must be %(limit)s characters or fewer", limit=MAX_WORDS)),
        ],
    )


class SendBackInput(Input):
    """Why a proposed decision is sent back."""

    words = TextAreaField(
        _l("Why do you send it back?"),
        description=_l("Whoever proposed it reads this. The referrer does not."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[
            needed(_l("Enter why you send it back")),
            longest(MAX_TEXT, _l("This must be %(limit)s characters or fewer", limit=MAX_TEXT)),
        ],
    )


class LiftInput(Input):
    """Why a report need not be kept past its time any more."""

    words = TextAreaField(
        _l("Why can the hold be lifted?"),
        description=_l("Practice managers read it."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[
            needed(_l("Enter why the hold can be lifted")),
            longest(MAX_WORDS, _l("This must be %(limit)s characters or fewer", limit=MAX_WORDS)),
        ],
    )
    since = HiddenField()


def whole_number(text: object) -> int | None:
    """A count that was posted, or None."""
    return whole(text, len(str(MOST_MESSAGES)) - 1)


class SeekInput(Input):
    """Another report, by its reference."""

    other = StringField(
        _l("Reference of the other report"),
        validators=[
            needed(_l("Enter the reference")),
            longest(MAX_REFERENCE, _l("The reference must be %(limit)s characters or fewer", limit=MAX_REFERENCE)),
        ],
    )


class VerdictInput(Input):
    """Whether two reports are about one child."""

    verdict = Choice(_l("Are both about the same child?"), message=_l("Say whether both are about the same child"))
    because = TextAreaField(
        _l("Why do you think so? (optional)"),
        filters=[one_kind_of_line],
        render_kw={"max_length": MOST_REASON},
        validators=[longest(MOST_REASON, _l("The reason must be %(limit)s characters or fewer", limit=MOST_REASON))],
    )
    verdict_seen = HiddenField()


class LinkInput(Input):
    """How two reports hang together."""

    link = Choice(_l("How do they belong together?"), message=_l("Say how they belong together"))
    why = TextAreaField(
        _l("Why do you link them?"),
        filters=[one_kind_of_line],
        render_kw={"max_length": MOST_REASON},
        validators=[
            needed(_l("Enter why you link them")),
            longest(MOST_REASON, _l("The reason must be %(limit)s characters or fewer", limit=MOST_REASON)),
        ],
    )
    link_seen = HiddenField()
