"""A council's settings and agencies are read strictly, and every mistake is named with its place."""

from __future__ import annotations

import copy
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from portal.tenants.agency_list import parse_agencies, rules_of
from portal.tenants.brand_settings import contrast_with_white
from portal.tenants.documents import read
from portal.tenants.folder_logo import take
from portal.tenants.settings import PAGES, SettingsMistakes, parse_council

COUNCILS = Path(__file__).resolve().parents[2] / "config" / "councils"
SLUGS = ("avonmere", "glan-yr-afon")


def document(slug: str, file: str = "council.yaml") -> Any:
    found = read(COUNCILS / slug, file)
    take(COUNCILS / slug, found)
    assert found.mistakes == []
    return copy.deepcopy(found.data)


def mistakes_of(changed: Any) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(SettingsMistakes) as found:
        parse_council(changed)
    return [(each.place, each.message) for each in found.value.mistakes]


@pytest.mark.parametrize("slug", SLUGS)
def test_both_councils_are_sound(slug: str) -> None:
    council = parse_council(document(slug))
    assert council.slug == slug
    assert set(council.pages) == set(PAGES)
    for page in council.pages.values():
        assert all(len(page[language]) > 200 for language in council.languages)
    keys = {outcome.key for outcome in council.outcomes}
    assert keys >= {"assessment", "strategy_discussion", "early_help", "advice", "no_further_action", "transfer"}
    assert council.phones.hours.opens == time(8, 30)
    assert date(2026, 12, 24) in council.phones.closures


@pytest.mark.parametrize("slug", SLUGS)
def test_numbers_and_domains_are_fictional(slug: str) -> None:
    council = parse_council(document(slug))
    for phone in (council.phones.hub, council.phones.out_of_hours):
        assert phone.number.startswith(("01632 960", "020 7946 0"))


def test_welsh_is_complete_where_the_council_has_it_and_comes_first() -> None:
    council = parse_council(document("glan-yr-afon"))
    assert council.default_language == "cy"
    assert all(outcome.tell["cy"] != outcome.tell["en"] for outcome in council.outcomes)
    for page in council.pages.values():
        assert "Drafft" in page["cy"]


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        (("slug",), "Avon Mere", ("slug",), "lower-case words"),
        (("slug",), "assets", ("slug",), "portal itself"),
        (("nation",), "scotland", ("nation",), "wales, england"),
        (("languages",), ["cy"], ("languages",), "must have en"),
        (("languages",), ["en", "fr"], ("languages",), "en, cy"),
        (("languages",), [["en"]], ("languages",), "en, cy"),
        (("languages",), ["en", "cy"], ("statutory",), "no text in the language"),
        (("hostnames",), ["https://avonmere.gov.uk"], ("hostnames", 0), "host name"),
        (("hostnames",), ["a.gov.uk", "a.gov.uk"], ("hostnames", 1), "twice"),
        (("brand", "colour"), "#ffdd00", ("brand", "colour"), "contrast"),
        (("brand", "colour"), "blue", ("brand", "colour"), "#0b4a6f"),
        (("phones", "hub", "number"), "1234", ("phones", "hub", "number"), "telephone"),
        (("phones", "hub", "number"), "01632 96021O", ("phones", "hub", "number"), "telephone"),
        (("phones", "hours", "days"), ["mon", "funday"], ("phones", "hours", "days"), "mon, tue"),
        (("phones", "hours", "opens"), "25:00", ("phones", "hours", "opens"), "08:30"),
        (("phones", "hours", "opens"), "18:00", ("phones", "hours", "closes"), "later"),
        (("phones", "closures"), ["Christmas"], ("phones", "closures", 0), "2026-12-24"),
        (("phones", "closures"), ["2026-02-31"], ("phones", "closures", 0), "2026-12-24"),
        (("email",), "someone", ("email",), "email address"),
        (("sender",), "a@b..uk", ("sender",), "email address"),
        (("clock", "urgent_hours"), 0, ("clock", "urgent_hours"), "1 to 24"),
        (("draft_days",), True, ("draft_days",), "1 to 365"),
        (("statutory",), {"en": " "}, ("statutory", "en"), "empty"),
        (("statutory",), "text", ("statutory",), "each language"),
        (("statutory",), {"en": "x", "fr": "y"}, ("statutory", "fr"), "not a language"),
        (("outcomes", 0, "closes"), "sometimes", ("outcomes", 0, "closes"), "true or false"),
        (("outcomes", 1, "key"), "assessment", ("outcomes", 1), "twice"),
        (("outcomes",), [], ("outcomes",), "something in it"),
        (("priorities", 1, "key"), "urgent", ("priorities", 1), "twice"),
        (("pages", "news"), {"en": "x"}, ("pages", "news"), "not known"),
        (("motto",), "x", ("motto",), "not known"),
        (("sign_in", "passkey_roles"), ["head"], ("sign_in", "passkey_roles", 0), "council_admin"),
        (("sign_in", "passkey_roles"), "council_admin", ("sign_in", "passkey_roles"), "list"),
        (("sign_in", "password"), "x", ("sign_in", "password"), "not known"),
    ],
)
def test_each_mistake_is_named_at_its_place(
    path: tuple[str | int, ...], value: object, place: tuple[str | int, ...], words: str
) -> None:
    changed = document("avonmere")
    inside = changed
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    assert [(at, message) for at, message in mistakes_of(changed) if at == place and words in message]


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        (None, ("council_admin",)),
        ({}, ("council_admin",)),
        ({"passkey_roles": []}, ()),
        ({"passkey_roles": ["council_admin", "screener"]}, ("screener", "council_admin")),
    ],
)
def test_administrators_need_a_passkey_unless_the_council_says_otherwise(said: object, roles: tuple[str, ...]) -> None:
    changed = document("avonmere")
    changed["sign_in"] = said
    assert parse_council(changed).passkey_roles == roles


