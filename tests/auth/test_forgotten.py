"""A forgotten password: never by a mailbox alone, the same answers for everybody, every session ended."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from portal.auth import passwords
from portal.auth.commands import factors as factor_changes
from portal.auth.commands.codes import WrongCode
from portal.auth.commands.forgotten import Stage, choose
from portal.auth.queries import factors
from portal.kernel import clock, db, scope
from portal.kernel.errors import Forbidden
from tests.auth.test_call_backs import EMAIL, OAKFIELD, lost, page_of
from tests.auth.walking import CHANGING, PASSWORD, Walker
from tests.factories import people
from tests.factories.apps import account_of, app_code

Admin = psycopg.Connection[tuple[object, ...]]
NEW = "lantern gravel moth seventeen"
PROOF = "/sign-in/forgotten/proof"


def prove_mailbox(walker: Walker, email: str = EMAIL) -> str:
    """Ask, and type the code of the email; where that leads."""
    assert walker.where(walker.post("/sign-in/forgotten", {"email": email})) == "/sign-in/forgotten/code"
    return walker.where(walker.post("/sign-in/forgotten/code", {"code": walker.code(email)}))


def choose_new(walker: Walker) -> str:
    return walker.where(walker.post("/sign-in/forgotten/password", {"password": NEW}))


def signs_in_with(walker: Walker, password: str) -> bool:
    return walker.post("/sign-in", {"email": EMAIL, "password": password}).status_code == 303


def without_factors(walker: Walker, admin: Admin) -> people.Person:
    made = people.make_person(walker.council, agency=OAKFIELD, email=EMAIL, name="Ffion Llwyd")
    admin.execute("update account set password_hash = %s where id = %s", (passwords.hashed(PASSWORD), made.account_id))
    return made


def test_given_an_app_when_its_code_is_typed_then_a_new_password_is_chosen_and_every_session_ends(
    walker: Walker, admin: Admin
) -> None:
    person = lost(walker, admin)
    elsewhere = walker.client.application.test_client()
    people.sign_in(elsewhere, person)
    assert prove_mailbox(walker) == PROOF
    assert walker.where(walker.post(PROOF, {"code": app_code(account_of(EMAIL))})) == "/sign-in/forgotten/password"
    assert choose_new(walker) == "/sign-in"
    assert elsewhere.get(f"/{walker.council.slug}/account").status_code == 303
    assert not signs_in_with(walker, PASSWORD)
    assert signs_in_with(walker, NEW)
    walker.jobs()
    assert "Your password was changed just now" in walker.mail(EMAIL)[0].body


def test_given_recovery_codes_when_one_is_typed_then_it_is_used_up_and_the_password_is_chosen(
    walker: Walker, admin: Admin
) -> None:
    person = lost(walker, admin)
    with db.unit_of_work(scope.Scope(walker.council, person.actor)):
        code, *_others = factor_changes.make_recovery_codes(person.actor)
    prove_mailbox(walker)
    refused = walker.post("/sign-in/forgotten/recovery", {"code": "AAAA-BBBB-CCCC-DDDD"})
    assert refused.status_code == 422
    done = walker.post("/sign-in/forgotten/recovery", {"code": code.lower()})
    assert walker.where(done) == "/sign-in/forgotten/password"
    assert choose_new(walker) == "/sign-in"
    with db.unit_of_work(scope.Scope(walker.council, person.actor)):
        assert factors.of(person.account_id).codes_left == factor_changes.RECOVERY_CODES - 1


@pytest.mark.parametrize("has_app", [True, False])
def test_given_only_the_mailbox_then_no_password_can_be_chosen(walker: Walker, admin: Admin, *, has_app: bool) -> None:
    person = lost(walker, admin) if has_app else without_factors(walker, admin)
    assert prove_mailbox(walker) == PROOF
    assert "Ask your agency’s safeguarding lead" in walker.get(PROOF).get_data(as_text=True)
    assert walker.where(walker.get("/sign-in/forgotten/password")) == PROOF
    sent = walker.send(
        "/sign-in/forgotten/password", {"csrf_token": walker.token("/sign-in/forgotten"), "password": NEW}
    )
    assert walker.where(sent) == PROOF
    with db.unit_of_work(scope.Scope(walker.council)):
        stage = Stage(person.account_id, factors.password_mark(person.account_id) or "", clock.now())
        with pytest.raises(Forbidden):
            choose(stage, NEW)
    assert signs_in_with(walker, PASSWORD)


def test_given_a_call_back_when_the_mailbox_is_proved_then_a_password_is_chosen_and_the_call_back_is_used_up(
    walker: Walker, admin: Admin
) -> None:
    person = without_factors(walker, admin)
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD)
    leads = Walker(walker.client.application.test_client(), walker.council, walker.jobs)
    people.sign_in(leads.client, lead)
    assert leads.post(page_of(person), {"rang": "yes"}).status_code == 303
    assert prove_mailbox(walker) == PROOF
    assert walker.where(walker.get(PROOF)) == "/sign-in/forgotten/password"
    assert choose_new(walker) == "/sign-in"
    prove_mailbox(walker)
    assert walker.where(walker.get("/sign-in/forgotten/password")) == PROOF


def test_given_any_address_then_page_and_answers_are_the_same_and_only_a_live_account_gets_mail(
    walker: Walker, admin: Admin
) -> None:
    lost(walker, admin)
    gone = people.make_person(walker.council, agency=OAKFIELD, email="gone@oakfield.avonmere.sch.uk")
    admin.execute("update account set state = 'suspended' where id = %s", (gone.account_id,))
    said = []
    for email in (EMAIL, "nobody@oakfield.avonmere.sch.uk", "gone@oakfield.avonmere.sch.uk"):
        browser = Walker(walker.client.application.test_client(), walker.council, walker.jobs)
        first = browser.post("/sign-in/forgotten", {"email": email})
        second = browser.post("/sign-in/forgotten/code", {"code": "000000"})
        said.append(
            (
                first.status_code,
                browser.where(first),
                second.status_code,
                CHANGING.sub("", second.get_data(as_text=True)),
            )
        )
        walker.jobs()
    assert said[0] == said[1] == said[2]
    assert walker.mail("nobody@oakfield.avonmere.sch.uk") == walker.mail("gone@oakfield.avonmere.sch.uk") == []
    assert len(walker.mail(EMAIL)) == 1


def test_given_a_password_that_changed_meanwhile_then_what_was_proved_is_worth_nothing(
    walker: Walker, admin: Admin
) -> None:
    person = lost(walker, admin)
    prove_mailbox(walker)
    walker.post(PROOF, {"code": app_code(account_of(EMAIL))})
    admin.execute("update account set password_hash = %s where id = %s", (passwords.hashed(NEW), person.account_id))
    assert walker.where(walker.get("/sign-in/forgotten/password")) == "/sign-in/forgotten"


def test_given_half_an_hour_then_it_begins_again(walker: Walker, admin: Admin) -> None:
    person = lost(walker, admin)
    with db.unit_of_work(scope.Scope(walker.council)):
        mark = factors.password_mark(person.account_id) or ""
        stale = Stage(person.account_id, mark, clock.now() - timedelta(minutes=31), proved=True)
        with pytest.raises(WrongCode):
            choose(stale, NEW)


def test_given_a_weak_password_then_it_says_why_and_nothing_is_lost(walker: Walker, admin: Admin) -> None:
    lost(walker, admin)
    prove_mailbox(walker)
    walker.post(PROOF, {"code": app_code(account_of(EMAIL))})
    refused = walker.post("/sign-in/forgotten/password", {"password": "too short"})
    assert refused.status_code == 422
    assert choose_new(walker) == "/sign-in"


def test_given_a_session_when_the_mailbox_is_proved_then_its_id_changes(walker: Walker, admin: Admin) -> None:
    lost(walker, admin)
    walker.post("/sign-in/forgotten", {"email": EMAIL})
    before = walker.client.get_cookie("session")
    walker.post("/sign-in/forgotten/code", {"code": walker.code(EMAIL)})
    after = walker.client.get_cookie("session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
