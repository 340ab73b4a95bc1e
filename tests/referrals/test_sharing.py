"""Drafts that several people write: helpers, hand-overs, the agency's lead, and who may do what with them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Council
from portal.referrals.commands import drafts, sending, sharing, typed
from portal.referrals.letters import letter
from portal.referrals.queries.draft_lists import agency_drafts, my_drafts, shared
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.notices import to_tell
from portal.referrals.queries.record import find
from portal.referrals.queries.timeline import timeline
from portal.referrals.queries.typed import typed_on
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
def lead(councils: Councils) -> Somebody:
    return make_person(councils.england, role="agency_lead")


@pytest.fixture
def draft_id(author: Somebody) -> UUID:
    return make_draft(author, child_dob_known="exact", child_first_name="Ifan", child_last_name="Rees")


def events(admin: Admin, draft_id: UUID) -> list[str]:
    query = "select event from audit_event where subject_id = %s and event !~ 'saved|started' order by at, id"
    return [str(row[0]) for row in admin.execute(query, (draft_id,)).fetchall()]


def invite(author: Somebody, draft_id: UUID, colleague: Somebody) -> bool:
    with acting(author):
        return sharing.invite(author.actor, shared(author.actor, draft_id), colleague.account_id)


def hand_over(actor: Somebody, draft_id: UUID, heir: Somebody, *, stay: bool = False) -> bool:
    with acting(actor):
        return sharing.hand_over(actor.actor, shared(actor.actor, draft_id), heir.account_id, stay=stay)


def opens(person: Somebody, draft_id: UUID) -> bool:
    with acting(person):
        try:
            return bool(find_draft(person.actor, draft_id))
        except NotFound:
            return False


def test_a_helper_reads_and_writes_and_nothing_more(
    author: Somebody, colleague: Somebody, draft_id: UUID, admin: Admin
) -> None:
    assert not opens(colleague, draft_id)
    assert invite(author, draft_id, colleague)
    assert not invite(author, draft_id, colleague)
    with acting(colleague):
        draft = find_draft(colleague.actor, draft_id)
        drafts.save(colleague.actor, draft, "other", {"oth_anything": "CNRY"}, draft.of("other").version, complete=True)
        assert find_draft(colleague.actor, draft_id).of("other").writer == colleague.name
        assert find_draft(colleague.actor, draft_id).of("referrer").writer == author.name
        key = sending.mint_key(colleague.actor, draft)
    for forbidden in (
        lambda: sending.send(colleague.actor, draft_id, key, draft.version + 1),
        lambda: drafts.throw_away(colleague.actor, draft),
        lambda: shared(colleague.actor, draft_id),
        lambda: sharing.end_help(colleague.actor, draft_id, author.account_id, author.account_id),
    ):
        with acting(colleague), pytest.raises(NotFound):
            forbidden()
    with acting(colleague):
        sharing.end_help(colleague.actor, draft_id, author.account_id, colleague.account_id)
        sharing.end_help(colleague.actor, draft_id, author.account_id, colleague.account_id)
    assert not opens(colleague, draft_id)
    assert events(admin, draft_id) == ["referrals.help_begun", "referrals.help_ended"]


def test_only_people_who_are_in_at_the_agency_are_asked(author: Somebody, draft_id: UUID, councils: Councils) -> None:
    elsewhere = make_person(councils.england, agency="severn-vale-police")
    waiting = make_person(councils.england, state="pending")
    other_council = make_person(councils.wales)
    for person in (elsewhere, waiting, other_council, author):
        with pytest.raises(Invalid):
            invite(author, draft_id, person)
        with pytest.raises(Invalid):
            hand_over(author, draft_id, person)


def test_a_draft_that_is_handed_over_is_the_colleagues_with_what_was_being_typed(
    author: Somebody, colleague: Somebody, draft_id: UUID, admin: Admin
) -> None:
    with acting(author):
        draft = find_draft(author.actor, draft_id)
        typed.keep(author.actor, draft, typed.Tab("section/other", draft_id, 0, 0), {"oth_anything": ["Half"]}, "other")
    assert hand_over(author, draft_id, colleague)
    assert not opens(author, draft_id)
    with acting(colleague):
        draft = find_draft(colleague.actor, draft_id)
        kept = typed_on(colleague.actor, draft, "section/other")
        assert kept is not None
        assert kept.fields == {"oth_anything": ["Half"]}
    assert events(admin, draft_id)[-1] == "referrals.handed_over"
    reference = send_draft(colleague, draft_id)
    with acting(colleague):
        happened = timeline(find(colleague.actor, Permission.TRACK, reference))
    assert [(one.event, one.who) for one in reversed(happened)][:2] == [
        ("referrals.handed_over", author.name), ("referrals.sent", colleague.name),
    ]  # fmt: skip


def test_whoever_hands_over_may_stay_as_a_helper(author: Somebody, colleague: Somebody, draft_id: UUID) -> None:
    invite(author, draft_id, colleague)
    hand_over(author, draft_id, colleague, stay=True)
    assert opens(author, draft_id)
    with acting(colleague):
        (line,) = my_drafts(colleague.actor)
        assert (line.author_id, line.helpers) == (colleague.account_id, (author.name,))


def test_two_hand_overs_at_once_have_one_winner(
    author: Somebody, colleague: Somebody, lead: Somebody, draft_id: UUID
) -> None:
    with acting(author):
        seen = shared(author.actor, draft_id)

    def hand(who: tuple[Somebody, Somebody]) -> str:
        actor, heir = who
        try:
            with acting(actor):
                return str(sharing.hand_over(actor.actor, seen, heir.account_id, stay=False))
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(max_workers=3) as pool:
        found = list(pool.map(hand, [(author, colleague), (author, colleague), (lead, lead)]))
    assert found.count("True") == 1
    assert found.count("conflict") in (1, 2)


def test_the_lead_sees_that_drafts_exist_and_opens_one_only_openly(
    client: FlaskClient, author: Somebody, lead: Somebody, draft_id: UUID, admin: Admin
) -> None:
    assert not opens(lead, draft_id)
    with acting(lead):
        (line,) = agency_drafts(lead.actor)
        assert (line.id, line.author, line.initials) == (draft_id, author.name, "")
        assert line.done == line.shown > 3
        assert my_drafts(lead.actor) == ()
    sign_in(client, lead)
    person = Person(client, "avonmere")
    page = person.get("/report/drafts")
    assert author.name in soup(page).text
    assert "Ifan" not in soup(page).text
    assert person.post(f"/report/drafts/{draft_id}/help", form_of="/report/drafts", action="/help").status_code == 303
    for _ in range(2):
        person.get(f"/report/{draft_id}")
    assert events(admin, draft_id) == ["referrals.help_begun", "referrals.read"]
    told = admin.execute("select kind, account_id from notice").fetchall()
    assert told == [("joined", author.account_id)]
    assert f"Only {author.name} can send this" in soup(person.get(f"/report/{draft_id}/check")).text


def test_the_lead_takes_a_draft_and_its_author_is_told(
    client: FlaskClient, author: Somebody, lead: Somebody, draft_id: UUID, admin: Admin
) -> None:
    sign_in(client, lead)
    person = Person(client, "avonmere")
    path = f"/report/hand-over/{draft_id}"
    assert person.post(path, colleague=lead.account_id, stay="y").status_code == 303
    assert opens(lead, draft_id)
    assert not opens(author, draft_id)
    assert admin.execute("select kind, account_id from notice").fetchall() == [("moved", author.account_id)]


@pytest.mark.parametrize("kind", ["handed", "helping", "joined", "moved"])
def test_the_emails_say_nothing_about_anybody(
    author: Somebody, colleague: Somebody, draft_id: UUID, kind: str, admin: Admin
) -> None:
    invite(author, draft_id, colleague)
    admin.execute("update notice set kind = %s", (kind,))
    admin.commit()
    row = admin.execute("select id from notice").fetchone()
    assert row is not None
    with acting(author):
        found = letter(_council(author), to_tell(UUID(str(row[0]))))
    assert "/avonmere/report\n" in found.body
    for word in (author.name, colleague.name, "Ifan", str(draft_id)):
        assert word not in f"{found.subject} {found.body}"


def _council(person: Somebody) -> Council:
    return person.council


def test_the_pages_say_who_helps_and_who_wrote_what(
    client: FlaskClient, author: Somebody, colleague: Somebody, draft_id: UUID
) -> None:
    sign_in(client, author)
    person = Person(client, "avonmere")
    share = f"/report/share/{draft_id}"
    assert person.post(share).status_code == 422
    assert person.post(share, colleague=colleague.account_id).status_code == 303
    assert colleague.name in soup(person.get(share)).text
    assert f"Last changed by {author.name}" in soup(person.get(f"/report/{draft_id}")).text
    assert f"Helping: {colleague.name}" in soup(person.get("/report")).text
    sign_in(client, colleague)
    assert f"You help {author.name} with this draft" in soup(person.get("/report")).text
    person.get(f"/report/{draft_id}/delete", 404)
    assert person.post(f"/report/share/{draft_id}/end", form_of=f"/report/{draft_id}", action="/end").status_code == 303
    person.get(f"/report/{draft_id}", 410)


def test_two_people_on_one_section_see_whose_the_other_text_is(
    client: FlaskClient, author: Somebody, colleague: Somebody, draft_id: UUID
) -> None:
    invite(author, draft_id, colleague)
    sign_in(client, author)
    person = Person(client, "avonmere")
    page = f"/report/{draft_id}/section/referrer"
    seen = soup(person.get(page))
    with acting(colleague):
        draft = find_draft(colleague.actor, draft_id)
        body = draft.of("referrer").body | {"ref_phone": "01632 960999"}
        drafts.save(colleague.actor, draft, "referrer", body, draft.of("referrer").version, complete=True)
    both = person.send(page, filled(main_form(seen)) | {"ref_phone": ["01632 960111"]})
    assert both.status_code == 409
    text = soup(both).text
    assert f"{colleague.name} saved other answers on this page" in text
    assert "01632 960999" in text
    assert "01632 960111" in text
