"""The designer's pages for questions in a real browser: axe, 320 pixels, keyboard, both languages, no scripts."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from portal.auth.sessions import PLAIN_NAME
from portal.forms.commands import drafting
from portal.forms.queries import drafts
from portal.kernel import db
from tests.factories.people import Person, make_person, open_session
from tests.fixtures.councils import Councils

Check = Callable[[Page], None]
SHOTS = os.environ.get("DESIGNING_SHOTS", "")
QUESTION = "question/section/referrer/ref_relationship"
PAGES = (
    "structure",
    "structure?open=all",
    "words",
    QUESTION,
    "question/page/danger/a_immediate_danger",
    "part/section/children",
    "new-question/section/referrer",
    "remove/section/referrer/ref_relationship",
    "move/section/referrer/ref_relationship",
    "preview/section/children",
    "untranslated",
    "translate",
)


@pytest.fixture
def designer(councils: Councils) -> Person:
    return make_person(councils.wales, role="form_designer", name="Del Designer")


@pytest.fixture
def draft_id(designer: Person) -> UUID:
    """A draft that lacks Welsh in one place."""
    with db.unit_of_work(designer.scope):
        draft_id = drafting.start(designer.actor, "concern")
    with db.unit_of_work(designer.scope):
        draft = drafts.find(designer.actor, draft_id)
        content = copy.deepcopy(draft.content)
        del content["form"]["triage"]["pages"][0]["title"]["cy"]
        drafting.save(designer.actor, draft, content, draft.version, "test")
    return draft_id


def open_as(page: Page, designer: Person, live: str) -> None:
    host = str(urlsplit(live).hostname)
    cookie = {"name": PLAIN_NAME, "value": open_session(designer), "domain": host, "path": "/"}
    page.context.add_cookies([cookie])  # type: ignore[list-item] # the values are a cookie's


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
        page.set_viewport_size({"width": 320, "height": 640})
        page.screenshot(path=f"{SHOTS}/{name}-320.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_page_is_accessible_and_fits(
    page: Page, live: str, designer: Person, draft_id: UUID, axe: Check, narrow: Check, language: str
) -> None:
    open_as(page, designer, live)
    base = f"/glan-yr-afon/forms/drafts/{draft_id}"
    page.goto(f"{base}?lang={language}")
    for number, path in enumerate(PAGES):
        page.goto(f"{base}/{path}")
        assert page.locator("html").get_attribute("lang") == language
        shoot(page, f"{language}-{number}-{path.split('/')[0].split('?')[0]}")
        axe(page)
        narrow(page)


def test_a_question_is_written_without_scripts(
    page_without_scripts: Page, live: str, designer: Person, draft_id: UUID
) -> None:
    page = page_without_scripts
    open_as(page, designer, live)
    page.goto(f"/glan-yr-afon/forms/drafts/{draft_id}?lang=en")
    page.goto(f"/glan-yr-afon/forms/drafts/{draft_id}/new-question/section/referrer")
    page.get_by_label("Question (English)").fill("Is there a dog at home?")
    page.get_by_label("Question (Welsh)").fill("A oes ci gartref?")
    page.get_by_label("One answer of several", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    for number, (english, welsh) in enumerate((("Yes", "Oes"), ("No", "Nac oes"))):
        page.get_by_role("button", name="Add an answer").click()
        row = page.get_by_role("group", name=f"Answer {number + 1}", exact=True)
        row.get_by_label("Answer (English)", exact=True).fill(english)
        row.get_by_label("Answer (Welsh)", exact=True).fill(welsh)
    page.get_by_role("group", name="Answer 2", exact=True).get_by_role("button", name="Move up").click()
    page.get_by_role("button", name="Show preview").click()
    pane = page.get_by_role("complementary", name="Preview")
    expect(pane.get_by_label("Nac oes")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your change is saved in the draft.")).to_be_visible()
    item = page.locator("#section-referrer-is_there_a_dog_at_home")
    expect(item).to_be_visible()
    before = page.locator("[id^=section-referrer-]").evaluate_all("all => all.map(one => one.id)")
    item.get_by_role("button", name="Move up").focus()
    with page.expect_event("load"):
        page.keyboard.press("Enter")
    assert page.url.endswith("#section-referrer-is_there_a_dog_at_home")
    after = page.locator("[id^=section-referrer-]").evaluate_all("all => all.map(one => one.id)")
    assert after.index("section-referrer-is_there_a_dog_at_home") < before.index(
        "section-referrer-is_there_a_dog_at_home"
    )


def test_the_preview_follows_what_is_typed(page: Page, live: str, designer: Person, draft_id: UUID) -> None:
    open_as(page, designer, live)
    page.goto(f"/glan-yr-afon/forms/drafts/{draft_id}?lang=en")
    page.goto(f"/glan-yr-afon/forms/drafts/{draft_id}/{QUESTION}")
    page.get_by_label("Question (English)").fill("Words that were only typed")
    pane = page.get_by_role("complementary", name="Preview")
    expect(pane.get_by_text("Words that were only typed")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Words that were only typed")
