"""A council's terms of use: accepted at sign-in, version by version, and never a gate to a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import psycopg
import pytest

from portal.auth.commands import terms as commands
from portal.auth.queries import terms as queries
from portal.auth.queries.whoami import whoami
from portal.kernel import db
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.scope import Scope
from tests.auth.test_sign_in import with_password
from tests.auth.walking import Walker
from tests.factories import people
from tests.factories.invitations import make_invitation
from tests.factories.referrals import make_referral
from tests.factories.terms import publish_terms
from tests.referrals.clicking import Person as Clicker
from tests.referrals.clicking import filled, main_form, soup
from tests.referrals.making import make_draft

Admin = psycopg.Connection[tuple[object, ...]]
EMAIL = "s.jones@oakfield.avonmere.sch.uk"
NEWER = {"en": "Only for your work, and never at home."}
ACCEPT = "/terms/accept"


@pytest.fixture
def terms(walker: Walker) -> int:
    """Avonmere has terms."""
    return publish_terms(walker.council)


def newcomer(walker: Walker, **more: str) -> people.Person:
    """Somebody who is signed in and has accepted nothing."""
    found = people.make_person(walker.council, accepted=False, **more)  # type: ignore[arg-type] # only strings
    people.sign_in(walker.client, found)
    return found


def accept(walker: Walker, **typed: str) -> str:
    return walker.where(walker.post(ACCEPT, {"number": "1", "accept": "y"} | typed))


def events(admin: Admin, name: str) -> list[Mapping[str, object]]:
    found = admin.execute("select detail from audit_event where event = %s order by at, id", (name,)).fetchall()
    return [row[0] for row in found]  # type: ignore[misc] # a jsonb column is a dict


def reach_of(walker: Walker, admin: Admin, person: people.Person) -> tuple[object, ...]:
    """What the database's second wall is told by the person's session."""
    query = "select id_hash from account_session where account_id = %s order by created_at desc limit 1"
    ((id_hash,),) = admin.execute(query, (person.account_id,)).fetchall()
    with db.unit_of_work(Scope(walker.council)) as session:
        whoami(str(id_hash))
        return tuple(session.connection().exec_driver_sql("select current_setting('app.reach', true)").one())


def test_who_signs_in_meets_them_accepts_and_goes_on(walker: Walker, admin: Admin, terms: int) -> None:
    person = people.make_person(walker.council, role="agency_lead", email=EMAIL, accepted=False)
    with_password(admin, person)
    walker.where(walker.get("/people"))
    assert walker.where(walker.sign_in(EMAIL)) == ACCEPT
    page = walker.get(ACCEPT).text
    assert "Only for your work." in page
    assert "Sign out instead" in page
    assert walker.council.settings.phones.hub.number in page
    assert walker.where(walker.get("/referrals")) == ACCEPT
    assert accept(walker) == "/referrals"
    assert walker.get("/referrals").status_code == 200
    assert events(admin, "auth.terms_accepted") == [{"number": 1}]
    assert walker.where(walker.get(ACCEPT)) == "/referrals"


def test_who_was_going_somewhere_gets_there(walker: Walker, admin: Admin, terms: int) -> None:
    with_password(admin, people.make_person(walker.council, role="screener", email=EMAIL, accepted=False))
    assert walker.where(walker.get("/restricted")) == "/sign-in"
    assert walker.where(walker.sign_in(EMAIL)) == ACCEPT
    assert accept(walker) == "/restricted"


def test_who_accepted_is_not_asked(walker: Walker, admin: Admin, terms: int) -> None:
    with_password(admin, people.make_person(walker.council, role="screener", email=EMAIL))
    assert walker.where(walker.sign_in(EMAIL)) == "/holding-area"


def test_an_emailed_code_asks_too(walker: Walker, admin: Admin, terms: int) -> None:
    person = people.make_person(walker.council, email=EMAIL, accepted=False)
    with_password(admin, person)
    admin.execute("delete from authenticator where account_id = %s", (person.account_id,))
    assert walker.where(walker.sign_in(EMAIL)) == ACCEPT
    assert accept(walker) == "/account/protect"


def test_registering_asks_once_and_then_protects_the_account(walker: Walker, admin: Admin, terms: int) -> None:
    assert walker.where(walker.register(EMAIL)) == ACCEPT
    assert accept(walker) == "/account/protect"
    assert walker.get("/waiting").status_code == 200
    assert walker.where(walker.post("/sign-out", page="/account")) == "/sign-in"
    assert walker.where(walker.sign_in(EMAIL)) == "/waiting"


def test_an_invitation_asks(walker: Walker, terms: int) -> None:
    lead = people.make_person(walker.council, role="agency_lead", agency="oakfield-primary")
    token = make_invitation(lead, email=EMAIL)[1]
    typed = {"name": "Siân Jones", "job": "Teacher", "password": "marmalade thistle orbit vanish"}
    assert walker.where(walker.post(f"/invitation/{token}", typed)) == ACCEPT
    assert accept(walker) == "/account/protect"


@pytest.mark.parametrize("typed", [{}, {"number": "1"}, {"accept": "y", "number": "7"}, {"accept": "y"}])
def test_only_a_tick_under_the_version_in_force_accepts(
    walker: Walker, admin: Admin, terms: int, typed: dict[str, str]
) -> None:
    newcomer(walker)
    answer = walker.post(ACCEPT, typed)
    assert answer.status_code == (422 if typed.get("number") == "1" else 409)
    assert "Only for your work." in answer.text
    assert walker.where(walker.get("/referrals")) == ACCEPT
    assert events(admin, "auth.terms_accepted") == []


def test_two_clicks_accept_once(walker: Walker, admin: Admin, terms: int) -> None:
    person = newcomer(walker)
    data = {"csrf_token": walker.token(ACCEPT), "number": "1", "accept": "y"}
    for _ in range(2):
        assert walker.where(walker.send(ACCEPT, data)) == "/referrals"
    with db.unit_of_work(person.scope):
        commands.accept(person.actor, terms)
    assert events(admin, "auth.terms_accepted") == [{"number": 1}]


def test_terms_that_change_meanwhile_are_shown_anew(walker: Walker, terms: int) -> None:
    person = newcomer(walker)
    data = {"csrf_token": walker.token(ACCEPT), "number": "1", "accept": "y"}
    publish_terms(walker.council, NEWER)
    answer = walker.send(ACCEPT, data)
    assert answer.status_code == 409
    assert "have changed since this page was shown" in answer.text
    assert "never at home" in answer.text
    assert "checked" not in answer.text.partition("<main")[2]
    with db.unit_of_work(person.scope), pytest.raises(Conflict):
        commands.accept(person.actor, terms)
    assert accept(walker, number="2") == "/referrals"


def test_newer_terms_ask_at_the_next_sign_in_and_interrupt_nobody(walker: Walker, terms: int) -> None:
    person = people.make_person(walker.council, role="screener")
    people.sign_in(walker.client, person)
    publish_terms(walker.council, NEWER)
    assert walker.get("/holding-area").status_code == 200
    people.sign_in(walker.client, person)
    assert walker.where(walker.get("/holding-area")) == ACCEPT
    assert "since you accepted them on" in walker.get(ACCEPT).text
    assert accept(walker, number="2") == "/holding-area"


def test_a_correction_asks_nobody_who_had_accepted(walker: Walker, terms: int) -> None:
    person = people.make_person(walker.council)
    assert publish_terms(walker.council, {"en": "Only for your work!"}, asks=False) == 2
    people.sign_in(walker.client, person)
    assert walker.get("/referrals").status_code == 200
    newcomer(walker)
    assert "Only for your work!" in walker.get(ACCEPT).text


def test_the_same_words_are_no_new_version(walker: Walker, admin: Admin, terms: int) -> None:
    with db.unit_of_work(people.make_person(walker.council).scope):
        now = queries.current()
        assert now is not None
        assert commands.publish(now.words) is None
    assert events(admin, "auth.terms_published") == [{"number": 1, "asks": True}]


def test_a_report_never_waits_for_them(walker: Walker, terms: int) -> None:
    person = newcomer(walker)
    page = walker.get(ACCEPT).text
    assert "Report a concern now" in page
    clicker = Clicker(walker.client, walker.council.slug)
    receipt = clicker.complete("/report/urgent").headers["Location"]
    assert clicker.get(receipt).status_code == 200
    reference = receipt.split("/")[-2]
    # They write, and read nothing; not even what they have just sent.
    assert walker.where(walker.get(f"/referrals/{reference}")) == ACCEPT
    assert accept(walker) == f"/referrals/{reference}"
    assert walker.get(f"/referrals/{reference}").status_code == 200
    assert person.account_id


def test_a_draft_of_before_waits_for_them_and_is_all_there(walker: Walker) -> None:
    person = people.make_person(walker.council)
    people.sign_in(walker.client, person)
    draft = walker.where(walker.post("/report", {"form_key": "concern"}))
    publish_terms(walker.council)
    people.sign_in(walker.client, person)
    assert walker.where(walker.get(draft)) == ACCEPT
    assert accept(walker) == draft
    assert walker.where(walker.get(draft)).startswith("/report/")


def test_what_is_ready_to_be_sent_waits_for_them_and_is_still_ready(walker: Walker) -> None:
    """Sending is refused to the terms' own page, not as a page that is not there."""
    person = people.make_person(walker.council)
    people.sign_in(walker.client, person)
    check = f"/report/{make_draft(person)}/check"
    ready = filled(main_form(soup(walker.get(check)), "/check"))
    publish_terms(walker.council)
    people.sign_in(walker.client, person)
    ready["csrf_token"] = [walker.token(ACCEPT)]
    answer = walker.send(check, ready)
    assert (answer.status_code, ACCEPT in answer.get_data(as_text=True)) == (403, True)
    accept(walker)
    sent = walker.send(check, ready)
    assert (sent.status_code, sent.headers["Location"].endswith("/receipt")) == (303, True)


