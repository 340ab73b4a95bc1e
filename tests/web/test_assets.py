"""The built style sheet and script: what they may not hold, and how they are served."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.web import assets

BUILT = assets.FOLDER
TEMPLATES = BUILT.parent / "templates"


def text(name: str) -> str:
    manifest: dict[str, str] = json.loads((BUILT / "manifest.json").read_text("utf-8"))
    return (BUILT / manifest[name]).read_text("utf-8")


def test_style_sheet_has_no_font_crown_or_crest() -> None:
    css = text("portal.css")
    assert "GDS Transport" not in css
    assert "@font-face" not in css
    assert "crest" not in css
    assert "crown" not in css


def test_style_sheet_names_only_files_under_assets() -> None:
    addresses = re.findall(r"url\(\"?([^)\"]+)", text("portal.css"))
    assert [address for address in addresses if not address.startswith(("/assets/", "data:"))] == []


def looked_up(name: str) -> str:
    """Our own classes and the overrides as they are; of the Design System the block: some parts have no style."""
    return name if name.startswith(("app-", "govuk-!-")) else re.split("__|--", name, maxsplit=1)[0]


def test_style_sheet_knows_every_class_that_templates_use() -> None:
    known = {looked_up(name) for name in re.findall(r"\.([a-z][\w!-]*)", text("portal.css").replace("\\!", "!"))}
    used = {
        (name, page.name)
        for page in TEMPLATES.rglob("*.html")
        for classes in re.findall(r'class="([^"]*)"', page.read_text("utf-8"))
        for name in re.sub(r"\{[{%].*?[%}]\}", " ", classes).split()
        # A name that ends so is completed by a value.
        if name.startswith(("govuk-", "app-")) and not name.endswith("-")
    }
    assert ("app-timeline", "record.html") in used
    assert {(name, page) for name, page in used if looked_up(name) not in known} == set()


def test_style_sheet_stays_small() -> None:
    assert len(gzip.compress(text("portal.css").encode())) < 18_000


def test_names_change_with_the_content_and_last_for_ever(client: FlaskClient) -> None:
    page = client.get("/sink").text
    address = re.search(r'href="(/assets/portal-[0-9a-f]{16}\.css)"', page)
    assert address
    answer = client.get(address[1], headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "text/css"
    assert answer.text == text("portal.css")
    assert "Set-Cookie" not in answer.headers


def test_squeezed_for_browsers_that_can(client: FlaskClient) -> None:
    address = "/assets/" + json.loads((BUILT / "manifest.json").read_text("utf-8"))["portal.js"]
    answer = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data).decode() == text("portal.js")


@pytest.mark.parametrize("path", ["/assets/", "/assets/manifest.json", "/assets/../fields.py", "/assets/x.css"])
def test_only_built_files_are_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_assets_are_only_read(client: FlaskClient) -> None:
    answer = client.post("/assets/portal.css")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_missing_assets_say_how_to_build_them(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsMissing, match="npm run build"):
        assets.Assets(tmp_path)


def test_lock_file_names_no_host() -> None:
    lock = (Path(__file__).parents[2] / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
