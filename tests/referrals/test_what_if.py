"""What if: an unchanged draft changes nothing, a mended rule exactly what it should, and nobody learns too much."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portal.forms import tasks
from portal.forms.queries.checks import WHAT_IF, Check, of_draft
from portal.forms.queries.drafts import Draft
from portal.kernel import clock, db
from portal.kernel.errors import Invalid
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.commands import what_if
from portal.referrals.queries import past
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.forms.designing import begin, read, save
from tests.referrals.making import make_draft, send_draft

Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def designer(councils: Councils) -> Person:
    return make_person(councils.england, role="form_designer")


@pytest.fixture
def manager(councils: Councils) -> Person:
    return make_person(councils.england, role="practice_manager")


@pytest.fixture
def teacher(councils: Councils) -> Person:
    return make_person(councils.england)


def sent(teacher: Person, **given: Any) -> str:
    return send_draft(teacher, make_draft(teacher, **given))


def ask(person: Person, draft: Draft, months: int = 12) -> UUID:
    with db.unit_of_work(person.scope):
        return what_if.ask(person.actor, draft, months)


def job(person: Person, check_id: UUID) -> None:
    with db.unit_of_work(Scope(person.council, SYSTEM)):
        tasks.run_check(check_id)


def check_of(person: Person, draft: Draft) -> Check:
    with db.unit_of_work(person.scope):
        found = of_draft(person.actor, read(person, draft.id), WHAT_IF)
    assert found is not None
    return found


def result_of(person: Person, draft: Draft, months: int = 12) -> dict[str, Any]:
    job(person, ask(person, draft, months))
    found = check_of(person, draft)
    assert found.status == "done"
    return dict(found.result)


def all_to_the_hub(content: dict[str, Any]) -> None:
    """Everything that no other rule takes goes to the hub instead of to advice."""
    content["thresholds"]["rules"][-1]["route"] = "MASH"


def test_an_unchanged_draft_changes_nothing(designer: Person, teacher: Person) -> None:
    for danger in ("yes", "no", "no"):
        sent(teacher, b_danger_now=danger)
    found = result_of(designer, begin(designer))
    assert found["compared"] == 3
    assert found["moved"] == 0
    assert found["changed"] == []
    assert found["incomplete"] == 0


def test_a_mended_rule_changes_exactly_what_it_should(designer: Person, teacher: Person) -> None:
    sent(teacher, b_danger_now="yes")
    advised = make_referral(
        teacher.council, teacher, route="ADVICE", triage={}, outcome_of_rules={"before_override": None}
    )
    last = begin(designer).thresholds["rules"][-1]["id"]
    with db.unit_of_work(Scope(teacher.council, SYSTEM)):
        rows = [one for batch in past.batches(everything()) for one in batch]
    assert {one.reference for one in rows} >= {advised.reference}
    found = result_of(designer, begin(designer, change=all_to_the_hub))
    assert found["moved"] == 1
    assert found["changed"] == [
        {
            "id": str(advised.id),
            "reference": advised.reference,
            "before": "ADVICE",
            "after": "MASH",
            "before_rule": found["changed"][0]["before_rule"],
            "after_rule": last,
        }
    ]
    assert {(one["before"], one["after"]): one["count"] for one in found["flows"]} == {
        ("ADVICE", "MASH"): 1,
        ("MASH_URGENT", "MASH_URGENT"): 1,
    }


def everything() -> past.Span:
    return past.Span("concern", what_if.BEGINNING, clock.now() + timedelta(days=1))


def test_i_disagree_is_left_out_on_both_sides(designer: Person, teacher: Person) -> None:
    draft = begin(designer)
    advice = draft.thresholds["rules"][-1]["id"]
    key = (
        draft.thresholds["override_answer"]["key"]
        if isinstance(draft.thresholds.get("override_answer"), dict)
        else "b_override"
    )
    raised = {"before_override": advice, "route": "MASH"}
    make_referral(teacher.council, teacher, route="MASH", triage={key: "yes"}, outcome_of_rules=raised, overridden=True)
    assert result_of(designer, draft)["moved"] == 0


def test_what_cannot_be_compared_is_counted(designer: Person, teacher: Person, admin: Admin) -> None:
    sent(teacher)
    gone = make_referral(teacher.council, teacher)
    make_referral(teacher.council, teacher, kind="urgent", route="MASH_URGENT")
    admin.execute("update referral set answers = null where id = %s", [gone.id])
    found = result_of(designer, begin(designer))
    assert (found["compared"], found["destroyed"], found["short"]) == (1, 1, 1)


def test_only_the_months_that_were_asked_for(designer: Person, teacher: Person) -> None:
    old = clock.now() - timedelta(days=200)
    sent(teacher)
    make_referral(teacher.council, teacher, route="ADVICE", triage={}, sent_at=old)
    make_referral(teacher.council, teacher, route="ADVICE", triage={}, sent_at=old - timedelta(days=400))
    draft = begin(designer)
    assert [result_of(designer, draft, months)["compared"] for months in (3, 12, 0)] == [1, 2, 3]
    with pytest.raises(Invalid):
        ask(designer, draft, 7)


def test_a_run_that_is_killed_goes_on_and_counts_each_report_once(
    designer: Person, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "AT_ONCE", 2)
    for _ in range(5):
        make_referral(teacher.council, teacher, route="ADVICE", triage={})
    draft = begin(designer, change=all_to_the_hub)
    check_id, opened = ask(designer, draft), []

    def fail_at_the_fourth(self: past.Past) -> Any:
        opened.append(self.id)
        if len(opened) == 4:
            raise KeyboardInterrupt
        return original(self)

    original = past.Past.open
    monkeypatch.setattr(past.Past, "open", fail_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        job(designer, check_id)
    halfway = check_of(designer, draft)
    assert (halfway.status, halfway.done, halfway.total) == ("running", 2, 5)
    job(designer, check_id)
    done = check_of(designer, draft).result
    assert (done["compared"], done["moved"], len({one["id"] for one in done["changed"]})) == (5, 5, 5)


def test_another_council_is_not_counted(designer: Person, teacher: Person, councils: Councils) -> None:
    abroad = make_person(councils.wales)
    make_referral(councils.wales, abroad)
    sent(teacher)
    assert result_of(designer, begin(designer))["compared"] == 1


def test_the_result_holds_no_answer(designer: Person, teacher: Person, admin: Admin) -> None:
    sent(teacher)
    result_of(designer, begin(designer))
    stored = str(admin.execute("select result::text from form_check").fetchone())
    assert "Words about it" not in stored
    assert "CNRY" not in stored


def page_of(client: FlaskClient, person: Person, draft: Draft) -> str:
    sign_in(client, person)
    answer = client.get(f"/{person.council.slug}/forms/drafts/{draft.id}/what-if")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_practice_manager_opens_the_reports_and_a_designer_sees_none(
    client: FlaskClient, designer: Person, manager: Person, teacher: Person
) -> None:
    made = [make_referral(teacher.council, teacher, route="ADVICE", triage={}) for _ in range(3)]
    for _ in range(4):
        make_referral(teacher.council, teacher, route="MASH", triage={})
    draft = begin(designer, change=all_to_the_hub)
    result_of(designer, draft)
    managers, designers = page_of(client, manager, draft), page_of(client, designer, draft)
    for one in made:
        assert f"/screening/{one.reference}" in managers
        assert one.reference not in designers
    assert "3 of 7 reports change route" in managers
    assert "Fewer than 5 of 5 reports change route" in designers
    numbers = re.findall(r"app-flow__label[^>]*>[^<]*: ([^<]+)<", designers)
    assert set(numbers) == {"fewer than 5", "5"}


def test_too_few_reports_are_not_shown_at_all(client: FlaskClient, designer: Person, teacher: Person) -> None:
    make_referral(teacher.council, teacher, route="ADVICE", triage={})
    draft = begin(designer, change=all_to_the_hub)
    result_of(designer, draft)
    page = page_of(client, designer, draft)
    assert "Too few reports to show" in page
    assert "app-flow" not in page


def test_asking_twice_while_it_runs_is_asking_once(
    client: FlaskClient, designer: Person, run_jobs: Callable[[], None], admin: Admin
) -> None:
    draft = begin(designer)
    assert ask(designer, draft) == ask(designer, draft, 3)
    assert "data-watch" in page_of(client, designer, draft)
    run_jobs()
    assert admin.execute("select state, result->>'months' from form_check").fetchall() == [("done", "12")]
    assert "No report could be compared" in page_of(client, designer, draft)


def test_a_change_of_the_draft_asks_for_another_run(client: FlaskClient, designer: Person) -> None:
    draft = begin(designer)
    result_of(designer, draft)
    save(designer, draft.id, all_to_the_hub)
    assert "The draft has changed since it was last run" in page_of(client, designer, draft)
