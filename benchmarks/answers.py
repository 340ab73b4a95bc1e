"""A complete report's answers for any council's form: a scenario's triage, and whatever each question accepts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.forms.queries import Published
from portal.forms.questionnaire import Question, Section
from portal.referrals.paths import TRIAGE, Missing, walk

TRIES = 40
WORDS = (
    "She came in without a coat again and said that nobody was at home when she woke up. I asked her what she "
    "had eaten, and she said crisps. Her teacher has noted the same on four mornings since half-term. 000000"
)
BY_TYPE: Mapping[str, Any] = {
    "text": "Words about it", "textarea": WORDS, "date": "2019-03-27", "number": 7, "age": 7,
    "tel": "01632 960300", "email": "somebody@example.org.uk", "postcode": "AA3 1AB", "nhs_number": "9991000003",
    "upn": "W678123426001", "name": {"first": "Siân", "last": "Llŷr"}, "school": {"name": "Oakfield"},
    "practice": {"name": "Quayside"}, "address": {"lines": "4 Fictional Row", "postcode": "AA3 1AB"}, "group": [],
}  # fmt: skip
DATES: Mapping[str, Any] = {
    "exact": "2019-03-27", "month": "2019-03", "year": "2019", "estimated": {"about": "2019"},
    "due": {"due": "2027-02-01"},
}  # fmt: skip


def complete(published: Published, triage: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Triage answers and sections of a full report with nothing missing, every long text filled; else ValueError."""
    first = dict(triage)
    sections: dict[str, Any] = {
        section.key: [{}] * max(section.repeat.min, 1)
        if section.repeat
        else {one.key: WORDS for one in section.questions if one.type == "textarea"}
        for section in published.form.sections
    }
    override = published.thresholds.override_answer
    for _ in range(TRIES):
        walked = walk(published.form, "full", first, sections, override)
        if not walked.missing:
            return walked.triage, walked.sections
        for gap in walked.missing:
            if gap.section == TRIAGE:
                asked = next(one for one in published.form.triage_questions() if one.key == gap.question)
                first[gap.question] = answer_to(asked)
            else:
                _fill(published.form.section(gap.section), sections, gap)
    raise ValueError(f"still missing: {walked.missing[:3]}")


def _fill(section: Section, sections: dict[str, Any], gap: Missing) -> None:
    value = answer_to(next(one for one in section.questions if one.key == gap.question))
    if gap.item is None:
        sections[section.key] = {**sections[section.key], gap.question: value}
    else:
        items = list(sections[section.key])
        items[gap.item] = {**items[gap.item], gap.question: value}
        sections[section.key] = items


def answer_to(question: Question) -> Any:
    """An answer that the question accepts: its last choice, which is the quiet one, or words of its type."""
    values = [option.value for option in question.options]
    if question.type == "levels":
        return {values[0]: question.levels[0].value}
    if question.type == "checkboxes":
        return values[-1:]
    if question.type == "documents":
        return {"kinds": values[-1:]}
    if question.type == "date":
        return DATES[question.forms[0]]
    return values[-1] if values else BY_TYPE[question.type]
