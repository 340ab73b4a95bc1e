"""Drafts that are gone: warned of, deleted, and explained to those who knew them and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portal.kernel import clock, db, scope
from portal.kernel.scope import Scope
from portal.referrals.commands import drafts, endings, expiry, sharing
from portal.referrals.letters import letter
from portal.referrals.queries.draft_lists import my_drafts, shared
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.notices import to_tell
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person, filled, main_form, soup
from tests.referrals.making import acting, make_draft, send_draft

Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def author(councils: Councils) -> Somebody:
    return make_person(councils.england)


@pytest.fixture
def colleague(councils: Councils) -> Somebody:
    return make_person(councils.england)


@pytest.fixture
def draft_id(author: Somebody) -> UUID:
    return make_draft(author)


def at_night(author: Somebody, task: Callable[[], int]) -> int:
    with db.unit_of_work(Scope(author.council, scope.SYSTEM)):
        return task()


def expires_in(admin: Admin, draft_id: UUID, days: int) -> None:
    moment = clock.today() + timedelta(days=days)
    admin.execute("update referral set expires_on = %s where id = %s", (moment, draft_id))
    admin.commit()


def delete_it(author: Somebody, _colleague: Somebody, draft_id: UUID, _admin: Admin) -> None:
    with acting(author):
        drafts.throw_away(author.actor, find_draft(author.actor, draft_id))


def let_expire(author: Somebody, _colleague: Somebody, draft_id: UUID, admin: Admin) -> None:
    expires_in(admin, draft_id, -1)
    assert at_night(author, expiry.forget_expired) == 1


def wait(_author: Somebody, _colleague: Somebody, draft_id: UUID, admin: Admin) -> None:
    expires_in(admin, draft_id, -1)


def hand_over(author: Somebody, colleague: Somebody, draft_id: UUID, _admin: Admin) -> None:
    with acting(author):
        sharing.hand_over(author.actor, shared(author.actor, draft_id), colleague.account_id, stay=False)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (delete_it, "This draft was deleted"),
        (let_expire, "nobody changed it for a long time"),
        (wait, "nobody changed it for a long time"),
        (hand_over, "This draft is with a colleague now"),
    ],
)
def test_its_author_reads_what_became_of_a_draft_with_what_they_were_saving(
    client: FlaskClient, author: Somebody, colleague: Somebody, draft_id: UUID, admin: Admin, end: Callable[..., None],
    words: str,
) -> None:  # fmt: skip
    sign_in(client, author)
    person = Person(client, "avonmere")
    page = f"/report/{draft_id}/section/referrer"
    fields = filled(main_form(soup(person.get(page)))) | {"ref_phone": ["01632 960777"]}
    end(author, colleague, draft_id, admin)
    for path in ("", "/check", "/section/referrer", "/delete"):
        assert words in soup(person.get(f"/report/{draft_id}{path}", 410)).text
    late = person.send(page, fields)
    assert late.status_code == 410
    assert "01632 960777" in soup(late).text
    stranger = make_person(author.council)
    sign_in(client, stranger)
    person.get(f"/report/{draft_id}", 404)


def test_what_was_sent_leads_to_its_receipt_and_tells_helpers(
    client: FlaskClient, author: Somebody, colleague: Somebody, draft_id: UUID
) -> None:
    with acting(author):
        sharing.invite(author.actor, shared(author.actor, draft_id), colleague.account_id)
    reference = send_draft(author, draft_id)
    sign_in(client, author)
    person = Person(client, "avonmere")
    led = person.get(f"/report/{draft_id}/section/referrer", 303)
    assert led.headers["Location"].endswith(f"/referrals/{reference}/receipt")
    sign_in(client, colleague)
    told = soup(person.get(f"/report/{draft_id}", 410)).text
    assert "This draft was sent" in told
    assert reference not in told


def test_a_helper_who_stopped_reads_that_and_nothing_of_the_draft(
    client: FlaskClient, author: Somebody, colleague: Somebody, draft_id: UUID
) -> None:
    with acting(author):
        sharing.invite(author.actor, shared(author.actor, draft_id), colleague.account_id)
    with acting(author):
        sharing.end_help(author.actor, draft_id, author.account_id, colleague.account_id)
    sign_in(client, colleague)
    told = Person(client, "avonmere").get(f"/report/{draft_id}", 410)
    assert "You help with this draft no more" in soup(told).text


def test_whoever_may_only_write_is_told_nothing(
    client: FlaskClient, author: Somebody, colleague: Somebody, draft_id: UUID, admin: Admin
) -> None:
    delete_it(author, colleague, draft_id, admin)
    sign_in(client, author, strength="email")
    Person(client, "avonmere").get(f"/report/restart/{draft_id}", 403)


def test_what_became_of_a_draft_is_forgotten_after_its_time(
    author: Somebody, colleague: Somebody, draft_id: UUID, admin: Admin
) -> None:
    delete_it(author, colleague, draft_id, admin)
    assert at_night(author, endings.forget_old) == 0
    admin.execute("update draft_end set ended_at = ended_at - interval '91 days'")
    admin.commit()
    assert at_night(author, endings.forget_old) == 1
    assert admin.execute("select count(*) from draft_end").fetchone() == (0,)


def test_an_author_is_told_once_of_all_drafts_that_will_go_and_changing_one_keeps_it(
    author: Somebody, colleague: Somebody, draft_id: UUID, admin: Admin
) -> None:
    other = make_draft(author)
    make_draft(colleague)
    for one in (draft_id, other):
        expires_in(admin, one, 5)
    assert at_night(author, expiry.warn) == 1
    assert at_night(author, expiry.warn) == 0
    (row,) = admin.execute("select id, kind, referral_id from notice").fetchall()
    assert row[1:] == ("expiring", None)
    with acting(author):
        email = letter(author.council, to_tell(UUID(str(row[0]))))
        assert str(draft_id) not in email.body
        assert "/avonmere/report\n" in email.body
        assert [line.soon for line in my_drafts(author.actor)] == [True, True]
        draft = find_draft(author.actor, draft_id)
        drafts.save(author.actor, draft, "other", {"oth_anything": "CNRY"}, draft.of("other").version, complete=True)
        kept = {line.id: line for line in my_drafts(author.actor)}
        assert (kept[draft_id].soon, kept[other].soon) == (False, True)
        assert kept[draft_id].expires_on == clock.today() + timedelta(days=author.council.settings.draft_days)


def test_a_draft_with_more_days_than_the_warning_is_left_alone(author: Somebody, draft_id: UUID, admin: Admin) -> None:
    expires_in(admin, draft_id, 6)
    assert at_night(author, expiry.warn) == 0
