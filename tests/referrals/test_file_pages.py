"""The pages of files: choosing, refusals beside the field, removing, giving out, parts, a store that is away."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.adapters import ports
from portal.files import apart
from portal.files.kinds import KINDS
from portal.files.refusals import Refused
from portal.kernel.errors import Unavailable
from portal.referrals.views import files_shown
from portal.web import security
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person, filled, main_form, soup
from tests.referrals.making import make_draft, send_draft

Admin = psycopg.Connection[tuple[object, ...]]
PDF = b"%PDF-1.7 what the school saw"


@pytest.fixture(autouse=True)
def looks_only_at_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is inside is tried in tests/files; here a file is what its first bytes say."""

    def check(file: Any, name: str, declared: str) -> Any:
        del declared
        file.seek(0)
        if name.endswith(".exe") or not file.read(4):
            raise Refused("program" if name.endswith(".exe") else "empty")
        return KINDS["pdf"]

    monkeypatch.setattr(apart, "check", check)


def browser(client: FlaskClient, somebody: Somebody) -> Person:
    sign_in(client, somebody)
    found = Person(client, somebody.council.slug)
    found.answers["person"] = somebody
    return found


@pytest.fixture
def person(client: FlaskClient, councils: Councils) -> Person:
    return browser(client, make_person(councils.england, name="Conor O'Brien"))


def files(*named: tuple[str, bytes]) -> list[tuple[io.BytesIO, str, str]]:
    return [(io.BytesIO(content), name, "application/pdf") for name, content in named]


def attach(person: Person, path: str, *named: tuple[str, bytes]) -> TestResponse:
    page = soup(person.client.get(person.at(path)))
    token = page.select_one("main [data-upload] input[name=csrf_token]")
    assert token is not None
    data = {"csrf_token": str(token["value"]), "files": files(*named)}
    return person.client.post(person.at(path), data=data, content_type="multipart/form-data")


def shown(answer: TestResponse) -> list[str]:
    return [one.get_text(" ", strip=True) for one in soup(answer).select(".app-file__name")]


def ready(admin: Admin) -> None:
    admin.execute("update stored_file set state = 'ready'")


def draft_of(person: Person) -> UUID:
    return make_draft(person.answers["person"])


def test_files_are_attached_told_of_and_removed(person: Person) -> None:
    draft = f"/report/{draft_of(person)}"
    assert "Files (optional)" in person.get(draft).text
    page = person.get(f"{draft}/files")
    field = soup(page).select_one("input[type=file]")
    assert field is not None
    assert field.has_attr("multiple")
    assert ".heic" in str(field["accept"])
    assert "up to 25 MB, and all of them together up to 100 MB" in page.text
    answer = attach(person, f"{draft}/files", ("Siân's notes.pdf", PDF), ("../../李.pdf", PDF + b"2"))
    assert answer.status_code == 303
    for path in (f"{draft}/files", draft, f"{draft}/check"):
        page = person.get(path)
        assert shown(page) == ["Siân's notes.pdf", "李.pdf"]
        assert "Being checked" in page.text
    form = main_form(soup(person.get(draft)), "/remove")
    for _ in range(2):
        answer = person.client.post(str(form["action"]), data=filled(form))
    assert answer.status_code == 404
    assert shown(person.get(draft)) == ["李.pdf"]


def test_what_is_wrong_stands_beside_the_field_and_the_good_ones_are_kept(person: Person) -> None:
    path = f"/report/{draft_of(person)}/files"
    answer = attach(person, path, ("good.pdf", PDF), ("setup.exe", b"MZ.."), ("nothing.pdf", b""))
    assert answer.status_code == 422
    page = soup(answer)
    assert page.title is not None
    assert page.title.get_text().strip().startswith("Error:")
    summary = [one.get_text(strip=True) for one in page.select(".govuk-error-summary a")]
    assert [one.partition(":")[0] for one in summary] == ["setup.exe", "nothing.pdf"]
    assert "can start a program" in summary[0]
    beside = page.select_one("#files-error")
    assert beside is not None
    assert summary[0] in beside.get_text()
    assert shown(answer) == ["good.pdf"]
    assert attach(person, path).status_code == 422