def test_a_form_that_is_refused_keeps_what_was_typed(walker: Walker, terms: int) -> None:
    person = people.make_person(walker.council)
    made = make_referral(walker.council, person, state="asked")
    people.sign_in(walker.client, person)
    token = walker.token(f"/referrals/{made.reference}")
    publish_terms(walker.council, NEWER)
    session = "update account_session set signed_in_at = now() + interval '1 second'"
    with db.unit_of_work(person.scope) as here:
        here.connection().exec_driver_sql(session)
    answer = walker.send(f"/referrals/{made.reference}/reply", {"csrf_token": token, "message": "He is at Nain’s"})
    assert answer.status_code == 403
    assert "He is at Nain’s" in answer.text
    assert "Accept the terms of use first" in answer.text
    assert walker.council.settings.phones.hub.number in answer.text


def test_the_councils_people_see_nothing_and_the_database_agrees(walker: Walker, admin: Admin, terms: int) -> None:
    made = make_referral(walker.council, people.make_person(walker.council))
    person = newcomer(walker, role="screener")
    for path in ("/holding-area", f"/screening/{made.reference}", "/screening/AAA-AAA-AAA"):
        assert walker.where(walker.get(path)) == ACCEPT
    assert walker.get("/account").status_code == 200
    assert reach_of(walker, admin, person) == ("",)
    assert accept(walker) == "/screening/AAA-AAA-AAA"
    assert reach_of(walker, admin, person) == ("council",)


