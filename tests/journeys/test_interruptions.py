"""What happens to words that were typed when something comes between: another language, time, another tab."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import expect

from portal.auth import passwords
from portal.kernel.scope import Council
from portal.referrals.commands import sharing
from portal.referrals.queries.draft_lists import shared
from tests.factories.apps import give_app
from tests.factories.people import Person, make_person
from tests.journeys.conftest import form_of
from tests.journeys.walking import PASSWORD, Walker
from tests.referrals.making import acting, make_draft

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
CouncilNamed = Callable[[str], Council]
Admin = psycopg.Connection[tuple[object, ...]]
TYPED = "She was hungry again.\nRoedd hi eisiau bwyd eto."


def test_given_a_refused_form_when_the_language_is_changed_then_place_and_words_stay(
    walk: Walk, council_named: CouncilNamed
) -> None:
    walker = walk(council_named("avonmere")).open("/register").fill("Your full name", "Siân O'Brien")
    walker.press("Continue").sees("Enter your job title")
    place = walker.page.url
    walker.language = "cy"
    walker.press("Cymraeg").sees_heading("Create an account").sees(walker.say("Enter your job title"))
    expect(walker.page.get_by_label(walker.say("Your full name"), exact=True)).to_have_value("Siân O'Brien")
    assert walker.page.url == place


def _last_section(walker: Walker) -> Walker:
    """A draft's last section, on the screen."""
    walker.open("/report").press("Start a report")
    draft = walker.page.url.partition("/questions")[0].partition(walker.council.slug)[2]
    return walker.open(f"{draft}/section/other").sees_heading("Anything else")


def _words(walker: Walker) -> str:
    question = form_of(walker.council.slug).section("other").questions[-1]
    return str(question.label["en"])


def test_given_a_session_that_ended_when_a_section_is_saved_then_signing_in_brings_the_words_back(
    walk: Walk, council_named: CouncilNamed, admin: Admin
) -> None:
    person = make_person(council_named("avonmere"))
    give_app(person.account_id)
    walker = _last_section(walk(person.council, person))
    section = walker.page.url
    walker.fill(_words(walker), TYPED)
    _end_session(admin, person)
    walker.press("Save and continue").sees_heading("Your session has ended")
    expect(walker.page.get_by_label("What you wrote", exact=True)).to_have_value(
        re.compile(r"hungry again\.\s+Roedd hi")
    )
    with walker.page.context.expect_page() as opened:
        walker.page.get_by_role("link", name="Sign in (opens in a new tab)").click()
    beside = Walker(opened.value, person.council)
    beside.sees_heading("Sign in").sign_in(person.email)
    assert beside.page.url == section
    walker.press("Send what I wrote").sees_heading("Your report")
    walker.page.goto(section)
    expect(walker.page.get_by_label(_words(walker), exact=True)).to_have_value(TYPED)


def _end_session(admin: Admin, person: Person) -> None:
    """Half an hour and more passes; the person has a password to sign in with again."""
    admin.execute("update account_session set seen_at = seen_at - interval '2 hours'")
    known = (passwords.hashed(PASSWORD), person.account_id)
    admin.execute("update account set password_hash = %s where id = %s", known)
    admin.commit()


def test_given_two_tabs_on_one_section_when_both_are_saved_then_the_second_sees_both_and_chooses(
    walk: Walk, council_named: CouncilNamed
) -> None:
    person = make_person(council_named("avonmere"))
    first = _last_section(walk(person.council, person))
    second = Walker(first.page.context.new_page(), person.council)
    second.page.goto(first.page.url)
    first.fill(_words(first), "From the first tab.").press("Save and continue").sees_heading("Your report")
    second.fill(_words(second), "From the second tab.").press("Save and continue")
    second.sees("This page was saved somewhere else").sees("From the first tab.").sees("From the second tab.")
    expect(second.page.get_by_label(_words(second), exact=True)).to_have_value("From the second tab.")
    second.press("Save and continue").sees_heading("Your report").open(_path(first)).follow("Anything else")
    expect(second.page.get_by_label(_words(second), exact=True)).to_have_value("From the second tab.")


