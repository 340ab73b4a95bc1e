"""A council's administrators change their own part of its settings, nobody else's, and nothing by halves."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.cli.cluster import Addresses
from portal.kernel import db
from portal.kernel.errors import Conflict, Forbidden, NotFound
from portal.referrals.queries.record import find
from portal.screening.commands.decisions import decide
from portal.tenants.brand_settings import contrast_with_white
from portal.tenants.commands import own_settings as commands
from portal.tenants.settings import SettingsMistakes, parse_council
from tests.auth.walking import Walker
from tests.factories.decisions import given as decision_given
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]
NUMBER = ("phones", "hub", "number")


pytestmark = pytest.mark.usefixtures("as_it_was")


@pytest.fixture
def here(client: FlaskClient, councils: Councils, run_jobs: Callable[[], None]) -> Walker:
    """An administrator of the Welsh council at a browser, in English."""
    person = make_person(councils.wales, role="council_admin", language="en")
    sign_in(client, person)
    return Walker(client, councils.wales, run_jobs)


def settings(admin: Admin, slug: str = "glan-yr-afon") -> Any:
    return admin.execute("select settings from council where slug = %s", (slug,)).fetchall()[0][0]


class Form(HTMLParser):
    """What the page's own form would post."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, Any] = {"days": []}
        self.text = ""
        self.feed(page[page.index("<main") :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.text = said.get("name", "") if tag == "textarea" else ""
        if tag == "textarea":
            self.found[self.text] = ""
        elif said.get("type") == "checkbox":
            self.found["days"] += [said["value"]] if "checked" in said else []
        elif tag == "input":
            self.found[said["name"]] = said.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.text:
            self.found[self.text] += data

    def handle_endtag(self, tag: str) -> None:
        self.text = self.text if tag != "textarea" else ""


def fields(here: Walker, path: str) -> dict[str, Any]:
    """What a page posts when nothing was typed."""
    return Form(here.get(path).text).found


def save(here: Walker, path: str, **typed: Any) -> Any:
    return here.post(path, fields(here, path) | {name.replace("_", "-"): value for name, value in typed.items()})


def test_a_number_is_changed_everywhere_recorded_and_can_be_brought_back(here: Walker, admin: Admin) -> None:
    before = settings(admin)
    answer = save(here, "/council/telephones", hub_number="01632 960777")
    assert here.where(answer) == "/council"
    assert "01632 960777" in here.get("/council").text
    assert "01632 960777" in here.get("/").text
    assert settings(admin)["phones"]["hub"]["number"] == "01632 960777"
    query = "select event, detail from audit_event where event = 'tenants.changed'"
    assert admin.execute(query).fetchall() == [("tenants.changed", {"parts": "phones"})]
    own = admin.execute("select own_parts from council where slug = 'glan-yr-afon'").fetchall()
    assert own == [(["phones"],)]
    history = here.get("/council/history").text
    assert "Telephone numbers and opening hours" in history
    version = Form(history).found["version"]
    here.where(here.post("/council/history", {"number": "1", "version": version}))
    assert settings(admin) == before
    assert [row[0] for row in admin.execute("select number from settings_change order by number")] == [1, 2, 3]


def test_a_councils_own_words_after_a_returned_report(here: Walker, admin: Admin) -> None:
    page, name = "/council/guidance", "guidance-advice"
    assert "What a referrer reads after a returned report" in here.get("/council").text
    english, welsh = "Write:\n\n* what the child <b>said</b>", "Ysgrifennwch beth a ddywedodd y plentyn"
    typed = fields(here, page) | {f"{name}-en": english, f"{name}-cy": welsh}
    preview = here.post(page, typed | {"preview": "1"}).text
    assert "<li>what the child &lt;b&gt;said&lt;/b&gt;</li>" in preview
    assert welsh in preview
    assert "guidance" not in settings(admin)
    assert here.where(here.post(page, typed)) == "/council"
    here.get("/council")
    assert settings(admin)["guidance"]["advice"] == {"en": english, "cy": welsh}
    query = "select detail from audit_event where event = 'tenants.changed'"
    assert admin.execute(query).fetchall() == [({"parts": "guidance"},)]
    assert "What a referrer reads after a returned report" in here.get("/council/history").text
    refused = here.post(page, fields(here, page) | {f"{name}-en": "x" * 4001})
    assert refused.status_code == 422
    assert "Enter the text, up to 4,000 characters" in refused.text
    screener = make_person(here.council, role="screener")
    author = make_person(here.council, language="en")
    made = make_referral(here.council, author, state="screening", owner=screener)
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.DECIDE, made.reference)
        decide(screener.actor, found, decision_given("advice", "MASH", "Because", "Say more.", 0, uuid4()))
    sign_in(here.client, author)
    told = here.get(f"/referrals/{made.reference}").text
    assert "<li>what the child &lt;b&gt;said&lt;/b&gt;</li>" in told
    assert "Whatever the question:" not in told
    here.get("/?lang=cy")
    assert welsh in here.get(f"/referrals/{made.reference}").text


def test_words_that_were_taken_back_leave_our_own_advice(here: Walker, admin: Admin) -> None:
    name = "guidance-advice-en"
    for words in ("Ours", ""):
        here.where(here.post("/council/guidance", fields(here, "/council/guidance") | {name: words}))
    assert parse_council(settings(admin)).guidance == {}
    gone = settings(admin) | {"guidance": {"an_outcome_of_old": {"en": "Left behind"}}}
    assert parse_council(gone).guidance == {"an_outcome_of_old": {"en": "Left behind"}}
    for wrong in (
        {"advice": "text"},
        {"advice": {"de": "Nein"}},
        {"advice": {"en": 7}},
        {"advice": {"en": "x" * 4001}},
    ):
        with pytest.raises(SettingsMistakes):
            parse_council(settings(admin) | {"guidance": wrong})


@pytest.mark.parametrize(
    ("page", "typed", "says"),
    [
        ("telephones", {"hub_number": "999 please"}, "Enter a telephone number"),
        ("telephones", {"closes": "07:00"}, "Enter a later time"),
        ("telephones", {"days": []}, "Choose a day"),
        ("branding", {"colour": "blue"}, "Enter a colour such as"),
        ("branding", {"colour": "#ffcc00"}, "has a contrast of 1.5"),
        ("contacts", {"email": "nobody"}, "Enter an email address"),
        ("times", {"draft_days": "0"}, "Enter a whole number from 1 to 365"),
        ("times", {"draft_days": "many"}, "Enter a whole number from 1 to 365"),
        ("files", {"file": "101"}, "Enter a whole number from 1 to 100"),
        ("files", {"report": "24"}, "not less than the largest file"),
        ("files", {"originals": "perhaps"}, "Choose yes or no"),
        ("names", {"name_cy": " "}, "Enter the name"),
        ("names", {"name_en": "x" * 121}, "Enter the name"),
        ("privacy", {"privacy_en": "a\x00b"}, "Enter the text of the page"),
        ("terms", {"terms_en": ""}, "Enter the text of the page"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_what_was_typed_is_kept(
    here: Walker, admin: Admin, page: str, typed: dict[str, Any], says: str
) -> None:
    before = settings(admin)
    answer = save(here, f"/council/{page}", **typed)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert says in answer.text.replace("&#39;", "'")
    for value in typed.values():
        assert not isinstance(value, str) or "\x00" in value or value.strip().split("\n")[-1] in answer.text
    assert settings(admin) == before


def test_a_page_is_looked_at_before_it_is_saved(here: Walker, admin: Admin) -> None:
    before = settings(admin)
    answer = save(here, "/council/cookies", cookies_en="## Our cookies\n\n* <b>one</b>", preview="1")
    assert answer.status_code == 200
    assert '<h2 class="govuk-heading-m">Our cookies</h2>' in answer.text
    assert "&lt;b&gt;one&lt;/b&gt;" in answer.text
    assert settings(admin) == before
    here.where(save(here, "/council/cookies", cookies_en="## Our cookies"))
    here.get("/council")
    assert "Our cookies" in here.get("/cookies").text


def test_a_colour_is_shown_with_its_contrast(here: Walker) -> None:
    ratio = contrast_with_white(here.council.settings.colour)
    assert f"has a contrast of {ratio:.2f} to 1" in here.get("/council/branding").text


def test_whoever_saved_meanwhile_is_not_overwritten(here: Walker, admin: Admin) -> None:
    mine = fields(here, "/council/contacts")
    save(here, "/council/telephones", hub_number="01632 960777")
    answer = here.post("/council/contacts", mine | {"email": "hub@glan-yr-afon.gov.uk"})
    assert answer.status_code == 409
    assert "hub@glan-yr-afon.gov.uk" in answer.text
    assert "porth@glan-yr-afon.gov.uk" in answer.text
    assert settings(admin)["email"] == "porth@glan-yr-afon.gov.uk"
    again = Form(answer.text).found["version"]
    here.where(here.post("/council/contacts", mine | {"email": "hub@glan-yr-afon.gov.uk", "version": again}))
    assert settings(admin)["email"] == "hub@glan-yr-afon.gov.uk"
    assert settings(admin)["phones"]["hub"]["number"] == "01632 960777"


def test_saving_what_is_there_changes_nothing(here: Walker, admin: Admin) -> None:
    before = settings(admin)
    for page in ("names", "telephones", "branding", "contacts", "times", "files", "accessibility"):
        here.where(save(here, f"/council/{page}"))
    assert settings(admin) == before
    assert admin.execute("select 1 from settings_change").fetchall() == []


def test_the_command_refuses_the_operators_part_and_other_people(councils: Councils, admin: Admin) -> None:
    boss, screener = (make_person(councils.wales, role=role) for role in ("council_admin", "screener"))
    before = json.dumps(settings(admin))
    with pytest.raises(Forbidden), db.unit_of_work(boss.scope):
        commands.change(boss.actor, {("hostnames",): ["elsewhere.example.org"]}, 1)
    with pytest.raises(NotFound), db.unit_of_work(screener.scope):
        commands.change(screener.actor, {NUMBER: "01632 960777"}, 1)
    with pytest.raises(Conflict), db.unit_of_work(boss.scope):
        commands.change(boss.actor, {NUMBER: "01632 960777"}, 7)
    with pytest.raises(SettingsMistakes), db.unit_of_work(boss.scope):
        commands.change(boss.actor, {NUMBER: "none"}, 1)
    with pytest.raises(NotFound), db.unit_of_work(boss.scope):
        commands.restore(boss.actor, 7, 1)
    assert json.dumps(settings(admin)) == before


WRITES: dict[str, tuple[str, Any]] = {
    "another council's settings": ("update council set version = 9 where id = %(other)s", 0),
    "every council's settings": ("update council set version = version where true", 1),
    "its slug": ("update council set slug = 'mine' where id = %(own)s", psycopg.errors.InsufficientPrivilege),
    "its nation": ("update council set nation = 'england' where id = %(own)s", psycopg.errors.InsufficientPrivilege),
    "its id": ("update council set id = %(other)s where id = %(own)s", psycopg.errors.InsufficientPrivilege),
    "a new council": ("insert into council select * from council", psycopg.errors.InsufficientPrivilege),
    "the end": ("delete from council", psycopg.errors.InsufficientPrivilege),
    "history": ("update settings_change set number = 1", psycopg.errors.InsufficientPrivilege),
    **{
        f"the operator's {part}": (
            f"update council set settings = jsonb_set(settings, '{{{part}}}', '\"x\"') where id = %(own)s",
            psycopg.errors.RaiseException,
        )
        for part in ("slug", "nation", "hostnames", "languages", "sender", "outcomes", "priorities", "people")
    },
}


@pytest.mark.parametrize("write", WRITES)
def test_what_the_applications_role_may_write(councils: Councils, database: Addresses, write: str) -> None:
    statement, expected = WRITES[write]
    names = {"own": councils.wales.id, "other": councils.england.id}
    with psycopg.connect(database.app.replace("+psycopg", "")) as app:
        app.execute("select set_config('app.tenant_id', %s, true)", (str(councils.wales.id),))
        if isinstance(expected, int):
            assert app.execute(statement.encode(), names).rowcount == expected
        else:
            with pytest.raises(expected):
                app.execute(statement.encode(), names)
        app.rollback()


def test_who_changes_the_terms_says_whether_people_accept_them_again(here: Walker, admin: Admin) -> None:
    versions = "select number, asks, published_by is null, words ->> 'en' from terms_version order by number"
    unsaid = save(here, "/council/terms", terms_en="Only for your work.", again="")
    assert unsaid.status_code == 422
    assert "Select whether people must accept the new words" in unsaid.text
    assert "Only for your work." in unsaid.text
    assert admin.execute(versions).fetchall() == []
    for words, again in (("Only for your work.", "yes"), ("Only for your work!", "no")):
        assert here.where(save(here, "/council/terms", terms_en=words, again=again)) == "/council"
    assert here.where(save(here, "/council/terms", again="")) == "/council"
    found = admin.execute(versions).fetchall()
    assert found == [(1, True, False, "Only for your work."), (2, False, False, "Only for your work!")]
