"""From draft to published: what is needed, four eyes, double clicks, and people who meet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from portal.forms import queries
from portal.forms.commands import comments, drafting, releasing
from portal.forms.commands.publish import publish as publish_folder
from portal.forms.models import FormVersion
from portal.forms.queries import history
from portal.forms.queries.comments import of_draft
from portal.forms.queries.drafts import Draft
from portal.forms.readiness import judge
from portal.kernel import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories.people import Person, make_person
from tests.fixtures.councils import Councils
from tests.forms.designing import begin, other_words, prove, publish, read, save, submit, submitted

Admin = psycopg.Connection[tuple[object, ...]]
WRONG = {"id": "S1", "title": "Nothing said", "answers": {}, "expected": {"route": "MASH_URGENT"}}


@pytest.fixture
def designer(councils: Councils) -> Person:
    return make_person(councils.england, role="form_designer")


@pytest.fixture
def second(councils: Councils) -> Person:
    return make_person(councils.england, role="practice_manager")


def errors(person: Person, draft: Draft, **said: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        submit(person, draft, **said)
    return refused.value.errors


def wrong_scenario(content: dict[str, Any]) -> None:
    other_words(content)
    content["scenarios"].append(WRONG)


def test_what_two_people_publish_is_what_the_next_referrer_meets(designer: Person, second: Person) -> None:
    with db.unit_of_work(designer.scope):
        before = queries.newest()
    draft = submitted(designer)
    version_id = publish(second, draft)
    with db.unit_of_work(designer.scope):
        after = queries.newest()
        found = history.version(second.actor, version_id)
        assert queries.version(before.id).form.title == before.form.title
    assert (after.id, after.number) == (version_id, before.number + 1)
    assert after.form.title["en"] == "Other words"
    assert (found.note, found.author, found.approver) == ("Clearer words", designer.name, second.name)
    assert found.source == "designer"
    assert found.proof == {"holds": True, "properties": []}
    assert found.accepted == []
    assert not found.must_restart
    assert len(found.scenarios) == len(draft.scenarios) > 0
    assert read(designer, draft.id).state == "published"


@pytest.mark.parametrize("role", ["form_designer", "council_admin", "practice_manager"])
def test_a_council_with_one_designer_has_others_who_may_approve(
    designer: Person, councils: Councils, role: str
) -> None:
    assert publish(make_person(councils.england, role=role), submitted(designer))


def test_nobody_approves_their_own_work(designer: Person, councils: Councils) -> None:
    other = make_person(councils.england, role="form_designer")
    draft = begin(designer)
    save(other, draft.id, other_words)
    prove(designer, draft.id)
    draft = submit(designer, read(designer, draft.id))
    for person in (designer, other):
        with pytest.raises(Forbidden):
            publish(person, draft)
    assert read(designer, draft.id).state == "submitted"


@pytest.mark.parametrize("role", ["referrer", "screener"])
def test_those_who_may_not_publish_do_not(designer: Person, councils: Councils, role: str) -> None:
    person, draft = make_person(councils.england, role=role), submitted(designer)
    with pytest.raises((Forbidden, NotFound)):
        publish(person, draft)
    with pytest.raises(Forbidden):
        submit(person, draft)
    with db.unit_of_work(person.scope), pytest.raises(Forbidden):
        releasing.send_back(person.actor, draft, draft.version, "No", uuid4())


def test_a_designer_of_another_council_finds_no_draft(designer: Person, councils: Councils) -> None:
    with pytest.raises(NotFound):
        publish(make_person(councils.wales, role="form_designer"), submitted(designer))


def test_submitting_needs_a_note_and_a_proof_of_exactly_this_content(designer: Person) -> None:
    draft = begin(designer, change=other_words)
    assert errors(designer, draft, note=" ") == {"note": "required", "draft": "not_proved"}
    prove(designer, draft.id, holds=False)
    assert errors(designer, draft) == {"draft": "not_proved"}
    again = save(designer, draft.id, lambda content: content["form"].update(title={"en": "Yet others"}))
    prove(designer, draft.id)
    again = save(designer, draft.id, other_words)
    assert errors(designer, again) == {"draft": "not_proved"}
    assert errors(designer, again, note="x" * (releasing.LONGEST_NOTE + 1))["note"] == "too_long"


def test_submitting_needs_a_form_without_mistakes_in_every_language(councils: Councils) -> None:
    designer = make_person(councils.wales, role="form_designer")
    draft = begin(designer, change=lambda content: content["form"].update(title={"en": "English only"}))
    prove(designer, draft.id)
    assert errors(designer, draft) == {"draft": "mistakes"}


def test_a_draft_of_one_form_cannot_become_another(designer: Person) -> None:
    draft = begin(designer, change=lambda content: content["form"].update(key="service"))
    prove(designer, draft.id)
    assert errors(designer, draft) == {"draft": "mistakes"}


def test_what_the_library_has_locked_is_not_published(designer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = begin(designer, change=other_words)
    prove(designer, draft.id)
    monkeypatch.setattr("portal.forms.queries.library.broken", lambda _draft: ["rule:B01"])
    assert errors(designer, draft) == {"draft": "locked"}


def ask_no_postcode(content: dict[str, Any]) -> None:
    """Say of no question any more that it asks for the child's postcode."""
    for section in content["form"]["sections"]:
        for question in section["questions"]:
            if question.get("fact") in {"child.postcode", "child.address"}:
                del question["fact"]


