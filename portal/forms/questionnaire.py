"""A council's questionnaire once read: pages of triage questions, sections, and the short urgent form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.forms.conditions import STRUCTURED, Asked, Test, holds
from portal.forms.facts import Facts, untimed
from portal.forms.mistakes import Text

ONE_CHOICE = frozenset({"radios", "select", "search", "yes_no"})
CHOICES = ONE_CHOICE | {"checkboxes", "levels"}
TYPES = (
    CHOICES
    | STRUCTURED
    | {"text", "textarea", "date", "number", "age", "tel", "email", "postcode", "nhs_number", "upn"}
)
DATE_FORMS = ("exact", "month", "year", "estimated", "due")
"""How well a date may be known: the day, the month, the year, about when, or the day a baby is due."""
SENSITIVITIES = ("P", "SC", "CO", "CONF", "N")
NOT_KNOWN = "not_known"
"""The stored answer "not known" of a question that allows it (`not_known: true`)."""
Severity = tuple[tuple[str, ...], ...] | str


@dataclass(frozen=True)
class Option:
    """One answer of a question with choices; an exclusive one ("none of these") empties the others.

    `code` is what a statutory return calls this answer, in the code list that the question names.
    """

    value: str
    label: Text
    hint: Text | None = None
    exclusive: bool = False
    code: str | None = None


@dataclass(frozen=True)
class Level:
    """One described level of a `levels` question."""

    value: int
    label: Text


@dataclass(frozen=True)
class Guidance:
    """Help beside a question: what a threshold means, and examples of a good answer."""

    title: Text
    body: Text
    examples: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Repeat:
    """How often a section or a group is given (children, household) and which answers name an item."""

    min: int
    max: int
    item: Text
    title_from: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question; `required` is true, false or a test over the answers, `show_when` a test or always.

    `fact` names what the answer is ("child.school"), for those who must find it whatever the question is called;
    `flags` says that the options are signs of serious harm, which the council reads first. `severity` orders the
    answers from the least to the most worrying; `unsure_of` names the question whose signs these are in doubt;
    `strengths` says that the answers are comforts. A `group` asks its own `questions` of each of several people.
    """

    key: str
    type: str
    label: Text
    hint: Text | None = None
    required: bool | Test = False
    options: tuple[Option, ...] = ()
    levels: tuple[Level, ...] = ()
    show_when: Test | None = None
    min: int | None = None
    max: int | None = None
    fact: str | None = None
    sensitivity: str = "P"
    not_known: bool = False
    flags: bool = False
    forms: tuple[str, ...] = ("exact",)
    not_before: str | None = None
    not_after: str | None = None
    format: str | None = None
    decimals: int | None = None
    guidance: Guidance | None = None
    codes: str | None = None
    severity: Severity | None = None
    unsure_of: str | None = None
    strengths: bool = False
    questions: tuple[Question, ...] = ()
    repeat: Repeat | None = None

    def asked(self) -> Asked:
        """Return what conditions may know of this question."""
        options = {option.value for option in self.options} | ({NOT_KNOWN} if self.not_known else set())
        exclusive = {option.value for option in self.options if option.exclusive}
        return Asked(self.type, frozenset(options), frozenset(exclusive))

    def chosen(self, answer: object) -> tuple[Option, ...]:
        """Return the options that a stored answer chose, in the form's order, without an exclusive "none of these"."""
        given = answer if isinstance(answer, list | tuple) else [answer]
        return tuple(option for option in self.options if option.value in given and not option.exclusive)

    def is_required(self, answers: Mapping[str, object] | Facts) -> bool:
        """Tell whether an answer must be given, in the light of the others."""
        return self.required if isinstance(self.required, bool) else holds(self.required, answers)


@dataclass(frozen=True)
class Page:
    """One page of triage questions. A page's `show_when` is folded into each of its questions."""

    key: str
    title: Text
    intro: Text | None
    questions: tuple[Question, ...]
    inset: Text | None = None


@dataclass(frozen=True)
class Section:
    """One section of the task list; with `repeat`, one item's questions."""

    key: str
    title: Text
    intro: Text | None
    questions: tuple[Question, ...]
    repeat: Repeat | None = None
    show_when: Test | None = None
    inset: Text | None = None


