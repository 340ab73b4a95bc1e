"""Sending: what is frozen, what is projected, once and only once, and never what was not on the path."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from portal.auth.policy import Permission
from portal.forms.queries import newest
from portal.forms.questionnaire import visible
from portal.kernel import clock, crypto, db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Scope
from portal.referrals.commands import drafts, expiry, sending
from portal.referrals.commands.moves import move
from portal.referrals.models import Notice, Referral, ReferralSection
from portal.referrals.paths import walk
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.record import answers_of, children_of, find, record_of
from portal.referrals.queries.timeline import timeline
from portal.referrals.references import ALPHABET, new_reference
from tests.factories.people import Person, make_person
from tests.fixtures.councils import Councils
from tests.referrals.making import acting, complete, make_draft, send_draft


@pytest.fixture
def teacher(councils: Councils) -> Person:
    return make_person(councils.england)


def count(person: Person, table: Any, *where: Any) -> int:
    with acting(person):
        return db.session().execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def test_a_sent_report_is_frozen_with_its_facts(teacher: Person) -> None:
    draft_id = make_draft(
        teacher, child_unborn="no", child_first_name="Siân ferch", child_last_name="Llŷr",
        child_dob_known="exact", child_dob="2019-03-27", cc_main="neglect", child_postcode="AA3 1AB",
        child_address={"lines": "4 Fictional Row", "postcode": "AA3 1AB"},
        cc_categories=["neglect"], b_danger_now="no", b_red_flags=["RF19", "RF03"],
    )  # fmt: skip
    reference = send_draft(teacher, draft_id)
    with acting(teacher):
        found = find(teacher.actor, Permission.TRACK, reference.lower())
        assert (found.state, found.category, found.initials) == ("sent", "neglect", "SL")
        child = children_of(found)[0]
        assert (child.first_name, child.last_name, child.born_on) == ("Siân ferch", "Llŷr", date(2019, 3, 27))
        assert child.postcode == "AA3 1AB"
        assert answers_of(found).sections["children"][0]["child_last_name"] == "Llŷr"
        assert [entry.event for entry in timeline(found)] == ["referrals.sent"]
        assert found.outcome_of_rules["rule"] == found.rule
        assert found.outcome_of_rules["flags"] == ["RF03", "RF19"]
    assert count(teacher, ReferralSection) == 0
    assert count(teacher, Notice, Notice.kind == "received", Notice.referral_id == draft_id) == 1


def test_answers_are_not_in_the_database_in_the_clear(teacher: Person, admin: Any) -> None:
    draft_id = make_draft(teacher, sos_what_happened="CANARY-words")
    bodies = admin.execute("select body from referral_section").fetchall()
    send_draft(teacher, draft_id)
    sealed = admin.execute("select answers from referral").fetchall()
    assert bodies
    assert all(b"CANARY" not in bytes(row[0]) for row in [*bodies, *sealed])


@pytest.mark.parametrize(
    ("first", "last", "initials"),
    [("Siân ferch", "Llŷr", "SL"), ("Conor", "O'Brien", "CO"), ("李", "", "李"), ("x" * 100, "y" * 100, "XY")],
)
def test_odd_names_come_back_as_they_were(teacher: Person, first: str, last: str, initials: str) -> None:
    given: dict[str, Any] = {"child_unborn": "no", "child_first_name": first, "child_last_name": last or "not_known"}
    reference = send_draft(teacher, make_draft(teacher, **given))
    with acting(teacher):
        found = find(teacher.actor, Permission.TRACK, reference)
        assert found.initials == initials
        assert (children_of(found)[0].first_name, children_of(found)[0].last_name) == (first, last)


def test_unborn_and_estimated_children_keep_what_is_known(teacher: Person) -> None:
    unborn = send_draft(teacher, make_draft(teacher, child_unborn="yes", child_edd="2027-03-27"))
    about = send_draft(teacher, make_draft(teacher, child_unborn="no", child_dob_known="estimated", child_age_est=7))
    with acting(teacher):
        child = children_of(find(teacher.actor, Permission.TRACK, unborn))[0]
        assert (child.unborn, child.due_on, child.born_on) == (True, date(2027, 3, 27), None)
        child = children_of(find(teacher.actor, Permission.TRACK, about))[0]
        assert (child.unborn, child.age_years, child.born_on) == (False, 7, None)


def test_the_same_key_gives_the_same_reference(teacher: Person) -> None:
    draft_id = make_draft(teacher)
    with acting(teacher):
        draft = find_draft(teacher.actor, draft_id)
        key = sending.mint_key(teacher.actor, draft)
        assert sending.mint_key(teacher.actor, draft) == key
    with acting(teacher):
        first = sending.send(teacher.actor, draft_id, key, draft.version)
    with acting(teacher):
        assert sending.send(teacher.actor, draft_id, key, draft.version) == first
    with acting(teacher), pytest.raises(Conflict):
        sending.send(teacher.actor, draft_id, uuid4(), draft.version)


def test_many_clicks_at_once_send_one_report(teacher: Person) -> None:
    draft_id = make_draft(teacher)
    with acting(teacher):
        draft = find_draft(teacher.actor, draft_id)
        key = sending.mint_key(teacher.actor, draft)

    def click(_: int) -> str:
        with acting(teacher):
            return sending.send(teacher.actor, draft_id, key, draft.version)

    with ThreadPoolExecutor(max_workers=6) as pool:
        references = set(pool.map(click, range(12)))
    assert len(references) == 1
    # Its author's; and that of the people on duty, for it is urgent.
    assert count(teacher, Notice, Notice.kind == "received") == count(teacher, Notice, Notice.kind == "duty") == 1


def test_many_clicks_on_the_urgent_form_send_one_report(teacher: Person) -> None:
    key = uuid4()

    def click(_: int) -> str:
        with acting(teacher) as published:
            section = published.form.urgent[0]
            body = {question.key: _urgent(question.type) for question in section.questions}
            return sending.send_urgent(teacher.actor, key, published, {section.key: body}, "en")

    with ThreadPoolExecutor(max_workers=6) as pool:
        references = set(pool.map(click, range(12)))
    assert len(references) == 1
    assert count(teacher, Referral) == 1


def test_the_key_of_an_urgent_report_with_other_words_is_no_receipt(teacher: Person) -> None:
    key = uuid4()
    with acting(teacher) as published:
        section = published.form.urgent[0]
        body = {question.key: _urgent(question.type) for question in section.questions}
        sending.send_urgent(teacher.actor, key, published, {section.key: body}, "en")
    other = body | {"sos_what_happened": "Something else"}
    with pytest.raises(Conflict), acting(teacher) as published:
        sending.send_urgent(teacher.actor, key, published, {section.key: other}, "en")
    assert count(teacher, Referral) == 1


def _urgent(kind: str) -> str:
    return {"radios": "yes", "tel": "01632 960300"}.get(kind, "Words about it")


def test_a_draft_changed_after_the_check_page_is_not_sent(teacher: Person) -> None:
    draft_id = make_draft(teacher)
    with acting(teacher):
        draft = find_draft(teacher.actor, draft_id)
        key = sending.mint_key(teacher.actor, draft)
        stored = draft.of("other")
        drafts.save(teacher.actor, draft, "other", {"oth_anything": "New"}, stored.version, complete=True)
    with acting(teacher), pytest.raises(Conflict):
        sending.send(teacher.actor, draft_id, key, draft.version)
    assert count(teacher, Referral, Referral.state == "sent") == 0


def test_a_report_with_gaps_is_refused_with_the_sections(teacher: Person) -> None:
    draft_id = make_draft(teacher, with_sections=False)
    with pytest.raises(Invalid) as refused:
        send_draft(teacher, draft_id)
    assert {"children", "concern", "consent"} <= set(refused.value.errors)


def test_nobody_else_sends_or_opens_a_draft(teacher: Person, councils: Councils) -> None:
    draft_id = make_draft(teacher)
    colleague = make_person(councils.england)
    lead = make_person(councils.england, role="agency_lead")
    screener = make_person(councils.england, role="screener")
    stranger = make_person(councils.wales)
    for person in (colleague, lead, screener, stranger):
        with db.unit_of_work(person.scope), pytest.raises(NotFound):
            find_draft(person.actor, draft_id)
        with db.unit_of_work(person.scope), pytest.raises(NotFound):
            sending.send(person.actor, draft_id, uuid4(), 1)


def test_waiting_people_begin_urgent_reports_only(councils: Councils) -> None:
    waiting = make_person(councils.england, state="pending")
    with acting(waiting), pytest.raises(Forbidden):
        drafts.start(waiting.actor, "full", "en")
    with acting(waiting) as published:
        section = published.form.urgent[0]
        body = {question.key: _urgent(question.type) for question in section.questions}
        reference = sending.send_urgent(waiting.actor, uuid4(), published, {section.key: body}, "en")
        assert find(waiting.actor, Permission.RECEIPT, reference).route == "MASH_URGENT"
        with pytest.raises(NotFound):
            find(waiting.actor, Permission.TRACK, reference)
    # Somebody whose membership waits again keeps no way into a full draft of before.
    before = make_person(councils.england)
    draft_id = make_draft(before)
    again = replace(before.actor, state="pending")
    with db.unit_of_work(Scope(councils.england, again)), pytest.raises(NotFound):
        find_draft(again, draft_id)
    outsider = make_person(councils.england, state="refused")
    with db.unit_of_work(outsider.scope), pytest.raises(Forbidden):
        drafts.start(outsider.actor, "urgent", "en")


@pytest.mark.parametrize(
    ("kind", "at", "due", "closed"),
    [
        ("full", datetime(2027, 3, 25, 16, 59, tzinfo=UTC), datetime(2027, 3, 30, 15, 59, tzinfo=UTC), False),
        ("full", datetime(2027, 3, 27, 22, 0, tzinfo=UTC), datetime(2027, 3, 31, 7, 30, tzinfo=UTC), True),
        ("urgent", datetime(2027, 3, 27, 22, 0, tzinfo=UTC), datetime(2027, 3, 28, 2, 0, tzinfo=UTC), True),
    ],
)
def test_deadlines_follow_the_councils_clock(
    teacher: Person, monkeypatch: pytest.MonkeyPatch, *, kind: str, at: datetime, due: datetime, closed: bool
) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)
    if kind == "urgent":
        with acting(teacher) as published:
            section = published.form.urgent[0]
            body = {question.key: _urgent(question.type) for question in section.questions}
            reference = sending.send_urgent(teacher.actor, uuid4(), published, {section.key: body}, "en")
    else:
        reference = send_draft(teacher, make_draft(teacher, b_danger_now="no", b_red_flags=["none"]))
    with acting(teacher):
        found = find(teacher.actor, Permission.TRACK, reference)
    assert (found.due_at, found.out_of_hours) == (due, closed)


def test_references_leave_out_what_looks_alike() -> None:
    assert not set("01258OIQLSZBGU") & set(ALPHABET)
    assert len(ALPHABET) ** 9 >= 2**40
    found = {new_reference() for _ in range(2000)}
    assert len(found) == 2000
    assert set("".join(found)) <= set(ALPHABET) | {"-"}


def test_a_taken_reference_is_drawn_again(teacher: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["K7R-F4M-9PA", "K7R-F4M-9PA", "A3C-D4E-F6H"])
    monkeypatch.setattr(sending, "new_reference", lambda: next(drawn))
    assert send_draft(teacher, make_draft(teacher)) == "K7R-F4M-9PA"
    assert send_draft(teacher, make_draft(teacher)) == "A3C-D4E-F6H"


def test_expired_drafts_are_hidden_and_then_deleted(teacher: Person) -> None:
    kept, old = make_draft(teacher), make_draft(teacher)
    with acting(teacher):
        yesterday = clock.today() - timedelta(days=1)
        db.session().execute(update(Referral).where(Referral.id == old).values(expires_on=yesterday))
    with acting(teacher), pytest.raises(NotFound):
        find_draft(teacher.actor, old)
    with acting(teacher):
        assert expiry.forget_expired() == 1
        assert find_draft(teacher.actor, kept).id == kept


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 30), st.sampled_from(["yes", "no", "none", "RF01", "not_known"]),
    st.text(max_size=5), st.lists(st.sampled_from(["RF01", "neglect", "none", "x"]), max_size=3),
    st.dictionaries(st.sampled_from(["neglect", "x"]), st.integers(0, 6), max_size=2),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_stored_only_the_path_is_sent(app: Flask, councils: Councils, data: st.DataObject) -> None:
    del app
    with db.unit_of_work(Scope(councils.england)):
        form = newest().form
    triage, sections = complete(form)
    questions = [question.key for question in form.questions()]
    junk = data.draw(st.dictionaries(st.sampled_from([*questions, "tenant_id", "state", "owner_id"]), JUNK))
    triage.update(data.draw(st.dictionaries(st.sampled_from(questions), JUNK)))
    for body in sections.values():
        if isinstance(body, list):
            body.append(dict(junk))
        else:
            body.update(junk)
    walked = walk(form, "full", triage, sections, "b_override")
    again = walk(form, "full", walked.triage, walked.sections, "b_override")
    assert (again.triage, again.sections) == (walked.triage, walked.sections)
    assert set(walked.sections) == {section.key for section in walked.shown}
    assert set(walked.triage) <= {q.key for q in visible(form.triage_questions(), walked.triage)}
    known = walked.known()
    for section in walked.shown:
        body = walked.sections[section.key]
        for item in body if isinstance(body, list) else [body]:
            assert set(item) <= {q.key for q in visible(section.questions, {**known, **item})}


def test_the_words_of_two_reports_have_keys_of_their_own(teacher: Person) -> None:
    first = send_draft(teacher, make_draft(teacher))
    second = send_draft(teacher, make_draft(teacher))
    with acting(teacher):
        one, two = (find(teacher.actor, Permission.TRACK, reference) for reference in (first, second))
        blob = record_of(one).seal("words", "message", one.id, "body")
        with pytest.raises(crypto.CannotOpen):
            record_of(two).open(blob, "message", one.id, "body")


def test_of_many_tabs_saving_at_once_exactly_one_wins(teacher: Person) -> None:
    draft_id = make_draft(teacher, with_sections=False)

    def tab(number: int) -> bool:
        try:
            with acting(teacher):
                draft = find_draft(teacher.actor, draft_id)
                # Every tab opened the page before the first save.
                unseen = replace(draft, stored={})
                drafts.save(teacher.actor, unseen, "other", {"oth_anything": str(number)}, 0, complete=True)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert sum(pool.map(tab, range(16))) == 1


def test_the_same_words_saved_twice_at_once_are_one_save(teacher: Person) -> None:
    draft_id = make_draft(teacher, with_sections=False)
    for words in ("Once", "Again"):  # the first save, and one of what is saved already
        with acting(teacher):
            seen = find_draft(teacher.actor, draft_id)

        def click(_: int, draft: Any = seen, body: dict[str, str] = {"oth_anything": words}) -> int:  # noqa: B006 - read only
            with acting(teacher):
                return drafts.save(teacher.actor, draft, "other", body, draft.of("other").version, complete=True)

        with ThreadPoolExecutor(max_workers=6) as pool:
            assert set(pool.map(click, range(6))) == {seen.of("other").version + 1}


def test_a_claim_and_a_withdrawal_at_once_have_one_winner(teacher: Person, councils: Councils) -> None:
    screener = make_person(councils.england, role="screener")
    for _ in range(5):
        reference = send_draft(teacher, make_draft(teacher))

        def act(person: Person, permission: Permission, verb: str, reference: str = reference) -> bool:
            with db.unit_of_work(person.scope):
                found = find(person.actor, permission, reference)
                _gate.wait(timeout=5)
                try:
                    move(person.actor, found, verb)
                except Conflict as conflict:
                    return conflict.now["state"] not in ("screening", "withdrawn")
            return True

        with ThreadPoolExecutor(max_workers=2) as pool:
            claim = pool.submit(act, screener, Permission.CLAIM, "claim")
            withdrawal = pool.submit(act, teacher, Permission.TRACK, "withdraw")
            assert claim.result() + withdrawal.result() == 1


_gate = Barrier(2)
