"""The head of a report: who, where now, what happened, signs, the family, the referrer, why it came this way."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import Tag
from flask.testing import FlaskClient

from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Child, make_referral
from tests.fixtures.councils import Councils

MOST_STATEMENTS = 15
STORY = "First line CNRY.\n\n<b>Third</b> line."
SECTIONS: dict[str, Any] = {
    "referrer": {
        "ref_phone": "(01632) 960 555", "ref_phone_until": "Until 5pm, then Bo", "ref_phoned": "yes",
        "ref_phone_when": "At ten, Ann",
    },
    "urgency": {"cfc_danger": "no", "cfc_child_now": "In the medical room", "cfc_worker_risk": "no"},
    "children": [
        {"child_first_name": "Siân CNRY", "child_last_name": "Llŷr", "child_school": "Oakfield Primary"},
        {"child_first_name": "Ann", "child_last_name": "Llŷr", "child_school": "Mill Lane Nursery"},
    ],
    "concern": {"sos_what_happened": STORY},
    "consent": {
        "con_told": "no", "con_reason": ["risk_to_child", "evidence"], "con_reason_detail": "He said CNRY he would run",
    },
}  # fmt: skip
TRIAGE = {"b_danger_now": "no", "b_red_flags": ["RF19", "RF03"], "b_ongoing_access": "yes", "b_consent": "not_agreed"}


@pytest.fixture
def screener(councils: Councils, client: FlaskClient) -> Person:
    person = make_person(councils.england, role="screener")
    sign_in(client, person)
    return person


def page_of(client: FlaskClient, councils: Councils, **report: Any) -> Tag:
    author = make_person(councils.england, name="Sam Teacher")
    made = make_referral(councils.england, author, **report)
    answer = client.get(f"/avonmere/screening/{made.reference}")
    assert answer.status_code == 200
    main = soup(answer).select_one("main")
    assert main is not None
    return main


def part(page: Tag, title: str) -> Tag:
    """The part of the summary under that heading."""
    found = next(one for one in page.select(".app-digest__part") if str(one.h3 and one.h3.text).startswith(title))
    assert isinstance(found, Tag)
    return found


def lines(block: Tag) -> list[str]:
    return [" ".join(line.text.split()) for line in block.select(".app-lines__line")]


def listed(block: Tag) -> list[str]:
    return [item.text.split(":")[0].split(",")[0] for item in block.select("li")]


def test_everything_a_screener_asks_first(client: FlaskClient, councils: Councils, screener: Person) -> None:
    page = page_of(client, councils, sections=SECTIONS, triage=TRIAGE, children=(Child(), Child("Ann")))
    children = part(page, "Children")
    assert children.select(".app-digest__name")[0].text.startswith("Siân CNRY Llŷr, ")
    schools = [line for line in lines(children) if line.startswith("School")]
    assert schools == ["School: Oakfield Primary", "School: Mill Lane Nursery"]
    assert lines(part(page, "Where the child is now")) == [
        "In immediate danger: No", "Place: In the medical room", "That person can reach the child: Yes",
        "Risk to staff who visit: No",
    ]  # fmt: skip
    story = part(page, "What happened").select_one(".app-typed")
    assert story is not None
    assert story.text == STORY
    assert listed(part(page, "Signs of serious harm")) == ["A physical injury that a child says an adult caused",
                                                           "A young child abandoned"]  # fmt: skip
    family = part(page, "Telling the family")
    assert lines(family)[:2] == [
        "Parent or carer told: No",
        "Family’s agreement before the report: No, they do not agree",
    ]
    assert listed(family) == ["A child could be put at more risk", "Evidence could be lost"]
    assert "He said CNRY he would run" in family.text
    referrer = part(page, "Referrer")
    assert lines(referrer) == [
        "Telephone: (01632) 960 555", "Best times, and who to phone after: Until 5pm, then Bo",
        "Has phoned the council: Yes", "When, and who they spoke to: At ten, Ann", "Language: English",
    ]  # fmt: skip
    number = referrer.select_one("a")
    assert number is not None
    assert number["href"] == "tel:01632960555"


def test_the_summary_is_the_first_part_and_the_order_of_the_rest(
    client: FlaskClient, councils: Councils, screener: Person
) -> None:
    page = page_of(client, councils, sections=SECTIONS, triage=TRIAGE)
    assert [one.text for one in page.select("h2")] == [
        "Summary", "What to do", "Other work on this", "Previous contacts", "Files", "Messages",
        "Notes for colleagues", "What the referrer answered", "Timeline",
    ]  # fmt: skip
    for link in page.select("nav.app-contents a"):
        assert page.select_one(f'[id="{str(link["href"]).removeprefix("#")}"]') is not None, link
    assert len(page.select("nav.app-contents a")) > len(SECTIONS)


def test_danger_now_stands_out_and_none_chosen_is_said(
    client: FlaskClient, councils: Councils, screener: Person
) -> None:
    risky = page_of(client, councils, triage={"b_danger_now": "yes"})
    assert "In danger when the report was sent" in part(risky, "Where the child is now").text
    assert "Not answered" in part(risky, "Signs of serious harm").text
    calm = page_of(client, councils, triage={"b_danger_now": "no", "b_red_flags": ["none"]})
    assert "In danger" not in part(calm, "Where the child is now").text
    assert "None chosen" in part(calm, "Signs of serious harm").text
    short = page_of(client, councils, kind="urgent")
    assert "Not asked on the short form" in part(short, "Signs of serious harm").text


def test_reasons_are_a_list_with_a_caption_and_the_referrers_own_words_follow(
    client: FlaskClient, councils: Councils, screener: Person
) -> None:
    page = page_of(
        client, councils, overridden=True, override_reason="I saw CNRY more", out_of_hours=True, attention=True,
        outcome_of_rules={"also": ["B02"], "why": {"en": "You chose a sign."}, "notices": ["do_not_alert_family"]},
    )  # fmt: skip
    route = part(page, "Route")
    assert "What the referrer was told:" in route.text
    assert route.select("li")[0].text == "You chose a sign."
    assert len(route.select(":scope > ul > li")) == 3
    assert "I saw CNRY more" in route.text
    bar = page.select_one("dl.app-identity")
    assert bar is not None
    for words in ("Out of hours", "Needs checking", "Referrer disagreed"):
        assert words in bar.text


def test_questions_left_empty_are_folded_away(client: FlaskClient, councils: Councils, screener: Person) -> None:
    page = page_of(client, councils, sections=SECTIONS, triage=TRIAGE)
    folded = [item.text for item in page.select("details li")]
    assert "Who else in your organisation knows about this?" in folded
    assert "What number can we reach you on today?" not in folded
    keys = [one.text for one in page.select("dl.app-answers dt")]
    assert not set(folded) & set(keys)
    assert "What number can we reach you on today?" in keys


@pytest.mark.parametrize("state", ["sent", "screening", "asked", "answered", "decided", "withdrawn"])
def test_a_report_takes_few_statements(
    client: FlaskClient, councils: Councils, screener: Person, statements: list[str], state: str
) -> None:
    made = make_referral(councils.england, make_person(councils.england), state=state, owner=screener)
    client.get(f"/avonmere/screening/{made.reference}")
    statements.clear()
    assert client.get(f"/avonmere/screening/{made.reference}").status_code == 200
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
