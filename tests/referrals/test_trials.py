"""A trial is a whole report in preview: drawn by the same pages, apart from everything that is real."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from portal.forms.commands import drafting
from portal.forms.queries import drafts as form_drafts
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.language import say
from portal.kernel.scope import SYSTEM, Council, Scope
from portal.referrals.commands import trials
from portal.referrals.paths import TRIAGE
from portal.referrals.queries.mine import reports
from portal.referrals.queries.trials import REFERENCE, my_trials, open_trial, sent_trial
from portal.referrals.tasks import forget_trials
from portal.screening.addresses import Filters
from portal.screening.queries.counts import counts
from portal.screening.queries.queue import holding_area
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person, soup
from tests.referrals.making import begin_trial, complete, fill_trial

Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def designer(councils: Councils) -> Somebody:
    return make_person(councils.england, role="form_designer")


def filled_in(person: Somebody) -> UUID:
    """A trial with every answer, ready to be "sent"."""
    trial_id = begin_trial(person)
    fill_trial(person, trial_id)
    return trial_id


def send(person: Somebody, trial_id: UUID) -> str:
    with db.unit_of_work(person.scope):
        draft, _form = open_trial(person.actor, trial_id)
    with db.unit_of_work(person.scope):
        return trials.Trials().send(person.actor, trial_id, trial_id, draft.version)


def rows(admin: Admin) -> dict[str, object]:
    """How many rows every table has."""
    names = [str(one[0]) for one in admin.execute("select tablename from pg_tables where schemaname = 'public'")]
    return {name: admin.execute(f'select count(*) from "{name}"').fetchone() for name in names}


def test_a_whole_trial_leaves_nothing_but_itself(
    designer: Somebody, admin: Admin, run_jobs: Callable[[], None]
) -> None:
    screener = make_person(designer.council, role="screener")
    before = rows(admin)
    trial_id = filled_in(designer)
    assert send(designer, trial_id) == REFERENCE
    changed = {name for name, count in rows(admin).items() if count != before[name]}
    run_jobs()
    assert changed == {"form_trial", "audit_event"}
    told = admin.execute("select event from audit_event where subject_id = %s", [trial_id]).fetchall()
    assert told == [("forms.tried",)]
    assert admin.execute("select count(*) from notice").fetchone() == (0,)
    with db.unit_of_work(screener.scope):
        assert counts(screener.actor).todo == 0
        assert holding_area(screener.actor, Filters()).lines == ()
    with db.unit_of_work(designer.scope):
        assert reports(designer.actor).lines == ()


def test_the_council_would_see_what_was_answered(designer: Somebody) -> None:
    trial_id = filled_in(designer)
    send(designer, trial_id)
    with db.unit_of_work(designer.scope):
        tried = sent_trial(designer.actor, trial_id)
    assert tried.found.reference == REFERENCE
    assert tried.found.route in tried.published.thresholds.routes
    assert tried.children
    assert tried.answers.sections["concern"]


def test_answers_are_sealed(designer: Somebody, admin: Admin) -> None:
    filled_in(designer)
    row = admin.execute("select answers, content::text from form_trial").fetchone()
    assert row is not None
    assert b"Words about it" not in bytes(row[0])  # type: ignore[call-overload] # a bytea column


def test_a_later_change_of_the_draft_does_not_change_a_trial(designer: Somebody) -> None:
    trial_id = uuid4()
    with db.unit_of_work(designer.scope):
        form_id = drafting.start(designer.actor, "concern")
        draft = form_drafts.find(designer.actor, form_id)
        trials.begin(designer.actor, draft.content, "full", "en", trial_id=trial_id, draft_id=form_id)
    content: dict[str, Any] = copy.deepcopy(draft.content)
    content["form"]["triage"]["pages"][0]["title"]["en"] = "Changed afterwards"
    with db.unit_of_work(designer.scope):
        drafting.save(designer.actor, draft, content, draft.version, "page_changed")
    with db.unit_of_work(designer.scope):
        _draft, form = open_trial(designer.actor, trial_id)
        assert form.form.triage[0].title["en"] == draft.content["form"]["triage"]["pages"][0]["title"]["en"]


def test_two_tabs_are_told_and_the_second_click_is_not(designer: Somebody) -> None:
    trial_id = begin_trial(designer)
    keep = trials.Trials()
    with db.unit_of_work(designer.scope):
        draft, _form = open_trial(designer.actor, trial_id)
        assert keep.save(designer.actor, draft, "other", {"oth_anything": "One"}, 0, complete=True) == 1
        assert keep.save(designer.actor, draft, "other", {"oth_anything": "One"}, 0, complete=True) == 1
        with pytest.raises(Conflict):
            keep.save(designer.actor, draft, "other", {"oth_anything": "Two"}, 0, complete=True)
    with db.unit_of_work(designer.scope), pytest.raises(Invalid):
        keep.send(designer.actor, trial_id, trial_id, 2)
    done = filled_in(designer)
    assert [send_again(designer, done) for _ in range(2)] == [REFERENCE, REFERENCE]


def send_again(person: Somebody, trial_id: UUID) -> str:
    with db.unit_of_work(person.scope):
        version = 0
        try:
            version = open_trial(person.actor, trial_id)[0].version
        except NotFound:
            version = 99
        return trials.Trials().send(person.actor, trial_id, trial_id, version)


def test_a_trial_is_its_owners_alone(designer: Somebody, councils: Councils) -> None:
    trial_id = begin_trial(designer)
    others = [
        make_person(councils.england, role="form_designer"),
        make_person(councils.wales, role="form_designer"),
        make_person(councils.england, role="screener"),
        make_person(councils.england),
    ]
    for other in others:
        with db.unit_of_work(other.scope):
            with pytest.raises(NotFound):
                open_trial(other.actor, trial_id)
            with pytest.raises(NotFound):
                trials.forget(other.actor, trial_id)


def test_beginning_twice_begins_one_and_there_is_an_end(designer: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "MOST_KEPT", 2)
    once = uuid4()
    with db.unit_of_work(designer.scope):
        form_id = drafting.start(designer.actor, "concern")
        content = form_drafts.find(designer.actor, form_id).content
        for trial_id in (once, once, uuid4()):
            trials.begin(designer.actor, content, "full", "en", trial_id=trial_id, draft_id=form_id)
        assert len(my_trials(designer.actor)) == 2
        with pytest.raises(Invalid):
            trials.begin(designer.actor, content, "full", "en", trial_id=uuid4(), draft_id=form_id)


def test_trials_are_forgotten_after_their_days(designer: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_trial(designer)
    with db.unit_of_work(Scope(designer.council, SYSTEM)):
        assert trials.forget_old() == 0
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    forget_trials(0)
    with db.unit_of_work(designer.scope):
        assert my_trials(designer.actor) == ()


def test_a_trial_fills_the_councils_words_and_says_how_it_was_decided(person: Person, designer: Somebody) -> None:
    trial_id, title = uuid4(), "A page of ((council))"
    with db.unit_of_work(designer.scope):
        form_id = drafting.start(designer.actor, "concern")
        content: dict[str, Any] = copy.deepcopy(form_drafts.find(designer.actor, form_id).content)
        content["form"]["triage"]["pages"][0]["title"] = {"en": title, "cy": title}
        trials.begin(designer.actor, content, "full", "en", trial_id=trial_id, draft_id=form_id)
    with db.unit_of_work(designer.scope):
        draft, form = open_trial(designer.actor, trial_id)
        assert say(form.form.triage[0].title, "en") == f"A page of {say(designer.council.name, 'en')}"
        answers = {"answers": complete(form.form)[0], "override_reason": ""}
        trials.Trials().save(designer.actor, draft, TRIAGE, answers, 0, complete=True)
    page = soup(person.get(f"/forms/try/{trial_id}/route"))
    told = next(one for one in page.select("details") if "How this was decided" in one.get_text())
    assert len(told.select("li")) >= 1


@pytest.fixture
def person(client: FlaskClient, designer: Somebody) -> Person:
    sign_in(client, designer)
    return Person(client, designer.council.slug)


def walked_by_clicking(person: Person, council: Council) -> str:
    """A whole trial by clicking; the address of its receipt."""
    begun = person.post("/forms/published/concern/try")
    place = begun.headers["Location"].removeprefix(f"/{council.slug}").partition("/questions")[0]
    step = f"{place}/questions"
    for _ in range(20):
        found = person.get(step, 303).headers["Location"] if step.endswith("/questions") else step
        if found.endswith("/route"):
            break
        step = person.complete(found).headers["Location"]
        assert "/report/" not in step
    done: set[str] = set()
    while waiting := [one for one in _tasks(person, place) if one not in done]:  # answers bring up more of them
        done.add(waiting[0])
        fill_in(person, waiting[0], place)
    return str(person.post(f"{place}/check").headers["Location"])


def _tasks(person: Person, place: str) -> list[str]:
    links = soup(person.get(place)).select("main .govuk-task-list a")
    return [str(link["href"]) for link in links if "/route" not in str(link["href"])]


def fill_in(person: Person, section: str, place: str) -> None:
    response = person.client.get(person.at(section))
    if response.status_code == 303:  # several people: at least one, or none needed
        response = person.client.get(response.headers["Location"])
        item = response.headers.get("Location")
        person.complete(item or f"{section.replace('/section/', '/several/')}/0")
        person.post(section.replace("/section/", "/several/"))
    else:
        person.complete(section)
    assert place in section


def test_a_whole_trial_by_clicking_is_marked_on_every_page(person: Person, designer: Somebody) -> None:
    place = walked_by_clicking(person, designer.council)
    assert place.endswith("/receipt")
    receipt = person.get(place).get_data(as_text=True)
    assert "Test: nothing is sent" in receipt
    assert REFERENCE in receipt
    assert "email with the reference" not in receipt
    council = person.get(place.replace("/receipt", "/council")).get_data(as_text=True)
    assert "Test: nothing is sent" in council
    assert "Signs of serious harm" in council


def test_a_draft_with_mistakes_cannot_be_tried_and_says_why(person: Person, designer: Somebody) -> None:
    with db.unit_of_work(designer.scope):
        form_id = drafting.start(designer.actor, "concern")
        draft = form_drafts.find(designer.actor, form_id)
        content: dict[str, Any] = copy.deepcopy(draft.content)
        content["form"]["triage"]["pages"][0]["questions"][0]["type"] = "telepathy"
        drafting.save(designer.actor, draft, content, draft.version, "question_changed")
    page = person.get(f"/forms/drafts/{form_id}/try").get_data(as_text=True)
    assert "telepathy" in page
    assert "Start the test" not in page
