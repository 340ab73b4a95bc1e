"""An operator makes a council in the portal: one that works at once, and is as its folder would have made it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from config.settings import Settings
from portal.auth.queries import accounts
from portal.cli.templates import TEMPLATES, checked
from portal.forms import folder
from portal.forms.commands import templates
from portal.forms.commands.apply import apply
from portal.forms.exporting import files
from portal.forms.families import FAMILIES
from portal.forms.models import FormVersion
from portal.kernel import db, scope
from portal.kernel.scope import Council, Scope
from portal.tenants import nations, resolve
from portal.tenants.models import CouncilRow
from portal.tenants.settings import NATIONS, parse_council
from tests.auth.walking import TOKEN, Walker
from tests.factories.apps import account_of
from tests.factories.operators import make_operator
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.making import make_draft, send_draft

Admin = psycopg.Connection[tuple[object, ...]]
START = {
    "slug": "severnside",
    "nation": "england",
    "languages": "en",
    "hostnames": "report.severnside.gov.uk",
    "sender": "no-reply@severnside.gov.uk",
}
PAGES: dict[str, dict[str, str]] = {
    "start": START,
    "names": {"name-en": "Severnside Council"},
    "branding": {"colour": "#1d4f60"},
    "telephones": {
        "hub-name-en": "Severnside hub",
        "hub-number": "01632 960310",
        "out_of_hours-name-en": "Emergency Duty Team",
        "out_of_hours-number": "01632 960319",
    },
    "contacts": {"email": "portal@severnside.gov.uk", "security": "security@severnside.gov.uk"},
    "administrator": {"email": "dana.cole@severnside.gov.uk"},
}


@pytest.fixture
def operator(app: Flask, councils: Councils, admin: Admin, settings: Settings) -> Iterator[Person]:
    """Somebody who runs the instance, whose library is loaded."""
    del app
    engine, before = db.make_engine(settings.database_url_owner, pool_size=1), db._factory
    db.bind(engine)
    for one in checked(TEMPLATES) or ():
        templates.apply(one)
    db._factory = before
    engine.dispose()
    councils_before = admin.execute("select id, settings, version from council").fetchall()
    yield make_operator(admin, councils.england)
    # Councils outlive a test: what this one made or changed must not.
    admin.execute("set session_replication_role = replica")
    for council_id, document, version in councils_before:
        values = (Jsonb(document), version, council_id)
        admin.execute("update council set settings = %s, version = %s where id = %s", values)
    admin.execute("delete from council where id <> all (%s)", ([row[0] for row in councils_before],))
    admin.execute("delete from council_key where tenant_id not in (select id from council)")
    resolve.forget()


def send(client: FlaskClient, path: str, fields: dict[str, Any], page: str = "") -> Any:
    """Post a page with what it shows, and with these fields instead of its own."""
    shown = client.get(page or path).get_data(as_text=True)
    token, version = TOKEN.search(shown), re.search(r'name="version" value="(\d+)"', shown)
    assert token, shown
    kept = {name: value for name, value in _shown(shown).items() if name != "lang"}
    more = {"version": version.group(1)} if version else {}
    return client.post(path, data={**kept, **fields, "csrf_token": token.group(1), **more})


def _shown(text: str) -> dict[str, Any]:
    """What the inputs of a page hold."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name or (('type="checkbox"' in tag or 'type="radio"' in tag) and " checked" not in tag):
            continue
        found.setdefault(name.group(1), []).append(html.unescape(value.group(1)) if value else "")
    for name_, value_ in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', text, re.DOTALL):
        found[name_] = [html.unescape(value_)]
    return found


def fill(client: FlaskClient, pages: dict[str, dict[str, str]] = PAGES) -> str:
    """Type everything; the address of what was begun."""
    begun = send(client, "/operator/new-councils", {}, page="/operator").headers["Location"]
    for page, fields in pages.items():
        answer = send(client, f"{begun}/{page}", dict(fields))
        assert answer.status_code == 303, (page, re.findall(r"govuk-error-message.*?</p>", answer.text, re.DOTALL))
    return str(begun)


def made(client: FlaskClient) -> str:
    begun = fill(client)
    answer = send(client, f"{begun}/check", {})
    assert answer.status_code == 303, answer.text
    again = client.get(f"{begun}/check")
    assert again.status_code == 303
    resolve.forget()
    return begun


