"""The words of a page's language: looked up once a page, and never those of another language."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale, get_translations, gettext, refresh
from werkzeug.datastructures import ImmutableMultiDict


def test_a_block_in_another_language_has_its_words_and_leaves_the_pages(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        for _ in range(2):
            assert gettext("Holding area") == "Holding area"
            with force_locale("cy"):
                assert gettext("Holding area") != "Holding area"
        assert get_translations() is get_translations()


def test_a_page_that_changes_its_language_has_the_new_words(app: Flask) -> None:
    with app.test_request_context("/", headers={"Cookie": "language=cy"}):
        welsh = gettext("Holding area")
    with app.test_request_context("/") as page:
        english = gettext("Holding area")
        page.request.cookies = ImmutableMultiDict([("language", "cy")])  # as another page of the same person
        refresh()
        assert gettext("Holding area") == welsh != english
