"""Which stage a report comes to, and when it must leave it again: no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.clock import Hours
from portal.kernel.working_time import working_between
from portal.stages import rules
from portal.tenants.settings import SettingsMistakes, parse_council
from portal.tenants.stage_settings import USUAL, Item, Stage, minutes_of
from tests.tenants.test_settings import document

OFFICE = Hours(time(9), time(17), (0, 1, 2, 3, 4), (date(2026, 12, 24),), None)
STAGES = (*USUAL, Stage("closed", {"en": "Closed"}, "decided"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("entered", "minutes", "nation", "due"),
    [
        ("2026-11-23T10:00", 120, "england", "2026-11-23T12:00"),
        ("2026-11-23T16:00", 120, "england", "2026-11-24T10:00"),
        ("2026-11-20T16:30", 60, "wales", "2026-11-23T09:30"),
        ("2026-11-21T12:00", 60, "wales", "2026-11-23T10:00"),
        # Closed on the 24th, then Christmas, a weekend and the day that stands in for Boxing Day.
        ("2026-12-23T16:00", 120, "england", "2026-12-29T10:00"),
        # Scotland has the 2nd of January too, on a Monday that year in its stead.
        ("2026-12-31T16:30", 60, "england", "2027-01-04T09:30"),
        ("2026-12-31T16:30", 60, "scotland", "2027-01-05T09:30"),
        # The clocks go forward on the 29th of March: nine in the morning is eight in UTC.
        ("2026-03-27T16:30", 60, "wales", "2026-03-30T08:30"),
    ],
)
def test_a_stage_is_due_in_the_council_s_working_time(entered: str, minutes: int, nation: str, due: str) -> None:
    assert rules.due(at(entered), minutes, (), nation, OFFICE) == at(due)


def test_a_pause_is_not_counted_and_one_before_the_stage_neither() -> None:
    paused = [(at("2026-11-23T11:00"), at("2026-11-23T13:00"))]
    assert rules.due(at("2026-11-23T10:00"), 120, paused, "england", OFFICE) == at("2026-11-23T14:00")
    assert rules.due(at("2026-11-23T12:00"), 120, paused, "england", OFFICE) == at("2026-11-23T15:00")
    assert rules.due(at("2026-11-24T10:00"), 120, paused, "england", OFFICE) == at("2026-11-24T12:00")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.integers(1, 60 * 40),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 3000)), max_size=3),
)
def test_until_a_stage_is_due_just_its_time_and_the_pauses_were_worked(
    entered: datetime, minutes: int, spans: list[tuple[int, int]]
) -> None:
    begun, pauses = entered, []
    for gap, length in spans:
        start = begun + timedelta(minutes=gap)
        begun = start + timedelta(minutes=length)
        pauses.append((start, begun))
    due = rules.due(entered, minutes, pauses, "wales", OFFICE)
    stood = sum((working_between(*one, "wales", OFFICE) for one in pauses), timedelta(0))
    assert working_between(entered, due, "wales", OFFICE) == timedelta(minutes=minutes) + stood


@pytest.mark.parametrize(
    ("verb", "now", "comes"),
    [
        ("claim", "contact", "screening"),
        ("claim", "screening", None),
        ("claim", "multi_agency", None),
        ("decide", "screening", "closed"),
        ("reopen", "closed", "screening"),
        ("reopen", "", "screening"),
        ("ask", "screening", None),
        ("release", "screening", None),
        ("claim", "taken_away", "screening"),
    ],
)
def test_what_is_done_brings_a_report_to_a_stage(verb: str, now: str, comes: str | None) -> None:
    found = rules.entered_with(STAGES, verb, now)
    assert (found.key if found else None) == comes


def test_a_council_without_such_stages_is_never_without_one() -> None:
    only = (Stage("work", {"en": "Work"}),)
    assert rules.first(only).key == rules.first(only, "claimed").key == "work"
    assert rules.entered_with(only, "claim", "work") is None
    assert rules.entered_with(only, "decide", "work") is None


def test_what_is_missing_is_what_is_required_and_not_ticked() -> None:
    stage = Stage("a", {}, checklist=(Item("one", {}, True), Item("two", {}), Item("three", {}, True)))
    assert [one.key for one in rules.missing(stage, {"three"})] == ["one"]


@pytest.mark.parametrize(
    ("said", "minutes"),
    [("2 hours", 120), ("1 hour", 60), ("45 minutes", 45), (3, 180), ("3h", 180), ("90m", 90), ("2 awr", 120),
     ("30 munud", 30), ("2 funud", 2), ("0 hours", None), ("soon", None), ("-1 hours", None),
     ("99999 hours", None), ("1.5 hours", None)],
)  # fmt: skip
def test_lengths_as_somebody_writes_them(said: object, minutes: int | None) -> None:
    assert minutes_of(said) == minutes


def test_a_council_that_says_nothing_has_the_usual_stages() -> None:
    found = document("avonmere")
    found.pop("stages")
    assert [one.key for one in parse_council(found).stages] == ["contact", "screening", "multi_agency", "decision"]
    told = parse_council(document("avonmere")).stages
    assert [(one.key, one.entered, one.minutes) for one in told][:2] == [
        ("contact", "arrival", 120),
        ("screening", "claimed", 360),
    ]
    assert [one.key for one in told[1].checklist if one.required] == ["history", "consent"]


@pytest.mark.parametrize(
    ("stages", "place"),
    [
        ({"entered": [{"contact": "sometimes"}]}, ("stages", "entered", 0)),
        ({"clocks": [{"contact": "soon"}]}, ("stages", "clocks", 0)),
        ({"names": {"en": ["contact"]}}, ("stages", "names", "en", 0)),
        ({"checklists": {"contact": {"items": {"en": [{"a": "A"}]}, "required": ["b"]}}},
         ("stages", "checklists", "contact", "required", 0)),
        ({"colour": "red"}, ("stages", "colour")),
        ({"names": {"en": [{f"s{n}": "S"} for n in range(13)]}}, ("stages", "names")),
    ],
)  # fmt: skip
def test_stages_that_cannot_be(stages: dict[str, Any], place: tuple[object, ...]) -> None:
    with pytest.raises(SettingsMistakes) as found:
        parse_council(document("avonmere") | {"stages": stages})
    assert place in [one.place for one in found.value.mistakes]