def test_a_council_made_in_the_portal_works_at_once(
    client: FlaskClient, app: Flask, operator: Person, run_jobs: Callable[[], None], admin: Admin
) -> None:
    sign_in(client, operator)
    made(client)
    council = resolve.by_slug("severnside")
    assert "Severnside hub" in app.test_client().get("/severnside/").text
    assert "((" not in str(council.settings)
    walker = Walker(app.test_client(), council, run_jobs)
    link = re.search(r"/severnside(/invitation/\S+)", walker.mail("dana.cole@severnside.gov.uk")[0].body)
    assert link
    accepted = walker.post(
        link.group(1), {"name": "Dana Cole", "job": "Systems lead", "password": "marmalade thistle orbit vanish"}
    )
    assert accepted.status_code == 303
    roles = admin.execute("select role, state from membership where tenant_id = %s", (council.id,)).fetchall()
    assert roles == [("council_admin", "active")]
    # Dana adds a school; a teacher of it registers and reports.
    _school(admin, council.id)
    teacher = Walker(app.test_client(), council, run_jobs)
    teacher.register("grace.ade@heron.severnside.sch.uk")
    admin.execute("update membership set state = 'active' where tenant_id = %s", (council.id,))
    person = _person(council, "grace.ade@heron.severnside.sch.uk")
    assert send_draft(person, make_draft(person))
    events = [row[0] for row in admin.execute("select event from audit_event where tenant_id = %s", (council.id,))]
    assert {"tenants.founded", "forms.published", "auth.invited"} <= set(events)


def _person(council: Council, email: str) -> Person:
    """Whoever registered with that address, as the council knows them."""
    account_id = account_of(email)
    with db.unit_of_work(Scope(council)):
        return Person(account_id, email, "", council, accounts.actor_of(account_id, strength="passkey"))


def _school(admin: Admin, council_id: UUID) -> None:
    admin.execute(
        "insert into agency (id, key, kind, name) values ('00000000-0000-0000-0000-0000000000a1', 'heron', 'school',"
        """ '{"en": "Heron School"}')"""
    )
    admin.execute(
        "insert into agency_domain (id, agency_id, domain, match, kind) values"
        " ('00000000-0000-0000-0000-0000000000a2', '00000000-0000-0000-0000-0000000000a1',"
        " 'heron.severnside.sch.uk', 'exact', 'exclusive')"
    )
    admin.execute(
        "insert into domain_confirmation (tenant_id, id, domain_id, confirmed_by, confirmed_at) values"
        " (%s, gen_random_uuid(), '00000000-0000-0000-0000-0000000000a2', 'Dana', now())",
        (council_id,),
    )
    admin.execute(
        "insert into agency_approval (tenant_id, id, agency_id, state, approved_at) values"
        " (%s, gen_random_uuid(), '00000000-0000-0000-0000-0000000000a1', 'approved', now())",
        (council_id,),
    )


def test_it_is_what_its_folder_would_have_made(
    client: FlaskClient, operator: Person, settings: Settings, tmp_path: Path
) -> None:
    sign_in(client, operator)
    made(client)
    with db.unit_of_work(scope.NOWHERE) as session:
        row = session.execute(select(CouncilRow).where(CouncilRow.slug == "severnside")).scalar_one()
        document = dict(row.settings)
    council = resolve.by_slug("severnside")
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        versions = session.execute(select(FormVersion).where(FormVersion.tenant_id == council.id)).scalars().all()
        assert sorted(one.form_key for one in versions) == sorted(FAMILIES)
        assert {one.number for one in versions} == {1}
        contents = {one.form_key: {**one.content, "scenarios": one.scenarios} for one in versions}
    place = tmp_path / "severnside"
    for key, content in contents.items():
        for name, text in files(content, key).items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
    (place / "council.yaml").write_text(yaml.safe_dump(document, allow_unicode=True))
    (place / "agencies.yaml").write_text("agencies: []\n")
    engine, before = db.make_engine(settings.database_url_owner, pool_size=2), db._factory
    db.bind(engine)
    try:
        done = apply(folder.load(place))
    finally:
        db._factory = before
        engine.dispose()
    assert not done.new
    assert [(form.number, form.left_alone) for form in done.forms] == [(1, False)] * len(FAMILIES)
    with db.unit_of_work(scope.NOWHERE) as session:
        assert (
            session.execute(select(CouncilRow.settings).where(CouncilRow.slug == "severnside")).scalar_one() == document
        )


