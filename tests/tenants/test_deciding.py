"""The reasons that a council offers for its outcomes: read, typed by an administrator, and refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from portal.tenants.settings import parse_council
from tests.auth.walking import Walker
from tests.factories.pages import fields_of, soup
from tests.tenants.test_settings import document, mistakes_of

ONE = {"harm": "Harm: likely"}


@pytest.mark.parametrize(
    ("reasons", "place"),
    [
        ({"en": ["harm"]}, ("en", 0)),
        ({"en": [{"Harm": "Words"}]}, ("en", 0)),
        ({"en": [{"harm": " "}]}, ("en", 0)),
        ({"en": [{"harm": "x" * 201}]}, ("en", 0)),
        ({"en": [ONE, ONE]}, ("en", 1)),
        ({"en": [{f"r{number}": "Words"} for number in range(41)]}, ("en",)),
        ({"en": [ONE], "de": [ONE]}, ("de",)),
    ],
)
def test_each_mistake_is_named(reasons: Any, place: tuple[str | int, ...]) -> None:
    found = mistakes_of(document("avonmere") | {"deciding": {"assessment": {"reasons": reasons}}})
    assert ("deciding", "assessment", "reasons", *place) in [where for where, _ in found]


def test_both_languages_have_the_same_codes() -> None:
    welsh = document("glan-yr-afon") | {"deciding": {"gone": {"reasons": {"cy": [{"niwed": "Niwed"}], "en": [ONE]}}}}
    assert [place for place, _ in mistakes_of(welsh)] == [("deciding", "gone", "reasons", "en")]
    assert parse_council(document("avonmere") | {"deciding": {"gone": {}}}).deciding["gone"].reasons == ()
    wrong = mistakes_of(document("avonmere") | {"outcomes": [{**document("avonmere")["outcomes"][0], "kind": "other"}]})
    assert [place for place, _ in wrong] == [("outcomes", 0, "kind")]


@pytest.mark.usefixtures("as_it_was")
def test_an_administrator_changes_the_reasons_and_who_approves(administrator: Walker) -> None:
    page, reasons = "/council/deciding", "/council/lists/reasons-advice"
    shown = administrator.get(page)
    assert f'href="/avonmere{reasons}"' in shown.text
    assert "Nothing new" in administrator.get("/council/lists/reasons-no_further_action").text
    new = f"{reasons}/new"
    form = fields_of(administrator.get(new), new)
    refused = administrator.send(new, form | {"words-en": " "})
    assert (refused.status_code, "Enter the reason" in refused.text) == (422, True)
    assert administrator.where(administrator.send(new, form | {"words-en": "Parenting courses"})) == reasons
    # What is counted is told, and never typed.
    assert "parenting_courses" in administrator.get(reasons).text
    assert "Parenting courses" in administrator.get(reasons).text
    assert "Reasons for outcomes" in administrator.get("/council/history").text
    lines = soup(administrator.get(page)).select("main input[type=hidden], main input[checked]")
    typed = {str(one["name"]): str(one["value"]) for one in lines}
    assert administrator.where(administrator.send(page, typed | {"approval-advice": "yes"})) == "/council"
    gone = administrator.get(f"{reasons}/items/parenting_courses/remove")
    assert "Nobody can choose it any more" in gone.text
    assert "govuk-warning-text" not in gone.text
