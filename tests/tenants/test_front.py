"""The front page, a council's own pages, the advice pages, the state of the instance and the outbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, text

from portal.adapters import ports
from portal.kernel import clock, db, scope, startup
from portal.tenants import resolve, settings
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils

At = Callable[[str], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Makes it another time, in London: `at("2026-11-23 10:00")`."""

    def become(local: str) -> None:
        moment = datetime.fromisoformat(local).replace(tzinfo=clock.LONDON)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return become


def page(client: FlaskClient, path: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return BeautifulSoup(answer.data, "html.parser")


def words(part: object) -> str:
    return " ".join(part.get_text(" ").split()) if hasattr(part, "get_text") else ""


def marked(found: BeautifulSoup) -> str:
    """The number marked as the one to ring now."""
    tags = found.select(".app-emergency .govuk-tag")
    assert len(tags) == 1
    number = tags[0].find_previous("a")
    assert number is not None
    return str(number.get_text())


HUB, DUTY = "01632 960210", "01632 960219"
WELSH_HUB, WELSH_DUTY = "01632 960110", "01632 960119"


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("2026-11-23 08:30", HUB),  # Monday, the minute it opens
        ("2026-11-23 08:29", DUTY),
        ("2026-11-23 17:29", HUB),
        ("2026-11-23 17:30", DUTY),
        ("2026-11-23 23:59", DUTY),
        ("2026-11-22 11:00", DUTY),  # Sunday
        ("2026-12-25 11:00", DUTY),  # bank holiday
        ("2026-12-28 11:00", DUTY),  # the substitute for Boxing Day, which is a Saturday
        ("2026-12-24 11:00", DUTY),  # the council's own closure
        ("2026-12-23 11:00", HUB),
        ("2026-07-06 08:45", HUB),  # summer time: 07:45 in UTC
    ],
)
def test_the_number_that_is_answered_now_is_marked(
    client: FlaskClient, councils: Councils, at: At, moment: str, number: str
) -> None:
    at(moment)
    found = page(client, "/avonmere/")
    assert marked(found) == number
    assert ("We are open now" in words(found)) is (number == HUB)


def test_each_council_has_its_own_hours(client: FlaskClient, councils: Councils, at: At) -> None:
    at("2026-11-23 17:15")
    assert marked(page(client, "/avonmere/")) == HUB
    assert marked(page(client, "/glan-yr-afon/")) == WELSH_DUTY


def test_danger_and_numbers_come_before_everything_else(client: FlaskClient, councils: Councils) -> None:
    main = page(client, "/avonmere/").select_one("main")
    assert words(main).startswith("If a child is in immediate danger, call 999")
    assert words(main).index(HUB) < words(main).index("Tell us that you are worried")
    assert [link["href"] for link in main.select(".app-phones a")] == ["tel:01632960210", "tel:01632960219"]  # type: ignore[union-attr] # found above


def test_a_stranger_can_sign_in_or_register(client: FlaskClient, councils: Councils) -> None:
    links = {link["href"] for link in page(client, "/avonmere/").select("main a")}
    assert {"/avonmere/sign-in", "/avonmere/register", "/avonmere/report"} <= links


@pytest.mark.parametrize(
    ("who", "offered", "hidden"),
    [
        (("referrer", "active"), {"/report", "/referrals"}, {"/holding-area", "/people", "/register"}),
        (("agency_lead", "active"), {"/report", "/referrals", "/people"}, {"/holding-area"}),
        (("referrer", "pending"), {"/report"}, {"/referrals", "/people", "/holding-area"}),
        (("screener", "active"), {"/holding-area"}, {"/report", "/people"}),
        (("council_admin", "active"), {"/people"}, {"/report", "/holding-area"}),
    ],
)
def test_who_is_signed_in_sees_their_own_start(
    client: FlaskClient, councils: Councils, who: tuple[str, str], offered: set[str], hidden: set[str]
) -> None:
    role, state = who
    sign_in(client, make_person(councils.england, role=role, state=state, name="Siân O'Brien"))
    main = page(client, "/avonmere/").select_one("main")
    links = {str(link["href"]).removeprefix("/avonmere") for link in main.select("a")}  # type: ignore[union-attr] # every page has one
    assert offered <= links
    assert not hidden & links
    assert "You are signed in as Siân O'Brien." in words(main)
    assert ("waits for approval" in words(main)) is (state == "pending")


