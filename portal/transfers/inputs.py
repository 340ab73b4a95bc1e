"""What the pages of transfers accept."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField, TextAreaField

from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.messaging.inputs import one_kind_of_line
from portal.screening.commands.judging import MAX_TEXT
from portal.screening.decision_input import ConsentInput
from portal.transfers.commands.offering import Wanted
from portal.web.inputs import Choice, Input, as_uuid, longest, needed

_TOO_LONG = _l("This must be %(limit)s characters or fewer", limit=MAX_TEXT)


class ProposeInput(ConsentInput):
    """To which council, what goes along, why, and where consent stands."""

    council = Choice(_l("To which council?"), message=_l("Choose a council"))
    why = TextAreaField(
        _l("Why should they have it?"),
        description=_l("They read this before they decide. Name nobody: they read who it is about when they accept."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[needed(_l("Enter why they should have it")), longest(MAX_TEXT, _TOO_LONG)],
    )
    files = BooleanField(_l("The files go along, as far as they are checked"))
    messages = BooleanField(_l("The messages with the referrer go along, to read"))

    def offer(self, councils: list[Council], legal: tuple[str, ...], language: str) -> ProposeInput:
        """Offer the other councils, and the reasons about consent."""
        self.council.choices = [(one.slug, say(one.name, language)) for one in councils]
        self.offer_consent(legal)
        return self

    def wanted(self) -> Wanted:
        """What was asked for; the mark is minted with the form, a new one where none came back."""
        return Wanted(
            council=str(self.council.data or ""),
            files=bool(self.files.data),
            messages=bool(self.messages.data),
            why=str(self.why.data or ""),
            grounds=self.consent_grounds(),
            once=self.mark(),
        )


class LaterInput(Input):
    """What of a report goes after a transfer that was accepted."""

    things = SelectMultipleField(_l("What should they get?"), validate_choice=False)

    def offer(self, things: Sequence[tuple[str, str]]) -> LaterInput:
        """Offer (id, words) each."""
        self.things.choices = list(things)
        return self

    def chosen(self) -> list[UUID] | None:
        """What was ticked; None for what can be no id."""
        ids = [as_uuid(one) for one in self.things.data or ()]
        return None if None in ids else [one for one in ids if one]


class ReasonInput(Input):
    """Why a proposal is sent back."""

    words = TextAreaField(
        _l("Why do you send it back?"),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[longest(MAX_TEXT, _TOO_LONG)],
    )


class DeclineInput(Input):
    """Why an offer is declined."""

    words = TextAreaField(
        _l("If you do not take it, why?"),
        description=_l("The other council reads this. It keeps the report."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_TEXT},
        validators=[longest(MAX_TEXT, _TOO_LONG)],
    )
