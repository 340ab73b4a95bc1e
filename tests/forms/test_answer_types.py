"""Every type of answer: what is kept, what is refused and in which words, and whatever else is posted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.answers import Around, Found, read, read_all, read_item, typed_from
from portal.forms.facts import is_empty
from portal.forms.fitting import fits
from portal.forms.questionnaire import Question
from portal.forms.questions import field, summary
from portal.forms.schema import parse_form
from portal.web.fields import error_targets
from tests.forms import every_type

FORM = parse_form(every_type.form())
ASKED = {question.key: question for question in FORM.fields()}
TODAY = date(2026, 11, 26)
SCHOOLS = (
    Found("123456", "St Mary's School"),
    Found("123457", "St Mary's Infants"),
    Found("6781234", "Ysgol y Bryn", ("Hill School",)),
)


def find(kind: str, text: str) -> list[Found]:
    low = text.casefold()
    return [one for one in SCHOOLS if kind == "school" and (low == one.code or low in one.name.casefold())]


AROUND = Around(TODAY, find)
Posted = dict[str, list[str]]


@pytest.fixture(autouse=True)
def reader() -> Iterator[None]:
    app = Flask("portal")
    Babel(app)
    with app.test_request_context():
        yield


def posted(key: str, *single: str, **parts: str) -> Posted:
    return {**({key: list(single)} if single else {}), **{f"{key}-{name}": [text] for name, text in parts.items()}}


GOOD: list[tuple[str, Posted, Any, str]] = [
    ("danger", posted("danger", "yes"), "yes", "Yes"),
    ("danger", posted("danger", "not_known"), "not_known", "Not known"),
    ("language", posted("language", "cy"), "cy", "Welsh"),
    ("called", posted("called", first="Siân", last="O'Brien"), {"first": "Siân", "last": "O'Brien"}, "Siân O'Brien"),
    ("called", posted("called", last="李"), {"last": "李"}, "李"),
    (
        "called",
        posted("called", first="Mair", last="ap Rhys", known_as="Mo"),
        {"first": "Mair", "last": "ap Rhys", "known_as": "Mo"},
        "Mair ap Rhys (known as Mo)",
    ),
    ("called", posted("called", known="not_known", first="x"), "not_known", "Not known"),
    (
        "home",
        posted("home", lines="2 High Street\r\nFlat 3", postcode="aa31ab"),
        {"lines": "2 High Street\nFlat 3", "postcode": "AA3 1AB"},
        "2 High Street\nFlat 3\nAA3 1AB",
    ),
    ("home", posted("home", town="Pont-y-pŵl"), {"town": "Pont-y-pŵl"}, "Pont-y-pŵl"),
    ("nhs", posted("nhs", " 943-476 5919 "), "9434765919", "943 476 5919"),
    ("pupil", posted("pupil", "a950000178301"), "A950000178301", "A950000178301"),
    ("attendance", posted("attendance", "93.5"), "93.5", "93.5"),
    ("attendance", posted("attendance", "93"), "93", "93"),
    ("incident", posted("incident", "26/12345"), "26/12345", "26/12345"),
    ("met", posted("met", month="3", year="2019"), "2019-03", "March 2019"),
    ("born", posted("born", form="exact", **{"exact-day": "27", "exact-month": "3", "exact-year": "2019"}),
     "2019-03-27", "27 March 2019"),
    ("born", posted("born", form="month", **{"month-month": "03", "month-year": "2019"}), "2019-03", "March 2019"),
    ("born", posted("born", form="year", **{"year-year": "2019"}), "2019", "2019"),
    ("born", posted("born", form="estimated", **{"estimated-year": "2019"}), {"about": "2019"}, "About 2019"),
    ("born", posted("born", form="estimated", **{"estimated-month": "3", "estimated-year": "2019"}),
     {"about": "2019-03"}, "About March 2019"),
    ("born", posted("born", form="due", **{"due-day": "1", "due-month": "2", "due-year": "2027"}),
     {"due": "2027-02-01"}, "Not born yet: due on 1 February 2027"),
    ("born", posted("born", form="not_known", **{"exact-day": "77"}), "not_known", "Not known"),
    ("seen", posted("seen", day="26", month="11", year="2026"), "2026-11-26", "26 November 2026"),
    ("school", posted("school", "123456"), {"code": "123456", "name": "St Mary's School"},
     "St Mary's School (number 123456)"),
    ("school", posted("school", "ysgol Y BRYN"), {"code": "6781234", "name": "Ysgol y Bryn"},
     "Ysgol y Bryn (number 6781234)"),
    ("school", posted("school", "St Mary's", pick="123457"), {"code": "123457", "name": "St Mary's Infants"},
     "St Mary's Infants (number 123457)"),
    ("school", posted("school", "St Mary's", pick="typed"), {"name": "St Mary's"}, "St Mary's"),
    ("school", posted("school", "École du Nord"), {"name": "École du Nord"}, "École du Nord"),
    ("school", posted("school", "Hill School", code="6781234"), {"code": "6781234", "name": "Ysgol y Bryn"},
     "Ysgol y Bryn (number 6781234)"),
    ("papers", {**posted("papers", "plan", "letter"), **posted("papers", about="From 2024")},
     {"kinds": ["plan", "letter"], "about": "From 2024"}, "Option plan\nOption letter\nFrom 2024"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "given", "kept", "told"), GOOD)
def test_a_good_answer_is_kept_shown_again_and_read_by_people(key: str, given: Posted, kept: Any, told: str) -> None:
    question = ASKED[key]
    reading = read(question, given, around=AROUND)
    assert (reading.errors, reading.value) == ((), kept)
    assert fits(question, kept)
    assert not is_empty(kept)
    assert summary(question, kept, "en") == told
    again = typed_from(question, kept)
    assert field(question, "cy", again)
    assert field(question, "en", reading.typed)


BAD: list[tuple[str, Posted, str, str, str]] = [
    ("danger", posted("danger", "maybe"), "danger", "not_an_option", "Choose one of the answers"),
    ("called", posted("called", middle="J"), "called-first", "name_missing", "must include a first name or a last"),
    ("called", posted("called", first="x" * 101), "called-first", "too_long", "100 characters or fewer"),
    ("called", posted("called", first="a\x00"), "called-first", "control", "control characters"),
    ("called", posted("called", known="yes"), "called-first", "missing", "Enter an answer to"),
    ("home", posted("home", postcode="AA3"), "home-postcode", "postcode", "full UK postcode"),
    ("home", posted("home", town="a\nb"), "home-town", "control", "control characters"),
    ("nhs", posted("nhs", "9434765918"), "nhs", "nhs_number", "999 100 0003"),
    ("pupil", posted("pupil", "B950000178301"), "pupil", "upn", "13 characters"),
    ("attendance", posted("attendance", "93.55"), "attendance", "decimal", "a number, like 93"),
    ("attendance", posted("attendance", "100.1"), "attendance", "too_large", "100 or less"),
    ("incident", posted("incident", "none"), "incident", "police_reference", "must include a number"),
    ("met", posted("met", year="2019"), "met-month", "date_incomplete", "must include a month"),
    ("born", posted("born", form="exact"), "born-exact-day", "missing", "Enter an answer"),
    ("born", posted("born", form="moon"), "born-form", "not_an_option", "Choose one of the answers"),
    ("born", posted("born", **{"year-year": "2019"}), "born-form", "missing", "Choose an answer"),
    ("born", posted("born", form="estimated", **{"estimated-day": "3", "estimated-year": "2019"}),
     "born-estimated-month", "date_incomplete", "must include a month"),
    ("born", posted("born", form="due", **{"due-day": "1", "due-month": "2", "due-year": "2029"}),
     "born-due-day", "due_range", "within the next 9 months"),
    ("seen", posted("seen", day="27", month="11", year="2026"), "seen-day", "too_late", "today or in the past"),
    ("seen", posted("seen", day="25", month="11", year="2024"), "seen-day", "too_early", "26 November 2024 or later"),
    ("school", posted("school", "St Mary's"), "school-pick", "which_place", "choose which one you mean"),
    ("school", posted("school", "St Mary's", pick="6781234"), "school-pick", "not_an_option", "Choose one of"),
    ("papers", posted("papers", about="A plan"), "papers", "missing", "Choose an answer"),
    ("papers", posted("papers", "cv"), "papers", "not_an_option", "Choose one of the answers"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "given", "where", "code", "told"), BAD)
def test_a_bad_answer_is_refused_beside_its_field(key: str, given: Posted, where: str, code: str, told: str) -> None:
    question = ASKED[key]
    reading = read(question, given, around=AROUND)
    assert reading.value is None
    assert (reading.errors[0].field, reading.errors[0].code) == (where, code)
    english = error_targets([field(question, "en", reading.typed, reading.errors)])
    assert told in english[0].text
    assert english[0].href == f"#{where}"
    with force_locale("cy"):
        welsh = error_targets([field(question, "cy", reading.typed, reading.errors)])
    assert welsh[0].text != english[0].text


WORDS = st.text(max_size=12) | st.sampled_from(
    [
        "yes",
        "no",
        "not_known",
        "1",
        "2019",
        "31",
        "exact",
        "due",
        "123456",
        "typed",
        "St",
        "a\x00",
        "9" * 5000,
        "²",
        "١",
    ]
)
NAMES = st.sampled_from(
    ["", "-known", "-form", "-first", "-last", "-lines", "-postcode", "-day", "-month", "-year", "-pick", "-code"]
    + [f"-{form}-{part}" for form in ("exact", "month", "due", "estimated") for part in ("day", "month", "year")]
    + ["-about", "-home"]
)
INPUTS = st.dictionaries(NAMES, st.lists(WORDS, max_size=3), max_size=8)
EVERY = st.sampled_from([question for question in FORM.fields() if question.type != "group"])


@given(EVERY, INPUTS, st.booleans())
@settings(max_examples=600, deadline=None)
def test_whatever_is_posted_is_read_or_refused_and_what_is_kept_fits(
    question: Question, inputs: dict[str, list[str]], required: bool
) -> None:
    given_inputs = {question.key + name: values for name, values in inputs.items()}
    reading = read(question, given_inputs, required=required, around=AROUND)
    assert field(question, "en", reading.typed, reading.errors).label
    if reading.value is None:
        assert reading.errors or not required
        return
    assert reading.errors == ()
    assert fits(question, reading.value)
    assert not is_empty(reading.value)
    assert summary(question, reading.value, "cy")
    assert field(question, "cy", typed_from(question, reading.value))


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just("9" * 6000),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["about", "due", "first", "code", "name", "kinds", "x", "person"]), inner)
    ),
    max_leaves=6,
)


@given(st.sampled_from(FORM.fields()), ODD)
@settings(max_examples=600, deadline=None)
def test_a_stored_answer_of_any_shape_is_shown_and_judged(question: Question, value: object) -> None:
    assert fits(question, value) in {True, False}
    assert is_empty(value) in {True, False}
    assert summary(question, value, "en")
    assert field(question, "en", typed_from(question, value)).label


def test_a_very_deep_answer_is_judged_too() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"first": [deep]}
    for question in FORM.fields():
        assert not fits(question, deep)
    assert not is_empty(deep)


def test_people_of_a_group_are_read_one_at_a_time_and_kept_by_the_page() -> None:
    people = ASKED["people"]
    given_inputs = {"person-first": ["Siân"], "adult": ["yes"], "job": [" Nyrs "]}
    answers, _typed, errors = read_item(people, given_inputs, {"danger": "yes"})
    assert (answers, errors) == ({"person": {"first": "Siân"}, "adult": "yes", "job": "Nyrs"}, ())
    _answers, _typed, errors = read_item(people, {"adult": ["yes"]}, {"danger": "yes"})
    assert [(error.field, error.code) for error in errors] == [("person-first", "missing"), ("job", "missing")]
    kept, _typed, errors = read_all([people], {"people": ["<script>"]}, {"people": [answers]})
    assert (kept, errors) == ({"people": [answers]}, ())
    assert fits(people, [answers])
    assert not fits(people, [{"person": "Siân"}])
    assert summary(people, [answers, {}], "cy") == "Siân\nPerson yn Gymraeg 2"


def test_one_answer_posted_twice_is_refused_for_every_input() -> None:
    for key, name in (("called", "called-first"), ("home", "home-town"), ("school", "school"), ("born", "born-form")):
        errors = read(ASKED[key], {name: ["a", "b"]}, around=AROUND).errors
        assert ("repeated" in {error.code for error in errors}) is True, key


def test_without_today_the_limits_of_dates_wait() -> None:
    assert read(ASKED["seen"], posted("seen", day="27", month="11", year="2050")).value == "2050-11-27"
    fixed = replace(ASKED["seen"], not_after="2026-01-01", not_before=None)
    assert read(fixed, posted("seen", day="2", month="1", year="2026"), around=AROUND).errors[0].code == "too_late"
