"""Lists in settings: what an edit of one item makes of the document, and the codes of new items."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.kernel.errors import NotFound
from portal.tenants import own_parts
from portal.tenants.list_stores import Coded, Row, Steps, code_for
from portal.tenants.listed import Listed, adding, changing, moving, removing
from portal.tenants.reading import KEY
from portal.tenants.settings import parse_council
from portal.tenants.settings_entry import Entry
from portal.tenants.stage_settings import Item, Stage
from tests.tenants.test_settings import document

STAGE = (
    Entry("name-en", ("stages", "names", "en"), "", ""),
    Entry("entered", ("stages", "entered"), "", "", kind="choice"),
    Entry("clock", ("stages", "clocks"), "", ""),
)
LEVEL = (
    Entry("name-en", ("name", "en"), "", ""),
    Entry("days", ("working_days",), "", "", kind="number"),
)


def _stage(one: Stage) -> Row:
    clock = f"{one.minutes} minutes" if one.minutes else ""
    return Row(one.key, {"name-en": (one.name["en"],), "entered": (one.entered,), "clock": (clock,)})


def listed(entries: tuple[Entry, ...] = STAGE, **more: Any) -> Listed:
    made: dict[str, Any] = {
        "read": lambda told: [_stage(one) for one in told.stages],
        "store": Coded((("stages", "checklists"),)),
    }
    return Listed("stages", "", "", "", "", "", entries, **(made | {"most": 12} | more))


def levels() -> Listed:
    keys = ("first", "second", "third")
    store = Steps(("challenging", "levels"), keys, "working_days", ("people",))
    return listed(
        LEVEL,
        store=store,
        read=lambda told: [
            Row(key, {"name-en": (one.name["en"],), "days": (str(one.working_days),)})
            for key, one in zip(keys, told.challenging.levels, strict=False)
        ],
    )


def after(whole: dict[str, Any], made: Listed, edit: Any) -> dict[str, Any]:
    return own_parts.with_values(whole, made.values(whole, edit))


def stages(whole: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    return [(one.key, one.entered, one.minutes) for one in parse_council(whole).stages]


NEW = {"name-en": ("Early help, north",), "entered": ("chosen",), "clock": ("90 minutes",)}


def test_a_stage_is_added_at_the_end_under_a_code_of_its_english_name() -> None:
    before = document("avonmere")
    made = after(before, listed(), adding(listed(), NEW))
    assert stages(made) == [*stages(before), ("early_help_north", "chosen", 90)]
    again = after(made, listed(), adding(listed(), NEW))
    assert stages(again)[-1] == ("early_help_north_2", "chosen", 90)


def test_a_stage_that_is_renamed_keeps_its_code_and_its_checklist() -> None:
    before = document("avonmere")
    made = parse_council(after(before, listed(), changing("contact", NEW))).stages[0]
    assert (made.key, made.name["en"], made.minutes) == ("contact", "Early help, north", 90)
    assert made.checklist == parse_council(before).stages[0].checklist


def test_a_stage_goes_with_its_checklist_and_nothing_of_it_comes_back() -> None:
    before = document("avonmere")
    assert parse_council(before).stages[0].checklist
    made = after(before, listed(), removing("contact"))
    assert "contact" not in [key for key, _how, _minutes in stages(made)]
    assert "contact" not in made["stages"]["checklists"]
    # Another of that name, also where an older page left its parts behind.
    made["stages"]["checklists"]["contact"] = before["stages"]["checklists"]["contact"]
    back = after(made, listed(), adding(listed(), NEW | {"name-en": ("Contact",)}))
    last = parse_council(back).stages[-1]
    assert (last.key, last.checklist) == ("contact", ())


def test_a_stage_changes_places_with_its_neighbour_and_the_first_stays_first() -> None:
    before = document("avonmere")
    keys = [key for key, _how, _minutes in stages(before)]
    made = after(before, listed(), moving(keys[1], -1))
    assert [key for key, _how, _minutes in stages(made)] == [keys[1], keys[0], *keys[2:]]
    assert sorted(stages(made), key=str) == sorted(stages(before), key=str)
    assert listed().values(before, moving(keys[0], -1)) == {}
    assert listed().values(before, moving(keys[-1], 1)) == {}


def test_the_usual_stages_are_the_ones_that_are_changed_where_a_council_says_nothing() -> None:
    plain = document("avonmere")
    del plain["stages"]
    made = after(plain, listed(), adding(listed(), NEW))
    assert stages(made) == [*stages(plain), ("early_help_north", "chosen", 90)]


def test_nothing_is_changed_by_saving_what_there_is() -> None:
    before = document("avonmere")
    same = listed().rows(before)[0]
    assert listed().values(before, changing(same.key, same.said)) == {}


def test_an_item_that_is_not_there() -> None:
    for edit in (changing("gone", NEW), removing("gone"), moving("gone", 1)):
        with pytest.raises(NotFound):
            listed().values(document("avonmere"), edit)


def test_levels_move_up_when_one_is_removed_and_there_are_no_more_than_their_places() -> None:
    before = document("avonmere")
    made = parse_council(after(before, levels(), removing("second"))).challenging.levels
    assert [one.working_days for one in made] == [1, 5]
    said = {"name-en": ("The director",), "days": ("7",)}
    less = after(before, levels(), removing("third"))
    third = parse_council(after(less, levels(), adding(levels(), said))).challenging.levels[2]
    assert (third.name["en"], third.working_days) == ("The director", 7)
    with pytest.raises(NotFound):
        levels().values(before, adding(levels(), said))
    swapped = parse_council(after(before, levels(), moving("first", 1))).challenging.levels
    assert [one.working_days for one in swapped] == [2, 1, 5]


def test_a_list_of_what_should_be_done_holds_the_codes_of_those_only() -> None:
    place = ("stages", "checklists", "decision")
    entries = (
        Entry("words-en", (*place, "items", "en"), "", ""),
        Entry("needed", (*place, "required"), "", "", kind="yes_no"),
    )
    made = listed(
        entries,
        store=Coded(),
        read=lambda told: [
            Row(one.key, {"words-en": (one.label["en"],), "needed": ("yes" if one.required else "no",)})
            for one in told.stages[3].checklist
        ],
    )
    whole = after(document("avonmere"), made, adding(made, {"words-en": ("Told the school",), "needed": ("yes",)}))
    assert Item("told_the_school", {"en": "Told the school"}, required=True) in parse_council(whole).stages[3].checklist


@given(some.text(max_size=300), some.sets(some.just("stage") | some.just("item"), max_size=2))
def test_a_code_of_whatever_words_is_one_and_not_taken(words: str, taken: set[str]) -> None:
    code = code_for(words, taken)
    assert KEY.fullmatch(code)
    assert code not in taken


def test_codes_of_words() -> None:
    assert code_for("Early help, north", ()) == "early_help_north"
    assert code_for("Tŷ Coed", ()) == "ty_coed"
    assert code_for("111 call", ()) == "item_111_call"
    assert code_for("李", {"item"}) == "item_2"
