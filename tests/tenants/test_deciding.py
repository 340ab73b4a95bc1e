"""The reasons that a council offers for its outcomes: read, typed by an administrator, and refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.tenants.outcome_settings import items_of, lines_of
from portal.tenants.settings import parse_council
from tests.auth.walking import Walker
from tests.factories.pages import soup
from tests.tenants.test_settings import document, mistakes_of

ONE = {"harm": "Harm: likely"}
CODES = some.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
WORDS = some.text(some.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).map(str.strip).filter(bool)


@given(some.lists(some.dictionaries(CODES, WORDS, min_size=1, max_size=1)))
def test_a_list_is_what_somebody_types_of_it(items: list[dict[str, str]]) -> None:
    assert items_of(lines_of(items)) == items


def test_a_line_without_a_code_stays_for_the_reader_to_refuse() -> None:
    assert items_of("\n harm : Likely harm\n\nnothing\n") == [{"harm": "Likely harm"}, "nothing"]
    assert lines_of([{"harm": "Likely"}, "nothing"]) == "harm: Likely\nnothing"
    assert lines_of(None) == ""


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
def test_an_administrator_types_them_and_a_mistake_keeps_what_was_typed(administrator: Walker) -> None:
    page = "/council/deciding"
    tree = soup(administrator.get(page))
    lines = tree.select("main input[type=text], main input[type=hidden], main input[checked]")
    typed = {str(one["name"]): str(one.get("value", "")) for one in lines}
    typed |= {str(one["name"]): one.text.strip() for one in tree.select("main textarea")}
    assert typed["reasons-no_further_action-en"].startswith("known: Nothing new")
    refused = administrator.post(page, typed | {"reasons-advice-en": "parenting courses"})
    assert refused.status_code == 422
    assert "Enter a code, a colon and the words" in refused.text
    assert "parenting courses" in refused.text
    answer = administrator.post(page, typed | {"reasons-advice-en": "parenting: Parenting courses\nfood: Food bank"})
    assert administrator.where(answer) == "/council"
    assert "parenting: Parenting courses" in administrator.get("/council").text
    assert "Reasons for outcomes" in administrator.get("/council/history").text
