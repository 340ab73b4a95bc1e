"""Questions as fields: labels and errors in the reader's language, what was typed, and answers read back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from portal.forms.answers import AnswerError, read, read_all, typed_from
from portal.forms.questionnaire import Question
from portal.forms.questions import WORDS, field, summary, words
from tests.forms.council_folders import councils

TEXT = Question("name", "text", {"en": "First name", "cy": "Enw cyntaf"}, hint={"en": "Any", "cy": "Unrhyw"})


@pytest.fixture(autouse=True)
def reader() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def triage(slug: str, key: str) -> Question:
    return next(question for question in councils()[slug][0].triage_questions() if question.key == key)


def test_every_question_of_both_councils_becomes_a_field_in_both_languages() -> None:
    for form, _ in councils().values():
        for question in [*form.questions(), *(each for part in form.urgent for each in part.questions)]:
            for language in ("en", "cy"):
                view = field(question, language, prefix="x-")
                assert view.label
                assert view.name.startswith(f"x-{question.key}")


def test_a_field_shows_what_was_typed_and_its_error_in_words() -> None:
    posted = {"name": ["a\x00b"]}
    reading = read(TEXT, posted)
    view = field(TEXT, "cy", reading.typed, reading.errors)
    assert (view.label, view.hint, view.value) == ("Enw cyntaf", "Unrhyw", "a\x00b")
    assert view.error == "“Enw cyntaf” must not include control characters"
    assert field(TEXT, "en").error == ""


def test_a_date_names_its_first_wrong_part() -> None:
    born = Question("born", "date", {"en": "Date of birth"}, required=True)
    reading = read(born, {"born-day": ["3"], "born-year": [""]})
    view = field(born, "en", reading.typed, reading.errors)
    assert (view.error_part, view.value) == ("month", {"day": "3", "month": "", "year": ""})
    assert view.error == "“Date of birth” must include a month and a year"
    assert view.target == "born-month"


def test_levels_are_radios_inside_each_category() -> None:
    question = triage("avonmere", "b_concerns")
    reading = read(question, {"b_concerns": ["neglect", "missing"], "b_concerns-neglect": ["3"]})
    view = field(question, "en", reading.typed, reading.errors, prefix="p-")
    shown = {option.value: option.children[0] for option in view.options}
    assert (view.kind, view.value) == ("checkboxes", ("neglect", "missing"))
    assert (shown["neglect"].name, shown["neglect"].value) == ("p-b_concerns-neglect", "3")
    assert shown["missing"].error == "Choose a level for “Going missing”"
    assert [option.value for option in shown["missing"].options] == ["1", "2", "3", "4"]


def test_not_known_is_offered_beside_a_text_and_as_an_option() -> None:
    where = Question("where", "text", {"en": "Where is the child?"}, not_known=True, required=True)
    view = field(where, "en", typed_from(where, "at school"))
    assert (view.kind, view.name, view.value) == ("radios", "where-known", "yes")
    assert (view.options[0].children[0].name, view.options[0].children[0].value) == ("where", "at school")
    refused = read(where, {})
    assert field(where, "en", refused.typed, refused.errors).error == "Choose an answer to “Where is the child?”"
    empty = read(where, {"where-known": ["yes"]})
    child = field(where, "en", empty.typed, empty.errors).options[0].children[0]
    assert child.error == "Enter an answer to “Where is the child?”"
    flag = triage("glan-yr-afon", "a_in_area")
    assert [option.value for option in field(flag, "cy").options] == ["yes", "no", "not_sure"]


def test_stored_answers_are_read_back_in_words() -> None:
    flags = triage("glan-yr-afon", "a_red_flags")
    assert summary(flags, ["RF05", "RF07"], "cy").splitlines() == [
        "Camfanteisio'n rhywiol ar blentyn",
        "Masnachu pobl neu gaethwasiaeth fodern",
    ]
    levels = triage("avonmere", "b_concerns")
    assert summary(levels, {"neglect": 2}, "en") == "Neglect and basic care: level 2"
    born = Question("born", "date", {"en": "Born"}, not_known=True)
    assert summary(born, "2019-03-07", "en") == "7 March 2019"
    assert summary(born, "2019-03-07", "cy") == "7 Mawrth 2019"
    assert summary(born, "not_known", "en") == "Not known"
    assert summary(born, None, "en") == "Not answered"
    age = triage("avonmere", "b_age")
    assert (summary(age, "unborn", "en"), summary(age, 0, "en")) == ("Not born yet", "0")
    assert summary(TEXT, "not_known", "en") == "not_known"


@pytest.mark.parametrize("code", [*WORDS, "missing", "level_missing", "something_new"])
def test_every_code_has_words_that_name_no_placeholder(code: str) -> None:
    params: dict[str, object] = {"max": 8, "min": 1, "parts": ("day",), "category": "x"}
    told = words(AnswerError("name", code, params), TEXT, "en")
    assert told
    assert "%" not in told


def test_a_label_with_a_percent_sign_is_shown_as_it_is() -> None:
    question = Question("name", "text", {"en": "100%(label)s %s"}, required=True)
    _, typed, errors = read_all([question], {}, {})
    assert field(question, "en", typed["name"], errors).error == "Enter an answer to “100%(label)s %s”"
