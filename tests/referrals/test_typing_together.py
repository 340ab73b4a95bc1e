"""Two people on one page of a draft: each sees what the other is typing before it is saved, and nothing is lost."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from flask import Flask

from portal.referrals.commands import sharing
from portal.referrals.queries.draft_lists import shared
from portal.referrals.queries.drafts import find_draft
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Fields, Person, filled, main_form, soup
from tests.referrals.making import acting, make_draft

Admin = psycopg.Connection[tuple[object, ...]]
FIELD = "oth_anything"


@pytest.fixture
def author(councils: Councils) -> Somebody:
    return make_person(councils.england, name="Siân O'Brien")


@pytest.fixture
def helper(councils: Councils) -> Somebody:
    return make_person(councils.england, name="Gwen Parry")


@pytest.fixture
def draft_id(author: Somebody, helper: Somebody) -> UUID:
    draft_id = make_draft(author)
    with acting(author):
        sharing.invite(author.actor, shared(author.actor, draft_id), helper.account_id)
    return draft_id


def browser(app: Flask, person: Somebody) -> Person:
    client = app.test_client()
    sign_in(client, person)
    return Person(client, person.council.slug)


def form_of(person: Person, page: str) -> tuple[Fields, str]:
    form = main_form(soup(person.get(page)))
    box = form.select_one("[data-autosave]")
    assert box is not None
    return filled(form), str(box["data-autosave"])


def type_into(person: Person, page: str, words: str) -> Fields:
    """Open a page, type, and let the script keep it; what stands in the form then."""
    fields, href = form_of(person, page)
    fields[FIELD] = [words]
    answer = person.send(href, fields)
    assert answer.status_code == 200
    fields["typed_version"] = [str(answer.get_json()["version"])]
    return fields


def test_both_texts_are_shown_and_one_is_chosen(
    app: Flask, author: Somebody, helper: Somebody, draft_id: UUID, admin: Admin
) -> None:
    page = f"/report/{draft_id}/section/other"
    one, two = browser(app, author), browser(app, helper)
    mine, href = form_of(one, page)
    theirs = type_into(two, page, "Gwen saw <b> bruises")
    mine[FIELD] = ["Siân heard shouting"]
    told = one.send(href, mine).get_json()
    assert "Gwen Parry typed on this page, too" in told["said"]
    mine["typed_version"] = [str(told["version"])]
    both = one.send(page, mine)
    assert both.status_code == 409
    shown = soup(both)
    for words in ("Gwen Parry typed other text", "Gwen saw <b> bruises", "Siân heard shouting"):
        assert words in shown.text
    assert one.send(page, filled(main_form(shown))).status_code == 303
    with acting(author):
        assert find_draft(author.actor, draft_id).of("other").writer == author.name
    unsaved = soup(one.get(f"/report/{draft_id}/check")).text
    assert "Gwen Parry" in unsaved
    refused = two.send(page, theirs)
    assert refused.status_code == 409
    told_both = soup(refused)
    for words in ("Siân O'Brien saved other answers", "Siân heard shouting", "Gwen saw <b> bruises"):
        assert words in told_both.text
    assert two.send(page, filled(main_form(told_both))).status_code == 303
    with acting(helper):
        last = find_draft(helper.actor, draft_id).of("other")
    assert (last.body[FIELD], last.writer) == ("Gwen saw <b> bruises", helper.name)
    query = (
        "select actor_id from audit_event where event = 'referrals.saved' and detail->>'section' = 'other' order by at"
    )
    assert [row[0] for row in admin.execute(query).fetchall()][-2:] == [author.account_id, helper.account_id]


def test_opening_a_page_shows_what_the_other_is_typing_and_one_may_go_on_with_it(
    app: Flask, author: Somebody, helper: Somebody, draft_id: UUID
) -> None:
    page = f"/report/{draft_id}/section/other"
    one, two = browser(app, author), browser(app, helper)
    fields = type_into(two, page, "Half a sentence of Gw")
    shown = soup(one.get(page))
    assert "Half a sentence of Gw" in shown.text
    assert filled(main_form(shown))[FIELD] != ["Half a sentence of Gw"]
    link = shown.select_one('a[href*="theirs="]')
    assert link is not None
    taken = filled(main_form(soup(one.client.get(str(link["href"])))))
    assert taken[FIELD] == ["Half a sentence of Gw"]
    assert one.send(page, taken).status_code == 303
    with acting(author):
        assert find_draft(author.actor, draft_id).of("other").body[FIELD] == "Half a sentence of Gw"
    assert "typed other text" not in soup(one.get(page)).text
    assert "Gwen Parry" in soup(one.get(f"/report/{draft_id}")).text
    assert "Others typed on these pages" not in soup(one.get(f"/report/{draft_id}")).text
    # Whoever typed it may go on in the same page, and is heard.
    fields[FIELD] = ["A whole sentence of Gwen"]
    assert two.send(f"/report/typed/{draft_id}/section/other", fields).status_code == 200
    assert "A whole sentence of Gwen" in soup(one.get(page)).text


def test_nobody_else_reads_what_is_being_typed(
    app: Flask, author: Somebody, helper: Somebody, draft_id: UUID, councils: Councils
) -> None:
    page = f"/report/{draft_id}/section/other"
    two = browser(app, helper)
    type_into(two, page, "CNRY of Gwen")
    colleague = browser(app, make_person(councils.england))
    other = make_draft(author)
    one = browser(app, author)
    assert colleague.client.get(colleague.at(page)).status_code == 404
    row = str(soup(one.get(page)).select_one('a[href*="theirs="]')["href"]).rpartition("=")[2]  # type: ignore[index] # asserted by what follows
    assert "CNRY of Gwen" not in soup(one.get(f"/report/{other}/section/other?theirs={row}")).text
