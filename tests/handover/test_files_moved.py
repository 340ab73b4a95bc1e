"""Files that a further parcel takes along without a verdict after it: those of a draft that is added to the report, and
one that passed while somebody copied by hand."""

from __future__ import annotations

from threading import Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.auth.policy import Permission
from portal.messaging.commands import carrying
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Paper, Target
from portal.referrals.queries import attachments
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.record import find
from tests.factories.pages import soup
from tests.factories.people import sign_in
from tests.fixtures.councils import Councils
from tests.handover.making import Case, make_case
from tests.handover.test_files_follow import (
    GOOD,
    Admin,
    Scanner,
    attach,
    copied,
    drawing,
    judge,
    scanned,
    scanner,
    told,
)
from tests.handover.test_pages import set_up
from tests.referrals.making import acting, make_draft

__all__ = ["scanner"]


def draft_with_file(case: Case, shade: int = 9) -> tuple[UUID, UUID]:
    """A draft of the author's and a picture on it that waits for its check."""
    agency, draft_id = case.author.actor.agency_id, make_draft(case.author, b_danger_now="no")
    assert agency is not None
    with acting(case.author):
        paper = Paper("CNRY Siân.png", "image/png", drawing(shade))
        target = Target(draft_id, agency, "agency", later=False)
        return draft_id, attaching.attach(case.author.actor, target, paper)


def draft_with_picture(case: Case, shade: int = 9) -> UUID:
    """A draft of the author's with a picture that has passed."""
    draft_id, file_id = draft_with_file(case, shade)
    judge(case, file_id)
    return draft_id


def carry_over(case: Case, draft_id: UUID) -> None:
    actor = case.author.actor
    with acting(case.author):
        found = find(actor, Permission.REPLY, case.made.reference)
        carrying.carry_over(actor, find_draft(actor, draft_id), found, "CNRY more", uuid4())


@pytest.mark.parametrize("first", [0, 1])
def test_the_files_of_a_draft_that_is_added_go_after_the_parcel(
    councils: Councils, scanner: Scanner, first: int
) -> None:
    case = make_case(councils.england)
    scanner.verdict = GOOD
    for file_id in attach(case, first):
        judge(case, file_id)
    draft_id = draft_with_picture(case)
    case.decide()
    case.send()
    carry_over(case, draft_id)
    assert told(case) == [("decided", "delivered"), ("files", "waiting")]
    case.send()
    assert scanned(case) == [(f"attachment-{number}.png", "ready") for number in range(1, first + 2)]
    case.sweep()
    assert told(case) == [("decided", "delivered"), ("files", "delivered")]


def test_a_verdict_that_falls_while_the_file_is_moved_is_not_lost(
    councils: Councils, admin: Admin, scanner: Scanner
) -> None:
    case = make_case(councils.england)
    scanner.verdict = GOOD
    case.decide()
    case.send()
    _draft_id, file_id = draft_with_file(case)
    verdict = Thread(target=judge, args=(case, file_id))
    with admin.transaction():
        admin.execute("update attachment set referral_id = %s where file_id = %s", (case.made.id, file_id))
        verdict.start()
        verdict.join(2)
    verdict.join(30)
    assert told(case) == [("decided", "delivered"), ("files", "waiting")]


def test_nothing_is_made_of_a_draft_whose_files_it_had_or_that_has_none(councils: Councils, scanner: Scanner) -> None:
    case = make_case(councils.england)
    scanner.verdict = GOOD
    judge(case, attach(case)[0])
    same, none = draft_with_picture(case, shade=0), make_draft(case.author, b_danger_now="no")
    case.decide()
    case.send()
    for draft_id in (same, none):
        carry_over(case, draft_id)
    assert told(case) == [("decided", "delivered")]


@pytest.mark.parametrize("noted", [True, False])
def test_whoever_copied_by_hand_is_asked_for_those_too(councils: Councils, scanner: Scanner, *, noted: bool) -> None:
    """Also of a parcel that was copied before anybody wrote down what was in it."""
    case = make_case(councils.england, "copy")
    scanner.verdict = GOOD
    draft_id = draft_with_picture(case)
    case.decide()
    copied(case)
    if not noted:
        case.change(told=None)
    assert told(case) == [("decided", "delivered")]
    carry_over(case, draft_id)
    assert told(case) == [("decided", "delivered"), ("files", "waiting")]
    assert case.parcel().by_hand


@pytest.mark.usefixtures("as_it_was")
def test_a_file_that_passes_while_somebody_copies_is_theirs_to_copy_too(
    app: Flask, councils: Councils, admin: Admin, scanner: Scanner
) -> None:
    set_up(admin, "copy")
    case = make_case(councils.england, "copy")
    first, second = attach(case, 2)
    scanner.verdict = GOOD
    judge(case, first)
    case.decide()
    client, page = app.test_client(), f"/avonmere/screening/{case.made.reference}/hand-over"
    sign_in(client, case.screener)

    def fields(drawn: TestResponse) -> dict[str, str]:
        form = soup(drawn).select_one("form[action$='/copied']")
        assert form is not None
        return {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}

    seen = fields(client.get(page))
    assert seen["files"] == str(first)
    judge(case, second)
    # A number that has to be corrected shows the page anew, and nobody copies what they have copied before.
    wrong = client.post(f"{page}/copied", data=seen | {"number": "<b>", "files": f"{first} x{second} {'9' * 40}"})
    assert wrong.status_code == 422
    assert client.post(f"{page}/copied", data=fields(wrong) | {"number": "CON/1"}).status_code == 303
    assert told(case) == [("decided", "delivered"), ("files", "waiting")]
    again = fields(client.get(page))
    assert set(again["files"].split()) == {str(first), str(second)}
    for _click in range(2):
        assert client.post(f"{page}/copied", data=again | {"number": "CON/1"}).status_code == 303
    assert told(case) == [("decided", "delivered"), ("files", "delivered")]


def test_a_file_that_no_parcel_would_have_makes_no_parcel_after_parcel(
    councils: Councils, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case(councils.england)
    scanner.verdict = GOOD
    monkeypatch.setattr(attachments, "MOST", 1)
    case.decide()
    case.send()
    for file_id in attach(case, 2):
        judge(case, file_id)
    for _time in range(3):
        case.send()
    assert told(case) == [("decided", "delivered"), ("files", "delivered")]
