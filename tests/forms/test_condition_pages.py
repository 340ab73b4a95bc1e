"""Conditions and derived values built from rows: each button, the page of a line in two steps, and what is refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from bs4 import Tag
from flask.testing import FlaskClient

from portal.forms.editing.trees import branches, dotted
from tests.factories.pages import soup
from tests.fixtures.councils import Councils
from tests.forms.one_designer import Designer, designer

WHEN = "/condition/rule/A10/when"
LINE = "/condition-line/rule/A10/when"
IS_RF01: dict[str, Any] = {"is": "RF01"}
IS_NO: dict[str, Any] = {"is": "no"}


@pytest.fixture
def designing(client: FlaskClient, councils: Councils) -> Designer:
    return designer(client, councils.wales)


def when(designing: Designer, name: str = "A10") -> Any:
    return next(one["when"] for one in designing.draft().thresholds["rules"] if one["id"] == name)


def parts(condition: Any) -> Any:
    return condition["all"][1]["any"]


def test_a_condition_is_an_indented_list_in_plain_words(designing: Designer) -> None:
    page = soup(designing.get(WHEN))
    assert "When this rule applies" in page.get_text()
    words = [one.get_text(" ", strip=True) for one in page.select(".app-branch__words")]
    assert len(words) == 6
    assert words[0] == "All of these hold:"
    assert "Under 1" in words[1]
    assert len(page.select(".app-branch .app-branch .app-branch__row")) == 3
    assert "Pryd mae'r rheol hon yn berthnasol" in soup(designing.get(WHEN, "cy")).get_text()


@pytest.mark.parametrize(
    ("do", "fields", "expected"),
    [
        ("down:all.0", {}, lambda old: {"all": [old["all"][1], old["all"][0]]}),
        ("up:all.1.any.2", {}, lambda old: {"all": [old["all"][0], {"any": [parts(old)[i] for i in (0, 2, 1)]}]}),
        ("remove:all.0", {}, lambda old: {"all": [old["all"][1]]}),
        ("regroup:", {"group": "any"}, lambda old: {"any": old["all"]}),
        ("regroup:all.1", {"group": "of", "least": "2"},
         lambda old: {"all": [old["all"][0], {"at_least": 2, "of": parts(old)}]}),
        ("wrap:all.0", {"group": "not"}, lambda old: {"all": [{"not": old["all"][0]}, old["all"][1]]}),
        ("begin:", {"group": "any"}, lambda old: {"all": [*old["all"], {"any": []}]}),
    ],
)  # fmt: skip
def test_each_button_changes_its_row(designing: Designer, do: str, fields: dict[str, Any], expected: Any) -> None:
    old = when(designing)
    assert designing.post(WHEN, do=do, **fields).status_code == 303
    assert when(designing) == expected(old)


def test_unknown_rows_and_deeds_are_not_found(designing: Designer) -> None:
    for do in ("up:all.9", "remove:nothing", "nonsense:", "wrap:all.0", "begin:all.0", ""):
        assert designing.post(WHEN, do=do).status_code == 404, do
    for where in ("rule/B99/when", "rule/A10/level/3/when", "nonsense", "named/nothing"):
        assert designing.get(f"/condition/{where}").status_code == 404, where
    assert designing.get(LINE + "?at=all.7").status_code == 404
    assert designing.post(WHEN, do="regroup:", group="of", least="many").status_code == 422


def test_a_line_is_added_in_two_steps(designing: Designer) -> None:
    first = designing.get(LINE + "?at=all.1&add=1")
    assert "What is this line about?" in first.get_data(as_text=True)
    address = LINE + "?at=all.1&add=1&about=answer&name-answer=a_red_flags"
    second = designing.get(address)
    offered = [str(one["value"]) for one in soup(second).select("input[name=compare]")]
    assert offered == ["has_any", "has", "filled", "empty"]
    refused = designing.post(address, compare="has_any")
    assert refused.status_code == 422
    assert "Choose at least one answer" in refused.get_data(as_text=True)
    assert designing.post(address, compare="is", **IS_RF01).status_code == 422
    assert designing.post(address, compare="has_any", has_any=["RF01", "nonsense"]).status_code == 422
    assert designing.post(address, compare="has_any", has_any=["RF01", "RF02"]).status_code == 303
    assert when(designing)["all"][1]["any"][3] == {"answer": "a_red_flags", "has_any": ["RF01", "RF02"]}


@pytest.mark.parametrize(
    ("query", "fields", "node"),
    [
        ("about=answer&name-answer=a_consent", {"compare": "is", "is": "refused"},
         {"answer": "a_consent", "is": "refused"}),
        ("about=answer&name-answer=a_consent", {"compare": "empty"}, {"answer": "a_consent", "empty": True}),
        ("about=count&name-count=a_parent_factors", {"of": ["substance"], "compare": "at_least", "at_least": "1"},
         {"count": {"answer": "a_parent_factors", "of": ["substance"]}, "at_least": 1}),
        ("about=value&name-value=score", {"compare": "below", "below": "9"}, {"value": "score", "below": 9}),
        ("about=met&name-met=intensive", {}, {"met": "intensive"}),
        ("about=always", {}, {"always": True}),
    ],
)  # fmt: skip
def test_lines_of_every_kind(designing: Designer, query: str, fields: dict[str, Any], node: Any) -> None:
    assert designing.post(f"{LINE}?at=all.0&{query}", **fields).status_code == 303
    assert when(designing)["all"][0] == node


@pytest.mark.parametrize(
    "query", ["about=nonsense", "about=answer", "about=answer&name-answer=nothing", "about=number"]
)
def test_what_is_not_offered_is_refused_on_the_first_step(designing: Designer, query: str) -> None:
    answer = designing.get(f"{LINE}?at=all.0&{query}")
    assert answer.status_code == 422
    assert soup(answer).select_one(".govuk-error-summary") is not None


def fields_of_page(page: Tag) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for one in page.select("main form [name]"):
        if one.get("type") in ("radio", "checkbox") and not one.has_attr("checked"):
            continue
        chosen = one.find("option", selected=True) if one.name == "select" else None
        value = str(chosen["value"]) if isinstance(chosen, Tag) else str(one.get("value", ""))
        fields.setdefault(str(one["name"]), []).append("" if one.name == "select" and not chosen else value)
    fields.pop("csrf_token", None)
    return fields


def test_the_page_of_a_line_saves_what_it_shows(designing: Designer) -> None:
    before = designing.draft()
    trees = [(f"rule/{one['id']}/when", one["when"], "condition") for one in before.thresholds["rules"][2:14:3]]
    trees += [(f"value/{name}", before.thresholds["values"][name], "value") for name in ("health", "score", "serious")]
    done = 0
    for where, root, kind in trees:
        for leaf in [one for one in branches(root, kind) if not one.group][:4]:  # type: ignore[arg-type]
            first = soup(designing.get(f"/condition-line/{where}?at={dotted(leaf.path)}"))
            asked = {name: values[0] for name, values in fields_of_page(first).items() if values[0]}
            query = "&".join(f"{name}={value}" for name, value in asked.items())
            address = f"/condition-line/{where}?at={dotted(leaf.path)}&{query}"
            second = designing.get(address)
            assert second.status_code == 200, address
            assert designing.post(address, **fields_of_page(soup(second))).status_code == 303
            done += 1
    assert done > 10
    assert designing.draft().version == before.version


def test_a_value_is_built_from_rows(designing: Designer) -> None:
    where = "/condition/value/health"
    line = "/condition-line/value/health?at=&about=answer&name-answer=a_help_tried"
    assert "Points for each answer" in designing.get(line).get_data(as_text=True)
    typed: dict[str, Any] = {"compare": "points", "points-ff_ended_no_change": "4", "no_more_than": "9"}
    assert designing.post(line, **typed | {"no_more_than": "lots"}).status_code == 422
    assert designing.post(line, **typed).status_code == 303
    value = {"answer": "a_help_tried", "points": {"ff_ended_no_change": 4}, "no_more_than": 9}
    assert designing.draft().thresholds["values"]["health"] == value
    assert designing.post("/condition-line/value/health?at=&add=1&about=number", number="2").status_code == 303
    assert designing.draft().thresholds["values"]["health"] == {"sum": [value, 2]}
    assert designing.post(where, do="regroup:", group="highest", no_more_than="", no_less_than="1").status_code == 303
    assert designing.draft().thresholds["values"]["health"] == {"highest": [value, 2], "no_less_than": 1}
    assert designing.post(where, do="begin:", group="if").status_code == 303
    assert designing.get(where).status_code == 200
    assert designing.post(where, do="remove:").headers["Location"].endswith("remove=all_of_it"), "it asks first"
    assert designing.post(where, do="remove:", sure="yes").status_code == 303
    assert designing.draft().thresholds["values"]["health"] == {"sum": []}


def test_the_same_rows_build_when_a_question_or_page_is_shown(designing: Designer) -> None:
    for where in ("question/a_age_band/show_when", "page/about/show_when", "section/children/show_when"):
        assert designing.get(f"/condition/{where}").status_code == 200, where
    line = "/condition-line/question/a_age_band/show_when?add=1&about=answer&name-answer=a_immediate_danger"
    assert designing.post(line, compare="is", **IS_NO).status_code == 303
    assert designing.draft().form["triage"]["pages"][1]["questions"][0]["show_when"] == {
        "answer": "a_immediate_danger", "is": "no",
    }  # fmt: skip
    assert designing.post("/condition/question/a_age_band/show_when", do="remove:").status_code == 303
    assert "show_when" not in designing.draft().form["triage"]["pages"][1]["questions"][0]
    later = "/condition-line/question/a_age_band/show_when?add=1&about=answer&name-answer=a_consent"
    assert designing.get(later).status_code == 422, "a question asked later cannot be named"


def test_a_notice_of_a_rule_gets_a_condition_of_its_own(designing: Designer) -> None:
    line = "/condition-line/rule/A15/notices/consultation/when?add=1&about=met&name-met=intensive"
    assert designing.post(line).status_code == 303
    notices = next(one["notices"] for one in designing.draft().thresholds["rules"] if one["id"] == "A15")
    assert notices == ["no_consent_early_help", {"notice": "consultation", "when": {"met": "intensive"}}]


def test_a_group_inside_a_group_ends_at_the_deepest(designing: Designer) -> None:
    path = "all.0"
    for _ in range(6):
        assert designing.post(WHEN, do=f"wrap:{path}", group="all").status_code == 303
        path += ".all.0"
    answer = designing.post(WHEN, do=f"wrap:{path}", group="all")
    assert answer.status_code == 422
    assert "at most 8 deep" in answer.get_data(as_text=True)


def test_two_designers_on_one_line_see_both(designing: Designer) -> None:
    content = copy.deepcopy(designing.draft().content)
    rule = next(one for one in content["thresholds"]["rules"] if one["id"] == "A13")
    rule["when"] = {"value": "score", "at_least": 12}
    designing.change(content)
    address = "/condition-line/rule/A13/when?at=&about=value&name-value=score"
    answer = designing.post(address, seen=1, compare="at_least", at_least="16")
    assert answer.status_code == 409
    text = soup(answer).get_text(" ", strip=True)
    assert "12" in text
    assert "16" in text
    assert designing.post(address, seen=2, compare="at_least", at_least="16").status_code == 303
    assert when(designing, "A13") == {"value": "score", "at_least": 16}


def test_a_group_goes_only_after_a_question_and_once(designing: Designer) -> None:
    before = when(designing)
    asks = designing.post(WHEN, do="remove:all.1")
    assert asks.status_code == 303
    assert when(designing) == before
    page = soup(designing.client.get(asks.headers["Location"]))
    assert "Are you sure" in page.get_text()
    assert page.select_one('input[name="sure"]')
    seen = designing.draft().version
    for _press in range(2):
        assert designing.post(WHEN, seen=seen, do="remove:all.1", sure="yes").status_code == 303
    assert when(designing) == {"all": [before["all"][0]]}
    assert "Are you sure" not in designing.get(f"{WHEN}?remove=all.7").get_data(as_text=True)
    assert "Are you sure" in designing.get(f"{WHEN}?remove=all_of_it").get_data(as_text=True)
