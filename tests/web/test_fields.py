"""FieldView, its adapter from WTForms, and the HTML each kind becomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template_string
from flask_wtf import FlaskForm
from hypothesis import given
from hypothesis import strategies as some
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from portal.web.fields import FieldView, OptionView, choices, error_targets, from_form
from portal.web.govuk import field_params, textarea_text, typed
from tests.web import kitchen

FIELD = '{% from "macros/fields.html" import field %}{{ field(view) }}'


@pytest.fixture(autouse=True)
def request_under_way(app: Flask) -> Iterator[None]:
    with kitchen.rendering(app):
        yield


def draw(view: FieldView) -> BeautifulSoup:
    return BeautifulSoup(render_template_string(FIELD, view=view), "html5lib")


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, f"{selector}: {len(found)}"
    return found[0]


def test_text_has_label_hint_error_and_what_was_typed() -> None:
    page = draw(FieldView("text", "name", "Name", hint="As written", value='A "b" <i>', error="Enter a name"))
    box = one(page, "input")
    assert (box["id"], box["name"], box["value"]) == ("name", "name", 'A "b" <i>')
    assert box["aria-describedby"] == "name-hint name-error"
    assert one(page, "label")["for"] == "name"
    assert "Enter a name" in one(page, "#name-error").get_text()
    assert not box.has_attr("required")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("email", {"type": "email", "autocomplete": "email", "spellcheck": "false"}),
        ("tel", {"type": "tel", "autocomplete": "tel"}),
        ("code", {"type": "text", "inputmode": "numeric", "autocomplete": "one-time-code"}),
        ("number", {"type": "text", "inputmode": "numeric"}),
    ],
)
def test_each_kind_of_input_tells_the_browser_what_it_is(kind: str, expected: dict[str, str]) -> None:
    box = one(draw(FieldView(kind, "it", "It")), "input")
    assert {name: box.get(name) for name in expected} == expected


def test_a_fields_own_settings_win() -> None:
    box = one(draw(FieldView("postcode", "p", "Postcode", width=5, autocomplete="off")), "input")
    assert "govuk-input--width-5" in box["class"]
    assert "govuk-input--width-10" not in box["class"]
    assert box["autocomplete"] == "off"


def test_a_password_is_never_shown_again() -> None:
    box = one(draw(FieldView("password", "password", "Password", value="hunter2")), "input")
    assert box["type"] == "password"
    assert not box.get("value")


def test_heading_makes_the_label_the_h1() -> None:
    assert one(draw(FieldView("text", "n", "Your name", heading=True)), "h1 label")
    options = (OptionView("a", "A"),)
    assert one(draw(FieldView("radios", "r", "Which?", heading=True, options=options)), "legend h1")


def test_date_marks_only_the_wrong_part_and_links_to_it() -> None:
    view = FieldView("date", "born", "Born", value={"day": "31", "month": "2"}, error="Wrong", error_part="month")
    page = draw(view)
    assert [box["id"] for box in page.select("input.govuk-input--error")] == ["born-month"]
    assert [box.get("value") for box in page.select("input")] == ["31", "2", None]
    assert error_targets([view])[0].href == "#born-month"


def test_date_without_a_wrong_part_marks_all_and_links_to_the_day() -> None:
    view = FieldView("date", "born", "Born", error="Enter a date")
    assert len(draw(view).select("input.govuk-input--error")) == 3
    assert error_targets([view])[0].href == "#born-day"


def test_radios_reveal_nested_fields_and_keep_the_choice() -> None:
    inner = FieldView("text", "why", "Why?", error="Say why")
    options = (OptionView("yes", "Yes"), OptionView("no", "No", children=(inner,)))
    view = FieldView("radios", "told", "Told?", value="no", options=options)
    page = draw(view)
    assert one(page, "input[checked]")["value"] == "no"
    assert one(page, "input[data-aria-controls] ")["value"] == "no"
    assert one(page, ".govuk-radios__conditional input")["name"] == "why"
    assert [target.href for target in error_targets([view])] == ["#why"]


def test_levels_are_radios_under_a_checkbox() -> None:
    level = FieldView("radios", "worry-neglect", "How much?", value="2", options=(OptionView("2", "Very"),))
    options = (OptionView("neglect", "Neglect", children=(level,)), OptionView("none", "None", exclusive=True))
    page = draw(FieldView("checkboxes", "worry", "What?", value=("neglect",), options=options))
    assert {box["value"] for box in page.select("input[checked]")} == {"neglect", "2"}
    assert one(page, "input[data-behaviour=exclusive]")["value"] == "none"
    assert one(page, ".govuk-checkboxes__divider").get_text() == "or"


def test_select_offers_an_empty_choice() -> None:
    view = FieldView("select", "agency", "Agency", value="b", options=(OptionView("a", "A"), OptionView("b", "B")))
    page = draw(view)
    assert [option["value"] for option in page.select("option")] == ["", "a", "b"]
    assert one(page, "option[selected]")["value"] == "b"


def test_character_count_says_its_limit_without_javascript() -> None:
    page = draw(FieldView("textarea", "what", "What?", max_length=8000))
    assert "8000" in one(page, "#what-info").get_text()
    assert one(page, "[data-maxlength]")["data-maxlength"] == "8000"


@pytest.mark.parametrize(("text", "rows"), [("", 5), ("Dear\n" * 9, 10), ("long " * 100, 8), ("x\n" * 400, 20)])
def test_a_text_that_is_there_already_is_seen_up_to_a_screenful(text: str, rows: int) -> None:
    assert one(draw(FieldView("textarea", "letter", "Letter", value=text)), "textarea")["rows"] == str(rows)


def test_character_count_has_every_plural_of_welsh(app: Flask) -> None:
    with kitchen.rendering(app, headers={"Cookie": "language=cy"}):
        messages = field_params(FieldView("textarea", "w", "W", max_length=10))["charactersUnderLimitText"]
    assert set(messages) == {"zero", "one", "two", "few", "many", "other"}
    assert all("%{count}" in text for text in messages.values())


def test_hidden_field() -> None:
    box = one(draw(FieldView("hidden", "step", "", value="2")), "input")
    assert (box["type"], box["value"]) == ("hidden", "2")


def test_option_words_are_escaped() -> None:
    view = FieldView("radios", "r", "<b>L</b>", options=(OptionView('"><i>', "<script>x</script>"),))
    page = draw(view)
    assert not page.select("script, b, i")


@given(some.text(alphabet=some.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | some.just("\n")))
def test_text_comes_back_from_a_nested_textarea_as_it_went_in(text: str) -> None:
    page = BeautifulSoup(f"<div><textarea>{textarea_text(text)}</textarea></div>", "html5lib")
    assert one(page, "textarea").get_text() == text


def test_lines_typed_beneath_an_option_gain_no_spaces() -> None:
    note = FieldView("textarea", "note", "Note", value="One\n two\r\nthree")
    view = FieldView("radios", "r", "R", options=(OptionView("a", "A", children=(note,)),))
    assert one(draw(view), "textarea").get_text() == "One\n two\nthree"


def test_typed_words_are_escaped_and_keep_their_lines() -> None:
    assert typed("<b>\nx") == "&lt;b&gt;&#10;x"


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """One field of each kind that the adapter tells apart."""

    name = StringField("Name", description="As written", validators=[InputRequired("Enter a name")])
    story = TextAreaField("Story", render_kw={"max_length": 100})
    code = StringField("Code", render_kw={"kind": "code"})
    password = PasswordField("Password")
    age = IntegerField("Age")
    agree = BooleanField("I agree")
    told = RadioField("Told?", choices=choices([("yes", "Yes"), ("no", "No")]))


def views(posted: dict[str, Any]) -> dict[str, FieldView]:
    form = Form(MultiDict(posted), meta={"csrf": True})
    form.validate()
    return from_form(form, heading="name")


def test_a_form_becomes_views_with_what_was_typed() -> None:
    found = views({"story": "x", "code": "123", "password": "p", "age": "ten", "agree": "y", "told": "no"})
    assert list(found) == ["name", "story", "code", "password", "age", "agree", "told"]
    assert (found["name"].kind, found["name"].hint, found["name"].error) == ("text", "As written", "Enter a name")
    assert found["name"].heading
    assert (found["story"].value, found["story"].max_length) == ("x", 100)
    assert (found["code"].kind, found["code"].value, found["password"].value) == ("code", "", "")
    assert (found["age"].value, bool(found["age"].error)) == ("ten", True)
    assert (found["agree"].value, found["agree"].options[0].label) == (("y",), "I agree")
    assert (found["told"].value, [option.value for option in found["told"].options]) == ("no", ["yes", "no"])
