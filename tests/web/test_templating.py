"""The layout and the page macros: title, brand, navigation, footer, panels, records."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from portal.web import shell
from tests.web import kitchen


def soup(client: FlaskClient, path: str = "/sink") -> BeautifulSoup:
    return BeautifulSoup(client.get(path).text, "html5lib")


def text_of(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ").split())


def test_title_names_page_service_and_council(client: FlaskClient) -> None:
    page = soup(client)
    assert text_of(page, "title") == "Every pattern - Report a concern about a child - Avonmere Council"


def test_title_begins_with_error_when_the_page_shows_one(client: FlaskClient) -> None:
    page = soup(client, "/sink?wrong=1")
    assert text_of(page, "title").startswith("Error: Every pattern")
    links = [str(link["href"]) for link in page.select(".govuk-error-summary a")]
    assert links == ["#name", "#born-month", "#told", "#what"]
    assert all(page.select_one(f"[id='{link[1:]}']") for link in links)


def test_every_id_is_used_once(client: FlaskClient) -> None:
    ids = [str(tag["id"]) for tag in soup(client, "/sink?wrong=1").select("[id]")]
    assert sorted(ids) == sorted(set(ids))


def test_layout_has_skip_link_brand_navigation_and_footer(client: FlaskClient) -> None:
    page = soup(client)
    assert text_of(page, ".govuk-skip-link") == "Skip to main content"
    assert text_of(page, ".govuk-generic-header__homepage-link") == "Avonmere Council"
    assert "--brand:#1f5c4a;--brand-ink:#ffffff" in str(page.select_one("style"))
    current = page.select(".govuk-service-navigation [aria-current]")
    assert [" ".join(link.get_text().split()) for link in current] == ["Your reports"]
    footer = text_of(page, "footer")
    assert "If a child is in immediate danger, call 999." in footer
    assert "01632 960 101" in footer
    assert [link["href"] for link in page.select("footer .app-footer__links a")] == ["/privacy", "/cookies"]
    assert "GOV.UK" not in page.get_text()
    assert not page.select("[class*=crown], [class*=crest], [required]")


def test_scripts_and_styles_carry_the_nonce(client: FlaskClient) -> None:
    page = soup(client)
    inline = page.select("script, style")
    assert len(inline) == 3
    assert {str(tag["nonce"]) for tag in inline} == {"n0nce"}
    assert not page.select("[style], [onclick], [onload]")


def test_forms_are_validated_by_the_server_alone(client: FlaskClient) -> None:
    forms = soup(client).select("form")
    assert forms
    assert all(form.has_attr("novalidate") for form in forms)


def test_a_message_after_a_redirect_is_shown_once(client: FlaskClient) -> None:
    page = BeautifulSoup(client.post("/done", follow_redirects=True).text, "html5lib")
    assert "Your message has been sent." in text_of(page, ".govuk-notification-banner--success")
    assert not soup(client).select(".govuk-notification-banner--success")


@pytest.mark.parametrize(
    ("colour", "brand", "ink"),
    [
        ("#1f5c4a", "#1f5c4a", "#ffffff"),
        ("#ffdd00", "#ffdd00", "#000000"),
        ("red;}</style><script>", shell.DEFAULT_COLOUR, "#ffffff"),
        ("", shell.DEFAULT_COLOUR, "#ffffff"),
    ],
)
def test_a_colour_is_readable_and_injects_nothing(colour: str, brand: str, ink: str) -> None:
    council = shell.CouncilView("A", colour=colour)
    assert (council.brand, council.ink) == (brand, ink)


def test_without_a_council_the_page_is_plain_but_whole() -> None:
    page = BeautifulSoup(kitchen.make(None, demo=False).test_client().get("/sink").text, "html5lib")
    assert text_of(page, "title") == "Every pattern - Report a concern"
    assert not page.select(".govuk-phase-banner")
    assert not page.select("footer .app-phones")


def test_demonstrations_say_so(client: FlaskClient) -> None:
    assert "Fictional councils and people" in text_of(soup(client), ".govuk-phase-banner")


def test_panels_come_from_whoever_added_them() -> None:
    app = kitchen.make()
    shell.add_panel(app, "report", lambda reference: f"<p>One {reference}</p>")
    shell.add_panel(app, "report", lambda **_about: "<p>Two</p>")
    with kitchen.rendering(app):
        drawn = render_template_string("{{ panels('report', reference='7KQ') }}{{ panels('elsewhere') }}")
    assert drawn == "<p>One 7KQ</p><p>Two</p>"


def test_summary_list_has_change_links_with_hidden_words(client: FlaskClient) -> None:
    page = soup(client)
    links = [" ".join(link.get_text().split()) for link in page.select(".govuk-summary-list__actions a")]
    assert links == ["Change first name of child 1", "Change What has happened"]
    values = [value.get_text().strip() for value in page.select(".govuk-summary-list__value")]
    assert values[:3] == ["Ann", "Line one.\n\nLine three.", "Not provided"]


def test_sorted_column_says_so(client: FlaskClient) -> None:
    assert [cell.get("aria-sort") for cell in soup(client).select("th[scope=col]")] == [
        "none", "ascending", None, None, None,
    ]  # fmt: skip


def test_timeline_shows_no_time_for_a_date_alone(client: FlaskClient) -> None:
    dates = [date.get_text().strip() for date in soup(client).select(".app-timeline__date")]
    assert dates == ["21 November 2026 at 3:15pm", "21 November 2026 at 3:15pm", "21 November 2026"]


def test_messages_tell_mine_from_theirs(client: FlaskClient) -> None:
    page = soup(client)
    assert [name.get_text() for name in page.select(".app-message__sender")] == ["Ali Screener", "You"]
    assert len(page.select(".app-message--mine")) == 1
    assert "On Friday.\nAt the gate." in page.select(".app-typed")[-1].get_text()


def test_a_councils_own_text_is_in_the_readers_language(app: Flask) -> None:
    with kitchen.rendering(app, headers={"Cookie": "language=cy"}):
        assert render_template_string("{{ {'en': 'Help', 'cy': 'Cymorth'} | say }}") == "Cymorth"
        assert render_template_string("{{ {'en': 'Help'} | say }}") == "Help"
