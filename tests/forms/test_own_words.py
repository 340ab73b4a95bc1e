"""What a designer reads of a draft is plain: the council's own words in the gaps, names for keys, one thing a link."""

from __future__ import annotations

import copy
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from portal.forms.queries import newest, version
from portal.forms.substitutions import filled
from portal.forms.verify.phrases import MESSAGES, TITLES
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Scope
from tests.factories.pages import soup
from tests.fixtures.councils import Councils
from tests.forms.one_designer import Designer, designer

GAP = "((hub_phone))"


@pytest.fixture
def designing(client: FlaskClient, councils: Councils) -> Designer:
    return designer(client, councils.wales)


def test_the_texts_of_a_document_are_filled_in_lists_too() -> None:
    given = {"pages": [{"title": {"en": f"Ring {GAP}"}}, {"title": {"en": "Nothing"}}]}
    told = filled(given, {"en": {"hub_phone": "01632 960110"}})
    assert told["pages"][0]["title"]["en"] == "Ring 01632 960110"
    assert told["pages"][1] is given["pages"][1]
    assert given["pages"][0]["title"]["en"] == f"Ring {GAP}"


@pytest.mark.parametrize("language", ["en", "cy"])
def test_statements_of_a_draft_hold_the_councils_own_words(designing: Designer, language: str) -> None:
    number = designing.person.council.settings.phones.hub.number
    content = copy.deepcopy(designing.draft().content)
    content["thresholds"]["routes"]["MASH"]["label"] = {"en": f"Ring {GAP}", "cy": f"Ffoniwch {GAP}"}
    flags = next(one for page in content["form"]["triage"]["pages"] for one in page["questions"] if one.get("options"))
    flags["label"] = {"en": f"Rung {GAP}?", "cy": f"Wedi ffonio {GAP}?"}
    designing.change(content)
    for path in ("/structure?open=all", "/rules", "/rules/rules/A05/remove", "/condition/rule/A01/when", "/comments"):
        page = soup(designing.get(path, language)).select_one("main")
        assert page is not None
        assert number in page.get_text(), path
        assert "((" not in page.get_text(), path


def test_a_draft_is_shown_without_the_keys_of_its_document(designing: Designer) -> None:
    page = soup(designing.get("/rules/values"))
    values = [one.get_text(" ", strip=True) for one in page.select("h2")]
    assert "health" not in values
    points = [one for one in values if one.startswith("Points for “")]
    assert points
    assert f"{points[0]}:" not in page.get_text()
    assert "school_attendance" not in soup(designing.get("/untranslated")).get_text()


def test_each_closed_part_and_button_of_a_condition_says_what_it_is_about(designing: Designer) -> None:
    page = soup(designing.get("/condition/rule/A10/when"))
    for kind in ("main summary", "main button"):
        said = [" ".join(one.get_text().split()) for one in page.select(kind)]
        assert said
        assert len(set(said)) == len(said), said


def test_the_proof_speaks_of_answers_and_routes_for_every_family() -> None:
    for text in (*TITLES.values(), *MESSAGES.values()):
        assert not re.search(r"\breports?\b", text), text


def test_a_version_is_filled_in_once_and_anew_when_the_councils_words_change(councils: Councils) -> None:
    council, phones = councils.wales, councils.wales.settings.phones
    with db.unit_of_work(Scope(council, SYSTEM)):
        found = newest("concern")
        assert found.gaps
        assert version(found.id).form is version(found.id).form
    moved = replace(council.settings, phones=replace(phones, hub=replace(phones.hub, number="01632 960999")))
    with db.unit_of_work(Scope(replace(council, settings=moved), SYSTEM)):
        assert "01632 960999" in repr(version(found.id))
    with db.unit_of_work(Scope(council, SYSTEM)):
        assert "01632 960999" not in repr(version(found.id))
