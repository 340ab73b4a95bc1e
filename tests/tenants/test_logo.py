"""A council's logo is uploaded by its administrators, shown on its own pages only, and can be brought back."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.kernel import db
from portal.kernel.errors import NotFound
from portal.tenants.commands import logos as commands
from tests.auth.walking import Walker
from tests.factories.people import make_person, sign_in
from tests.factories.pictures import drawn, png, saved
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]
ALT = {"alt-en": "A red bridge", "alt-cy": "Pont goch"}
SHOWN = re.compile(r'class="app-logo__picture" src="([^"]+)" alt="([^"]*)"')

pytestmark = pytest.mark.usefixtures("as_it_was")


@pytest.fixture
def here(client: FlaskClient, councils: Councils, run_jobs: Callable[[], None]) -> Walker:
    """An administrator of the Welsh council, which has a logo from its folder, in English."""
    sign_in(client, make_person(councils.wales, role="council_admin", language="en"))
    return Walker(client, councils.wales, run_jobs)


def version(walker: Walker) -> str:
    found = re.search(r'name="version" value="(\d+)"', walker.get("/council/logo").text)
    assert found
    return found.group(1)


def send(walker: Walker, content: bytes | None = None, **typed: str) -> Any:
    data: dict[str, Any] = {"version": version(walker), **typed}
    if content is not None:
        data["logo"] = (BytesIO(content), "../../etc/logo.svg", "image/svg+xml")
    return walker.post("/council/logo", data)


def upload(walker: Walker, content: bytes) -> str:
    """Upload a picture; the address at which the pages show it."""
    assert walker.where(send(walker, content, **ALT)) == "/council"
    walker.get("/council")
    return header(walker)[0]


def header(walker: Walker) -> tuple[str, str]:
    found = SHOWN.search(walker.get("/privacy").text)
    assert found
    return found.group(1), found.group(2)


def logo_of(admin: Admin, slug: str = "glan-yr-afon") -> Any:
    return admin.execute("select settings -> 'brand' -> 'logo' from council where slug = %s", (slug,)).fetchall()[0][0]


def test_a_logo_is_shown_beside_the_name_and_served_as_it_is_kept(here: Walker, client: FlaskClient) -> None:
    address = upload(here, png("#aa0000"))
    page = here.get("/privacy")
    assert header(here)[1] == "A red bridge"
    assert "Glan-yr-Afon Council</a>" in page.text
    assert "img-src 'self'" in page.headers["Content-Security-Policy"]
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.data.startswith(b"\x89PNG")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in answer.headers


def test_its_text_is_in_the_language_of_the_page(here: Walker, app: Flask) -> None:
    upload(here, png("#aa0000"))
    page = app.test_client().get(f"/{here.council.slug}/", headers={"Accept-Language": "cy"}).text
    assert 'alt="Pont goch"' in page
    assert "Cyngor Glan-yr-Afon</a>" in page


def test_another_councils_logo_is_as_if_there_were_none(
    here: Walker, client: FlaskClient, at_the_council: Callable[..., Walker]
) -> None:
    digest = upload(here, png("#aa0000")).split("/")[-1]
    foreign = client.get(f"/avonmere/logo/{digest}")
    missing = client.get(f"/avonmere/logo/{'0' * 64}.png")
    assert foreign.status_code == missing.status_code == 404
    assert "immutable" not in foreign.headers["Cache-Control"]
    for odd in ("x", "0" * 63, "A" * 64, "%00", "..%2f..%2fetc"):
        assert client.get(f"/avonmere/logo/{odd}.png").status_code == 404
    assert client.get(f"/logo/{digest}").status_code == 404
    assert at_the_council("england").get("/privacy").text.count("app-logo") == 0


def test_an_older_logo_comes_back_with_the_older_settings(here: Walker, admin: Admin) -> None:
    before, first = logo_of(admin), header(here)[0]
    second = upload(here, png("#aa0000"))
    assert second != first
    assert here.get(first.removeprefix("/glan-yr-afon")).status_code == 200
    assert "Colour and logo" in here.get("/council/history").text
    here.where(here.post("/council/history", {"number": "1", "version": version(here)}))
    assert logo_of(admin) == before
    here.get("/council")
    assert header(here)[0] == first


def test_a_new_text_keeps_the_picture_and_a_new_colour_the_logo(here: Walker, admin: Admin) -> None:
    before = logo_of(admin)
    here.where(send(here, None, **ALT))
    here.where(here.post("/council/branding", {"version": version(here), "colour": "#123456"}))
    assert logo_of(admin) == before | {"alt": {"en": "A red bridge", "cy": "Pont goch"}}


def test_a_removed_logo_is_gone_from_the_pages_once(here: Walker, admin: Admin) -> None:
    old = header(here)[0]
    here.where(send(here, remove="1"))
    here.get("/council")
    assert "app-logo__picture" not in here.get("/privacy").text
    here.where(send(here, remove="1"))
    assert logo_of(admin) is None
    assert len(admin.execute("select 1 from audit_event where event = 'tenants.changed'").fetchall()) == 1
    assert here.get(old.removeprefix("/glan-yr-afon")).status_code == 200


def test_the_same_again_changes_nothing(here: Walker, admin: Admin) -> None:
    upload(here, png("#aa0000"))
    seen = version(here)
    upload(here, png("#aa0000"))
    assert version(here) == seen
    assert len(admin.execute("select 1 from council_logo").fetchall()) == 2


@pytest.mark.parametrize(
    ("content", "typed", "says"),
    [
        (b"GIF89a", {}, "This is not a PNG or JPEG picture"),
        (b"\x00" * 500_001, {}, "This file is larger than 500 kB"),
        (png(size=(3000, 2000)), {}, "This picture has more than 4 million pixels"),
        (png()[:-60], {}, "This picture is damaged"),
        (png(size=(1, 1)), {}, "less than 16 pixels"),
        (png(), {"alt-cy": " "}, "Enter what the logo shows"),
        (png(), {"alt-cy": " "}, "Choose the file again"),
        (None, {"alt-en": "x" * 201}, "Enter what the logo shows"),
        (None, {"alt-en": "a\x00b"}, "Enter what the logo shows"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_the_text_is_kept(
    here: Walker, admin: Admin, content: bytes | None, typed: dict[str, str], says: str
) -> None:
    before = logo_of(admin)
    answer = send(here, content, **(ALT | typed))
    assert answer.status_code == 422
    assert says in answer.text
    assert "There is a problem" in answer.text
    assert ("A red bridge" if "alt-en" not in typed else "Pont goch") in answer.text
    assert logo_of(admin) == before
    assert len(admin.execute("select 1 from council_logo").fetchall()) == 1


def test_the_first_logo_needs_a_file(at_the_council: Callable[..., Walker]) -> None:
    answer = send(at_the_council("england"), None, **{"alt-en": "A red bridge"})
    assert answer.status_code == 422
    assert "Choose a file" in answer.text
    assert 'value="A red bridge"' in answer.text


def test_whoever_saved_meanwhile_is_not_overwritten(here: Walker, admin: Admin) -> None:
    seen = version(here)
    upload(here, png("#aa0000"))
    answer = here.post("/council/logo", {"version": seen, "alt-en": "Mine", "alt-cy": "Fy un i"})
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert "A red bridge" in answer.text
    assert logo_of(admin)["alt"]["en"] == "A red bridge"


def test_another_language_loses_nothing_that_was_typed(here: Walker, admin: Admin) -> None:
    before = logo_of(admin)
    answer = send(here, None, **ALT, only_language="1", lang="cy")
    assert "Pont goch" in answer.text
    assert logo_of(admin) == before


@pytest.mark.parametrize("odd", ["", "\x00", "9" * 400, "-1", "\ud7ff\u202e", "<script>alert(1)</script>"])
def test_whatever_is_posted_gets_an_answer(here: Walker, odd: str) -> None:
    fields = {"version": odd, "alt-en": odd, "alt-cy": odd, "remove": odd}
    for left_out in fields:
        answer = here.post("/council/logo", {name: said for name, said in fields.items() if name != left_out})
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text
    assert here.post("/council/logo", {"version": version(here), "logo": "not a file", **ALT}).status_code < 500


def test_nobody_but_an_administrator_changes_it(councils: Councils) -> None:
    manager = make_person(councils.wales, role="practice_manager")
    with pytest.raises(NotFound), db.unit_of_work(manager.scope):
        commands.remove(manager.actor, 1)


def test_no_name_or_place_of_the_file_is_kept(here: Walker, admin: Admin) -> None:
    picture = saved(drawn(), "JPEG", comment=b"Sian at home")
    upload(here, picture)
    found = admin.execute("select content from council_logo order by created_at desc limit 1").fetchall()[0][0]
    assert isinstance(found, bytes)
    assert b"Sian" not in found
    assert "etc/logo" not in str(logo_of(admin))
