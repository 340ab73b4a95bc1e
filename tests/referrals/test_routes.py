"""The route: each of them in each council, "I disagree" only upwards, and broken rules that lose nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.forms.queries import NO_RULES, Published, newest, published
from portal.kernel import clock, db
from portal.kernel.errors import Invalid
from portal.kernel.scope import Scope
from portal.referrals import routing, states
from portal.referrals.commands import drafts
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.record import answers_of, find
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import FOLDERS, Councils
from tests.referrals.clicking import Person, soup
from tests.referrals.making import acting, complete, make_draft, send_draft

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ROUTES = ("MASH_URGENT", "MASH", "EARLY_HELP", "ADVICE")


def scenario(slug: str, route: str) -> dict[str, Any]:
    """The answers of the council's own first scenario with that route."""
    document = json.loads((FOLDERS / slug / "scenarios.json").read_text())
    for one in document["vignettes"]:
        if one["expected"]["route"] == route and one["answers"].get(OVERRIDES[slug]) != "yes":
            return dict(one["answers"])
    raise AssertionError(f"no scenario of {slug} for {route}")


OVERRIDES = {"avonmere": "b_override", "glan-yr-afon": "a_override"}


def form_of(councils: Councils, slug: str = "avonmere") -> Published:
    council = councils.england if slug == "avonmere" else councils.wales
    with db.unit_of_work(Scope(council)):
        return newest()


def lead(published: Published, triage: dict[str, Any], kind: str = "full") -> routing.Routed:
    return routing.route(published.form, published.thresholds, kind, triage, NOW)


@pytest.mark.parametrize("slug", ["avonmere", "glan-yr-afon"])
@pytest.mark.parametrize("route", ROUTES)
def test_the_route_page_says_what_happens_and_the_report_goes_there(
    client: FlaskClient, councils: Councils, slug: str, route: str
) -> None:
    council = councils.england if slug == "avonmere" else councils.wales
    teacher = make_person(council, language="en")
    draft_id = make_draft(teacher, **scenario(slug, route))
    sign_in(client, teacher)
    text = soup(Person(client, slug).get(f"/report/{draft_id}/route")).get_text()
    rules = form_of(councils, slug).thresholds
    assert rules.routes[route].what["en"] in text
    assert rules.routes[route].who["en"] in text
    assert council.settings.phones.hub.number in text
    assert ("Phone now." in text) == (route == "MASH_URGENT")
    reference = send_draft(teacher, draft_id)
    with acting(teacher):
        found = find(teacher.actor, Permission.TRACK, reference)
    assert (found.route, found.urgency) == (route, rules.routes[route].rank)


def test_advice_shows_its_topics_and_the_report_may_still_be_sent(client: FlaskClient, councils: Councils) -> None:
    teacher = make_person(councils.england)
    with acting(teacher) as form:
        triage, _ = complete(form.form, b_danger_now="no", b_red_flags=["none"], b_about_professional="no")
        question = next(one for one in form.form.triage_questions() if one.type == "levels")
        triage[question.key] = {question.options[0].value: 1}
    routed = lead(form, triage)
    assert (routed.outcome.route, bool(routed.outcome.topics)) == ("ADVICE", True)
    draft_id = make_draft(teacher, **triage)
    sign_in(client, teacher)
    page = soup(Person(client, "avonmere").get(f"/report/{draft_id}/route"))
    links = [str(link["href"]) for link in page.select(".govuk-summary-list a")]
    assert links == [f"/avonmere/advice/{topic}" for topic in routed.outcome.topics]
    assert "You can still send a report." in page.get_text()
    for link in links:
        assert client.get(link).status_code == 200
    assert send_draft(teacher, draft_id)


def test_disagreeing_needs_a_reason_goes_up_and_can_be_taken_back(client: FlaskClient, councils: Councils) -> None:
    teacher = make_person(councils.england)
    with acting(teacher) as form:
        triage, _ = complete(form.form, b_danger_now="no", b_red_flags=["none"], b_about_professional="no")
        question = next(one for one in form.form.triage_questions() if one.type == "levels")
        triage[question.key] = {question.options[0].value: 1}
    draft_id = make_draft(teacher, **triage)
    sign_in(client, teacher)
    person, route = Person(client, "avonmere"), f"/report/{draft_id}/route"
    disagree = f"/report/{draft_id}/disagree"
    refused = person.post(disagree, route, "/disagree", reason="   ")
    assert refused.status_code == 422
    assert "Enter why you think the route should go up" in soup(refused).select_one(".govuk-error-summary").text  # type: ignore[union-attr]
    nul = person.post(disagree, route, "/disagree", reason="a\x00b")
    assert nul.status_code == 422
    assert person.post(disagree, route, "/disagree", reason="I saw him today").status_code == 303
    page = person.get(route).get_data(as_text=True)
    assert "I saw him today" in page
    assert "MASH referral" in page
    assert person.post(f"/report/{draft_id}/agree", route, "/agree").status_code == 303
    assert "I saw him today" not in person.get(route).get_data(as_text=True)
    person.post(disagree, route, "/disagree", reason="I saw him today")
    reference = send_draft(teacher, draft_id)
    with acting(teacher):
        found = find(teacher.actor, Permission.TRACK, reference)
        assert (found.route, found.overridden) == ("MASH", True)
        answers = answers_of(found)
        assert answers.override_reason == "I saw him today"
        assert answers.triage["b_override"] == "yes"
        heard = [row.event for row in db.session().query(AuditEvent.event)]
    assert "referrals.overridden" in heard


