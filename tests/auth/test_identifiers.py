"""Official numbers are read as their registers write them, and refused when they are of another."""

from __future__ import annotations

import pytest

from portal.auth.agency_types import MAY, TYPES, USUALLY, allowed
from portal.auth.identifiers import OF_TYPE, SCHEMES, BadIdentifier, read, shown, split


@pytest.mark.parametrize(
    ("scheme", "text", "kind", "bare"),
    [
        ("urn", "123456", "school", "123456"),
        ("urn", " 123 456", "independent_school", "123456"),
        ("laestab", "899/2001", "school", "8992001"),
        ("laestab", "8992001", "school", "8992001"),
        ("welsh_school", "660 9101", "school_wales", "6609101"),
        ("welsh_school", "6819999", "school_wales", "6819999"),
        ("ukprn", "10012345", "college", "10012345"),
        ("ofsted", "ey123456", "nursery", "EY123456"),
        ("ofsted", "2567890", "nursery", "2567890"),
        ("ods", "a12345", "gp_practice", "A12345"),
        ("ods", "W99101", "gp_practice", "W99101"),
        ("ods", "RZ9", "hospital_trust", "RZ9"),
        ("ods", "7A1", "hospital_trust", "7A1"),
        ("ods", "7Z9HV", "health_visiting", "7Z9HV"),
        ("force", "22", "police", "22"),
        ("charity", "1234567", "voluntary", "1234567"),
        ("company", "01234567", "voluntary", "01234567"),
        ("company", "OC123456", "nursery", "OC123456"),
        ("rsh", "LH1234", "housing_association", "LH1234"),
        ("ons", "E06000022", "other_la", "E06000022"),
    ],
)
def test_a_number_is_kept_bare(scheme: str, text: str, kind: str, bare: str) -> None:
    assert read(scheme, text, kind) == bare


@pytest.mark.parametrize(
    ("scheme", "text", "kind", "why"),
    [
        ("urn", "12345", "school", "format"),
        ("urn", "1234567", "school", "format"),
        ("urn", "023456", "school", "format"),
        ("urn", "１２３４５６", "school", "format"),
        ("urn", "123456\n", "school", "format"),
        ("urn", "", "school", "format"),
        ("urn", "6609101", "school_wales", "other_type"),
        ("laestab", "899/20011", "school", "format"),
        ("welsh_school", "6592001", "school_wales", "format"),
        ("welsh_school", "6822001", "school_wales", "format"),
        ("welsh_school", "66020011", "school_wales", "format"),
        ("ukprn", "20012345", "college", "format"),
        ("ukprn", "1001234", "college", "format"),
        ("ods", "RZ9", "gp_practice", "format"),
        ("ods", "A12345", "hospital_trust", "format"),
        ("ods", "A1234567890", "ambulance", "format"),
        ("force", "22A", "police", "format"),
        ("ods", "RZ9", "police", "other_type"),
        ("company", "1234567", "voluntary", "format"),
        ("nonsense", "1", "school", "scheme"),
        ("urn", "=1+1", "school", "format"),
    ],
)
def test_what_is_no_number_of_the_register_is_refused(scheme: str, text: str, kind: str, why: str) -> None:
    with pytest.raises(BadIdentifier, match=why):
        read(scheme, text, kind)


def test_every_kind_of_agency_says_its_registers_and_every_example_is_one() -> None:
    assert set(OF_TYPE) == set(TYPES)
    for kind, schemes in OF_TYPE.items():
        for scheme in schemes:
            example = "RZ9" if (scheme, kind) == ("ods", "hospital_trust") else SCHEMES[scheme].example
            assert read(scheme, example, kind)
    assert {scheme for schemes in OF_TYPE.values() for scheme in schemes} == set(SCHEMES)


def test_a_word_before_the_number_says_the_register() -> None:
    assert split("URN 123456", "school") == ("urn", "123456")
    assert split("6609101", "school_wales") == ("welsh_school", "6609101")
    assert split("899 2001", "school") == ("urn", "899 2001")
    assert split("12", "hub") == ("ons", "12")
    assert split("12", "court") == ("", "12")
    assert shown("laestab", "8992001") == "899/2001"
    assert shown("urn", "123456") == "123456"


def test_seeing_a_family_is_never_given_by_default() -> None:
    assert allowed(None) == USUALLY
    assert "see_family" not in USUALLY
    assert allowed(["see_family", "rule_the_world"]) == {"see_family"}
    assert allowed([]) == frozenset()
    assert len(MAY) == 4