@dataclass(frozen=True)
class Form:
    """One questionnaire of a council, read from its folder or from a published version."""

    key: str
    title: Text
    triage: tuple[Page, ...]
    sections: tuple[Section, ...]
    urgent: tuple[Section, ...]
    inset: Text | None = None
    out_of_hours: Text | None = None

    def section(self, key: str) -> Section:
        """Return a section of the full form, else of the urgent form; raises KeyError."""
        for section in (*self.sections, *self.urgent):
            if section.key == key:
                return section
        raise KeyError(key)

    def page(self, key: str) -> Page:
        """Return a triage page; raises KeyError."""
        for page in self.triage:
            if page.key == key:
                return page
        raise KeyError(key)

    def triage_questions(self) -> list[Question]:
        """Return the triage questions in order."""
        return [question for page in self.triage for question in page.questions]

    def flags(self, triage: Mapping[str, object]) -> list[tuple[Question, tuple[Option, ...]]]:
        """Return each triage question about signs of serious harm that was answered, with the signs chosen."""
        return [
            (question, question.chosen(triage[question.key]))
            for question in self.triage_questions()
            if question.flags and triage.get(question.key)
        ]

    def questions(self) -> list[Question]:
        """Return the questions of triage and of every section (not those of the urgent form), in order."""
        return [
            *self.triage_questions(),
            *(question for part in self.sections for question in part.questions),
        ]

    def fields(self) -> list[Question]:
        """Return every question of the form: triage, sections, the urgent form, and those inside groups."""
        asked = [*self.questions(), *(question for part in self.urgent for question in part.questions)]
        return [one for question in asked for one in (question, *question.questions)]


def is_shown(thing: Question | Section, answers: Mapping[str, object] | Facts) -> bool:
    """Tell whether a question or section applies, given the answers so far."""
    return thing.show_when is None or holds(thing.show_when, answers)


def visible(questions: Iterable[Question], answers: Mapping[str, object]) -> list[Question]:
    """Return the questions that apply, in order; the answer of one not shown counts as not given."""
    known = dict(answers)
    facts = untimed(known)
    asked = []
    for question in questions:
        if is_shown(question, facts):
            asked.append(question)
        else:
            known.pop(question.key, None)
            facts.forget(question.key)
    return asked


def prune(form: Form, answers: Mapping[str, object], keep: Collection[str] = ()) -> dict[str, object]:
    """Return the answers without those of questions and sections that do not apply or do not exist.

    `answers` is flat (question key: value); a repeated section is under its own key as a list of such
    mappings. `keep` names other keys to keep, such as the override answer.
    """
    kept = {key: answers[key] for key in keep if key in answers}
    _keep_shown(form.triage_questions(), answers, kept)
    for section in (*form.sections, *form.urgent):
        if not is_shown(section, kept):
            continue
        if section.repeat is None:
            _keep_shown(section.questions, answers, kept)
        elif section.key in answers:
            kept[section.key] = _keep_items(section, answers[section.key], kept)
    return kept


def _keep_shown(questions: Sequence[Question], answers: Mapping[str, object], kept: dict[str, object]) -> None:
    own = {question.key for question in questions}
    known = {**kept, **{key: value for key, value in answers.items() if key in own}}
    kept.update(_shown(questions, known, answers))


def _shown(
    questions: Sequence[Question], known: Mapping[str, object], answers: Mapping[str, object]
) -> dict[str, object]:
    shown = visible(questions, known)
    hidden = {question.key for question in questions} - {question.key for question in shown}
    around = {key: value for key, value in known.items() if key not in hidden}
    return {
        question.key: _keep_items(question, answers[question.key], around)
        if question.type == "group"
        else answers[question.key]
        for question in shown
        if question.key in answers
    }


def _keep_items(repeated: Section | Question, items: object, known: Mapping[str, object]) -> list[dict[str, object]]:
    return [
        _shown(repeated.questions, {**known, **item}, item)
        for item in (items if isinstance(items, list | tuple) else ())
        if isinstance(item, Mapping)
    ]
