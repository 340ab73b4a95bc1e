"""The words of a form document: what each type of question may say, what is refused, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.forms.mistakes import SchemaMistakes, at
from portal.forms.questionnaire import TYPES, Repeat
from portal.forms.schema import Form, parse_form, prune
from tests.forms import every_type
from tests.forms.every_type import say

Change = Callable[[dict[str, Any], dict[str, dict[str, Any]]], object]


def everything() -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the document and its top-level questions by key."""
    document = every_type.form()
    questions = [*document["triage"]["pages"][0]["questions"], *document["sections"][0]["questions"]]
    return document, {question["key"]: question for question in questions}


def mistakes(change: Change) -> list[str]:
    document, asked = everything()
    change(document, asked)
    with pytest.raises(SchemaMistakes) as found:
        parse_form(document)
    return [f"{at(one.path)}: {one.message}" for one in found.value.mistakes]


def read() -> Form:
    return parse_form(every_type.form(), ("en", "cy"))


def test_every_type_is_read_and_every_type_is_tried() -> None:
    form = read()
    assert {question.type for question in form.fields()} == TYPES


def test_what_is_read_of_each_key() -> None:
    asked = {question.key: question for question in read().fields()}
    assert asked["danger"].severity == (("no",), ("not_known",), ("yes",))
    assert asked["danger"].asked().options == {"yes", "no", "not_known"}
    assert [option.label["cy"] for option in asked["danger"].options] == ["Ie", "Nage"]
    assert asked["when"].severity == (("ago",), ("week", "dk"), ("now",))
    assert asked["signs"].severity == "more"
    assert asked["signs_unsure"].unsure_of == "signs"
    assert asked["coping"].strengths
    assert asked["born"].forms == ("exact", "month", "year", "estimated", "due")
    assert asked["seen"].not_before == "today-2y"
    assert asked["attendance"].decimals == 1
    assert asked["words"].guidance is not None
    assert asked["incident"].format == "police_reference"
    assert asked["people"].repeat == Repeat(0, 4, say("Person"), ("person",))
    assert [question.key for question in asked["people"].questions] == ["person", "adult", "job"]


def test_a_code_list_gives_the_options_or_each_option_its_code() -> None:
    asked = {question.key: question for question in read().fields()}
    assert asked["ethnicity"].codes == "england/ethnicity@2026"
    assert "WBRI" in {option.value for option in asked["ethnicity"].options}
    assert [option.code for option in asked["sex"].options] == ["F"]
    assert [option.value for option in asked["disability"].options if option.exclusive] == ["NONE"]


