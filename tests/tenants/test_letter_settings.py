"""A council's letters to families: one added, changed, moved, removed and looked at before it is saved."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pypdfium2
import pytest

from portal.letters import commands
from portal.tenants.settings import Council, parse_council
from tests.auth.walking import Walker
from tests.factories.pages import fields_of, soup
from tests.letters.test_letters import SAFE, case_in
from tests.tenants.test_settings import document, mistakes_of

LETTERS = "/council/lists/letters"
NEW = f"{LETTERS}/new"
FIRST = f"{LETTERS}/items/no_further_action"
Admin = psycopg.Connection[tuple[object, ...]]

pytestmark = pytest.mark.usefixtures("as_it_was")


def settings(admin: Admin) -> Council:
    rows: Any = admin.execute("select settings from council where slug = 'avonmere'").fetchall()
    return parse_council(rows[0][0])


def typed(here: Walker, path: str, **said: Any) -> dict[str, Any]:
    return fields_of(here.get(path), path) | {key.replace("_", "-"): words for key, words in said.items()}


def save(here: Walker, path: str, **said: Any) -> Any:
    return here.send(path, typed(here, path, **said))


def wrong(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422
    found = soup(answer).select(".govuk-error-message")
    return {str(one["id"]).removesuffix("-error"): " ".join(one.text.split()) for one in found}


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"outcomes": "advice"}, ("outcomes",)),
        ({"outcomes": ["advice", "advice"]}, ("outcomes",)),
        ({"outcomes": ["No!"]}, ("outcomes",)),
        ({"place": -1}, ("place",)),
        ({"body": {"en": "((author))", "cy": "Iawn"}}, ("body", "en")),
        ({"title": {"en": "Only here"}}, ("title",)),
    ],
)
def test_each_mistake_of_a_file_is_named(told: Any, place: tuple[str, ...]) -> None:
    both = {"en": "Words", "cy": "Geiriau"}
    whole = document("glan-yr-afon") | {"letters": {"one": {"title": both, "body": both} | told}}
    assert ("letters", "one", *place) in [where for where, _ in mistakes_of(whole)]


def test_they_keep_their_order_in_a_document_that_has_none() -> None:
    both = {"en": "Words", "cy": "Geiriau"}
    letters = {key: {"title": both, "body": both, "place": place} for key, place in (("a", 3), ("b", 1), ("c", 2))}
    assert list(parse_council(document("glan-yr-afon") | {"letters": letters}).letters) == ["b", "c", "a"]


def test_one_is_added_for_some_outcomes_and_moved(administrator: Walker, admin: Admin) -> None:
    before = list(settings(admin).letters)
    said = {
        "title_en": "An offer of help",
        "body_en": "Dear ((name))\n\nWe can help ((children)).",
        "outcomes": "advice",
    }
    assert administrator.where(save(administrator, NEW, **said)) == LETTERS
    made = settings(admin).letters
    assert list(made) == [*before, "an_offer_of_help"]
    one = made["an_offer_of_help"]
    assert (one.title, one.outcomes) == ({"en": "An offer of help"}, ("advice",))
    assert one.body == {"en": "Dear ((name))\n\nWe can help ((children))."}
    administrator.where(save(administrator, LETTERS, move="up:an_offer_of_help"))
    assert list(settings(admin).letters) == [*before[:-1], "an_offer_of_help", before[-1]]
    page = soup(administrator.get(LETTERS)).select("main dl")[0].text
    assert "For which outcomes" in page
    assert "We can help" not in page, "the whole text is no line of a list"
    administrator.where(save(administrator, f"{LETTERS}/items/an_offer_of_help", outcomes=""))
    assert settings(admin).letters["an_offer_of_help"].outcomes == ()


def test_each_text_has_its_own_mistake_beside_it(administrator: Walker, admin: Admin) -> None:
    before = settings(admin)
    assert set(wrong(save(administrator, NEW))) == {"title-en", "body-en"}
    answer = save(administrator, NEW, title_en="x" * 121, body_en="CNRY ((author)) and ((name))")
    found = wrong(answer)
    assert "1 characters too long" in found["title-en"]
    assert "“((author))” is no gap" in found["body-en"]
    assert "((hub_phone))" in found["body-en"]
    assert "CNRY ((author))" in answer.text
    assert "“((name” is no gap" in wrong(save(administrator, FIRST, body_en="Dear ((name"))["body-en"]
    assert "outcomes" in wrong(save(administrator, FIRST, outcomes="gone"))
    assert "title-en" in wrong(save(administrator, FIRST, title_en="\x00"))
    assert settings(admin) == before


def test_what_is_typed_is_shown_as_a_letter_before_it_is_saved(administrator: Walker, admin: Admin) -> None:
    before = settings(admin)
    said = {"title_en": "About ((children))", "body_en": "Dear ((name))\n\n* Ring ((hub_phone))"}
    shown = save(administrator, FIRST, preview="page", **said)
    assert shown.status_code == 200
    letter = soup(shown).select("main section")[0].text
    assert all(words in letter for words in ("About Sam", "Dear Jo Example", before.phones.hub.number))
    assert "Dear ((name))" in shown.text
    pdf = save(administrator, FIRST, preview="pdf", **said)
    assert pdf.mimetype == "application/pdf"
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf.data))
    assert "About Sam" in text
    assert "body-en" in wrong(save(administrator, FIRST, preview="pdf", body_en="((nobody))"))
    assert settings(admin) == before


def test_a_stale_tab_is_told_and_a_second_click_is_not(administrator: Walker, admin: Admin) -> None:
    mine = typed(administrator, FIRST, body_en="CNRY mine")
    twice = typed(administrator, NEW, title_en="Once", body_en="Once")
    for _click in range(2):
        assert administrator.where(administrator.send(NEW, twice)) == LETTERS
    assert [key for key in settings(admin).letters if key.startswith("once")] == ["once"]
    answer = administrator.send(FIRST, mine)
    assert (answer.status_code, "CNRY mine" in answer.text) == (409, True)
    assert settings(admin).letters["no_further_action"].body["en"] != "CNRY mine"


def test_one_in_use_is_removed_and_what_was_made_of_it_stays(administrator: Walker, admin: Admin) -> None:
    case = case_in(administrator.council)
    case.act(commands.make, SAFE, uuid4())
    page = administrator.get(f"{FIRST}/remove")
    assert "1 letter was made from it" in " ".join(soup(page).text.split())
    administrator.where(administrator.send(f"{FIRST}/remove", fields_of(page, f"{FIRST}/remove")))
    assert "no_further_action" not in settings(admin).letters
    (one,) = case.all()
    assert case.act(commands.open_letter, one.id).written.parts
    case.act(commands.mark_sent, one.id, "post")


def test_the_address_that_a_letter_had_before_leads_to_it(administrator: Walker) -> None:
    assert administrator.where(administrator.get("/council/letter-no_further_action")) == FIRST
    assert f'href="/avonmere{LETTERS}"' in administrator.get("/council").text


def test_a_letter_keeps_an_outcome_that_the_operator_took_away(administrator: Walker, admin: Admin) -> None:
    admin.execute(
        "update council set settings = jsonb_set(settings, '{letters,no_further_action,outcomes}', '[\"gone\"]')"
        " where slug = 'avonmere'"
    )
    administrator.where(save(administrator, FIRST, title_en="A typo mended"))
    one = settings(admin).letters["no_further_action"]
    assert (one.title["en"], one.outcomes) == ("A typo mended", ("gone",))
    assert "gone (no longer an outcome)" in administrator.get(LETTERS).text
    assert "no longer an outcome" not in administrator.get(NEW).text, "nobody chooses it anew"
    administrator.where(save(administrator, FIRST, outcomes="advice"))
    assert settings(admin).letters["no_further_action"].outcomes == ("advice",)
    assert "no longer an outcome" not in administrator.get(FIRST).text
