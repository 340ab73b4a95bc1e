"""Schools and practices by number or name, as the council's own list of agencies knows them."""

from __future__ import annotations

import pytest

from portal.auth.queries.registers import entries
from portal.kernel import db
from portal.kernel.scope import Council, Scope
from tests.fixtures.councils import Councils


def found(council: Council, kind: str, text: str) -> list[str]:
    with db.unit_of_work(Scope(council)):
        return [entry.number for entry in entries(kind, text)]


@pytest.mark.parametrize(
    ("kind", "text", "numbers"),
    [
        ("school", "999101", ["999101"]),
        ("school", " 999-101 ", ["999101"]),
        ("school", "899/2001", ["999101"]),
        ("school", "8992001", ["999101"]),
        ("school", "laestab", []),
        ("practice", "z99101", ["Z99101"]),
        ("school", "Z99101", []),
        ("practice", "999101", []),
        ("school", "zz", []),
        ("school", "%%%", []),
        ("school", "___", []),
        ("school", "' or 1=1 --", []),
        ("school", "\\", []),
        ("nothing", "999101", []),
        ("school", "x" * 5000, []),
    ],
)
def test_a_number_or_part_of_a_name_finds_the_council_s_own(
    councils: Councils, kind: str, text: str, numbers: list[str]
) -> None:
    assert found(councils.england, kind, text) == numbers


def test_a_name_is_found_in_either_language_and_only_in_its_council(councils: Councils) -> None:
    assert found(councils.wales, "practice", "heol y parc") == ["W99101"]
    assert found(councils.wales, "practice", "PARK road") == ["W99101"]
    assert found(councils.wales, "school", "Ysgol") == ["6609101", "6609102"]
    assert found(councils.england, "practice", "heol y parc") == []