@pytest.mark.parametrize("wrong", [None, [], "text", 7, {}])
def test_a_document_of_another_shape_is_refused(wrong: object) -> None:
    assert mistakes_of(wrong)


def test_all_mistakes_are_found_together() -> None:
    changed = document("avonmere")
    changed["slug"], changed["nation"], changed["draft_days"] = "?", "?", "?"
    del changed["sender"]
    assert len(mistakes_of(changed)) == 4


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("slug", SLUGS)
def test_both_lists_of_agencies_are_sound(slug: str) -> None:
    agencies = parse_agencies(document(slug, "agencies.yaml"), parse_council(document(slug)).languages)
    assert 8 <= len(agencies) <= 14
    assert {agency.type for agency in agencies} >= {
        "gp_practice", "hospital_trust", "health_visiting", "police", "voluntary", "housing_association",
        "council_internal", "hub",
    }  # fmt: skip


def test_the_same_force_and_hospital_are_in_both_lists() -> None:
    first, second = (
        {agency.key: agency for agency in parse_agencies(document(slug, "agencies.yaml"), ("en",))} for slug in SLUGS
    )
    shared = set(first) & set(second)
    assert shared >= {"severn-vale-police", "example-infirmary"}
    for key in shared:
        assert first[key].domains == second[key].domains
        assert first[key].type == second[key].type


def _agencies(*domains: dict[str, str]) -> dict[str, Any]:
    return {
        "agencies": [
            {"key": f"agency-{number}", "name": {"en": "An agency"}, "type": "voluntary", "domains": [domain]}
            for number, domain in enumerate(domains)
        ]
    }


@pytest.mark.parametrize(
    "domain",
    [
        {"domain": "nhs.uk", "match": "below"},
        {"domain": "gmail.com"},
        {"domain": "Oak.sch.uk"},
        {"domain": "pupils.oak.sch.uk"},
        {"domain": "police.uk", "match": "below", "kind": "exclusive"},
        {"domain": "police.uk"},
        {"domain": "oak.org.uk", "match": "everywhere"},
        {"domain": "oak.org.uk", "kind": "open"},
        {"domain": "oak.org.uk", "note": "x"},
        {"match": "exact"},
    ],
)
def test_wrong_domains_are_refused(domain: dict[str, str]) -> None:
    with pytest.raises(SettingsMistakes) as found:
        parse_agencies(_agencies(domain), ("en",))
    assert all(each.place[:4] == ("agencies", 0, "domains", 0) for each in found.value.mistakes)


def test_a_domain_of_two_agencies_is_shared_unless_someone_claims_it() -> None:
    rules = rules_of(parse_agencies(_agencies({"domain": "oak.org.uk"}, {"domain": "oak.org.uk"}), ("en",)))
    assert {rule.kind for rule in rules} == {"shared"}
    claimed = {"domain": "oak.org.uk", "kind": "exclusive"}
    with pytest.raises(SettingsMistakes):
        parse_agencies(_agencies(claimed, {"domain": "oak.org.uk"}), ("en",))


def test_an_agency_is_listed_once_and_a_domain_once_in_it() -> None:
    doubled = _agencies({"domain": "oak.org.uk"})
    doubled["agencies"] *= 2
    with pytest.raises(SettingsMistakes):
        parse_agencies(doubled, ("en",))
    doubled = _agencies({"domain": "oak.org.uk"})
    doubled["agencies"][0]["domains"] *= 2
    with pytest.raises(SettingsMistakes):
        parse_agencies(doubled, ("en",))