def test_limits_are_told(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.tenants.file_settings.MEGABYTE", 1000)
    monkeypatch.setattr(security, "MAX_BODY", 2000)
    path = f"/report/{draft_of(person)}/files"
    answer = attach(person, path, ("large.pdf", PDF + b"x" * 25_000))
    assert "large.pdf: This file is larger than 25 MB" in soup(answer).get_text()
    huge = [(f"{number}.pdf", PDF + bytes([number]) * 24_000) for number in range(5)]
    answer = attach(person, path, *huge)
    assert answer.status_code == 422
    assert "What you chose is larger than 100 MB altogether" in answer.text
    assert soup(answer).select_one(".govuk-error-summary") is not None
    assert shown(answer) == []
    monkeypatch.setattr(security, "POURED", 1)
    assert attach(person, path, *huge).status_code == 413


def test_a_file_may_be_larger_than_any_other_body(person: Person) -> None:
    path = person.at(f"/report/{draft_of(person)}/files")
    token = filled(main_form(soup(person.client.get(path))))["csrf_token"][0]
    field = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    head = field.format("csrf_token", "") + token + "\r\n" + field.format("files", '; filename="long.pdf"')
    data = head.encode() + PDF + b"x" * 3_000_000 + b"\r\n--x--\r\n"
    answer = person.client.post(path, data=data, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 303
    assert "2.9 MB" in person.client.get(path).text


def test_other_pages_take_no_large_body(person: Person) -> None:
    draft = f"/report/{draft_of(person)}"
    data, kind = b"x" * 2_000_000, "multipart/form-data; boundary=x"
    path = person.at(f"{draft}/section/other")
    assert person.client.post(path, data=data, content_type=kind).status_code == 413
    stranger, path = person.client.application.test_client(), person.at(f"{draft}/files")
    assert stranger.post(path, data=data, content_type=kind).status_code == 413


@pytest.fixture
def away() -> Iterator[Callable[[], None]]:
    before = ports.store()

    class Away:
        def put(self, *_asked: object) -> int:
            raise Unavailable("away")

        get = delete = put

    yield lambda: ports.use_store(Away())  # type: ignore[arg-type] # refuses whatever it is asked
    ports.use_store(before)


def test_a_report_goes_while_the_store_is_away(person: Person, away: Callable[[], None]) -> None:
    draft_id = draft_of(person)
    away()
    answer = attach(person, f"/report/{draft_id}/files", ("notes.pdf", PDF))
    assert answer.status_code == 503
    assert "notes.pdf: The file was not attached: try again. You can send your report without it." in (
        soup(answer).get_text()
    )
    page = person.get(f"/report/{draft_id}/check")
    sent = person.client.post(person.at(f"/report/{draft_id}/check"), data=filled(main_form(soup(page), "/check")))
    assert sent.status_code == 303
    assert "/receipt" in sent.headers["Location"]


def test_a_file_is_given_out_only_when_it_may_be_opened(person: Person, admin: Admin) -> None:
    draft_id = draft_of(person)
    attach(person, f"/report/{draft_id}/files", ("Siân's notes.pdf", PDF))
    reference = send_draft(person.answers["person"], draft_id)
    assert soup(person.get(f"/referrals/{reference}")).select(".app-file a") == []
    ready(admin)
    href = link(person, f"/referrals/{reference}")
    answer = person.client.get(href)
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Sian\'s notes.pdf"')
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    query = "select actor_id, detail ->> 'file' from audit_event where event = 'referrals.file_opened'"
    file_id = href.split("/")[-3]
    assert admin.execute(query).fetchall() == [(person.answers["person"].account_id, file_id)]
    admin.execute("update stored_file set state = 'harmful'")
    assert person.client.get(href).status_code == 404
    page = person.get(f"/referrals/{reference}")
    assert "Removed: harmful" in page.text
    assert "nobody can open it" in page.text


def link(person: Person, path: str) -> str:
    found = soup(person.get(path)).select_one(".app-file a")
    assert found is not None
    return str(found["href"])


def test_a_link_is_one_sessions_and_lapses(
    person: Person, admin: Admin, councils: Councils, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id = draft_of(person)
    attach(person, f"/report/{draft_id}/files", ("notes.pdf", PDF))
    reference = send_draft(person.answers["person"], draft_id)
    ready(admin)
    href = link(person, f"/referrals/{reference}")
    screener = browser(person.client.application.test_client(), make_person(councils.england, role="screener"))
    taken = screener.client.get(href)
    assert (taken.status_code, taken.headers["Location"]) == (303, f"/avonmere/screening/{reference}#files")
    assert "no longer good" in screener.client.get(taken.headers["Location"]).text
    assert screener.client.get(link(screener, f"/screening/{reference}")).data == PDF
    other = browser(person.client.application.test_client(), make_person(councils.england, agency="riverside-academy"))
    assert other.client.get(href).status_code == 404
    monkeypatch.setattr(files_shown, "LINK_SECONDS", -1)
    assert person.client.get(href).status_code == 303


def test_a_changed_object_is_never_half_a_file(person: Person, admin: Admin) -> None:
    draft_id = draft_of(person)
    attach(person, f"/report/{draft_id}/files", ("notes.pdf", PDF))
    reference = send_draft(person.answers["person"], draft_id)
    ready(admin)
    found = admin.execute("select tenant_id, object_key from stored_file").fetchone()
    assert found is not None
    ports.store().put(f"{found[0]}/{found[1]}", [b"something else"])
    answer = person.client.get(link(person, f"/referrals/{reference}"))
    assert answer.status_code == 303
    assert "could not be opened" in person.client.get(answer.headers["Location"]).text
    assert admin.execute("select count(*) from audit_event where event = 'referrals.file_opened'").fetchone() == (0,)


def test_both_sides_add_files_to_a_sent_report(person: Person, councils: Councils) -> None:
    teacher = person.answers["person"]
    screener = browser(
        person.client.application.test_client(), make_person(councils.england, role="screener", name="Owain Prys")
    )
    made = make_referral(councils.england, teacher)
    assert attach(person, f"/referrals/{made.reference}/files", ("later.pdf", PDF)).status_code == 303
    answer = attach(screener, f"/screening/{made.reference}/files", ("letter.pdf", PDF + b"2"))
    assert answer.status_code == 303
    page = screener.get(f"/screening/{made.reference}").text
    assert "Added by Conor O" in page
    assert "Added by Owain Prys" in page
    theirs = person.get(f"/referrals/{made.reference}")
    assert shown(theirs) == ["later.pdf", "letter.pdf"]
    assert "Added by The council" in theirs.text
    assert "Owain" not in theirs.text
    assert soup(theirs).select("form[action$='/remove']") == []


def test_the_files_of_a_draft_that_was_sent_meanwhile_lead_to_the_report(person: Person) -> None:
    draft_id = draft_of(person)
    reference = send_draft(person.answers["person"], draft_id)
    answer = person.client.get(person.at(f"/report/{draft_id}/files"))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/avonmere/referrals/{reference}/files")


def test_a_script_sends_parts(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.files.commands.arriving.PART", 10)
    path = person.at(f"/report/{draft_of(person)}/files")
    token = filled(main_form(soup(person.client.get(path))))["csrf_token"][0]
    begin = {"csrf_token": token, "begin": "yes", "name": "notes.pdf", "type": "application/pdf", "size": str(len(PDF))}
    begun = person.client.post(path, data=begin)
    assert (begun.status_code, begun.mimetype) == (201, "text/plain")
    said = [person.client.get(begun.text).text]
    for number in (0, 0, 1, 2):
        part = (io.BytesIO(PDF[number * 10 : number * 10 + 10]), "part")
        data = {"csrf_token": token, "number": str(number), "part": part}
        said.append(person.client.post(begun.text, data=data).text)
    assert said == ["0", "1", "1", "2", "whole"]
    assert person.client.get(begun.text).text == "whole"
    assert shown(person.client.get(path)) == ["notes.pdf"]
    refused = person.client.post(path, data={**begin, "size": str(10**9)})
    assert (refused.status_code, refused.text) == (
        422, "This file is larger than 25 MB. Attach a smaller copy, or split it."
    )  # fmt: skip


def test_a_file_refused_after_its_last_part_is_gone(person: Person) -> None:
    path = person.at(f"/report/{draft_of(person)}/files")
    token = filled(main_form(soup(person.client.get(path))))["csrf_token"][0]
    begin = {"csrf_token": token, "begin": "yes", "name": "setup.exe", "type": "", "size": "4"}
    begun = person.client.post(path, data=begin)
    data = {"csrf_token": token, "number": "0", "part": (io.BytesIO(b"MZ.."), "part")}
    answer = person.client.post(begun.text, data=data)
    assert answer.status_code == 422
    assert "can start a program" in answer.text
    assert shown(person.client.get(path)) == []
    assert isinstance(soup(person.client.get(path)), BeautifulSoup)
