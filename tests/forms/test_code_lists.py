"""Every statutory list that referrals may need is kept with its codes, or is named here with why it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.forms.codes import FOLDER, codes_for, parse_codes
from portal.forms.mistakes import SchemaMistakes
from portal.tenants.documents import read

# The lists of the sector by name and nation, each with how many codes it has in the census year.
KEPT = {
    "england/assessment_factors@2026": 44,
    "england/category_of_abuse@2026": 5,
    "england/cin_referral_outcome@2026": 6,
    "england/contact_outcome@2026": 4,
    "england/contact_source@2026": 11,
    "england/disability@2026": 13,
    "england/ethnicity@2026": 20,
    "england/nhs_ethnic_category@2026": 18,
    "england/nhs_number_status@2026": 8,
    "england/primary_need@2026": 10,
    "england/reason_for_closure@2026": 9,
    "england/referral_nfa@2026": 2,
    "england/referral_source@2026": 22,
    "england/sex@2026": 3,
    "uk/language@2026": 149,
    "wales/ethnicity@2026": 17,
    "wales/nhs_number_status@2026": 9,
    "wales/sex@2026": 3,
}
NOT_KEPT = {
    "england/upn_unknown": "the census gives its seven codes without words for them, so nobody could choose one",
    "england/annex_a": "columns of a report for inspectors, and a mapping: they belong to the export",
    "england/gender_values": "the report for inspectors writes them from england/sex",
    "england/agency_to_referral_source": "a mapping from kinds of agency, not a list: it belongs to the export",
}
PLAIN = {"code": "early_help", "label": {"en": "Early help", "cy": "Cymorth cynnar"}}


def test_every_list_is_kept_whole_and_in_both_languages() -> None:
    for reference, size in KEPT.items():
        found = codes_for(reference)
        assert found is not None, reference
        assert len(found.entries) == size, reference
        assert all(entry.label["en"] and entry.label["cy"] for entry in found.entries)


def test_nothing_is_kept_that_is_not_named() -> None:
    files = {f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.yaml")}
    assert files == {reference.partition("@")[0] for reference in KEPT}
    assert files.isdisjoint(NOT_KEPT)


def test_only_one_nation_owns_a_list() -> None:
    for path in sorted(FOLDER.glob("*/*.yaml")):
        assert codes_for(f"{path.parent.name}/{path.stem}@2026") is not None
        other = {"england": "wales", "wales": "england"}.get(path.parent.name, "")
        twin = FOLDER / other / path.name
        assert not other or not twin.is_file() or twin.read_text() != path.read_text()


@pytest.mark.parametrize("name", [path.relative_to(FOLDER) for path in sorted(FOLDER.glob("*/*.yaml"))], ids=str)
def test_every_file_is_read(name: Path) -> None:
    assert parse_codes(read(FOLDER, str(name)).data)


def test_what_returns_say_is_kept_where_it_is_no_code() -> None:
    found = codes_for("england/contact_outcome@2026")
    assert found is not None
    assert [entry.sent for entry in found.entries if entry.code == "early_help"] == ["EH Referral"]
    with pytest.raises(SchemaMistakes):
        parse_codes({"years": {"2026": [{**PLAIN, "code": "EH Referral"}]}})
    with pytest.raises(SchemaMistakes):
        parse_codes({"years": {"2026": [{**PLAIN, "sent": "x" * 81}]}})