def test_what_is_wrong_stands_beside_its_field(client: FlaskClient, operator: Person) -> None:
    sign_in(client, operator)
    begun = send(client, "/operator/new-councils", {}, page="/operator").headers["Location"]
    assert client.get(begun).status_code == 200
    assert client.get(f"{begun}/telephones").headers["Location"] == f"{begun}/start"  # the nation first
    taken = send(client, f"{begun}/start", {**START, "slug": "avonmere"})
    assert taken.status_code == 422
    assert "Another council has this address" in taken.text
    assert 'value="avonmere"' in taken.text
    assert "begins addresses" not in send(client, f"{begun}/start", {**START, "slug": "operator"}).text
    for wrong in ({"slug": "Not a slug"}, {"nation": ""}, {"hostnames": "http://x"}, {"languages": ["en", "cy"]}):
        assert send(client, f"{begun}/start", {**START, **wrong}).status_code == 422, wrong
    assert send(client, f"{begun}/start", dict(START)).status_code == 303
    pale = send(client, f"{begun}/branding", {"colour": "#eeeeee"})
    assert pale.status_code == 422
    assert "contrast" in pale.text
    assert client.get(f"{begun}/check").headers["Location"] == begun  # not everything is there
    stale = client.get(f"{begun}/names").text
    assert send(client, f"{begun}/branding", {"colour": "#1d4f60"}).status_code == 303
    token = TOKEN.search(stale)
    assert token
    late = {"csrf_token": token.group(1), "version": "1", "name-en": "Severnside Council"}
    assert client.post(f"{begun}/names", data={**_shown(stale), **late}).status_code == 409


def test_the_operators_part_is_changed_later_and_the_council_sees_it(
    client: FlaskClient, app: Flask, operator: Person, councils: Councils
) -> None:
    council = councils.wales
    sign_in(client, operator)
    page = f"/operator/councils/{council.id}"
    assert send(client, page, {"hostnames": "adrodd.example.gov.uk"}).status_code == 303
    resolve.forget()
    assert resolve.by_slug("glan-yr-afon").settings.hostnames == ("adrodd.example.gov.uk",)
    other = f"/operator/councils/{councils.england.id}"
    assert send(client, other, {"hostnames": "adrodd.example.gov.uk"}).status_code == 422
    theirs = app.test_client()
    sign_in(theirs, make_person(council, role="council_admin", language="en"))
    history = theirs.get("/glan-yr-afon/council/history").text
    assert "Host names" in history
    assert operator.name in history
    assert send(client, page, {"hostnames": ""}).status_code == 303


def test_nobody_else_adds_a_council_to_the_database(app: Flask, councils: Councils) -> None:
    del app
    person = make_person(councils.england, role="council_admin")
    values = {"id": UUID(int=7), "slug": "mine", "nation": "wales", "settings": {}}
    with pytest.raises(DBAPIError, match="row-level security"), db.unit_of_work(person.scope) as session:
        session.execute(insert(CouncilRow).values(values))


@pytest.mark.parametrize("nation", NATIONS)
def test_what_a_council_of_a_nation_begins_with_is_sound(nation: str) -> None:
    typed: dict[str, Any] = {
        "slug": "x-y",
        "nation": nation,
        "name": {"en": "X Council", "cy": "Cyngor X"},
        "brand": {"colour": "#1d4f60"},
        "sender": "no-reply@x.gov.uk",
        "email": "portal@x.gov.uk",
        "security_contact": "security@x.gov.uk",
        "phones": {
            "hub": {"name": {"en": "Hub", "cy": "Hyb"}, "number": "01632 960310"},
            "out_of_hours": {"name": {"en": "Team", "cy": "Tîm"}, "number": "01632 960319"},
        },
    }
    found = parse_council(nations.complete(typed))
    assert "((" not in str(found)
    assert "X Council" in found.pages["privacy"]["en"]