def test_another_councils_front_page_offers_to_ask_for_access_only(client: FlaskClient, councils: Councils) -> None:
    sign_in(client, make_person(councils.england, role="screener"))
    links = {link["href"] for link in page(client, "/glan-yr-afon/").select("main a")}
    assert "/glan-yr-afon/join" in links
    assert not links & {"/glan-yr-afon/holding-area", "/glan-yr-afon/report", "/glan-yr-afon/referrals"}
    assert "/avonmere/join" not in {link["href"] for link in page(client, "/avonmere/").select("main a")}


def test_who_does_not_report_is_not_told_how_to(client: FlaskClient, councils: Councils) -> None:
    assert "Before you start" in words(page(client, "/avonmere/"))
    sign_in(client, make_person(councils.england, role="screener"))
    assert "Before you start" not in words(page(client, "/avonmere/"))


def test_the_instance_offers_its_councils(client: FlaskClient, councils: Councils) -> None:
    found = page(client, "/")
    assert words(found.select_one("main")).startswith("If a child is in immediate danger, call 999")
    assert [link["href"] for link in found.select("main ul a")] == ["/avonmere/", "/glan-yr-afon/"]
    assert "Demonstration" in words(found)
    assert found.select_one('main a[href="/outbox"]') is not None


def test_a_council_speaks_its_own_language_first(client: FlaskClient, councils: Councils) -> None:
    html = page(client, "/glan-yr-afon/").select_one("html")
    assert html is not None
    assert html["lang"] == "cy"
    assert "Cyngor Glan-yr-Afon" in words(html)
    english = page(client, "/avonmere/").select_one("html")
    assert english is not None
    assert english["lang"] == "en"


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/nowhere/privacy", "/privacy", "/advice", "/AVONMERE/", "/avonmere%00/"]
)
def test_an_unknown_council_is_not_found(client: FlaskClient, councils: Councils, path: str) -> None:
    page(client, path, 404)


@pytest.mark.parametrize("name", ["privacy", "cookies", "accessibility", "terms", "thresholds"])
@pytest.mark.parametrize("slug", ["avonmere", "glan-yr-afon"])
def test_a_councils_own_pages(client: FlaskClient, councils: Councils, slug: str, name: str) -> None:
    found = page(client, f"/{slug}/{name}")
    assert len(found.select("h1")) == 1
    assert len(words(found.select_one(".app-prose"))) > 200
    assert "##" not in words(found)
    assert "* " not in words(found.select_one(".app-prose"))
    footer = {link["href"] for link in found.select("footer a")}
    assert {f"/{slug}/privacy", f"/{slug}/cookies", f"/{slug}/accessibility", f"/{slug}/terms"} <= footer


def test_advice(client: FlaskClient, councils: Councils) -> None:
    links = [link["href"] for link in page(client, "/avonmere/advice").select("main li a")]
    assert "/avonmere/advice/school_attendance" in links
    for link in links:
        found = page(client, str(link))
        assert HUB in words(found.select_one("main"))
        assert "Last checked on" in words(found)
    assert "2026" in words(page(client, "/avonmere/advice/school_attendance"))


def test_advice_in_welsh(client: FlaskClient, councils: Councils) -> None:
    client.set_cookie("language", "cy")
    assert "Presenoldeb" in words(page(client, "/glan-yr-afon/advice").select_one("main"))


@pytest.mark.parametrize("topic", ["nothing", "..%2f..", "%00", "x" * 3000])
def test_unknown_advice_is_not_found(client: FlaskClient, councils: Councils, topic: str) -> None:
    page(client, f"/avonmere/advice/{topic}", 404)