BAD: list[tuple[Change, str]] = [
    (lambda _, q: q["danger"].update(options=[]), "options: a question of type yes_no has no options"),
    (lambda _, q: q["danger"].update(severity=["no", "perhaps"]), "unknown option perhaps"),
    (lambda _, q: q["danger"].update(severity=["no", "yes", "no"]), "severity: no is there twice"),
    (lambda _, q: q["danger"].update(severity="more"), "severity: expected a list"),
    (lambda _, q: q["signs"].update(severity=["burn", "bruise"]), "severity: expected more or fewer"),
    (lambda _, q: q["times"].update(severity="more"), "severity: expected higher or lower"),
    (lambda _, q: q["danger"].update(fact="consent.family"), "severity: a family's agreement"),
    (lambda _, q: q["story"].update(severity="more"), "a question of type textarea has no severity"),
    (lambda _, q: q["signs_unsure"].update(unsure_of="danger"), "unsure_of: danger is of type yes_no"),
    (lambda _, q: q["signs"].update(unsure_of="signs_unsure"), "unknown question (or one asked later) signs_unsure"),
    (lambda _, q: q["signs_unsure"].update(options=every_type.options("scar")), "scar is not an option of signs"),
    (lambda _, q: q["story"].update(strengths=True), "cannot be about strengths"),
    (lambda _, q: q["born"].update(forms=["exact", "moon"]), "forms[1]: unknown form of a date moon"),
    (lambda _, q: q["story"].update(forms=["exact"]), "a question of type textarea has no forms"),
    (lambda _, q: q["seen"].update(not_after="tomorrow"), 'not_after: expected "today"'),
    (lambda _, q: q["seen"].update(not_after="2026-02-30"), 'not_after: expected "today"'),
    (lambda _, q: q["incident"].update(format="(a+)+$"), "format: '(a+)+$' is not a name"),
    (lambda _, q: q["incident"].update(format="regex"), "unknown format regex"),
    (lambda _, q: q["attendance"].update(decimals=3), "decimals: expected a whole number from 0 to 2"),
    (lambda _, q: q["language"].update(codes="uk/language@2019"), "codes: no such code list"),
    (lambda _, q: q["language"].update(codes="../../settings@2026"), "codes: no such code list"),
    (lambda _, q: q["language"].update(codes="uk/language"), "codes: no such code list"),
    (lambda _, q: q["story"].update(codes="uk/language@2026"), "has no codes"),
    (lambda _, q: q["sex"]["options"][0].update(code="X"), "X is not in its code list"),
    (lambda _, q: q["one"]["options"][0].update(code="X"), "names no code list"),
    (lambda _, q: q["words"]["guidance"].pop("body"), "guidance: body is missing"),
    (lambda _, q: q["words"].update(guidance=say("text")), "guidance.en: unknown key"),
    (lambda _, q: q["people"].pop("item"), "item is missing"),
    (lambda _, q: q["people"].update(title_from=["story"]), "unknown question of this section story"),
    (lambda _, q: q["people"]["questions"].append({**every_type.people(), "key": "more"}), "inside another group"),
    (lambda d, _: d["triage"]["pages"][0]["questions"].append({**every_type.people(), "key": "x"}), "nor inside"),
    (lambda _, q: q["story"].update(questions=[]), "a question of type textarea has no questions"),
    (lambda _, q: q["people"]["questions"][0].update(key="danger"), "danger is asked twice"),
    (
        lambda d, _: d["sections"][1].update(show_when={"answer": "adult", "is": "yes"}),
        "sections[1].show_when.answer: unknown question",
    ),
    (lambda d, _: d["sections"][1].update(show_when={"answer": "called", "is": "x"}), "only ask whether it is empty"),
    (lambda d, _: d["sections"][1].update(inset="words"), "sections[1].inset: expected a text by language"),
    (lambda d, _: d.update(inset=say("((password))")), "inset.en: 'password' cannot be filled in"),
    (lambda d, _: d.update(inset=say("((hub")), "inset.en: '((hub' cannot be filled in"),
    (lambda d, _: d.update(out_of_hours=say("{{7*7}} ((council )) ")), "cannot be filled in"),
]


@pytest.mark.parametrize(("change", "told"), BAD)
def test_a_mistake_is_told_with_its_place(change: Change, told: str) -> None:
    found = mistakes(change)
    assert any(told in line for line in found), found


def test_a_form_is_not_too_large() -> None:
    def many(document: dict[str, Any], _asked: object) -> None:
        ask = [{"key": f"k{number}", "type": "text", "label": say("A")} for number in range(300)]
        more = [{"key": f"m{number}", "type": "text", "label": say("A")} for number in range(300)]
        document["sections"][0]["questions"] = ask
        document["sections"][1]["questions"] = [*more, document["sections"][1]["questions"][0]]

    assert "the document: more than 400 questions" in mistakes(many)


def nested(depth: int) -> list[Any]:
    inside: list[Any] = []
    for _ in range(depth):
        inside = [inside]
    return inside


@pytest.mark.parametrize(
    ("inset", "told"),
    [
        (nested(1_000_000), "nested more than 60 levels deep"),
        ([["x"] * 1000] * 1000, "more than 60000 parts"),
        ({"en": "x" * 3_000_000}, "2000000 characters"),
    ],
)
def test_a_document_that_is_too_deep_or_large_is_refused_at_once(inset: object, told: str) -> None:
    assert told in mistakes(lambda document, _: document.update(inset=inset))[0]


def test_answers_of_people_who_are_not_adults_lose_what_only_adults_are_asked() -> None:
    answers = {
        "people": [{"person": {"first": "Siân"}, "adult": "no", "job": "Nurse"}, {"adult": "yes", "job": "Nurse"}, 3],
        "children": [{"friends": [{"friend": "Li", "job": "x"}]}],
    }
    assert prune(read(), answers) == {
        "people": [{"person": {"first": "Siân"}, "adult": "no"}, {"adult": "yes", "job": "Nurse"}],
        "children": [{"friends": [{"friend": "Li"}]}],
    }
