"""Worked examples run through councils' rules: what is compared, and how each difference is told."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.scenarios import NotScenarios, run, scenarios_in
from tests.forms.council_folders import NOW, councils, document

GIVEN: list[dict[str, Any]] = [
    scenario
    for slug in ("glan-yr-afon", "avonmere")
    for scenario in scenarios_in(document(slug, "scenarios.json"))
    if isinstance(scenario, dict)
]


def test_every_shipped_scenario_passes() -> None:
    report = run(GIVEN, councils(), NOW)
    assert len(GIVEN) == 42
    assert report.lines == ("42 passed, 0 failed",)


def test_five_thousand_scenarios_are_run_and_every_wrong_one_is_found() -> None:
    many = [copy.deepcopy(GIVEN[place % len(GIVEN)]) for place in range(5000)]
    for scenario in many[::100]:
        scenario["expected"]["rule"] = "Z99"
    report = run(many, councils(), NOW)
    assert (report.passed, report.failed, len(report.lines)) == (4950, 50, 51)
    assert report.lines[-1] == "4950 passed, 50 failed"


def test_each_difference_is_named() -> None:
    scenario = copy.deepcopy(GIVEN[0])
    scenario["expected"] = {
        "route": "ADVICE",
        "rule": "A17",
        "level": None,
        "notices": ["nrm", "phone_hub"],
        "topics": ["send_aln"],
    }
    assert run([scenario], councils(), NOW).lines == (
        "GYA-01 (glan-yr-afon): route: expected 'ADVICE', found 'MASH_URGENT'",
        "GYA-01 (glan-yr-afon): rule: expected 'A17', found 'A03'",
        "GYA-01 (glan-yr-afon): level: expected None, found 4",
        "GYA-01 (glan-yr-afon): notices: missing nrm",
        "GYA-01 (glan-yr-afon): notices: not expected medical",
        "GYA-01 (glan-yr-afon): topics: missing send_aln",
        "0 passed, 1 failed",
    )


def test_keys_that_are_absent_are_not_compared() -> None:
    for key in GIVEN[0]["expected"]:
        scenario = copy.deepcopy(GIVEN[0])
        scenario["expected"] = {key: GIVEN[0]["expected"][key]}
        assert run([scenario], councils(), NOW).passed == 1
        scenario["expected"] = {}
        assert run([scenario], councils(), NOW).lines == ("1 passed, 0 failed",)


def test_only_what_is_expected_is_compared_and_order_does_not_matter() -> None:
    scenario = copy.deepcopy(GIVEN[0])
    scenario["expected"] = {"notices": ["medical", "phone_hub"]}
    assert run([scenario], councils(), NOW).passed == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tenant": "atlantis"}, "unknown council 'atlantis'"),
        ({"tenant": None}, "unknown council None"),
        ({"answers": []}, "answers: expected a mapping, found list"),
        ({"expected": "ADVICE"}, "expected: expected a mapping, found 'ADVICE'"),
        ({"expected": {"outcome": "x"}}, "unknown key 'outcome'"),
        ({"expected": {"notices": "nrm"}}, "expected.notices: expected a list of names"),
        ({"expected": {"level": True}}, "level: expected True, found 4"),
    ],
)
def test_a_malformed_scenario_is_a_failure_that_says_why(change: dict[str, Any], told: str) -> None:
    report = run([{**GIVEN[0], **change}], councils(), NOW)
    assert report.failed == 1
    assert told in report.lines[0]


@pytest.mark.parametrize("odd", [None, 1, "x", {"vignettes": {}}, {}])
def test_a_document_without_a_list_of_scenarios_is_refused(odd: object) -> None:
    with pytest.raises(NotScenarios):
        scenarios_in(odd)


odd_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        odd_values
        | st.fixed_dictionaries(
            {"tenant": st.sampled_from(["avonmere", "glan-yr-afon"])},
            optional={"id": odd_values, "answers": odd_values, "expected": odd_values},
        ),
        max_size=4,
    )
)
def test_nothing_in_a_file_makes_the_run_fail(scenarios: list[object]) -> None:
    report = run(scenarios, councils(), NOW)
    assert report.failed + report.passed == len(scenarios)