def test_alive_without_a_database(client: FlaskClient, statements: list[str]) -> None:
    answer = client.get("/live")
    assert answer.get_json() == {"status": "alive"}
    assert statements == []


def test_ready_says_that_no_worker_lives(client: FlaskClient) -> None:
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "degraded",
        "database": "ok",
        "migration": "ok",
        "store": "ok",
        "worker": "missing",
        "worker_heartbeat_age_seconds": None,
    }


@pytest.mark.parametrize(("age", "status", "worker"), [(3, "ready", "ok"), (90, "degraded", "missing")])
def test_ready_knows_the_workers_heartbeat(client: FlaskClient, age: int, status: str, worker: str) -> None:
    with db.unit_of_work(scope.NOWHERE) as session:
        beat = "insert into procrastinate_workers (last_heartbeat) values (now() - :age * interval '1 second')"
        session.execute(text(beat), {"age": age})
    found = client.get("/ready").get_json()
    assert (found["status"], found["worker"]) == (status, worker)
    assert age - 1 <= found["worker_heartbeat_age_seconds"] <= age + 5


def test_not_ready_behind_the_pinned_migration(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "pinned_head", lambda: "9999")
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.get_json()["migration"] == "failed"


def test_not_ready_without_a_database(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_factory", None)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert json.loads(answer.data)["database"] == "failed"
    assert client.get("/live").status_code == 200


def test_not_ready_when_the_database_takes_no_writes(client: FlaskClient) -> None:
    def read_only(_session: object, _transaction: object, connection: Connection) -> None:
        connection.execute(text("set transaction read only"))

    assert db._factory is not None
    event.listen(db._factory, "after_begin", read_only)
    try:
        answer = client.get("/ready")
    finally:
        event.remove(db._factory, "after_begin", read_only)
    assert answer.status_code == 503
    assert client.get("/ready").status_code == 200


def _mail(recipient: str, subject: str) -> None:
    email = ports.Email(
        recipient, subject, "Your code is 123456\n<b>http://localhost/x</b>", "no-reply@a.uk", "en", "1"
    )
    with db.unit_of_work(scope.NOWHERE):
        ports.mailer().send(email)


def test_the_outbox_shows_the_newest_first_and_one_persons_mail(client: FlaskClient, at: At) -> None:
    at("2026-11-23 10:00")
    _mail("first@example.org.uk", "First subject")
    at("2026-11-23 10:01")
    _mail("second@example.org.uk", "Second subject")
    found = page(client, "/outbox")
    assert [words(title) for title in found.select("article h2")] == ["Second subject", "First subject"]
    assert "123456" in words(found)
    assert not found.select("article b")
    tokens = {words(option): str(option["value"]) for option in found.select("select option")}
    assert "first" not in tokens["first@example.org.uk"]
    only = page(client, f"/outbox?for={tokens['first@example.org.uk']}")
    assert [words(title) for title in only.select("article h2")] == ["First subject"]
    assert len(page(client, "/outbox?for=nobody").select("article")) == 2


def test_there_is_no_outbox_outside_the_demonstration(app: Flask, client: FlaskClient, councils: Councils) -> None:
    app.config["DEMO"] = False
    try:
        assert page(client, "/outbox", 404)
        assert "outbox" not in client.get("/avonmere/").get_data(as_text=True)
    finally:
        app.config["DEMO"] = True


def test_a_council_that_cannot_be_read_does_not_take_the_others_with_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = settings.parse_council

    def older(document: dict[str, object]) -> settings.Council:
        """As a release would that asks for a setting which Avonmere's folder does not have yet."""
        return parse({} if document["slug"] == "avonmere" else document)

    monkeypatch.setattr(settings, "parse_council", older)
    resolve.forget()
    assert client.get("/avonmere/").status_code == 404
    assert client.get("/glan-yr-afon/").status_code == 200
    monkeypatch.undo()
    resolve.forget()
