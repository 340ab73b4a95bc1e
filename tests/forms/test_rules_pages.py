"""The designer's pages of rules: what they show, what they save, what they refuse, and two designers who meet."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.forms.checking import mistakes_of
from portal.forms.queries import library
from tests.factories.pages import soup
from tests.fixtures.councils import Councils
from tests.forms.one_designer import Designer, designer

PARTS = [
    "overrides", "conditions", "values", "notices", "always", "topics", "topic_rules", "routes", "levels", "exceptions",
]  # fmt: skip
RULE: dict[str, Any] = {
    "id": "A05",
    "route": "MASH",
    "level": "4",
    "why-en": "A sign.",
    "why-cy": "Arwydd.",
    "topics": "none",
}


@pytest.fixture
def designing(client: FlaskClient, councils: Councils) -> Designer:
    return designer(client, councils.wales)


def as_fields(**words: str) -> dict[str, Any]:
    """Texts by field: `called_en` is the field called-en."""
    return {"-".join(name.rsplit("_", 1)): text for name, text in words.items()}


def rule(designing: Designer, name: str) -> dict[str, Any]:
    return next(one for one in designing.draft().thresholds["rules"] if one["id"] == name)


def test_the_rules_are_listed_in_order_in_plain_words(designing: Designer) -> None:
    page = designing.get("/rules")
    assert page.status_code == 200
    headings = [one.get_text(" ", strip=True).split()[0] for one in soup(page).select(".app-entry h2")]
    assert headings[:3] == ["A01", "A02", "A03"]
    assert len(headings) == 17
    text = soup(page).get_text(" ", strip=True)
    assert "Call 999 before you do anything else" in text
    assert "Two or more parts of the child's life" in text
    assert "mistakes to mend" not in text
    assert "Rheolau" in designing.get("/rules", "cy").get_data(as_text=True)


def test_the_draft_says_how_many_rules_and_mistakes_there_are(designing: Designer) -> None:
    assert "17 rules" in designing.get("").get_data(as_text=True)
    content = copy.deepcopy(designing.draft().content)
    content["thresholds"]["rules"][1]["route"] = "NOWHERE"
    designing.change(content)
    assert "1 mistake" in designing.get("").get_data(as_text=True)
    page = designing.get("/rules").get_data(as_text=True)
    assert "unknown route NOWHERE" in page
    second = content["thresholds"]["rules"][1]["id"]
    assert f'/rules/rules/{second}">' in page, "it leads to the page of that rule"
    assert 'lang="en">unknown route NOWHERE' in page


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_part_and_each_of_its_entries_has_its_page(designing: Designer, part: str, language: str) -> None:
    listed = designing.get(f"/rules/{part}", language)
    assert listed.status_code == 200
    assert designing.get(f"/rules/add/{part}", language).status_code == 200
    for link in soup(listed).select(".app-deed-link")[:6]:
        assert designing.client.get(str(link["href"])).status_code == 200, link["href"]


def test_a_rule_is_changed(designing: Designer) -> None:
    answer = designing.post("/rules/rules/A05", **RULE | {"route": "MASH_URGENT", "notices": ["nrm", "call_999"]})
    assert answer.status_code == 303
    changed = rule(designing, "A05")
    assert changed["route"] == "MASH_URGENT"
    assert changed["notices"] == ["nrm", "call_999"]
    assert changed["when"] == {"answer": "a_red_flags", "empty": False}
    assert "topics" not in changed
    assert "stands_alone" not in changed


def test_the_page_of_every_rule_saves_what_it_shows(designing: Designer) -> None:
    before = designing.draft()
    for part, names in (("rules", [one["id"] for one in before.thresholds["rules"]]), ("overrides", ["A90"])):
        for name in names:
            page = soup(designing.get(f"/rules/{part}/{name}"))
            fields: dict[str, Any] = {}
            for one in page.select("main form [name]"):
                if one.get("type") in ("radio", "checkbox") and not one.has_attr("checked"):
                    continue
                chosen = one.find("option", selected=True) if one.name == "select" else None
                value = str(chosen["value"]) if chosen else str(one.get("value", "")) or one.text
                fields.setdefault(str(one["name"]), []).append("" if one.name == "select" and not chosen else value)
            fields.pop("csrf_token")
            assert designing.post(f"/rules/{part}/{name}", **fields).status_code == 303
    assert designing.draft().version == before.version
    assert designing.draft().thresholds == before.thresholds


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("id", "", "Enter a name of letters"),
        ("id", "A01", "Another rule has this name"),
        ("route", "NOWHERE", "Choose one of those offered"),
        ("level", "7", "Choose a level"),
        ("why-en", "bell\x07", "Remove characters"),
        ("why-cy", "x" * 6001, "Shorten this"),
        ("level", "worked_out", "Choose which one"),
        ("notices", "nothing_like_it", "Choose from those offered"),
        ("topics", "exactly", "Choose at least one of the topics"),
    ],
)
def test_what_is_wrong_is_refused_beside_the_field(designing: Designer, field: str, typed: str, said: str) -> None:
    answer = designing.post("/rules/rules/A05", **RULE | {"why-en": "My own words", field: typed})
    assert answer.status_code == 422
    page = soup(answer)
    assert said in page.get_text()
    assert page.select_one(".govuk-error-summary a[href^='#']") is not None
    assert field == "why-en" or "My own words" in answer.get_data(as_text=True)
    assert designing.draft().version == 1


def test_a_rule_is_added_before_the_last_and_its_condition_comes_next(designing: Designer) -> None:
    answer = designing.post("/rules/add/rules", **RULE | {"id": "A16b"})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/condition/rule/A16b/when")
    assert [one["id"] for one in designing.draft().thresholds["rules"]][-2:] == ["A16b", "A17"]
    again = designing.post("/rules/add/rules", seen=1, **RULE | {"id": "A16b"})
    assert again.status_code == 303, "a second click adds nothing"
    assert len(designing.draft().thresholds["rules"]) == 18
    assert designing.post("/rules/add/rules", **RULE | {"id": "A01"}).status_code == 422


def test_rules_are_moved_copied_and_removed(designing: Designer) -> None:
    assert designing.post("/rules/rules", do="move:0:A03").status_code == 303
    assert designing.draft().thresholds["rules"][0]["id"] == "A03"
    assert designing.post("/rules/rules", seen=1, do="move:0:A03").status_code == 303, "a second click is no conflict"
    assert designing.post("/rules/rules", do="copy:A03_2:A03").status_code == 303
    assert designing.draft().thresholds["rules"][1]["id"] == "A03_2"
    assert "Are you sure" in designing.get("/rules/rules/A03_2/remove").get_data(as_text=True)
    assert designing.post("/rules/rules/A03_2/remove").status_code == 303
    assert len(designing.draft().thresholds["rules"]) == 17
    assert designing.post("/rules/rules/A03_2/remove").status_code == 303, "it is gone already"
    assert designing.post("/rules/rules", do="nonsense:0:A03").status_code == 404
    assert designing.get("/rules/rules/B77").status_code == 404
    assert designing.get("/rules/nonsense").status_code == 404


def test_the_order_of_values_is_kept(designing: Designer) -> None:
    assert designing.post("/rules/values", do="move:0:score").status_code == 303
    assert next(iter(designing.draft().thresholds["values"])) == "score"
    assert "mistake" in designing.get("").get_data(as_text=True)


def test_steps_of_a_level_come_and_go(designing: Designer) -> None:
    steps = {"level": "steps", "step_count": "2", "step-0": "3", "step-1": "none", "step-2": "value:worst"}
    rest = RULE | {"id": "A15", "route": "ADVICE", "topics": "chosen"} | steps
    assert designing.post("/rules/rules/A15", **rest).status_code == 303
    level = rule(designing, "A15")["level"]
    assert level == [{"when": {"met": "intensive"}, "level": 3}, {"level": None}, {"level": {"value": "worst"}}]
    assert "Step 4" in designing.get("/rules/rules/A15").get_data(as_text=True)


def test_a_step_of_a_level_moves_up_with_its_condition_and_once_for_two_clicks(designing: Designer) -> None:
    before = rule(designing, "A15")["level"]
    page = designing.get("/rules/rules/A15").get_data(as_text=True)
    assert 'value="step:1:A15"' in page
    seen = designing.draft().version
    for _press in range(2):
        assert designing.post("/rules/rules", seen=seen, do="step:1:A15").status_code == 303
    assert rule(designing, "A15")["level"] == [before[1], before[0], *before[2:]]
    assert designing.post("/rules/rules", do="step:0:A15").status_code == 404
    assert designing.post("/rules/routes", do="step:1:ADVICE").status_code == 404


def test_what_is_told_apart_by_its_place_moves_once_for_two_clicks(designing: Designer) -> None:
    before = designing.draft().thresholds["topic_rules"]
    seen = designing.draft().version
    for _press in range(2):
        assert designing.post("/rules/topic_rules", seen=seen, do="move:1:1").status_code == 303
    assert designing.draft().thresholds["topic_rules"] == [before[1], before[0], *before[2:]]
    assert designing.post("/rules/topic_rules", seen=seen, do="move:2:1").status_code == 409, "this is another change"


def test_the_name_under_which_i_disagree_is_kept_is_followed_by_rules_and_scenarios(designing: Designer) -> None:
    before = designing.draft()
    general: dict[str, Any] = {"hub": "MASH", "override_question-en": "Still?", "override_question-cy": "Dal?"}
    for wrong in ("", "not a name", "a_consent", "not_known"):
        assert designing.post("/rules/general/all", **general, override_answer=wrong).status_code == 422, wrong
    assert designing.draft().content == before.content
    assert designing.post("/rules/general/all", **general, override_answer="disagrees").status_code == 303
    now = designing.draft()
    assert now.thresholds["override_answer"] == "disagrees"
    assert now.thresholds["overrides"][0]["when"] == {"answer": "disagrees", "is": "yes"}
    told = [(one["answers"].get("a_override"), one["answers"].get("disagrees")) for one in now.scenarios]
    assert told == [(None, one["answers"].get("a_override")) for one in before.scenarios]
    assert "no" in {value for _gone, value in told}
    assert mistakes_of(now.content, designing.person.council.languages) == []


def test_every_other_part_is_changed_and_added(designing: Designer) -> None:
    texts: dict[str, Any] = {"text-en": "Ring {{ 7*7 }} <b>now</b>", "text-cy": "Ffoniwch"}
    assert designing.post("/rules/notices/nrm", **texts).status_code == 303
    assert designing.draft().thresholds["notices"]["nrm"] == {"en": "Ring {{ 7*7 }} <b>now</b>", "cy": "Ffoniwch"}
    assert "&lt;b&gt;now" in designing.get("/rules/notices").get_data(as_text=True)
    assert designing.post("/rules/add/notices", key="new_one", **texts).status_code == 303
    assert designing.post("/rules/add/notices", key="not a key", **texts).status_code == 422
    route: dict[str, Any] = {"label-en": "Hub", "rank": "99", "what-en": "W", "who-en": "W"}
    assert designing.post("/rules/routes/MASH", **route).status_code == 422
    assert designing.post("/rules/routes/MASH", **route | {"rank": "3"}).status_code == 303
    assert designing.post("/rules/levels/1", **as_fields(text_en="Everyone")).status_code == 303
    assert designing.draft().thresholds["levels"]["1"] == {"en": "Everyone"}
    assert designing.post("/rules/add/exceptions", rule="A02", properties=["worse_never_lowers"]).status_code == 422
    reason: dict[str, Any] = {"reason-en": "Adults", "rule": "A02", "properties": ["worse_never_lowers"]}
    assert designing.post("/rules/add/exceptions", **reason).status_code == 303
    general: dict[str, Any] = {"hub": "MASH", "override_question-en": "Still?", "override_answer": "a_override"}
    assert designing.post("/rules/general/all", **general).status_code == 303
    assert designing.draft().thresholds["safety"]["hub"] == "MASH"
    assert designing.post("/rules/values/score", **as_fields(called_en="Score of eight")).status_code == 303
    assert designing.draft().thresholds["names"]["score"] == {"en": "Score of eight"}
    assert designing.post("/rules/add/values", key="extra", **as_fields(called_en="Extra")).status_code == 303
    assert designing.draft().thresholds["values"]["extra"] == {"sum": []}
    assert designing.post("/rules/add/always", notice="nrm", routes=["MASH"]).status_code == 303
    assert designing.post("/rules/add/topic_rules", topics=["send_aln"]).status_code == 303


def test_a_service_of_a_topic_is_taken_out_and_another_added(designing: Designer) -> None:
    topic = designing.draft().thresholds["topics"]["school_attendance"]
    texts = {f"{name}-{one}": words for name in ("title", "summary", "try_first", "come_back", "worse")
             for one, words in topic[name].items()}  # fmt: skip
    day: dict[str, Any] = {"reviewed-day": "1", "reviewed-month": "11", "reviewed-year": "2026", "service_count": "3"}
    service = {"service1_name-en": "ALN line", "service1_what-en": "Advice", "service1_phone": "01632 960 118"}
    new = {"service3_name-en": "New", "service3_what-en": "Helps", "service3_url": "http://plain.example"}
    answer = designing.post("/rules/topics/school_attendance", **texts | day | service | new)
    assert answer.status_code == 422
    assert "begins with https" in answer.get_data(as_text=True)
    new["service3_url"] = "https://safe.example"
    assert designing.post("/rules/topics/school_attendance", **texts | day | service | new).status_code == 303
    changed = designing.draft().thresholds["topics"]["school_attendance"]
    assert [one["name"]["en"] for one in changed["services"]] == ["ALN line", "New"]
    assert changed["reviewed"] == "2026-11-01"


def test_two_designers_on_one_rule_see_both_texts(designing: Designer) -> None:
    content = copy.deepcopy(designing.draft().content)
    content["thresholds"]["rules"][4]["why"]["en"] = "Theirs"
    content["thresholds"]["notices"]["nrm"]["en"] = "Another change of theirs"
    designing.change(content)
    answer = designing.post("/rules/rules/A05", seen=1, **RULE | {"why-en": "Mine"})
    assert answer.status_code == 409
    page = soup(answer)
    assert "Theirs" in page.get_text()
    assert "Mine" in page.get_text()
    assert "Another change" not in page.get_text()
    again = {str(one["name"]): str(one["value"]) for one in page.select("main form input[type=hidden]")}
    again.pop("csrf_token")
    assert again["seen_version"] == "2"
    assert designing.post("/rules/rules/A05", seen=int(again.pop("seen_version")), **again).status_code == 303
    assert rule(designing, "A05")["why"]["en"] == "Mine"
    assert designing.draft().thresholds["notices"]["nrm"]["en"] == "Another change of theirs"
    assert designing.post("/rules/rules", seen=1, do="move:0:A05").status_code == 409


def test_what_the_template_locks_is_shown_and_not_changed(designing: Designer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "locked", lambda _actor, _draft: frozenset({"rule:A01", "notice:nrm"}))
    page = soup(designing.get("/rules"))
    first = page.select_one("#entry-1")
    assert first is not None
    assert "Locked" in first.get_text()
    assert first.select("button, a") == []
    assert designing.get("/rules/rules/A01").status_code == 200
    assert soup(designing.get("/rules/rules/A01")).select("main form") == []
    assert designing.post("/rules/rules/A01", **RULE).status_code == 403
    assert designing.post("/rules/rules", do="move:3:A01").status_code == 403
    assert designing.post("/rules/notices/nrm/remove").status_code == 403
    assert designing.post("/condition/rule/A01/when", do="remove:").status_code == 403
    assert soup(designing.get("/condition/rule/A01/when")).select("main form") == []


def test_a_draft_that_is_wrong_everywhere_still_has_its_pages(designing: Designer) -> None:
    content = {"form": [], "thresholds": {"rules": ["x", {"id": 5}, {"id": "A"}, {"id": "A"}], "routes": 3,
               "notices": {"n": None}, "always": [None], "safety": "no", "values": {"v": None}}}  # fmt: skip
    designing.change(content)
    assert designing.get("").status_code == 200
    page = designing.get("/rules")
    assert page.status_code == 200
    for part in PARTS:
        assert designing.get(f"/rules/{part}").status_code == 200
    for address in ("/rules/rules/~1", "/rules/rules/~4", "/condition/value/v", "/rules/general/all"):
        assert designing.get(address).status_code == 200, address
    assert designing.post("/rules/rules/~4", **RULE | {"id": "B", "route": "X"}).status_code == 422
    assert designing.post("/rules/general/all", hub="", **as_fields(override_question_en="Q")).status_code == 422


@pytest.mark.parametrize("role", ["council_admin", "practice_manager", "screener"])
def test_those_who_publish_read_the_rules_and_only_designers_change_them(
    client: FlaskClient, councils: Councils, role: str
) -> None:
    other = designer(client, councils.wales, role=role)
    shown = other.get("/rules")
    assert shown.status_code == (403 if role == "screener" else 200)
    assert "Add a rule" not in shown.get_data(as_text=True)
    assert other.get("/rules/rules/A05").status_code == 403
    assert other.get("/condition/rule/A05/when").status_code == 403
