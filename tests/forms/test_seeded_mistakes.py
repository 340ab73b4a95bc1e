"""Mistakes that a council could make, one a test: the proof names each with the smallest answers that show it."""

from __future__ import annotations

import copy
from typing import Any

from portal.forms.verify import Finding, Proof, telling
from portal.forms.verify import findings as names
from portal.forms.verify.proving import verify
from tests.forms.council_folders import LANGUAGES, document
from tests.forms.test_verify import documents

WALES, ENGLAND = "glan-yr-afon", "avonmere"
Documents = tuple[dict[str, Any], dict[str, Any]]


def spoilt(slug: str) -> Documents:
    form, thresholds = documents(slug)
    return copy.deepcopy(form), copy.deepcopy(thresholds)


def rule(thresholds: dict[str, Any], rule_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in thresholds["rules"] if one["id"] == rule_id)
    return found


def insert(thresholds: dict[str, Any], before: str, rule_id: str, when: Any, route: str) -> None:
    place = thresholds["rules"].index(rule(thresholds, before))
    why = {"en": "Seeded.", "cy": "Plannwyd."}
    thresholds["rules"].insert(place, {"id": rule_id, "when": when, "route": route, "level": None, "why": why})


def question(form: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for page in form["triage"]["pages"] for one in page["questions"] if one["key"] == key
    )
    return found


def proved(slug: str, spoiled: Documents, name: str) -> tuple[Proof, tuple[Finding, ...]]:
    proof = verify(*spoiled, LANGUAGES[slug], only=(name,))
    return proof, next(found.findings for found in proof.properties if found.name == name)


def fails(slug: str, spoiled: Documents, name: str) -> Finding:
    """The first finding of a property that fails and forbids publishing."""
    proof, found = proved(slug, spoiled, name)
    assert found
    assert not proof.holds
    assert all("portal itself does not confirm" not in one.message["en"] for one in found)
    return found[0]


def test_a_red_flag_routed_to_advice() -> None:
    form, thresholds = spoilt(ENGLAND)
    insert(thresholds, "B05", "X1", {"answer": "b_red_flags", "has": "RF17"}, "ADVICE")
    found = fails(ENGLAND, (form, thresholds), names.FLAGS)
    assert found.places == ("question:b_red_flags", "option:b_red_flags:RF17")
    assert "RF17" in found.answers["b_red_flags"]
    assert found.matters["b_red_flags"] == ["RF17"]
    assert (found.route, found.fires[0]) == ("ADVICE", "X1")
    told = {line.key: line.answers for line in telling.smallest(found, form, "en")}
    assert "foster" in " ".join(told["b_red_flags"]).lower()


def test_a_gap() -> None:
    form, thresholds = spoilt(WALES)
    thresholds["rules"].pop()
    found = fails(WALES, (form, thresholds), names.ONE_ROUTE)
    assert (found.route, found.fires) == ("", ())
    assert found.answers["a_red_flags"] == ["none"]


def test_a_shadowed_rule() -> None:
    form, thresholds = spoilt(ENGLAND)
    worst = {"count": {"answer": "b_concerns", "of": ["neglect"], "level_is": 4}, "at_least": 1}
    insert(thresholds, "B09", "X2", worst, "MASH_URGENT")
    found = fails(ENGLAND, (form, thresholds), names.REACHABLE)
    assert found.places == ("rule:X2",)
    assert found.answers["b_concerns"]["neglect"] == 4
    assert "X2" in found.fires[1:]
    assert found.fires[0] == "B08"


def test_a_rule_that_never_holds() -> None:
    form, thresholds = spoilt(ENGLAND)
    never = {"all": [{"answer": "b_age", "below": 5}, {"answer": "b_age", "at_least": 10}]}
    insert(thresholds, "B09", "X3", never, "MASH")
    found = fails(ENGLAND, (form, thresholds), names.REACHABLE)
    assert (found.places, found.answers) == (("rule:X3",), {})


def test_a_way_up_that_is_never_open() -> None:
    form, thresholds = spoilt(ENGLAND)
    thresholds["overrides"][0]["when"] = {
        "all": [thresholds["overrides"][0]["when"], {"answer": "b_danger_now", "is": "yes"}]
    }
    assert fails(ENGLAND, (form, thresholds), names.REACHABLE).places == ("rule:B90",)


def test_a_question_that_is_never_shown() -> None:
    form, thresholds = spoilt(ENGLAND)
    question(form, "b_impact")["show_when"] = {"answer": "b_age", "at_least": 18}
    found = fails(ENGLAND, (form, thresholds), names.SHOWN)
    assert found.places == ("question:b_impact",)


def test_a_section_that_is_never_shown() -> None:
    form, thresholds = spoilt(WALES)
    form["sections"][-1]["show_when"] = {
        "all": [{"answer": "a_rf_now", "is": "yes"}, {"answer": "a_red_flags", "empty": True}]
    }
    assert fails(WALES, (form, thresholds), names.SHOWN).places == (f"section:{form['sections'][-1]['key']}",)


def test_points_that_fall_when_the_worry_grows() -> None:
    form, thresholds = spoilt(WALES)
    thresholds["values"]["home_money"]["points"]["3"] = 0
    found = fails(WALES, (form, thresholds), names.WORSE)
    assert found.changed == "a_d_home_money"
    assert found.after is not None
    assert (found.answers["a_d_home_money"], found.after["a_d_home_money"]) == ("2", "3")
    changed = {key for key in found.after if found.after[key] != found.answers.get(key)}
    assert changed == {"a_d_home_money"}
    before, after = telling.change(found, form, "cy") or (None, None)
    assert before is not None
    assert after is not None
    assert before.answers != after.answers


