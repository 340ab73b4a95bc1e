"""Whether two children are one, of one family or of one address: named cases, and what holds of all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.referrals import spelling
from portal.referrals.likeness import Person, Strength, likeness

BORN = date(2019, 3, 27)
HOME = "av99zz"
SIAN = Person("Siân", "Llŷr", BORN, HOME)
STRONG, POSSIBLE, FAMILY, PLACE = Strength.STRONG, Strength.POSSIBLE, Strength.FAMILY, Strength.PLACE
NOTHING = None

CASES = {
    "accents": (SIAN, Person("Sian", "Llyr", BORN), STRONG, ("name_born",)),
    "case and spaces": (SIAN, Person(" SIÂN ", "llŷr", BORN), STRONG, ("name_born",)),
    "apostrophes": (Person("Tom", "O’Brien", BORN), Person("Tom", "OBrien", BORN), STRONG, ("name_born",)),
    "an apostrophe as a space": (Person("Tom", "O'Neill", BORN), Person("Tom", "O Neill", BORN), STRONG, None),
    "one character each": (Person("李", "王", BORN), Person("李", "王", BORN), STRONG, ("name_born",)),
    "another character": (Person("李", "王", BORN), Person("明", "王", BORN), FAMILY, ("family_born",)),
    "family name first": (Person("Xiu", "Wang", BORN), Person("Wang", "Xiu", BORN), STRONG, ("name_born",)),
    "double-barrelled": (Person("Cai", "Smith-Jones", BORN), Person("Cai", "Jones Smith", BORN), STRONG, None),
    "half of a double name": (Person("Cai", "Smith-Jones", BORN), Person("Cai", "Smith", BORN), POSSIBLE, None),
    "ap": (Person("Huw", "ap Rhys", BORN), Person("Huw", "Rhys", BORN), STRONG, None),
    "ap with a hyphen": (Person("Huw", "ap-Rhys", BORN), Person("Huw", "Ap Rhys", BORN), STRONG, None),
    "ferch and verch": (Person("Mai", "ferch Llywelyn", BORN), Person("Mai", "verch Llywelyn", BORN), STRONG, None),
    "particles run together": (Person("Bo", "van der Berg", BORN), Person("Bo", "Vanderberg", BORN), STRONG, None),
    "Mc and Mac": (Person("Ian", "McDonald", BORN), Person("Ian", "MacDonald", BORN), STRONG, None),
    "Saint": (Person("Ann", "St John", BORN), Person("Ann", "Saint John", BORN), STRONG, None),
    "a single name": (Person("Sukarno", "", BORN), Person("", "Sukarno", BORN), STRONG, None),
    "in one answer": (Person("Siân Llŷr", "", BORN), SIAN, STRONG, ("name_born",)),
    "a second first name": (Person("Mary Jane", "Cox", BORN), Person("Mary-Jane", "Cox", BORN), STRONG, None),
    "a form of the name": (Person("Dafydd", "Rees", BORN), Person("David", "Rees", BORN), POSSIBLE, ("similar_born",)),
    "a short form": (Person("Katie", "Rees", BORN), Person("Kate", "Rees", BORN), POSSIBLE, ("similar_born",)),
    "twins": (Person("Elin", "Rees", BORN, HOME), Person("Efa", "Rees", BORN, HOME), FAMILY, ("family_born", "place")),
    "twins of one number": (
        Person("Elin", "Rees", BORN, HOME, "n"), Person("Efa", "Rees", BORN, HOME, "n"), STRONG, ("number", "place")
    ),
    "two numbers": (replace(SIAN, number="a"), replace(SIAN, number="b"), FAMILY, ("family_born", "place")),
    "another surname, same number": (
        Person("Siân", "Llŷr", BORN, "", "n"), Person("Siân", "Rees", BORN, "", "n"), STRONG, ("number",)
    ),
    "another surname": (SIAN, Person("Siân", "Rees", BORN), POSSIBLE, ("given_born",)),
    "a parent of one name": (
        Person("Siôn", "Rees", date(1990, 5, 4), HOME), Person("Siôn", "Rees", BORN, HOME), FAMILY, ("family_place",)
    ),
    "a namesake": (SIAN, Person("Siân", "Llŷr", date(2010, 1, 2)), NOTHING, None),
    "no date of birth": (SIAN, Person("Sian", "Llyr"), POSSIBLE, ("name",)),
    "no date of birth, same home": (SIAN, Person("Sian", "Llyr", None, HOME), POSSIBLE, ("name", "place")),
    "day and month swapped": (
        Person("Cai", "Rees", date(2019, 4, 3)), Person("Cai", "Rees", date(2019, 3, 4)), POSSIBLE, ("name_near",)
    ),
    "one digit wrong": (SIAN, replace(SIAN, born=date(2018, 3, 27), place=""), POSSIBLE, ("name_near",)),
    "not named yet": (Person("", "Rees", BORN, HOME), Person("Cai", "Rees", BORN), POSSIBLE, ("unnamed_born",)),
    "brother and sister": (SIAN, Person("Tom", "Llyr", date(2015, 1, 9), HOME), FAMILY, ("family_place",)),
    "one second name": (
        Person("Siân Mair", "Rees", BORN), Person("Cai Mair", "Rees", BORN), FAMILY, ("family_born",)
    ),
    "a second name that is used": (
        Person("Mair Siân", "Rees", BORN), Person("Siân", "Rees", BORN), POSSIBLE, ("similar_born",)
    ),
    "a neighbour": (SIAN, Person("Tom", "Price", date(2015, 1, 9), HOME), PLACE, ("place",)),
    "nobody": (Person(), Person(), NOTHING, None),
    "nothing in common": (SIAN, Person("Tom", "Price", date(2015, 1, 9)), NOTHING, None),
    "Price and ap Rhys": (Person("Huw", "Price", BORN), Person("Ann", "ap Rhys", BORN), NOTHING, None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_named_cases(name: str) -> None:
    one, other, strength, reasons = CASES[name]
    found = likeness(one, other)
    assert (found.strength if found else None) == strength
    if found and reasons is not None:
        assert found.reasons == reasons


def test_what_speaks_against_it_is_told() -> None:
    found = likeness(replace(SIAN, number="n"), Person("Tom", "Price", date(2001, 1, 1), "", "n"))
    assert found is not None
    assert (found.strength, found.reasons, found.against) == (POSSIBLE, ("number",), ("born", "name"))
    two = likeness(replace(SIAN, number="a"), replace(SIAN, number="b"))
    assert two is not None
    assert two.against == ("number",)


def test_what_a_correction_replaced_is_weaker_and_said() -> None:
    found = likeness(SIAN, replace(SIAN, place="", earlier=True))
    assert found is not None
    assert (found.strength, found.reasons) == (POSSIBLE, ("name_born", "earlier"))


NAMES = st.sampled_from(
    ["", "Siân", "sian", "O’Brien", "OBrien", "Smith-Jones", "Jones Smith", "李", "ap Rhys", "Tom", "Katie", "-", "ab"]
)  # fmt: skip
DATES = st.none() | st.dates(date(2015, 1, 1), date(2016, 12, 31)) | st.just(date(1985, 2, 3))
PEOPLE = st.builds(
    Person, NAMES, NAMES, DATES, st.sampled_from(["", HOME, "cf11aa"]), st.sampled_from(["", "a", "b"]), st.booleans()
)


@given(PEOPLE, PEOPLE)
def test_it_does_not_matter_who_comes_first(one: Person, other: Person) -> None:
    assert likeness(one, other) == likeness(other, one)


@given(PEOPLE, PEOPLE)
def test_no_agreement_makes_one_child_of_two_that_differ(one: Person, other: Person) -> None:
    found = likeness(one, other)
    numbers = {one.number, other.number} - {""}
    if found and len(numbers) == 2:
        assert found.strength <= FAMILY
    if found and found.strength is STRONG:
        assert "number" in found.reasons or (one.born == other.born is not None)
    if found and one.born and other.born and abs(one.born.year - other.born.year) > 10 and not one.number:
        assert found.strength <= FAMILY
    if found is None:
        assert not one.place or one.place != other.place


@given(PEOPLE, PEOPLE)
def test_one_number_never_makes_it_less_likely(one: Person, other: Person) -> None:
    without = likeness(replace(one, number=""), replace(other, number=""))
    with_it = likeness(replace(one, number="n"), replace(other, number="n"))
    assert with_it is not None
    assert without is None or with_it.strength >= without.strength


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_name_is_itself_however_it_is_typed(first: str, last: str) -> None:
    one, shouted = Person(first, last, BORN), Person(f" {first.upper()}", last.upper(), BORN)
    if spelling.key(first, last):
        found = likeness(one, replace(one))
        assert found is not None
        assert found.strength is STRONG
    if first.isascii() and last.isascii():
        assert spelling.key(first, last) == spelling.key(shouted.first, shouted.last)


@given(NAMES, NAMES, NAMES, NAMES)
def test_names_that_are_one_are_found_by_one_key(first: str, last: str, other_first: str, other_last: str) -> None:
    """Else the database would never offer what this room would call the same."""
    one, other = spelling.name_of(first, last), spelling.name_of(other_first, other_last)
    if one.whole == other.whole and one.whole:
        assert spelling.key(first, last) == spelling.key(other_first, other_last)
