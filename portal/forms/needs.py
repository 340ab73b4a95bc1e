"""What each family of forms must ask, because screening cannot work without it: facts, whatever the questions say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.forms.families import CONCERN, INFORMATION, SERVICE
from portal.forms.questionnaire import Form, Question
from portal.kernel.language import Text, words


def N_(text: str) -> str:  # noqa: N802 - the extractor's name for "translate this later"
    """Mark a sentence for the catalogue; it is looked up in the language in which it is told."""
    return text


@dataclass(frozen=True)
class Need:
    """Something that a form must ask: one of some sets of facts, in the whole form or in its short urgent form."""

    message: str
    one_of: tuple[tuple[str, ...], ...]
    urgent: bool = False

    def met(self, facts: Iterable[str]) -> bool:
        """Tell whether questions with these facts satisfy it."""
        known = set(facts)
        return any(known.issuperset(facts_together) for facts_together in self.one_of)

    def words(self, language: str) -> str:
        """What is missing, as a sentence."""
        return words(language, self.message)

    def text(self) -> Text:
        """The sentence in every language of the product."""
        return {language: self.words(language) for language in ("en", "cy")}

    def __str__(self) -> str:
        return f"{self.words('en')} (fact: {' or '.join(' and '.join(facts) for facts in self.one_of)})"


def _facts(*names: str) -> tuple[tuple[str, ...], ...]:
    return tuple((name,) for name in names)


CHILD = Need(N_("No question asks for the child’s name."), (("child.name",), ("child.first_name", "child.last_name")))
CONSENT = Need(
    N_("No question asks whether the family know or agree."),
    _facts("consent.agreed", "consent.told", "consent.family"),
)
PHONE = Need(N_("No question asks for the referrer’s telephone number."), _facts("referrer.phone"))

NEEDS: Mapping[str, tuple[Need, ...]] = {
    CONCERN: (
        CHILD,
        Need(N_("No question asks for the child’s date of birth or age."), _facts("child.date_of_birth", "child.age")),
        Need(N_("No question asks for the child’s postcode."), _facts("child.postcode", "child.address")),
        Need(N_("No question asks for the main category of concern."), _facts("concern.main_category")),
        Need(N_("No question asks what happened."), _facts("concern.happened")),
        PHONE,
        CONSENT,
    ),
    INFORMATION: (
        Need(
            N_("No question asks for the name of the person whom the request is about."),
            (("subject.name",), ("subject.first_name", "subject.last_name")),
        ),
        Need(
            N_("No question asks for the date of birth of the person whom the request is about."),
            _facts("subject.date_of_birth"),
        ),
        Need(N_("No question asks what the information is for."), _facts("request.purpose")),
    ),
    SERVICE: (
        CHILD,
        CONSENT,
        Need(N_("No question asks what the family need."), _facts("request.needs")),
    ),
}
URGENT: tuple[Need, ...] = (
    Need(N_("The urgent form does not ask where the child is now."), _facts("now.place"), urgent=True),
    Need(N_("The urgent form does not ask what has happened."), _facts("concern.happened"), urgent=True),
    Need(
        N_("The urgent form does not ask for the referrer’s telephone number."), _facts("referrer.phone"), urgent=True
    ),
    Need(N_("The urgent form does not ask whether the referrer has phoned."), _facts("referrer.rang"), urgent=True),
)


def missing_facts(form: Form) -> list[Need]:
    """What the form must ask and does not, in the order of the needs; empty when it can be published.

    A family that is not one of the product's has no needs. The urgent form counts only where there is one.
    """
    asked = _asked(form.questions())
    found = [need for need in NEEDS.get(form.key, ()) if not need.met(asked)]
    if form.urgent:
        short = _asked(question for section in form.urgent for question in section.questions)
        found += [need for need in URGENT if not need.met(short)]
    return found


def _asked(questions: Iterable[Question]) -> set[str]:
    """The facts that some question answers, also one that is asked of each of several people."""
    inner = [one for question in questions for one in (question, *(getattr(question, "questions", None) or ()))]
    return {question.fact for question in inner if question.fact}
