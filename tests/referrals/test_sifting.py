"""Filters and search of the list of sent reports: whatever an address or a person says, and names as they are typed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.referrals import sifting
from portal.referrals.sifting import CHOICES, Filters, named, read, sought

NAMES = ("view", "state", "form", "colleague", "since", "until", "unread", "searched", "page")
FILTERS = st.builds(
    Filters,
    agency=st.just(True),
    state=st.sampled_from(("", *CHOICES)),
    form=st.sampled_from(("", "concern", "service")),
    colleague=st.one_of(st.none(), st.uuids()),
    since=st.one_of(st.none(), st.dates(date(2001, 1, 1), date(2020, 1, 1))),
    until=st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2099, 1, 1))),
    unread=st.booleans(),
    searched=st.booleans(),
    page=st.integers(1, 9999),
)


@given(FILTERS)
def test_an_address_brings_the_same_filters_back(filters: Filters) -> None:
    assert read(filters.address(page=filters.page), whole_agency=True) == filters


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40)))
def test_no_address_is_an_error(arguments: dict[str, str]) -> None:
    found = read(arguments, whole_agency=False)
    assert not found.agency
    assert found.page >= 1
    assert set(found.states()) <= set(CHOICES)
    found.span()


def test_a_colleague_counts_for_the_agencys_lead_only() -> None:
    asked = {"view": "agency", "colleague": str(uuid4())}
    assert read(asked, whole_agency=True).colleague is not None
    assert read(asked, whole_agency=False) == Filters()


@pytest.mark.parametrize("typed", ["27/3/2026", "27-03-2026", " 27 3 2026", "27.3.2026"])
def test_a_day_as_people_type_it(typed: str) -> None:
    assert sifting.day_of(typed) == date(2026, 3, 27)


@pytest.mark.parametrize("typed", ["31/2/2026", "3/27/2026", "27/3/26", "٢٧/3/2026", "yesterday", "1/1/1899"])
def test_what_is_no_day_is_named_and_kept(typed: str) -> None:
    found = read({"since": typed}, whole_agency=False)
    assert (found.wrong, found.shown("since"), found.since) == (("since",), typed, None)


def test_a_span_holds_both_of_its_days_in_local_time() -> None:
    since, until = read({"since": "1/7/2026", "until": "1/7/2026"}, whole_agency=False).span()
    assert since == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert until == datetime(2026, 7, 1, 23, tzinfo=UTC)
    assert read({"since": "2/7/2026", "until": "1/7/2026"}, whole_agency=False).wrong == ("until",)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("sian", "Siân", "Llŷr"),
        ("llyr siân", "Siân", "Llŷr"),
        ("SL", "Siân", "Llŷr"),
        ("obrien", "Conor", "O’Brien"),
        ("O'Brien", "Conor", "OBrien"),
        ("李", "李", ""),
        ("rhys", "Ffion", "Jones-Rhys"),
        ("jonesrhys", "Ffion", "Jones-Rhys"),
        ("anna mar", "Anna Maria", "Novak"),
    ],
)
def test_names_are_found_however_they_are_spelt(typed: str, first: str, last: str) -> None:
    assert named(sought(typed), first, last)


@pytest.mark.parametrize("typed", ["ian", "sian jones", "lyr", "'", "S"])
def test_other_names_are_not(typed: str) -> None:
    assert not named(sought(typed), "Gwen", "Llŷr-Hughes")


@given(st.text(max_size=200), st.text(max_size=30), st.text(max_size=30))
def test_no_search_is_an_error(typed: str, first: str, last: str) -> None:
    wanted = sought(typed)
    assert named(wanted, first, last) in (True, False)
    assert wanted.reference.isalnum() or not wanted.reference


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_whole_name_always_finds_itself(first: str, last: str) -> None:
    wanted = sought(f"{first} {last}")
    assert named(wanted, first, last) or not wanted.words or len(wanted.words) > 5


def test_a_reference_is_found_by_a_part_of_it() -> None:
    assert sought("k7r f4m").reference == sought("K7R-F4M").reference == "K7RF4M"
    assert sought("k7").reference == ""
    assert sought(" ' ").nothing
