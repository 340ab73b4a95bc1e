"""Looking at attached files: drawn by us, for whoever may open them, and for nobody before the verdict."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from portal.adapters import ports
from portal.adapters.ports import Clean, Signatures, Verdict
from portal.audit.models import AuditEvent
from portal.kernel import db, scope
from portal.kernel.scope import Scope
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Paper, Target
from tests.factories.people import Person, agency_keys, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.files import making
from tests.fixtures.councils import Councils
from tests.referrals.making import acting

Run = Callable[[], None]


class Approves:
    """A scanner that finds nothing."""

    there = True

    def scan(self, file: object) -> Verdict:
        del file
        return Clean(self.signatures())

    def signatures(self) -> Signatures:
        return Signatures("test", None)


@pytest.fixture(autouse=True)
def approving() -> Iterator[None]:
    before = ports.scanner()
    ports.use_scanner(Approves())
    yield
    ports.use_scanner(before)


@pytest.fixture
def teacher(councils: Councils) -> Person:
    return make_person(councils.england)


def put(person: Person, content: bytes, name: str) -> UUID:
    report = make_referral(person.council, person)
    assert person.actor.agency_id is not None
    on = Target(report.id, person.actor.agency_id, "agency", later=True)
    with acting(person):
        return attaching.attach(person.actor, on, Paper(name, "", io.BytesIO(content)))


def browser(app: Flask, person: Person) -> FlaskClient:
    client = app.test_client()
    sign_in(client, person)
    return client


def opened(person: Person) -> int:
    with db.unit_of_work(Scope(person.council, scope.SYSTEM)) as session:
        query = select(func.count()).where(AuditEvent.event == "referrals.file_opened")
        return int(session.execute(query).scalar_one())


def test_a_pdf_is_shown_page_by_page_with_its_words(app: Flask, teacher: Person, run_jobs: Run) -> None:
    file_id = put(teacher, making.pdf(pages=25, words="CNRY came in <b>late</b>."), "Siân <CNRY>.pdf")
    client, path = browser(app, teacher), f"/avonmere/files/{file_id}/pages"
    assert client.get(f"{path}/1").status_code == 404
    assert client.get(f"{path}/1/picture").status_code == 404
    run_jobs()
    page = BeautifulSoup(client.get(f"{path}/1").get_data(), "html5lib")
    shown = page.select_one("img.app-preview")
    assert shown is not None
    assert shown["alt"] == "Page 1 of Siân _CNRY_.pdf"
    assert "CNRY came in <b>late</b>." in page.get_text()
    assert [link["href"] for link in page.select(".govuk-pagination a")] == [f"{path}/2"]
    drawn = client.get(str(shown["src"]))
    assert drawn.mimetype == "image/jpeg"
    assert "sandbox" in drawn.headers["Content-Security-Policy"]
    assert drawn.headers["Cache-Control"] == "no-store"
    assert Image.open(io.BytesIO(drawn.get_data())).width == 1240
    last = client.get(f"{path}/20").get_data(as_text=True)
    assert "first 20 of 25 pages" in last
    assert f"{path}/21" not in last
    for beyond in (f"{path}/21", f"{path}/0", f"{path}/21/picture"):
        assert client.get(beyond).status_code == 404
    assert opened(teacher) == 1


def test_a_picture_is_shown_without_its_place(app: Flask, teacher: Person, run_jobs: Run) -> None:
    file_id = put(teacher, making.photograph(), "IMG.jpg")
    run_jobs()
    client, path = browser(app, teacher), f"/avonmere/files/{file_id}/pages"
    assert 'alt="IMG.jpg"' in client.get(f"{path}/1").get_data(as_text=True)
    content = client.get(f"{path}/1/picture").get_data()
    assert b"CNRY" not in content
    assert Image.open(io.BytesIO(content)).size == (48, 64)
    assert client.get(f"{path}/2").status_code == 404


def test_a_document_that_cannot_be_drawn_has_no_pages(app: Flask, teacher: Person, run_jobs: Run) -> None:
    file_id = put(teacher, making.office(), "a.docx")
    run_jobs()
    assert browser(app, teacher).get(f"/avonmere/files/{file_id}/pages/1").status_code == 404


def test_only_who_may_see_the_report_looks(app: Flask, teacher: Person, councils: Councils, run_jobs: Run) -> None:
    file_id = put(teacher, making.pdf(), "a.pdf")
    run_jobs()
    screener = make_person(councils.england, role="screener")
    other_agency = make_person(councils.england, agency=agency_keys(councils.england)[1])
    other_council = make_person(councils.wales, role="screener")
    paths = [f"files/{file_id}/pages/1", f"files/{file_id}/pages/1/picture"]
    for person, code in ((screener, 200), (other_agency, 404), (other_council, 404)):
        client = browser(app, person)
        for path in paths:
            assert client.get(f"/{person.council.slug}/{path}").status_code == code