def test_a_form_without_what_screening_needs_is_neither_submitted_nor_published(
    designer: Person, second: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin(designer, change=ask_no_postcode)
    prove(designer, draft.id)
    assert errors(designer, draft) == {"draft": "facts"}
    with monkeypatch.context() as earlier:
        earlier.setattr(releasing, "missing_facts", lambda _form: [])
        draft = submit(designer, draft)
    with pytest.raises(Invalid) as refused:
        publish(second, draft)
    assert refused.value.errors == {"draft": "facts"}


def test_what_the_library_locks_later_stops_the_second_person_too(
    designer: Person, second: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = submitted(designer)
    monkeypatch.setattr("portal.forms.queries.library.broken", lambda _draft: ["rule:B01"])
    with pytest.raises(Invalid) as refused:
        publish(second, draft)
    assert refused.value.errors == {"draft": "locked"}


def test_a_draft_that_changes_nothing_is_not_submitted(designer: Person) -> None:
    draft = begin(designer)
    prove(designer, draft.id)
    assert errors(designer, draft) == {"draft": "unchanged"}


def test_each_failing_scenario_is_accepted_with_a_reason_or_not_at_all(
    designer: Person, second: Person, admin: Admin
) -> None:
    draft = begin(designer, change=wrong_scenario)
    prove(designer, draft.id)
    assert errors(designer, draft) == {"scenario:S1": "required"}
    long = "x" * (releasing.LONGEST_REASON + 1)
    assert errors(designer, draft, reasons={"S1": long, "GONE": "x"}) == {"scenario:S1": "too_long"}
    draft = submit(designer, draft, reasons={"S1": "Agreed with the partnership"})
    publish(second, draft)
    with db.unit_of_work(second.scope):
        found = history.newest(second.actor, "concern")
    assert found is not None
    reason = {"id": "S1", "reason": "Agreed with the partnership", "by": str(designer.account_id)}
    assert found.accepted == [reason]
    told = admin.execute("select detail from audit_event where event = 'forms.failure_accepted'").fetchall()
    assert told == [({"scenario": "S1"},)]


def test_a_failing_safety_property_is_never_accepted(designer: Person) -> None:
    draft = begin(designer, change=wrong_scenario)
    prove(designer, draft.id, holds=False)
    assert errors(designer, draft, reasons={"S1": "Agreed"}) == {"draft": "not_proved"}


def test_a_submitted_draft_cannot_be_changed_until_it_is_sent_back(designer: Person, second: Person) -> None:
    draft = submitted(designer)
    with pytest.raises(Conflict):
        save(designer, draft.id, lambda content: content["form"].update(title={"en": "Sly"}))
    with db.unit_of_work(second.scope):
        releasing.send_back(second.actor, draft, draft.version, "The Welsh reads badly", uuid4())
    assert read(designer, draft.id).state == "open"
    save(designer, draft.id, lambda content: content["form"].update(title={"en": "Better"}))


def test_sending_back_needs_a_comment_but_taking_back_does_not(designer: Person, second: Person) -> None:
    draft, once = submitted(designer), uuid4()
    with db.unit_of_work(second.scope), pytest.raises(Invalid):
        releasing.send_back(second.actor, draft, draft.version, " ", once)
    for _click in range(2):
        with db.unit_of_work(designer.scope):
            releasing.send_back(designer.actor, draft, draft.version, "", once)
    again = submit(designer, read(designer, draft.id))
    for _click in range(2):
        with db.unit_of_work(second.scope):
            releasing.send_back(second.actor, again, again.version, "No", once)
    with db.unit_of_work(second.scope):
        told = queries_of(second, draft)
    assert told == ["No"]


def queries_of(person: Person, draft: Draft) -> list[str]:
    return [one.body for one in of_draft(person.actor, draft.id)]


def test_double_clicks_do_it_once(designer: Person, second: Person, admin: Admin) -> None:
    draft = begin(designer, change=other_words)
    prove(designer, draft.id)
    first = submit(designer, draft)
    assert submit(designer, draft).version == first.version
    assert publish(second, first) == publish(second, first)
    events = admin.execute("select event, count(*) from audit_event where event like 'forms.%' group by 1").fetchall()
    assert ("forms.published", 1) in events
    assert ("forms.draft_submitted", 1) in events


def test_what_changed_since_it_was_seen_is_neither_submitted_nor_published(designer: Person, second: Person) -> None:
    seen = begin(designer, change=other_words)
    save(designer, seen.id, lambda content: content["form"].update(title={"en": "Later"}))
    prove(designer, seen.id)
    with pytest.raises(Conflict):
        submit(designer, seen)
    first = submit(designer, read(designer, seen.id))
    with db.unit_of_work(designer.scope):
        releasing.send_back(designer.actor, first, first.version, "", uuid4())
    save(designer, seen.id, other_words)
    prove(designer, seen.id)
    submit(designer, read(designer, seen.id))
    with pytest.raises(Conflict):
        publish(second, first)


def test_content_changed_behind_our_back_is_not_published(designer: Person, second: Person, admin: Admin) -> None:
    draft = submitted(designer)
    admin.execute(
        "update form_draft set content = replace(content::text, 'Other words', 'Sly words')::json where id = %s",
        (draft.id,),
    )
    admin.commit()
    with pytest.raises(Conflict):
        publish(second, draft)


def test_two_drafts_of_one_version_are_not_both_published_unseen(designer: Person, second: Person) -> None:
    first = submitted(designer)
    other = submitted(designer, lambda content: content["form"].update(title={"en": "The other draft"}))
    publish(second, first)
    with pytest.raises(Conflict) as told:
        publish(second, other)
    assert told.value.now == {"newer": "2"}
    with db.unit_of_work(designer.scope):
        releasing.send_back(designer.actor, other, other.version, "", uuid4())
    back = read(designer, other.id)
    with pytest.raises(Conflict):
        submit(designer, back)
    with db.unit_of_work(designer.scope):
        releasing.go_on_from_newest(designer.actor, back, back.version)
    chosen = submit(designer, read(designer, other.id))
    publish(second, chosen)
    with db.unit_of_work(second.scope):
        assert [one.number for one in history.versions(second.actor, "concern")] == [3, 2, 1]


def test_a_folder_that_is_applied_meanwhile_counts_as_newer(
    designer: Person, second: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = submitted(designer)
    with db.unit_of_work(designer.scope):
        publish_folder({**draft.form, "title": {"en": "From the folder"}}, draft.thresholds, [])
        newest = db.session().query(FormVersion).order_by(FormVersion.number.desc()).first()
        assert newest is not None
        assert (newest.number, newest.source, newest.author_id) == (2, "folder", None)
    with pytest.raises(Conflict):
        publish(second, draft)


def test_a_scenario_that_only_fails_now_is_not_published(
    designer: Person, second: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin(designer, change=wrong_scenario)
    prove(designer, draft.id)
    with monkeypatch.context() as patched:
        patched.setattr(releasing, "judge", _all_pass)
        draft = submit(designer, draft)
    with pytest.raises(Invalid) as refused:
        publish(second, draft)
    assert refused.value.errors == {"scenario:S1": "required"}


def _all_pass(*args: Any) -> Any:
    return replace(judge(*args), results=())


def test_must_restart_is_published_with_the_version(designer: Person, second: Person) -> None:
    draft = begin(designer, change=other_words)
    prove(designer, draft.id)
    publish(second, submit(designer, draft, must_restart=True))
    with db.unit_of_work(second.scope):
        found = history.newest(second.actor, "concern")
    assert found is not None
    assert found.must_restart


def test_a_draft_thrown_away_takes_no_comments(designer: Person) -> None:
    draft = begin(designer)
    with db.unit_of_work(designer.scope):
        drafting.discard(designer.actor, draft)
    with db.unit_of_work(designer.scope), pytest.raises(Conflict):
        comments.add(designer.actor, read(designer, draft.id), "Why?", uuid4())
