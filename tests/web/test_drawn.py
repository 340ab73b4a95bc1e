"""Questions that are drawn once: the same HTML as the macros make, and nobody's words in what is remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.web.drawn import _remembered, drawn, emptied, wrong
from portal.web.fields import FieldView, OptionView

CANARY = 'Siân <b>"O\'Brien"</b> & co\r\n  two  \ue0000\ue001 {{ 7 * 7 }} \\1'
CHOICES = (OptionView("a", "One"), OptionView("b", "Two", "A hint"), OptionView("n", "None", exclusive=True))
INNER = FieldView("textarea", "inner", "Your answer", value="\n" + CANARY, max_length=600)
KINDS = {
    "text": FieldView("text", "q", "Name", "A hint", CANARY, width=10),
    "empty": FieldView("text", "q", "Name"),
    "number": FieldView("number", "q", "Age", value="7"),
    "tel": FieldView("tel", "q", "Telephone", value=CANARY),
    "email": FieldView("email", "q", "Email", value=CANARY),
    "postcode": FieldView("postcode", "q", "Postcode", value="aa3 1ab"),
    "textarea": FieldView("textarea", "q", "Words", value=CANARY),
    "counted": FieldView("textarea", "q", "Words", value="\n" + CANARY, max_length=4000),
    "date": FieldView("date", "q", "Born", value={"day": "27", "month": "<3", "year": ""}),
    "no date": FieldView("date", "q", "Born", value={"day": "", "month": "", "year": ""}),
    "radios": FieldView("radios", "q", "Choose", value="b", options=CHOICES),
    "nothing chosen": FieldView("radios", "q", "Choose", options=CHOICES),
    "not offered": FieldView("radios", "q", "Choose", value=CANARY, options=CHOICES),
    "select": FieldView("select", "q", "Choose", value="a", options=CHOICES),
    "select, not offered": FieldView("select", "q", "Choose", value=CANARY, options=CHOICES),
    "checkboxes": FieldView("checkboxes", "q", "Choose", value=("b", "a", CANARY), options=CHOICES),
    "one box": FieldView("checkboxes", "q", "Choose", value="a", options=CHOICES),
    "beneath": FieldView(
        "radios", "q", "Known?", value="yes", options=(OptionView("yes", "I can answer", children=(INNER,)), *CHOICES)
    ),
    "wrong": FieldView("text", "q", "Name", value=CANARY, error="Enter a name"),
    "wrong beneath": FieldView(
        "radios", "q", "Known?", value="yes",
        options=(OptionView("yes", "Yes", children=(replace(INNER, error="Too long"),)),),
    ),
}  # fmt: skip


def by_macro(app: Flask, view: FieldView) -> str:
    module = app.jinja_env.get_template("macros/fields.html").module
    return str(getattr(module, "fields")([view])).strip()  # noqa: B009 - a template's module declares no names


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_same_html_as_the_macro(app: Flask, kind: str, language: str) -> None:
    view = KINDS[kind]
    _remembered.cache_clear()
    with app.test_request_context("/"), force_locale(language):
        expected = by_macro(app, view)
        assert str(drawn([view])).strip() == expected, "drawn for the first time"
        assert str(drawn([view])).strip() == expected, "remembered"


def test_another_persons_words_take_the_same_place(app: Flask) -> None:
    _remembered.cache_clear()
    with app.test_request_context("/"):
        for words in ("first", CANARY, "third"):
            view = replace(KINDS["counted"], value=words)
            assert str(drawn([view])).strip() == by_macro(app, view)
    assert _remembered.cache_info().misses == 1


@pytest.mark.parametrize("kind", [kind for kind, view in KINDS.items() if not wrong(view)])
def test_nobodys_words_are_remembered(kind: str) -> None:
    kept = repr(emptied(KINDS[kind], []))
    assert "Brien" not in kept
    assert "27" not in kept


@pytest.mark.parametrize("kind", ["wrong", "wrong beneath"])
def test_fields_with_errors_are_not_remembered(app: Flask, kind: str) -> None:
    _remembered.cache_clear()
    with app.test_request_context("/"):
        assert "govuk-error-message" in str(drawn([KINDS[kind]]))
    assert _remembered.cache_info().currsize == 0