def test_given_words_being_typed_when_the_line_and_the_session_break_then_the_page_says_so_and_nothing_is_lost(
    walk: Walk, council_named: CouncilNamed, admin: Admin
) -> None:
    person = make_person(council_named("avonmere"))
    give_app(person.account_id)
    walker = _last_section(walk(person.council, person))
    section, context = walker.page.url, walker.page.context
    line = walker.page.locator("[data-autosave-line]")
    # Nothing of the page is behind a bar that has nothing to say.
    bar = walker.page.locator("[data-autosave]")
    expect(bar).to_have_css("position", "static")
    field = walker.page.get_by_label(_words(walker), exact=True)
    field.fill("She was hungry")
    field.blur()
    expect(line).to_contain_text("Saved at ")
    expect(bar).to_have_css("position", "sticky")
    context.set_offline(True)
    field.fill(TYPED)
    field.blur()
    expect(line).to_have_text("Not saved: you are offline. We try again.")
    expect(walker.page.get_by_role("status").filter(has_text="you are offline")).to_be_attached()
    context.set_offline(False)
    expect(line).to_contain_text("Saved at ")
    _end_session(admin, person)
    field.fill(f"{TYPED} Again.")
    field.blur()
    expect(line).to_contain_text("you have been signed out")
    with context.expect_page() as opened:
        walker.link("Sign in (opens in a new tab)").click()
    Walker(opened.value, person.council).sees_heading("Sign in").sign_in(person.email)
    opened.value.close()
    walker.page.bring_to_front()
    walker.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(line).to_contain_text("Saved at ")
    walker.page.goto(section)
    walker.arrive().sees("did not press the button")
    expect(walker.page.get_by_label(_words(walker), exact=True)).to_have_value(f"{TYPED} Again.")
    walker.press("Save and continue").sees_heading("Your report").does_not_see("no part of the report yet")


def _path(walker: Walker) -> str:
    return walker.page.url.partition(walker.council.slug)[2]


def test_given_an_urgent_report_being_typed_when_the_session_ends_then_signing_in_brings_the_words_back(
    walk: Walk, council_named: CouncilNamed, admin: Admin
) -> None:
    person = make_person(council_named("avonmere"))
    give_app(person.account_id)
    walker = walk(person.council, person).open("/report/urgent").sees_heading("Urgent report")
    short = form_of("avonmere").section("urgent")
    question = next(str(one.label["en"]) for one in short.questions if one.key == "sos_what_happened")
    field = walker.page.get_by_label(question, exact=True)
    field.fill(TYPED)
    field.blur()
    expect(walker.page.locator("[data-autosave-line]")).to_contain_text("Saved at ")
    _end_session(admin, person)
    walker.page.reload()
    walker.arrive().sees_heading("Sign in").sign_in(person.email)
    walker.sees_heading("Urgent report").sees("it is not sent yet")
    expect(walker.page.get_by_label(question, exact=True)).to_have_value(TYPED)


def test_given_two_people_on_one_page_when_both_type_and_save_then_both_see_both_texts_and_one_chooses(
    walk: Walk, council_named: CouncilNamed
) -> None:
    author, helper = (make_person(council_named("glan-yr-afon")) for _one in range(2))
    draft_id = make_draft(author)
    with acting(author):
        sharing.invite(author.actor, shared(author.actor, draft_id), helper.account_id)
    one, two = (walk(person.council, person).open(f"/report/{draft_id}/section/other") for person in (author, helper))
    label = _words(one)
    for walker, words in ((one, "From the author."), (two, "From the helper.")):
        field = walker.page.get_by_label(label, exact=True)
        field.fill(words)
        field.blur()
        expect(walker.page.locator("[data-autosave-line]")).to_contain_text("Saved at ")
    one.press("Save and continue").sees(f"{helper.name} typed other text on this page")
    one.sees("From the author.").sees("From the helper.").press("Save and continue").sees_heading("Your report")
    two.press("Save and continue").sees(f"{author.name} saved other answers on this page")
    two.sees("From the author.").sees("From the helper.").press("Save and continue").sees_heading("Your report")
    one.open(f"/report/{draft_id}").sees(f"Last changed by {helper.name}")
    one.open(f"/report/{draft_id}/section/other")
    expect(one.page.get_by_label(label, exact=True)).to_have_value("From the helper.")
