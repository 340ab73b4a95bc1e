"""A questionnaire as data: what is read, what is refused, and which questions apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.mistakes import SchemaMistakes, at
from portal.forms.schema import Form, parse_form, prune, visible
from tests.forms import third_model
from tests.forms.council_folders import councils

FORM = parse_form(third_model.form())
Change = Callable[[dict[str, Any]], object]

json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def first(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["triage"]["pages"][0]["questions"][0]
    return found


def parts_of(document: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a document."""
    found: list[tuple[Any, Any]] = []
    waiting: list[Any] = [document]
    while waiting:
        here = waiting.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else []
        found += [(here, key) for key in keys]
        waiting += [here[key] for key in keys]
    return found


def test_the_shipped_councils_are_read_and_their_keys_are_found() -> None:
    for form, _ in councils().values():
        assert form.section(form.sections[0].key) is form.sections[0]
        assert form.page("danger").questions[0].required is True
        with pytest.raises(KeyError):
            form.section("nowhere")
        with pytest.raises(KeyError):
            form.page("nowhere")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.pop("triage"), "the document"),
        (lambda d: d.update(tenant_id=1), "tenant_id"),
        (lambda d: first(d).update(type="regex"), "triage.pages[0].questions[0].type"),
        (lambda d: first(d).update(key="a b"), "triage.pages[0].questions[0].key"),
        (lambda d: first(d).update(key="signs"), "triage.pages[0].questions[2].key"),
        (lambda d: first(d).update(label="Hurt?"), "triage.pages[0].questions[0].label"),
        (lambda d: first(d).update(label={"en": "x" * 7000}), "triage.pages[0].questions[0].label.en"),
        (lambda d: first(d).update(required="yes"), "triage.pages[0].questions[0].required"),
        (lambda d: first(d).update(sensitivity="TOP"), "triage.pages[0].questions[0].sensitivity"),
        (lambda d: first(d).update(max=3), "triage.pages[0].questions[0].max"),
        (lambda d: first(d)["options"][0].update(value=True), "triage.pages[0].questions[0].options[0].value"),
        (lambda d: first(d)["options"][0].update(value="no"), "triage.pages[0].questions[0].options[1].key"),
        (lambda d: first(d)["options"][0].update(exclusive=True), "triage.pages[0].questions[0].options[0].exclusive"),
        (lambda d: first(d).update(flags=True), "triage.pages[0].questions[0].flags"),
        (
            lambda d: d["sections"][1]["questions"][0].update(type="checkboxes", flags=True),
            "sections[1].questions[0].flags",
        ),
        (lambda d: first(d).update(levels=[]), "triage.pages[0].questions[0].levels"),
        (
            lambda d: first(d).update(show_when={"answer": "signs", "has": "thin"}),
            "triage.pages[0].questions[0].show_when.answer",
        ),
        (lambda d: d["sections"][0]["repeat"].update(max=0), "sections[0].repeat.max"),
        (lambda d: d["sections"][0]["repeat"].update(title_from=["where"]), "sections[0].repeat.title_from[0]"),
        (lambda d: d["sections"][1].update(show_when={"answer": "name", "is": "x"}), "sections[1].show_when.answer"),
        (lambda d: d["sections"][1].update(key="people"), "sections[1].key"),
        (lambda d: d["sections"].clear(), "sections"),
        (lambda d: d["sections"].extend([d["sections"][1]] * 60), "sections"),
    ],
)
def test_a_mistake_in_a_form_is_named_with_its_place(change: Change, place: str) -> None:
    document = third_model.form()
    change(document)
    with pytest.raises(SchemaMistakes) as refused:
        parse_form(document)
    assert place in [at(mistake.path) for mistake in refused.value.mistakes]


def test_signs_are_the_chosen_options_of_questions_that_say_so_without_none_of_these() -> None:
    document = third_model.form()
    signs = document["triage"]["pages"][0]["questions"][2]
    signs["flags"] = True
    signs["options"][-1]["exclusive"] = True
    form = parse_form(document)
    for answer, expected in ((["thin", "quiet"], ["quiet", "thin"]), (["none"], []), ("thin", ["thin"])):
        asked = form.flags({"signs": answer, "hurt": "yes"})
        assert [[option.value for option in chosen] for _question, chosen in asked] == [expected]
    assert form.flags({"hurt": "yes"}) == []
    assert FORM.flags({"signs": ["thin"]}) == []


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_document_is_read_or_refused_but_never_fails(data: st.DataObject) -> None:
    document = third_model.form()
    container, key = data.draw(st.sampled_from(parts_of(document)))
    container[key] = data.draw(json_like)
    try:
        form = parse_form(document)
    except SchemaMistakes as refused:
        told = refused.mistakes
    else:
        assert isinstance(form, Form)
        return
    assert told


def test_a_question_applies_when_its_condition_holds_over_answers_that_apply() -> None:
    questions = FORM.triage_questions()
    keys = [question.key for question in visible(questions, {"hurt": "yes"})]
    assert keys == ["hurt", "how_hurt", "signs", "born", "moves"]
    assert "how_hurt" not in [question.key for question in visible(questions, {"how_hurt": "wound"})]


def test_a_pages_condition_holds_for_each_of_its_questions() -> None:
    document = third_model.form()
    page = {
        "key": "two",
        "title": {"en": "Two"},
        "show_when": {"answer": "hurt", "is": "no"},
        "questions": [
            third_model.question("why", "text"),
            third_model.question("then", "text", show_when={"answer": "why", "empty": False}),
        ],
    }
    document["triage"]["pages"].append(page)
    questions = parse_form(document).page("two").questions
    assert not visible(questions, {"hurt": "yes", "why": "because"})
    assert [question.key for question in visible(questions, {"hurt": "no", "why": "because"})] == ["why", "then"]
    assert [question.key for question in visible(questions, {"hurt": "no"})] == ["why"]


def test_answers_to_what_does_not_apply_are_pruned() -> None:
    answers: dict[str, object] = {
        "hurt": "no",
        "how_hurt": "wound",
        "where": "In the yard",
        "people": [{"name": "Siân", "nickname": "S", "is_admin": True}, {"nickname": "X"}, "nonsense"],
        "tenant_id": "other",
        "disagree": "yes",
    }
    assert prune(FORM, answers, keep=["disagree"]) == {
        "disagree": "yes",
        "hurt": "no",
        "people": [{"name": "Siân", "nickname": "S"}, {}],
    }
    kept = prune(FORM, answers | {"hurt": "yes"})
    assert (kept["how_hurt"], kept["where"]) == ("wound", "In the yard")
    assert "disagree" not in kept
