"""What is not asked any more is not sent, and is there again when the path comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.facts import is_empty
from portal.forms.folder import load_rules
from portal.forms.questionnaire import Form, Question, is_shown, visible
from portal.forms.schema import parse_form
from portal.referrals.paths import Walked, remembered, walk
from tests.referrals.making import value_of

COUNCILS = Path(__file__).resolve().parents[2] / "config" / "councils"
FORMS = {
    (slug, family): load_rules(COUNCILS / slug, family)[0]
    for slug in ("avonmere", "glan-yr-afon")
    for family in ("concern", "information", "service")
}
GROUPED = parse_form(
    {
        "key": "concern",
        "title": {"en": "A form"},
        "triage": {"pages": []},
        "sections": [
            {
                "key": "home",
                "title": {"en": "Home"},
                "questions": [
                    {"key": "others", "type": "yes_no", "label": {"en": "Others?"}, "required": True},
                    {
                        "key": "adults", "type": "group", "label": {"en": "Adults"},
                        "show_when": {"answer": "others", "is": "yes"}, "min": 1, "max": 4,
                        "item": {"en": "Adult"}, "title_from": ["adult_name"],
                        "questions": [
                            {"key": "adult_name", "type": "text", "label": {"en": "Name"}, "required": True},
                            {"key": "adult_harm", "type": "yes_no", "label": {"en": "Harm?"}},
                            {
                                "key": "adult_how", "type": "text", "label": {"en": "How?"}, "required": True,
                                "show_when": {"answer": "adult_harm", "is": "yes"},
                            },
                        ],
                    },
                ],
            }
        ],
    }
)  # fmt: skip


class Writer:
    """Somebody who saves pages in any order, as the views save them."""

    def __init__(self, form: Form) -> None:
        self.form, self.triage = form, {}  # type: tuple[Form, dict[str, Any]]
        self.sections: dict[str, Any] = {}

    def walked(self) -> Walked:
        return walk(self.form, "full", self.triage, self.sections)

    def save_page(self, place: int, answers: dict[str, Any]) -> None:
        page = self.form.triage[place % len(self.form.triage)]
        reachable = self.walked().triage
        own = {question.key for question in page.questions}
        others = {key: value for key, value in self.triage.items() if key not in own}
        given_now = answered(page.questions, answers, reachable)
        self.triage = {**others, **remembered(page.questions, given_now, self.triage, reachable)}

    def save_section(self, place: int, answers: dict[str, Any]) -> None:
        shown = self.walked().shown
        section = shown[place % len(shown)]
        known = self.walked().known()
        body = answered(section.questions, answers, known)
        if section.repeat is not None:
            self.sections[section.key] = [remembered(section.questions, body, {}, known)]
            return
        saved = self.sections.get(section.key) or {}
        self.sections[section.key] = remembered(section.questions, body, saved, known)


def answered(questions: Any, answers: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What a page of these questions reads: nothing of a question that is not shown."""
    own = {question.key for question in questions}
    here = {key: value for key, value in known.items() if key not in own}
    found: dict[str, Any] = {}
    for question in questions:
        if question.key in answers and is_shown(question, {**here, **found}):
            found[question.key] = answers[question.key]
    return found


def choice(question: Question) -> st.SearchStrategy[Any]:
    if question.type in {"radios", "select", "search"}:
        return st.sampled_from([option.value for option in question.options])
    if question.type == "checkboxes":
        return st.lists(st.sampled_from([option.value for option in question.options]), min_size=1, max_size=3)
    if question.type == "age":
        return st.integers(0, 20)
    return st.just(value_of(question))


@st.composite
def steps(draw: st.DrawFn, name: tuple[str, str]) -> list[tuple[str, int, dict[str, Any]]]:
    form, found = FORMS[name], []
    for _ in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(["page", "section"])) if form.triage else "section"
        place = draw(st.integers(0, 20))
        questions = form.triage[place % len(form.triage)].questions if kind == "page" else form.questions()
        simple = {question.key: question for question in questions if question.type in SIMPLE}
        picked = draw(st.lists(st.sampled_from(sorted(simple)), max_size=12, unique=True)) if simple else []
        found.append((kind, place, {key: draw(choice(simple[key])) for key in picked}))
    return found


SIMPLE = {"radios", "checkboxes", "select", "text", "textarea", "age", "tel", "postcode"}


def assert_reachable(form: Form, walked: Walked) -> None:
    """Every answer that would be sent is to a question that these answers, and no others, open."""
    assert set(walked.triage) <= {question.key for question in visible(form.triage_questions(), walked.triage)}
    known = walked.known()
    assert set(walked.sections) == {section.key for section in form.sections if is_shown(section, known)}
    for section in walked.shown:
        body = walked.sections[section.key]
        for item in body if isinstance(body, list) else [body]:
            own = {question.key for question in section.questions}
            around = {key: value for key, value in known.items() if key not in own}
            assert set(item) <= {question.key for question in visible(section.questions, {**around, **item})}
            assert not any(is_empty(value) for value in item.values())


@pytest.mark.parametrize("name", FORMS, ids="-".join)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_order_of_saves_sends_exactly_a_reachable_path_and_going_back_restores(name: Any, data: Any) -> None:
    form = FORMS[name]
    writer = Writer(form)
    for kind, place, answers in data.draw(steps(name)):
        (writer.save_page if kind == "page" else writer.save_section)(place, answers)
        assert_reachable(form, writer.walked())
    before, place = writer.walked(), data.draw(st.integers(0, 20))
    if not form.triage:
        return
    page = form.triage[place % len(form.triage)]
    if not all(question.key in before.triage for question in page.questions if is_shown(question, before.triage)):
        return
    mine = {question.key: before.triage[question.key] for question in page.questions if question.key in before.triage}
    others = data.draw(st.fixed_dictionaries({q.key: choice(q) for q in page.questions if q.type in SIMPLE}))
    writer.save_page(place, others)
    assert_reachable(form, writer.walked())
    writer.save_page(place, mine)
    assert (writer.walked().triage, writer.walked().sections) == (before.triage, before.sections)


def test_the_people_of_a_group_come_back_with_the_question_that_opens_it() -> None:
    people = [{"adult_name": "One", "adult_harm": "no", "adult_how": "kept aside"}]
    section = GROUPED.sections[0]
    body = {"others": "yes", "adults": people}
    sent = walk(GROUPED, "full", {}, {"home": body})
    assert sent.sections["home"]["adults"] == [{"adult_name": "One", "adult_harm": "no"}]
    assert sent.missing == []
    closed = remembered(section.questions, {"others": "no"}, body, {})
    assert "adults" not in walk(GROUPED, "full", {}, {"home": closed}).sections["home"]
    again = remembered(section.questions, {"others": "yes"}, closed, {})
    assert again["adults"] == people


def test_a_group_that_needs_somebody_is_missing_without_and_with_somebody_half_described() -> None:
    for people in ([], [{"adult_harm": "yes"}], [{"adult_name": "One", "adult_harm": "yes"}]):
        walked = walk(GROUPED, "full", {}, {"home": {"others": "yes", "adults": people}})
        assert [gap.question for gap in walked.missing] == ["adults"], people
    assert walk(GROUPED, "full", {}, {"home": {"others": "no"}}).missing == []
