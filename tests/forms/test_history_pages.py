"""The history in the words of a council: what differs, who did what, and what was accepted with a version."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from portal.forms.merging import merge
from portal.forms.queries.history import Happened
from portal.forms.rehearsing import Difference
from portal.forms.views.difference_words import told
from portal.forms.views.offer_words import offers
from portal.forms.views.scenario_words import difference_words
from portal.forms.views.trail import told_trail
from tests.factories.pages import soup
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.forms.contents import shipped_contents
from tests.forms.designing import begin, prove, publish, submit

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def changed_event(what: str, who: str = "Ffion") -> Happened:
    return Happened("forms.draft_changed", what, who, NOW)


def test_only_what_a_scenario_expects_otherwise_is_told(app: Flask) -> None:
    before = shipped_contents()[1]
    after = copy.deepcopy(before)
    after["scenarios"][0]["expected"]["route"] = "ADVICE"
    with app.test_request_context(), force_locale("en"):
        (found,) = told(before, after)
    assert [(one.name, one.old, one.new) for one in found.lines] == [
        ("Expected", "Route: MASSH: phone now", "Route: Advice and local services")
    ]


def test_the_languages_of_a_text_keep_one_order(app: Flask) -> None:
    before = shipped_contents()[1]
    after = copy.deepcopy(before)
    before["form"]["title"] = {"cy": "Hen", "en": "Old"}
    after["form"]["title"] = {"cy": "Newydd", "en": "New"}
    with app.test_request_context(), force_locale("en"):
        (found,) = told(before, after)
    assert [one.name for one in found.lines] == ["Title (English)", "Title (Welsh)"]


def _many_changes(content: dict[str, Any]) -> None:
    """A change of nearly every kind of field."""
    asked = next(one for one in content["form"]["triage"]["pages"][1]["questions"] if one["type"] == "radios")
    asked["options"][0]["label"] = {"en": "Newborn", "cy": "Newydd-anedig"}
    asked["severity"] = {one["value"]: number for number, one in enumerate(asked["options"])}
    asked["guidance"] = {"title": {"en": "Help"}, "body": {"en": "Ask."}, "examples": [{"en": "So."}]}
    reach = next(one for part in content["form"]["sections"] for one in part["questions"] if one["type"] == "text")
    reach.update(type="textarea", max=1500, fact="now.place", not_known=True, required=True, sensitivity="SC")
    rules = content["thresholds"]
    rules["rules"][2].update(notices=["phone_hub"], topics=["school_attendance"], stands_alone=True, level=None)
    next(iter(rules["routes"].values())).update(rank=19, who={"en": "A manager", "cy": "Rheolwr"})
    next(iter(rules["topics"].values())).update(services=[], reviewed="2026-05-01")
    rules["always"], rules["topic_rules"] = rules["always"][1:], rules["topic_rules"][1:]
    rules["overrides"][0]["from"] = ["EARLY_HELP"]
    rules["safety"]["exceptions"][0]["reason"] = {"en": "Adults.", "cy": "Oedolion."}


def test_no_difference_is_told_in_the_keys_of_files(app: Flask) -> None:
    before = shipped_contents()[1]
    after = copy.deepcopy(before)
    _many_changes(after)
    with app.test_request_context(), force_locale("en"):
        lines = [line for one in told(before, after) for line in one.lines]
    said = {line.name: (line.old, line.new) for line in lines}
    assert said["Kind of question"] == ("Short text", "Long text")
    assert said["How sensitive the answer is"][1] == "Special category (health, ethnicity, religion)"
    assert said["“Not known” is offered"] == ("No", "Yes")
    assert said["Advice pages"][1] == "School attendance and learning"
    assert said["Notices"][1].startswith("Phone the hub now")
    assert said["Level"] == ("4", "No level")
    assert said["Open from these routes"] == ("Families First\nAdvice and local services", "Families First")
    assert said["When somebody last checked this page"][1] == "1 May 2026"
    assert said["Notices shown for every rule"][1] == "Nothing"
    assert said["Notices shown for every rule"][0].startswith("Phone the hub now")
    assert "Newborn: 0" in said["How worrying each answer is"][1]
    words = "\n".join(text for line in lines for text in (line.name, line.old, line.new))
    assert re.findall(r"\b[a-z]+_[a-z_]+\b|\{|\bRF[0-9]+\b|\b[A-Z]+_[A-Z]+\b", words) == []


def test_no_proposal_is_told_in_the_keys_of_files(app: Flask) -> None:
    before = shipped_contents()[1]
    after = copy.deepcopy(before)
    _many_changes(after)
    with app.test_request_context(), force_locale("en"):
        found = offers(merge(before, after, before), "en")
    words = "\n".join(
        text for offer in found for part in offer.parts for text in (offer.title, part.name, *part.old, *part.new)
    )
    assert "Short text" in words
    assert "Phone the hub now" in words
    assert re.findall(r"\b[a-z]+_[a-z_]+\b|\{|\bRF[0-9]+\b|\b[A-Z]+_[A-Z]+\b", words) == []


def test_who_changed_what_is_told_once_with_how_often(app: Flask) -> None:
    happened = [
        Happened("forms.draft_started", "", "Ffion", NOW),
        *[changed_event(what) for what in ("question_changed", "question_type_changed", "rules_changed")],
        changed_event("rules_added", "Rhian"),
        changed_event("never heard of"),
    ]
    with app.test_request_context(), force_locale("en"):
        deeds = told_trail(happened)
    assert [(one.who, one.words, one.times) for one in deeds] == [
        ("Ffion", "Began the draft", 1),
        ("Ffion", "Changed the draft: Questions", 2),
        ("Ffion", "Changed the draft: Rules", 1),
        ("Rhian", "Changed the draft: Rules", 1),
        ("Ffion", "Changed the draft", 1),
    ]


def test_sentences_among_others_are_quoted(app: Flask) -> None:
    thresholds = {"notices": {"one": {"en": "Phone now."}, "two": {"en": "Send the form."}}}
    with app.test_request_context(), force_locale("en"):
        told_words = difference_words([Difference("notices", [], ["one", "two"])], thresholds)
    assert told_words == ["These notices are shown and not expected: “Phone now.”, “Send the form.”"]


def test_a_version_names_its_accepted_scenarios_and_not_their_numbers(client: FlaskClient, councils: Councils) -> None:
    council = councils.england
    designer, manager = make_person(council, role="form_designer"), make_person(council, role="practice_manager")

    def other(content: dict[str, Any]) -> None:
        content["scenarios"][0]["expected"] = {"route": "ADVICE"}

    draft = begin(designer, change=other)
    prove(designer, draft.id)
    name, title = draft.scenarios[0]["id"], draft.scenarios[0]["title"]
    version = publish(manager, submit(designer, draft, reasons={name: "Looked at in June"}))
    sign_in(client, manager)
    words = soup(client.get(f"/{council.slug}/forms/versions/{version}")).select_one("main")
    assert words is not None
    shown = words.get_text(" ", strip=True)
    assert title in shown
    assert "Looked at in June" in shown
    assert name not in shown