def test_a_changed_answer_takes_the_disagreement_back(councils: Councils) -> None:
    teacher = make_person(councils.england)
    draft_id = make_draft(teacher, b_danger_now="no", b_age=30)
    with acting(teacher):
        draft = find_draft(teacher.actor, draft_id)
        drafts.disagree(teacher.actor, draft, "b_override", "Because", 1)
        draft = find_draft(teacher.actor, draft_id)
        assert draft.override_reason == "Because"
        answers = {**draft.triage, "b_danger_now": "yes"}
        answers.pop("b_override")
        drafts.save_triage(teacher.actor, draft, answers, "b_override", 2)
        after = find_draft(teacher.actor, draft_id)
        assert (after.override_reason, "b_override" in after.triage) == ("", False)
        with pytest.raises(Invalid):
            drafts.disagree(teacher.actor, after, "b_override", " ", 3)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_disagreeing_never_lowers_a_route(app: Flask, councils: Councils, data: st.DataObject) -> None:
    del app
    slug = data.draw(st.sampled_from(["avonmere", "glan-yr-afon"]))
    form = form_of(councils, slug)
    triage = {
        question.key: data.draw(_answers(question))
        for question in form.form.triage_questions()
        if data.draw(st.booleans())
    }
    plain = lead(form, triage)
    raised = lead(form, {**triage, form.thresholds.override_answer: "yes"})
    assert raised.rank >= plain.rank
    assert raised.overridden == plain.may_disagree
    assert raised.overridden == (raised.rank > plain.rank)


def _answers(question: Any) -> st.SearchStrategy[Any]:
    values = [option.value for option in question.options]
    if question.type in ("radios", "select"):
        return st.sampled_from(values)
    if question.type == "checkboxes":
        return st.lists(st.sampled_from(values), unique=True)
    if question.type == "levels":
        levels = [level.value for level in question.levels]
        return st.dictionaries(st.sampled_from(values), st.sampled_from(levels))
    return st.one_of(st.integers(0, 20), st.just("unborn"))


def test_rules_that_raise_send_the_report_to_people(
    client: FlaskClient, councils: Councils, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(routing, "evaluate", broken)
    teacher = make_person(councils.england)
    draft_id = make_draft(teacher, b_danger_now="yes")
    sign_in(client, teacher)
    assert "A person will check" in Person(client, "avonmere").get(f"/report/{draft_id}/route").text
    reference = send_draft(teacher, draft_id)
    with acting(teacher):
        found = find(teacher.actor, Permission.TRACK, reference)
        assert (found.route, found.rule, found.attention) == ("MASH", "rules_failed", True)
        assert answers_of(found).triage["b_danger_now"] == "yes"
    assert Person(client, "avonmere").get(f"/referrals/{reference}").status_code == 200


def test_rules_that_cannot_be_read_send_the_report_to_people(councils: Councils) -> None:
    form = form_of(councils)
    document = {"key": "concern", "title": {"en": "Report"}, "triage": {"pages": [_PAGE]}, "sections": [_SECTION]}
    unreadable = published(form.id, 1, {"form": document, "thresholds": {"rules": "nonsense"}})
    assert unreadable.thresholds is NO_RULES
    routed = lead(unreadable, {"q": "yes"})
    assert (routed.outcome.route, routed.outcome.attention, routed.triage) == ("MASH", True, {"q": "yes"})
    assert lead(unreadable, {}, "urgent").outcome.route == "MASH_URGENT"


_YES = {"key": "q", "type": "radios", "label": {"en": "Q"}, "options": [{"value": "yes", "label": {"en": "Yes"}}]}
_PAGE = {"key": "p", "title": {"en": "P"}, "questions": [_YES]}
_SECTION = {"key": "s", "title": {"en": "S"}, "questions": [{**_YES, "key": "r"}]}


def test_the_urgent_form_is_always_urgent(councils: Councils) -> None:
    for slug in ("avonmere", "glan-yr-afon"):
        routed = lead(form_of(councils, slug), {"b_age": 30}, "urgent")
        assert (routed.outcome.route, routed.rank, routed.priority) == ("MASH_URGENT", 4, "urgent")
        assert "phone_hub" in routed.outcome.notices
        assert set(routed.outcome.why) == {"en", "cy"}
    assert clock.now().tzinfo is UTC


@given(st.sampled_from(sorted(states.MOVES)), st.sampled_from(states.STATES))
def test_moves_lead_to_known_states_and_what_is_closed_is_only_taken_up_again(verb: str, state: str) -> None:
    if states.may(verb, state):
        assert states.after(verb, state) in states.STATES
        assert state not in states.CLOSED or verb == "reopen"
    else:
        with pytest.raises(ValueError, match="not possible"):
            states.after(verb, state)


def test_every_state_can_be_reached_and_open_ones_can_end() -> None:
    reached = {"draft"}
    for _ in states.STATES:
        reached |= {states.after(verb, state) for verb in states.MOVES for state in reached if states.may(verb, state)}
    assert reached == set(states.STATES)
    for state in states.OPEN:
        ends, seen = False, {state}
        for _ in states.STATES:
            seen |= {states.after(verb, one) for verb in states.MOVES for one in seen if states.may(verb, one)}
        ends = "decided" in seen
        assert ends