def test_a_flag_for_the_hub_that_hides_the_worst_harm() -> None:
    # As the reference rules were written by hand, before they were proved.
    form, thresholds = spoilt(ENGLAND)
    moved = rule(thresholds, "B07")
    thresholds["rules"].remove(moved)
    thresholds["rules"].insert(thresholds["rules"].index(rule(thresholds, "B08")), moved)
    _proof, found = proved(ENGLAND, (form, thresholds), names.WORSE)
    assert {one.changed for one in found} == {"b_red_flags", "b_about_professional"}
    flag = next(one for one in found if one.changed == "b_red_flags")
    assert (flag.route, flag.after_route) == ("MASH_URGENT", "MASH")
    assert 4 in flag.answers["b_concerns"].values()
    assert flag.after_fires[0] == "B05"


def test_being_sure_that_lowers() -> None:
    form, thresholds = spoilt(WALES)
    rule(thresholds, "A06")["route"] = "MASH_URGENT"
    thresholds["rules"].insert(0, thresholds["rules"].pop(thresholds["rules"].index(rule(thresholds, "A06"))))
    found = fails(WALES, (form, thresholds), names.WORSE)
    assert set(found.places) >= {"question:a_red_flags"}


def test_strengths_that_lower_a_flag() -> None:
    form, thresholds = spoilt(ENGLAND)
    calm = {"all": [{"answer": "b_red_flags", "empty": False}, {"value": "protective", "at_least": 3}]}
    insert(thresholds, "B05", "X4", calm, "EARLY_HELP")
    found = fails(ENGLAND, (form, thresholds), names.STRENGTHS)
    assert (found.changed, found.after_route) == ("b_protective", "EARLY_HELP")
    assert found.after is not None
    assert len(found.after["b_protective"]) >= 3


def test_no_way_up_from_advice() -> None:
    form, thresholds = spoilt(WALES)
    thresholds["overrides"][0]["from"] = ["EARLY_HELP"]
    _proof, found = proved(WALES, (form, thresholds), names.OVERRIDE)
    assert [one.places for one in found] == [("rule:A15",), ("rule:A17",)]


def test_a_scope_rule_that_is_no_declared_exception() -> None:
    form, thresholds = spoilt(WALES)
    thresholds["safety"]["exceptions"] = []
    found = fails(WALES, (form, thresholds), names.OVERRIDE)
    assert found.matters["a_age_band"] == ["18_plus"]


def test_a_missing_translation() -> None:
    form, thresholds = spoilt(WALES)
    del thresholds["routes"]["EARLY_HELP"]["what"]["cy"]
    found = fails(WALES, (form, thresholds), names.LANGUAGES)
    assert found.places == ("route:EARLY_HELP:what",)
    # A council that speaks English only needs no Welsh.
    assert not proved(ENGLAND, (form, thresholds), names.LANGUAGES)[1]


def test_a_notice_and_a_topic_that_do_not_exist() -> None:
    form, thresholds = spoilt(ENGLAND)
    rule(thresholds, "B01")["notices"] = ["call_998"]
    rule(thresholds, "B18")["topics"] = ["nowhere"]
    proof, found = proved(ENGLAND, (form, thresholds), names.NAMES_EXIST)
    assert [one.message["en"] for one in found] == [
        "There is no notice called call_998.",
        "There is no topic called nowhere.",
    ]
    # The rest is proved all the same.
    assert next(one for one in proof.properties if one.name == names.READS).holds


def test_a_rule_about_a_question_that_nobody_asks() -> None:
    form, thresholds = spoilt(ENGLAND)
    rule(thresholds, "B09")["when"] = {"answer": "b_nothing", "is": "yes"}
    proof = verify(form, thresholds, ("en",))
    read, *others = proof.properties
    assert not read.holds
    assert "b_nothing" in read.findings[0].message["en"]
    assert [one.name for one in others if not one.judged] == list(names.PROPERTIES[3:])
    assert not proof.holds


def test_no_hub() -> None:
    form, thresholds = spoilt(ENGLAND)
    del thresholds["safety"]
    assert "hub" in fails(ENGLAND, (form, thresholds), names.FLAGS).message["en"]


def test_no_answer_is_said_to_be_worse_than_another() -> None:
    form, thresholds = spoilt(ENGLAND)
    for page in form["triage"]["pages"]:
        for asked in page["questions"]:
            asked.pop("severity", None)
    assert "worse" in fails(ENGLAND, (form, thresholds), names.WORSE).message["en"]


def test_an_ignored_answer_is_told_and_forbids_nothing() -> None:
    form, thresholds = spoilt(ENGLAND)
    asked = {
        "key": "b_weather",
        "type": "radios",
        "label": {"en": "What is the weather?"},
        "options": [{"value": "sun", "label": {"en": "Sun"}}, {"value": "rain", "label": {"en": "Rain"}}],
    }
    form["triage"]["pages"][0]["questions"].append(asked)
    proof, found = proved(ENGLAND, (form, thresholds), names.USED)
    assert [one.places for one in found] == [("question:b_weather",)]
    assert proof.holds


def test_an_answer_that_a_rule_mentions_in_vain_is_told() -> None:
    form, thresholds = spoilt(ENGLAND)
    vain = {"any": [{"answer": "b_frequency", "is": "one_off"}, {"answer": "b_frequency", "not_in": ["one_off"]}]}
    rule(thresholds, "B14")["when"]["all"].append(vain)
    thresholds["conditions"]["needs_family_help"]["any"][2]["all"][1]["any"].pop(0)
    _proof, found = proved(ENGLAND, (form, thresholds), names.USED)
    assert [one.places for one in found] == [("question:b_frequency",)]


def test_the_files_of_the_two_councils_are_the_ones_meant() -> None:
    assert document(WALES, "thresholds.yaml")["safety"]["hub"] == "MASH"
