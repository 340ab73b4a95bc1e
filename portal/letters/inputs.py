"""What the pages of letters accept: which letter to whom, and the check before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, TextAreaField

from portal.kernel.digits import whole
from portal.kernel.language import say
from portal.letters.commands import MOST_ADDRESS, NO, YES, Wanted
from portal.letters.models import BOTH
from portal.letters.safety import Addressee
from portal.letters.wording import language_words
from portal.messaging.inputs import one_kind_of_line
from portal.tenants.settings import Council
from portal.web.inputs import Choice, Input, Once, longest, needed

_YES_NO = ((YES, _l("Yes")), (NO, _l("No")))


class ChooseInput(Input):
    """Which letter, to whom, in which language; in the address of the next page."""

    template = Choice(_l("Which letter?"), message=_l("Choose a letter"))
    person = Choice(
        _l("To whom?"),
        description=_l("Those to whom nobody may write are not on this list."),
        message=_l("Choose a person"),
    )
    language = Choice(_l("In which language?"), message=_l("Choose a language"))

    def offer(self, council: Council, people: Sequence[Addressee], language: str, outcome: str) -> ChooseInput:
        """Offer the council's letters for that outcome ("": none yet), the people who may be written to, and the
        council's languages."""
        self.template.choices = _letters(council, language, outcome)
        self.person.choices = [(str(one.number), one.name) for one in people if not one.refused]
        self.language.choices = _languages(council)
        return self


def _letters(council: Council, language: str, outcome: str) -> list[tuple[str, str]]:
    return [(key, say(one.title, language)) for key, one in council.letters.items() if one.goes_with(outcome)]


def _languages(council: Council) -> list[tuple[str, str]]:
    known = language_words()
    several = (*council.languages, BOTH) if len(council.languages) > 1 else council.languages
    return [(key, known[key]) for key in several]


class LetterInput(Once):
    """The check: is it safe to send?"""

    # Choices in the form that asks for another letter.
    template: Any = HiddenField()
    person = HiddenField()
    language: Any = HiddenField()
    address = TextAreaField(
        _l("Address"),
        description=_l("Where this person lives now, as far as you know."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MOST_ADDRESS},
        validators=[
            needed(_l("Enter the address")),
            longest(MOST_ADDRESS, _l("The address must be 500 characters or fewer")),
        ],
    )
    safe = Choice(
        _l("Is it safe to write to this person at this address?"),
        choices=_YES_NO,
        message=_l("Choose whether it is safe to write there"),
    )
    harmer = Choice(
        _l("Does somebody who may have caused harm live there, or could they open the post?"),
        choices=_YES_NO,
        message=_l("Choose whether somebody who may have caused harm could open it"),
    )
    checked = BooleanField(_l("I have checked this with what the council knows of the family"))

    def wanted(self) -> Wanted:
        """The letter that was asked for; a person whom nobody named is none."""
        number = whole(self.person.data)
        return Wanted(
            template=str(self.template.data or ""),
            person=-1 if number is None else number,
            language=str(self.language.data or ""),
            address=str(self.address.data or ""),
            safe=str(self.safe.data or ""),
            harmer=str(self.harmer.data or ""),
            checked=YES if self.checked.data else "",
        )


class AgainInput(LetterInput):
    """The check of a letter that does not fit the report any more: another is chosen, and what was typed stays."""

    template = Choice(_l("Which letter?"), message=_l("Choose a letter"))
    language = Choice(_l("In which language?"), message=_l("Choose a language"))

    def offer(self, council: Council, language: str, outcome: str) -> AgainInput:
        """Offer the council's letters for that outcome ("": none yet), and its languages."""
        self.template.choices = _letters(council, language, outcome)
        self.language.choices = _languages(council)
        return self
