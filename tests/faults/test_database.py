"""PostgreSQL killed under the application: nothing is lost, the page says "not sent", and sending again sends once."""

from __future__ import annotations

from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Council
from portal.messaging import commands as messaging
from portal.referrals.models import Referral
from portal.referrals.queries.record import find
from portal.tenants import resolve
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.faults.conftest import Outage
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Fields, answer, filled, main_form
from tests.referrals.clicking import Person as Clicking

WORDS = "CNRY bruises on both arms, she would not say how"


@pytest.fixture
def author(there: Councils) -> Person:
    """A referrer in Avonmere, on the second PostgreSQL."""
    return make_person(there.england)


def page(response: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def sent(person: Person) -> int:
    with db.unit_of_work(person.scope) as session:
        query = select(func.count()).select_from(Referral).where(Referral.state == "sent")
        return int(session.execute(query.where(Referral.author_id == person.account_id)).scalar_one())


def says_not_sent(response: TestResponse, council: Council) -> BeautifulSoup:
    """The page of an outage: what happened, the numbers to ring, and what was typed, in a form to send again."""
    found = page(response)
    assert response.status_code == 503
    assert "Not sent" in found.select("h1")[0].text
    number = council.settings.phones.hub.number
    assert number in found.text
    assert response.headers["Retry-After"]
    assert response.headers["Content-Security-Policy"]
    return found


def again(client: FlaskClient, found: BeautifulSoup, path: str) -> TestResponse:
    """Press the button of the page that said "not sent", which was the answer to `path`."""
    form = next(tag for tag in found.select("main form") if WORDS in str(filled(tag)))
    return client.post(str(form.get("action") or path), data=filled(form))


def urgent(client: FlaskClient, author: Person) -> tuple[str, Fields]:
    """The urgent short form, filled in."""
    path = f"/{author.council.slug}/report/urgent"
    form = main_form(page(client.get(path)))
    data = filled(form)
    answer(form, data, {"sos_what_happened": WORDS})
    return path, data


def test_an_urgent_report(client: FlaskClient, outage: Outage, author: Person) -> None:
    sign_in(client, author)
    path, data = urgent(client, author)
    outage.stop()
    found = says_not_sent(client.post(path, data=data), author.council)
    assert WORDS in found.text
    outage.start()
    assert sent(author) == 0
    first, second = again(client, found, path), again(client, found, path)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert sent(author) == 1


def test_an_urgent_report_of_somebody_whose_page_was_never_opened(
    client: FlaskClient, outage: Outage, author: Person
) -> None:
    """Even the first request after the outage shows where to ring."""
    sign_in(client, author)
    outage.stop()
    answer = client.get(f"/{author.council.slug}/report/urgent")
    assert answer.status_code == 503
    assert author.council.settings.phones.hub.number in page(answer).text
    assert "call 999" in page(answer).text


def test_a_process_that_remembers_no_council_says_not_sent(client: FlaskClient, outage: Outage, author: Person) -> None:
    """A web server that starts during an outage knows no address: it may not say that there is no such page."""
    sign_in(client, author)
    path, data = urgent(client, author)
    outage.stop()
    resolve.forget()
    assert client.get(path).status_code == 503
    found = page(client.post(path, data=data))
    assert "Not sent" in found.select("h1")[0].text
    assert WORDS in found.text
    assert "999" in found.text
    outage.start()
    assert again(client, found, path).status_code == 303
    assert sent(author) == 1


def test_a_whole_report(client: FlaskClient, outage: Outage, author: Person) -> None:
    sign_in(client, author)
    clicking = Clicking(client, author.council.slug)
    check = complete(clicking)
    data = filled(main_form(page(clicking.get(check)), "/check"))
    outage.stop()
    says_not_sent(clicking.send(check, data), author.council)
    outage.start()
    first, second = clicking.send(check, data), clicking.send(check, data)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"].endswith("/receipt")
    assert first.headers["Location"] == second.headers["Location"]
    assert sent(author) == 1


def complete(clicking: Clicking) -> str:
    """Answer everything of a new report; the path of its check page."""
    place = clicking.post("/report").headers["Location"]
    draft = place.split("/questions")[0]
    place = clicking.get(f"{draft}/questions", 303).headers["Location"]
    while not place.endswith("/route"):
        place = clicking.complete(place).headers["Location"]
    done: set[str] = set()
    while new := [href for href in links(clicking, draft) if href not in done]:
        done.update(new)  # what one section says may open another
        for href in new:
            shown = clicking.client.get(href)
            if shown.status_code == 200 and not href.endswith("/route"):
                clicking.complete(href)
            elif shown.status_code == 303:
                several(clicking, shown.headers["Location"])
    return f"{draft}/check"


def links(clicking: Clicking, draft: str) -> list[str]:
    """What the task list leads to."""
    return [str(link["href"]) for link in page(clicking.get(draft)).select(".govuk-task-list__link")]


def several(clicking: Clicking, href: str) -> None:
    """One item where one is needed, else none."""
    first = clicking.client.get(href)
    if first.status_code == 303:
        clicking.complete(first.headers["Location"])
    clicking.post(href)


def test_a_reply(client: FlaskClient, outage: Outage, author: Person) -> None:
    screener = make_person(author.council, role="screener")
    made = make_referral(author.council, author, state="screening", owner=screener)
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.ASK, made.reference)
        messaging.ask(screener.actor, found, "When CNRY?", UUID(int=1))
    sign_in(client, author)
    path = f"/{author.council.slug}/referrals/{made.reference}"
    form = main_form(page(client.get(path)), "/reply")
    data = filled(form) | {"message": [WORDS]}
    outage.stop()
    refused = says_not_sent(client.post(f"{path}/reply", data=data), author.council)
    assert WORDS in refused.text
    outage.start()
    first, second = again(client, refused, f"{path}/reply"), again(client, refused, f"{path}/reply")
    assert first.status_code == second.status_code == 303
    assert page(client.get(path)).text.count(WORDS) == 1


def test_the_connection_lost_in_the_middle(client: FlaskClient, outage: Outage, author: Person) -> None:
    """The session is found, and then the database goes away: at the commit at the latest."""
    sign_in(client, author)
    path, data = urgent(client, author)
    commit = db.commit

    def lose() -> None:
        found = db._session.get()
        if found is not None and found.in_transaction():
            outage.stop()
        commit()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "commit", lose)
        found = says_not_sent(client.post(path, data=data), author.council)
    assert WORDS in found.text
    outage.start()
    assert again(client, found, path).status_code == 303
    assert sent(author) == 1


def test_after_the_outage_the_first_request_works(app: Flask, outage: Outage, author: Person) -> None:
    client = app.test_client()
    sign_in(client, author)
    assert client.get(f"/{author.council.slug}/report").status_code == 200
    outage.stop()
    assert client.get(f"/{author.council.slug}/report").status_code == 503
    assert client.get("/live").status_code == 200
    assert client.get("/ready").status_code == 503
    outage.start()
    assert client.get(f"/{author.council.slug}/report").status_code == 200  # still signed in


def test_the_front_page_says_where_to_ring(client: FlaskClient, outage: Outage, there: Councils) -> None:
    outage.stop()
    for council in there:
        answer = client.get(f"/{council.slug}/")
        assert answer.status_code in (200, 503)
        assert council.settings.phones.hub.number in page(answer).text
