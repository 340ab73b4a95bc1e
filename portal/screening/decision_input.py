"""What the page that records a decision accepts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField

from portal.kernel.language import say
from portal.messaging.inputs import one_kind_of_line
from portal.screening.commands.decisions import MAX_TEXT
from portal.screening.deciding import deciding_of, wanted
from portal.screening.deciding import needs as needs_of
from portal.screening.grounds import MAX_WORDS, Consulted, Grounds
from portal.screening.grounds_words import consent_words, legal_words, not_sought_words
from portal.tenants.settings import Council, Outcome
from portal.web.fields import choices
from portal.web.inputs import Choice, Once, longest, needed


class ConsentInput(Once):
    """Where consent stands; whoever asks for it beside other things adds its own fields."""

    consent = Choice(
        _l("Where does consent stand?"),
        description=_l("Whether somebody who may agree for the child agrees to what happens with what you know."),
        message=_l("Choose where consent stands"),
    )
    not_sought = SelectField(_l("Why was consent not sought?"), validate_choice=False)
    legal = SelectField(_l("What is the legal reason?"), validate_choice=False)
    consent_words = TextAreaField(
        _l("Say more about consent"),
        description=_l("Who agreed, refused or was not asked, and why. You must do this if you chose another reason."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[longest(MAX_WORDS, _l("This must be %(limit)s characters or fewer", limit=MAX_WORDS))],
    )

    def offer_consent(self, legal: tuple[str, ...]) -> None:
        """Offer the reasons about consent, of the legal ones those that the nation has."""
        self.consent.choices = list(consent_words().items())
        self.not_sought.choices = _one_of(list(not_sought_words().items()))
        known = legal_words()
        self.legal.choices = _one_of([(one, known[one]) for one in legal])

    def consent_grounds(self) -> Grounds:
        """What was said of consent, and nothing else of the grounds."""
        position = str(self.consent.data or "")
        why = {"not_sought": self.not_sought.data, "overridden": self.legal.data}.get(position)
        return Grounds(
            consent=position, consent_reason=str(why or ""), consent_words=str(self.consent_words.data or "")
        )


class DecisionInput(ConsentInput):
    """The second step: the route confirmed, the grounds, the words for the referrer. Who was consulted is apart."""

    outcome = HiddenField()
    route = Choice(
        _l("Which route was right?"),
        description=_l("Leave it as it is to confirm the route. What was sent keeps the route it was sent with."),
        message=_l("Choose the route"),
    )
    rationale = TextAreaField(
        _l("Why is this the outcome?"),
        description=_l("For the council only. The referrer does not see this."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[
            needed(_l("Enter why this is the outcome")),
            longest(MAX_TEXT, _l("Your reasons must be %(limit)s characters or fewer", limit=MAX_TEXT)),
        ],
    )
    told = TextAreaField(
        _l("What should the referrer read?"),
        description=_l("Do not write where a child or parent is staying, or who else told you something."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[
            needed(_l("Enter what the referrer should read")),
            longest(MAX_TEXT, _l("The words must be %(limit)s characters or fewer", limit=MAX_TEXT)),
        ],
    )
    reasons = SelectMultipleField(
        _l("Which reasons apply?"), description=_l("Select all that apply."), validate_choice=False
    )
    need = SelectField(
        _l("Primary need"), description=_l("What returns to the government count by."), validate_choice=False
    )
    nobody = TextAreaField(
        _l("If nobody was consulted, why not?"),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_WORDS},
        validators=[longest(MAX_WORDS, _l("This must be %(limit)s characters or fewer", limit=MAX_WORDS))],
    )
    why = TextAreaField(
        _l("What changed, and why?"),
        description=_l("For the council only. The first decision is kept, and this stands beside it."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[longest(MAX_TEXT, _l("This must be %(limit)s characters or fewer", limit=MAX_TEXT))],
    )
    confirmed = HiddenField()
    decision = HiddenField()
    seen = HiddenField()
    read_new = HiddenField()

    def offer(self, council: Council, outcome: Outcome, language: str) -> DecisionInput:
        """Offer what goes with that outcome: its reasons, the primary needs, and the reasons about consent."""
        known = deciding_of(council, outcome.key).reasons
        self.reasons.choices = choices([(one.code, say(one.label, language)) for one in known])
        needs = needs_of(council, outcome)
        self.need.choices = _one_of([(one.code, f"{one.code}: {say(one.label, language)}") for one in needs])
        self.offer_consent(wanted(council, outcome).legal)
        return self

    def grounds(self, consulted: tuple[Consulted, ...]) -> Grounds:
        """What was typed of the grounds, with who was consulted."""
        return replace(
            self.consent_grounds(),
            reasons=tuple(self.reasons.data or ()),
            need=str(self.need.data or ""),
            consulted=consulted,
            nobody=str(self.nobody.data or ""),
        )

    def fill(self, grounds: Grounds) -> None:
        """Show grounds that were given before."""
        self.reasons.data, self.need.data = list(grounds.reasons), grounds.need
        self.nobody.data, self.consent.data, self.consent_words.data = (
            grounds.nobody, grounds.consent, grounds.consent_words,
        )  # fmt: skip
        self.not_sought.data = self.legal.data = grounds.consent_reason


def _one_of(offered: list[tuple[str, str]]) -> list[Any]:
    """The choices of a list in which nothing is chosen yet."""
    return choices([("", _("Choose one")), *offered])
