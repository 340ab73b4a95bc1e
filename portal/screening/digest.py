"""What a screener must know in two minutes, found in the answers by the facts that the council's form marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.forms.facts import is_empty
from portal.forms.families import INFORMATION, SERVICE
from portal.forms.questionnaire import Form, Question, Section
from portal.forms.questions import summary
from portal.kernel import clock
from portal.kernel.language import say
from portal.referrals.elsewhere import PORTAL, Caller
from portal.referrals.projecting import ChildFacts
from portal.referrals.queries.record import Answers, Found, caller_of
from portal.screening import presenting
from portal.web.dates import date_words


@dataclass(frozen=True)
class Line:
    """A short name and an answer in words; `items` are the lines of a choice of several, `href` rings a number."""

    label: str
    value: str
    items: tuple[str, ...] = ()
    href: str = ""


@dataclass(frozen=True)
class Child:
    """One child: name and age in one, and what else is known."""

    words: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Signs:
    """A question about signs of serious harm, and the signs that were chosen there."""

    question: str
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class Digest:
    """The head of a report, or of a request with what it asks for; parts that nobody asked or answered are empty."""

    children: tuple[Child, ...]
    danger: bool
    now: tuple[Line, ...]
    happened: str
    signs: tuple[Signs, ...]
    consent: tuple[Line, ...]
    referrer: tuple[Line, ...]
    request: bool = False
    asked: tuple[Line, ...] = ()
    caller: Caller | None = None
    """Who brought it, where it did not come through the portal."""


Marked = dict[str, list[tuple[Question, Any]]]
"""The answers by what they are; one fact may be asked twice, first in triage and then in the report."""


def digest(
    form: Form, found: Found, children: tuple[ChildFacts, ...], answers: Answers | None, language: str
) -> Digest:
    """The head of a report; `answers` is None once they were destroyed, and the columns are all there is."""
    given, today = answers or Answers(), clock.today()
    marked, each = _marked(form, given)
    return Digest(
        children=tuple(Child(presenting.child_words(child, today), _about(child, each, language)) for child in children)
        or _subjects(form, given, language),
        danger=any(value == "yes" for _question, value in marked.get("now.danger", ())),
        now=_lines(marked, _now(), language),
        happened=str(marked["concern.happened"][0][1]) if "concern.happened" in marked else "",
        signs=tuple(
            Signs(say(question.label, language), tuple(say(option.label, language) for option in chosen))
            for question, chosen in form.flags(given.triage)
        ),
        consent=_lines(marked, _consent(), language),
        referrer=(
            *_lines(marked, _referrer(), language),
            Line(_("Language"), _("Welsh") if found.language == "cy" else _("English")),
        ),
        request=form.key in (INFORMATION, SERVICE),
        asked=_lines(marked, _request(), language),
        caller=caller_of(found) if found.channel != PORTAL else None,
    )


def _marked(form: Form, answers: Answers) -> tuple[Marked, list[Marked]]:
    """The answers that are asked once, and those of each child in the order of the children."""
    once: Marked = {}
    each: list[Marked] = []
    _note(once, form.triage_questions(), answers.triage)
    for section, body in _bodies(form, answers.sections):
        own: Marked = {}
        _note(own, section.questions, body)
        if any(fact.startswith("child.") for fact in own):
            each.append(own)
        if section.repeat is None:
            for fact, several in own.items():
                once.setdefault(fact, []).extend(several)
    return once, each


def _bodies(form: Form, sections: Mapping[str, Any]) -> Iterator[tuple[Section, Mapping[str, Any]]]:
    for section in (*form.urgent, *form.sections):
        body = sections.get(section.key)
        for answers in body if isinstance(body, list) else [body]:
            if isinstance(answers, Mapping):
                yield section, answers


def _note(marked: Marked, questions: list[Question] | tuple[Question, ...], answers: Mapping[str, Any]) -> None:
    for question in questions:
        if question.fact and not is_empty(answers.get(question.key)):
            marked.setdefault(question.fact, []).append((question, answers[question.key]))


def _about(child: ChildFacts, each: list[Marked], language: str) -> tuple[Line, ...]:
    own = each[child.position] if child.position < len(each) else {}
    found = [
        Line(_("Born"), date_words(child.born_on)),
        Line(_("Baby due"), date_words(child.due_on)),
        *_lines(own, {"child.school": _("School")}, language),
        Line(_("Postcode"), child.postcode),
    ]
    return tuple(line for line in found if line.value)


def _subjects(form: Form, answers: Answers, language: str) -> tuple[Child, ...]:
    """The people about whom information is asked for: a name each, and what says who they are."""
    found = []
    for section, body in _bodies(form, answers.sections):
        own: Marked = {}
        _note(own, section.questions, body)
        if any(fact.startswith("subject.") for fact in own):
            names = _lines(
                own, dict.fromkeys(("subject.name", "subject.first_name", "subject.last_name"), ""), language
            )
            lines = _lines(own, _subject(), language)
            found.append(Child(" ".join(line.value for line in names) or _("Name not given"), lines))
    return tuple(found)


def _lines(marked: Marked, names: Mapping[str, str], language: str) -> tuple[Line, ...]:
    """A line for each fact that is known; what the report says counts more than what was said before it."""
    found = []
    for fact, label in names.items():
        if fact in marked:
            question, answer = marked[fact][-1]
            value = summary(question, answer, language)
            items = tuple(value.split("\n")) if question.type == "checkboxes" else ()
            found.append(Line(label, value, items, _ringing(value) if question.type == "tel" else ""))
    return tuple(found)


def _ringing(number: str) -> str:
    return "tel:" + "".join(one for one in number if one in "+0123456789")


def _subject() -> dict[str, str]:
    return {"subject.date_of_birth": _("Born"), "subject.postcode": _("Postcode")}


def _request() -> dict[str, str]:
    return {
        "request.purpose": _("Purpose"),
        "request.wanted": _("What they need to know"),
        "request.needed_by": _("Needed by"),
        "request.needs": _("What is hard"),
        "request.reason": _("Why now"),
    }


def _now() -> dict[str, str]:
    return {
        "now.danger": _("In immediate danger"),
        "now.place": _("Place"),
        "now.until": _("Next sees the person of concern"),
        "now.reach": _("That person can reach the child"),
        "now.visit": _("Risk to staff who visit"),
        "now.visit_risk": _("What the risk is"),
    }


def _consent() -> dict[str, str]:
    return {
        "consent.told": _("Parent or carer told"),
        "consent.who": _("Who was told, and when"),
        "consent.agreed": _("They agree to sharing"),
        "consent.family": _("Family’s agreement before the report"),
        "consent.reasons": _("Why not told, or shared without agreement"),
        "consent.why": _("In the referrer’s words"),
    }


def _referrer() -> dict[str, str]:
    return {
        "referrer.phone": _("Telephone"),
        "referrer.until": _("Best times, and who to phone after"),
        "referrer.rang": _("Has phoned the council"),
        "referrer.rang_when": _("When, and who they spoke to"),
    }
