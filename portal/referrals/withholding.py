"""Which answers are left out of a copy that leaves the portal: where somebody is who must not be found, and what
somebody said who stays unnamed. Pure.

Careful by design: one answer that an address must be kept from somebody, or that nobody knows whether it must, leaves
out every place of the report. Families stay together, and a school tells as much as an address.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from portal.forms.questionnaire import Form, Question

CONFIDENTIAL = "CONF"
PLACE_TYPES = frozenset({"address", "postcode", "school", "practice"})
PLACE_FACTS = frozenset({"child.address", "child.postcode", "child.school", "now.place", "now.until"})
SECRET, YES, NO, KIND_OF_PLACE, REFUGE = "_secret", "yes", "no", "_address_type", "refuge"
# Asked for in another council, whose report this was: no question of this one's form need ask it.
UNNAMED = "transferred_unnamed"
# The section in which somebody says who they are.
REFERRER = "referrer"


def keeps_places(triage: Mapping[str, Any], sections: Mapping[str, Any]) -> bool:
    """Whether some answer says, or does not rule out, that an address must be kept from somebody."""
    return any(
        (key.endswith(SECRET) and value != NO) or (key.endswith(KIND_OF_PLACE) and value == REFUGE)
        for key, value in _answers([triage, sections])
    )


def withheld(form: Form, *, places: bool) -> frozenset[str]:
    """The keys of the questions whose answers are left out; `places` as `keeps_places` says."""
    return frozenset(question.key for question in _questions(form) if _withholds(question, places=places))


def place_questions(form: Form) -> tuple[Question, ...]:
    """The questions whose answers say where somebody is."""
    return tuple(one for one in _questions(form) if one.sensitivity != CONFIDENTIAL and _withholds(one, places=True))


def unnamed(form: Form, triage: Mapping[str, Any], sections: Mapping[str, Any]) -> bool:
    """Whether the report asks that somebody who told something stays unnamed."""
    asked = {one.key for one in _questions(form) if one.sensitivity == CONFIDENTIAL and _is_yes_or_no(one)}
    return any((key in asked or key == UNNAMED) and value == YES for key, value in _answers([triage, sections]))


def _is_yes_or_no(question: Question) -> bool:
    """Whether it can be answered with yes or no and nothing else; a council may word the two itself."""
    return question.type == "yes_no" or {one.value for one in question.options} == {YES, NO}


def of_referrer(form: Form) -> frozenset[str]:
    """The keys of the questions about whoever reports, wherever the form asks them."""
    sections = [one for one in (*form.sections, *form.urgent) if one.key == REFERRER]
    of_section = (one.key for section in sections for each in section.questions for one in (each, *each.questions))
    return frozenset([*of_section, *(one.key for one in _questions(form) if (one.fact or "").startswith("referrer."))])


def answers_at(keys: Collection[str], *documents: Mapping[str, Any]) -> tuple[Any, ...]:
    """The answers of these questions, at any depth, of every child and person."""
    return tuple(value for key, value in _answers(list(documents)) if key in keys)


def _withholds(question: Question, *, places: bool) -> bool:
    if question.sensitivity == CONFIDENTIAL:
        return True
    tells = question.type in PLACE_TYPES or question.fact in PLACE_FACTS or "address" in question.key
    return places and tells and not question.key.endswith(SECRET)


def _answers(value: Any) -> Iterator[tuple[str, Any]]:
    """Every answer at any depth with its key."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key), inner
            yield from _answers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _answers(inner)


def _questions(form: Form) -> Iterator[Question]:
    groups = [form.triage_questions(), *(section.questions for section in (*form.sections, *form.urgent))]
    for questions in groups:
        for question in questions:
            yield question
            yield from question.questions
