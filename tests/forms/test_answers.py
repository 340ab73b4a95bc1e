"""Posted text becomes an answer or clear error codes, whatever is posted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.answers import read, read_all, typed_from
from portal.forms.fitting import fits
from portal.forms.questionnaire import Level, Option, Question
from portal.forms.schema import parse_form
from tests.forms import third_model

LABEL = {"en": "A question"}
NAMES = [
    "Siân ferch Llŷr ap Rhys",
    "O'Neill-Fitzgerald",
    "Nguyễn Thị Ánh",
    "X Æ A-12",
    "Sukarno",
    "N" * 100,
    "😟👩‍👧",
    "\u202egnp.elif",
    "=cmd|'/c calc'!A0",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "Robert'); DROP TABLE",
    "%0d%0aBcc:",
    "{{7*7}}",
]


def question(kind: str, **parts: Any) -> Question:
    if kind in {"radios", "select", "checkboxes", "levels"}:
        options = (Option("cold", LABEL), Option("wet", LABEL), Option("none", LABEL, exclusive=kind == "checkboxes"))
        parts.setdefault("options", options)
    if kind == "levels":
        parts.setdefault("levels", (Level(1, LABEL), Level(2, LABEL)))
    return Question("q", kind, LABEL, **parts)


def codes(kind: str, posted: dict[str, list[str]], **parts: Any) -> list[tuple[str, str]]:
    reading = read(question(kind, **parts), posted)
    assert reading.value is None or not reading.errors
    return [(error.field, error.code) for error in reading.errors]


def value(kind: str, posted: dict[str, list[str]], **parts: Any) -> object:
    reading = read(question(kind, **parts), posted)
    assert not reading.errors
    return reading.value


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_kept_as_it_was_typed(name: str) -> None:
    reading = read(question("text"), {"q": [f"  {name} "]})
    assert (reading.value, reading.typed, reading.errors) == (name, name, ())


def test_a_long_text_keeps_its_lines_and_is_never_cut() -> None:
    assert value("textarea", {"q": ["one\r\ntwo\tthree\r"]}) == "one\ntwo\tthree"
    long = "é" * 8001
    reading = read(question("textarea"), {"q": [long]})
    assert (reading.value, reading.typed) == (None, long)
    (error,) = reading.errors
    assert (error.code, error.params) == ("too_long", {"max": 8000, "over": 1})
    assert value("textarea", {"q": ["é\r\n" * 3]}, max=8) == "é\né\né"


@pytest.mark.parametrize(
    ("kind", "posted", "code"),
    [
        ("text", "a\x00b", "control"),
        ("text", "a\nb", "control"),
        ("text", "\x1b[31m", "control"),
        ("textarea", "a\x00b", "control"),
        ("textarea", "a\ud800b", "control"),
        ("text", "x" * 201, "too_long"),
        ("text", "x" * 5_000_000, "too_long"),
        ("radios", "warm", "not_an_option"),
        ("select", "cold\x00", "not_an_option"),
        ("checkboxes", "warm", "not_an_option"),
        ("number", "three", "number"),
        ("number", "3.5", "number"),
        ("number", "٣", "number"),
        ("number", "9" * 10_000, "number"),
        ("number", "-1", "too_small"),
        ("number", "11", "too_large"),
        ("age", "unbornish", "age"),
        ("age", "-1", "too_small"),
        ("age", "131", "too_large"),
        ("email", "someone", "email"),
        ("email", "a@b@c.uk", "email"),
        ("email", "a\nb@c.uk", "control"),
        ("tel", "ring me", "tel"),
        ("tel", "1234", "tel"),
        ("tel", "0" * 31, "tel"),
        ("postcode", "AA3", "postcode"),
        ("postcode", "1AA 3AB", "postcode"),
    ],
)
def test_a_wrong_answer_is_refused_with_a_code(kind: str, posted: str, code: str) -> None:
    bounds = {"min": 0, "max": 10} if kind == "number" else {}
    assert codes(kind, {"q": [posted]}, **bounds) == [("q", code)]


@pytest.mark.parametrize(
    ("kind", "posted", "kept"),
    [
        ("number", "0", 0),
        ("number", " 010 ", 10),
        ("age", "0", 0),
        ("age", "Unborn", "unborn"),
        ("age", "heb ei eni", "unborn"),
        ("radios", "cold", "cold"),
        ("email", "siân@ysgol.example.cymru", "siân@ysgol.example.cymru"),
        ("tel", "01632 960 001", "01632 960 001"),
        ("tel", "+44 (0)1632 960001 ext 12", "+44 (0)1632 960001 ext 12"),
        ("postcode", "aa31ab", "AA3 1AB"),
        ("postcode", " ec1a 1bb", "EC1A 1BB"),
    ],
)
def test_a_right_answer_is_kept(kind: str, posted: str, kept: object) -> None:
    assert value(kind, {"q": [posted]}) == kept


@pytest.mark.parametrize("kind", ["text", "textarea", "radios", "number", "age", "email", "tel", "postcode"])
@pytest.mark.parametrize("posted", [{}, {"q": []}, {"q": [""]}, {"q": [" \r\n\t "]}])
def test_nothing_typed_is_no_answer_and_missing_only_when_required(kind: str, posted: dict[str, list[str]]) -> None:
    assert value(kind, posted) is None
    assert codes(kind, posted, required=True) == [("q", "missing")]


def test_one_answer_posted_twice_is_refused() -> None:
    assert codes("text", {"q": ["a", "b"]}) == [("q", "repeated")]
    assert codes("radios", {"q": ["cold", "wet"]}) == [("q", "repeated")]
    assert codes("date", {"q-day": ["1", "2"], "q-month": ["1"], "q-year": ["2020"]}) == [("q-day", "repeated")]


def date(day: str = "", month: str = "", year: str = "") -> dict[str, list[str]]:
    return {"q-day": [day], "q-month": [month], "q-year": [year]}


@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        (date("31", "2", "2020"), [("q-day", "date_not_real")]),
        (date("29", "2", "2019"), [("q-day", "date_not_real")]),
        (date("0", "2", "2019"), [("q-day", "date_not_real")]),
        (date("1", "13", "2019"), [("q-month", "date_not_real")]),
        (date("1", "March", "2019"), [("q-month", "date_not_real")]),
        (date("1", "1", "20199"), [("q-year", "date_year")]),
        (date("1", "1", "19"), [("q-year", "date_year")]),
        (date("1", "1", "1899"), [("q-year", "date_year")]),
        (date("", "3", "2019"), [("q-day", "date_incomplete")]),
        (date("1", "", ""), [("q-month", "date_incomplete")]),
        ({"q-year": ["2019"]}, [("q-day", "date_incomplete")]),
        (date("1\x00", "1", "2019"), [("q-day", "date_not_real")]),
        (date("²", "1", "2019"), [("q-day", "date_not_real")]),
        ({"q": ["2019-03-27"]}, [("q-day", "missing")]),
    ],
)
def test_a_date_that_is_none_is_refused_at_its_part(
    posted: dict[str, list[str]], expected: list[tuple[str, str]]
) -> None:
    assert codes("date", posted, required=True) == expected


def test_a_real_date_is_kept_in_iso_and_shown_again_as_typed() -> None:
    reading = read(question("date"), date("7", "03", "2019"))
    assert (reading.value, reading.typed) == ("2019-03-07", {"day": "7", "month": "03", "year": "2019"})
    assert typed_from(question("date"), "2019-03-07") == {"day": "7", "month": "3", "year": "2019"}


def test_several_options_are_kept_once_each_and_none_stands_alone() -> None:
    assert value("checkboxes", {"q": ["wet", "cold", "wet", ""]}) == ["wet", "cold"]
    assert value("checkboxes", {"q": ["none"]}, required=True) == ["none"]
    assert codes("checkboxes", {"q": ["none", "wet"]}) == [("q", "exclusive")]
    reading = read(question("checkboxes"), {"q": ["wet", "zzz"]})
    assert (reading.value, reading.typed) == (None, ("wet",))


def test_each_category_needs_its_level() -> None:
    posted = {"q": ["cold", "wet"], "q-cold": ["2"], "q-wet": ["1"]}
    assert value("levels", posted) == {"cold": 2, "wet": 1}
    reading = read(question("levels"), {"q": ["cold", "wet"], "q-cold": ["2"], "q-none": ["1"]})
    assert [(error.field, error.code) for error in reading.errors] == [("q-wet", "level_missing")]
    assert reading.typed == {"cold": "2", "wet": ""}
    assert codes("levels", {"q": ["cold"], "q-cold": ["9"]}) == [("q-cold", "not_an_option")]
    assert codes("levels", {"q-cold": ["2"]}, required=True) == [("q", "missing")]


def test_not_known_is_an_answer_of_its_own() -> None:
    known: dict[str, Any] = {"not_known": True, "required": True}
    assert value("text", {"q-known": ["not_known"]}, **known) == "not_known"
    assert value("text", {"q-known": ["yes"], "q": ["at school"]}, **known) == "at school"
    assert value("text", {"q": ["at school"]}, **known) == "at school"
    assert value("radios", {"q": ["not_known"]}, **known) == "not_known"
    assert value("date", {"q-known": ["not_known"]} | date("31", "2", "2020"), **known) == "not_known"
    assert codes("text", {}, **known) == [("q-known", "missing")]
    assert codes("text", {"q-known": ["yes"]}, **known) == [("q", "missing")]
    assert codes("date", {"q-known": ["yes"]}, **known) == [("q-day", "missing")]
    assert codes("text", {"q-known": ["perhaps"]}, **known) == [("q-known", "not_an_option")]
    assert codes("radios", {"q": ["not_known"]}) == [("q", "not_an_option")]
    assert typed_from(question("text", not_known=True), "not_known") == {"known": "not_known", "answer": ""}


def test_a_page_is_read_in_order_and_what_does_not_apply_is_left_out() -> None:
    questions = parse_form(third_model.form()).triage_questions()
    answers, typed, errors = read_all(questions, {"hurt": ["no"], "how_hurt": ["wound"], "moves": ["51"]}, {})
    assert answers == {"hurt": "no"}
    assert (typed["how_hurt"], typed["moves"]) == ("wound", "51")
    assert [(error.field, error.code) for error in errors] == [("moves", "too_large")]
    answers, _, errors = read_all(questions, {"hurt": ["yes"]}, {"how_hurt": "wound"})
    assert (answers, [error.field for error in errors]) == ({"hurt": "yes"}, ["how_hurt"])


def test_a_prefix_tells_one_item_from_another() -> None:
    questions = parse_form(third_model.form()).section("people").questions
    posted = {"people-0-name": ["Ann"], "people-1-name": ["Bo"], "name": ["Zed"]}
    answers, _, errors = read_all(questions, posted, {}, prefix="people-1-")
    assert (answers, errors) == ({"name": "Bo"}, ())


KINDS = [
    "text",
    "textarea",
    "radios",
    "checkboxes",
    "select",
    "date",
    "number",
    "age",
    "tel",
    "email",
    "postcode",
    "levels",
]
inputs = st.sampled_from(["q", "q-day", "q-month", "q-year", "q-known", "q-cold", "q-wet"]) | st.text(max_size=4)
texts = st.text(st.characters(), max_size=12) | st.sampled_from(
    ["cold", "wet", "none", "1", "2", "2020", "yes", "not_known"]
)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.booleans(),
    st.booleans(),
    st.dictionaries(inputs, st.lists(texts, max_size=3), max_size=7),
)
def test_whatever_is_posted_gives_a_fitting_answer_or_errors(
    kind: str, required: bool, not_known: bool, posted: dict[str, list[str]]
) -> None:
    asked = question(kind, required=required, not_known=not_known)
    reading = read(asked, posted)
    assert all(error.field.split("-")[0] == "q" and error.code for error in reading.errors)
    if reading.errors:
        assert reading.value is None
    elif reading.value is not None:
        assert fits(asked, reading.value)
        shown = typed_from(asked, reading.value)
        assert type(shown) is type(reading.typed)
    else:
        assert not required