def test_who_has_no_place_here_is_not_asked(walker: Walker, terms: int) -> None:
    person = newcomer(walker, state="ended")
    assert walker.where(walker.get(ACCEPT)) == "/join"
    with db.unit_of_work(person.scope), pytest.raises(NotFound):
        commands.accept(person.actor, terms)


def test_another_councils_terms_are_its_own(new_walker: Callable[..., Walker], terms: int) -> None:
    wales = new_walker("wales")
    newcomer(wales)
    assert wales.get("/referrals").status_code == 200


def test_signing_out_instead(walker: Walker, terms: int) -> None:
    newcomer(walker)
    assert walker.where(walker.post("/sign-out", page=ACCEPT)) == "/sign-in"
    assert walker.get("/account").status_code == 303


def test_the_administrator_sees_the_versions_and_who_has_not_accepted(walker: Walker, terms: int) -> None:
    people.make_person(walker.council, name="Ada Accepted")
    people.make_person(walker.council, name="Nora Newcomer", accepted=False)
    people.make_person(walker.council, name="Eve Ended", state="ended", accepted=False)
    publish_terms(walker.council, {"en": "Only for your work!"}, asks=False)
    people.sign_in(walker.client, people.make_person(walker.council, role="council_admin"))
    page = walker.get("/council/terms/versions").text
    assert "2 of 3 people have accepted" in page
    assert "Nora Newcomer" in page
    assert "Ada Accepted" not in page
    assert "Eve Ended" not in page
    assert page.index("Version 2") < page.index("Version 1")
    assert "A correction: whoever had accepted before is not asked again" in page


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"accepted": False}, "You have not accepted the terms of use yet"),
        ({"state": "pending"}, "Your account waits to be approved"),
        ({"strength": "email"}, "You signed in with a code from an email"),
    ],
)
def test_the_first_page_says_why_only_an_urgent_report_can_be_sent(
    walker: Walker, terms: int, more: Mapping[str, object], why: str
) -> None:
    people.sign_in(walker.client, people.make_person(walker.council, **more))  # type: ignore[arg-type] # as they are
    said = walker.get("/report").get_data(as_text=True)
    reasons = ("You have not accepted", "Your account waits", "You signed in with a code")
    assert why in said
    assert [one in said for one in reasons].count(True) == 1
