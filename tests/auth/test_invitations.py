"""Invitations: for one address, one council and one thing; looking uses nothing up, accepting happens once."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from portal.auth.commands import invitations
from portal.auth.commands.invitations import Typed
from portal.auth.queries import accounts
from portal.auth.queries import invitations as queries
from portal.kernel import clock, db, scope
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.scope import Actor, Council, Scope
from tests.auth.corpus_addresses import BAD, MORE_BAD
from tests.auth.test_factors import set_up
from tests.auth.walking import PASSWORD, Walker, make_account
from tests.factories import people
from tests.factories.apps import account_of
from tests.factories.people import Person
from tests.fixtures.canary import Sinks

Admin = psycopg.Connection[tuple[object, ...]]
OAKFIELD, MILL_LANE = "oakfield-primary", "mill-lane-surgery"
NEW = "s.jones@oakfield.avonmere.sch.uk"
WHO = {"name": "Siân Jones", "job": "Teacher", "password": PASSWORD}
NASTY = sorted({one.replace("worcs", "avonmere") for one in (*BAD, *MORE_BAD)})
LINK = re.compile(r"/invitation/([\w-]+)")


@pytest.fixture
def lead(new_walker: Callable[[], Walker]) -> Walker:
    """A lead of Oakfield."""
    walker = new_walker()
    people.sign_in(walker.client, people.make_person(walker.council, role="agency_lead", agency=OAKFIELD))
    return walker


def someone(walker: Walker, role: str, **more: str) -> Person:
    person = people.make_person(walker.council, role=role, **more)  # type: ignore[arg-type] # only strings
    people.sign_in(walker.client, person)
    return person


def invite(walker: Walker, email: str, whom: str = "colleague", **more: str) -> str:
    """Invite somebody; the address of their email's page."""
    answer = walker.post(f"/people/invite/{whom}", {"email": email} | more)
    assert walker.where(answer) == "/people/invitations", answer.text
    return link(walker, email)


def link(walker: Walker, email: str) -> str:
    found = LINK.search(walker.mail(email)[0].body)
    assert found
    return f"/invitation/{found.group(1)}"


def rows(admin: Admin, query: str) -> list[tuple[object, ...]]:
    return admin.execute(query.encode()).fetchall()


def memberships(admin: Admin) -> list[tuple[object, ...]]:
    """Whoever was invited: address, role and state."""
    return rows(
        admin,
        "select a.email, m.role, m.state from membership m join account a on a.id = m.account_id"
        " where a.email not like 'person.%' order by 1",
    )


def test_a_lead_invites_a_colleague_who_is_in_at_once(
    lead: Walker, new_walker: Callable[[], Walker], admin: Admin
) -> None:
    place = invite(lead, NEW)
    mail = lead.mail(NEW)[0]
    assert "invited" in mail.subject
    assert "Oakfield" not in mail.body
    colleague = new_walker()
    page = colleague.get(place)
    assert "Oakfield Primary School" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert colleague.where(colleague.post(place, WHO)) == "/account/protect"
    # An account of a minute ago has proved an address and no more; with an app it reads, too.
    assert colleague.get("/referrals").status_code == 403
    assert set_up(colleague)
    assert colleague.get("/referrals").status_code == 200
    assert memberships(admin) == [(NEW, "referrer", "active")]
    events = rows(admin, "select event from audit_event where event like 'auth.%' order by at, event")
    assert {str(row[0]) for row in events} >= {
        "auth.invited", "auth.invitation_accepted", "auth.registered", "auth.membership_approved",
    }  # fmt: skip


def test_looking_uses_nothing_up(lead: Walker, new_walker: Callable[[], Walker], admin: Admin) -> None:
    place, scanner = invite(lead, NEW), new_walker()
    for _ in range(3):
        assert scanner.get(place).status_code == 200
        assert scanner.client.head(f"/{scanner.council.slug}{place}").status_code == 200
    assert rows(admin, "select state from invitation") == [("open",)]
    assert scanner.post(place, WHO | {"password": "short"}).status_code == 422
    assert rows(admin, "select state from invitation") == [("open",)]
    assert scanner.where(scanner.post(place, WHO)) == "/account/protect"


def test_it_works_once(lead: Walker, new_walker: Callable[[], Walker], admin: Admin) -> None:
    place, first, second = invite(lead, NEW), new_walker(), new_walker()
    token = second.token(place)
    assert first.where(first.post(place, WHO)) == "/account/protect"
    answer = second.send(place, WHO | {"csrf_token": token})
    assert answer.status_code == 404
    assert "01632 960210" in answer.text
    assert len(memberships(admin)) == 1


def test_of_twenty_at_once_one_wins(lead: Walker, admin: Admin) -> None:
    place = invite(lead, NEW)
    token_hash = queries.hashed(place.rsplit("/", 1)[1])

    def accept(_number: int) -> str:
        try:
            with db.unit_of_work(Scope(lead.council)):
                invitations.accept_new(token_hash, "Siân", "Teacher", PASSWORD, "en")
        except NotFound:
            return "over"
        return "in"

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(accept, range(20))) == ["in"] + ["over"] * 19
    assert len(memberships(admin)) == 1


def test_after_two_days_it_is_over(lead: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    place = invite(lead, NEW)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=48, seconds=1))
    lead.client.delete_cookie("session")
    assert lead.get(place).status_code == 404


def test_another_council_refuses_it(lead: Walker, new_walker: Callable[[str], Walker]) -> None:
    place, elsewhere = invite(lead, NEW), new_walker("wales")
    real, unknown = elsewhere.get(place), elsewhere.get("/invitation/nothing")
    assert real.status_code == unknown.status_code == 404


def test_somebody_else_who_is_signed_in_is_refused(
    lead: Walker, new_walker: Callable[[], Walker], admin: Admin
) -> None:
    make_account(NEW)
    place, other = invite(lead, NEW), new_walker()
    someone(other, "referrer", agency=MILL_LANE)
    page = other.get(place)
    assert page.status_code == 403
    assert NEW not in page.text
    assert other.post(place, page="/account").status_code == 403
    assert rows(admin, "select state from invitation") == [("open",)]
    refused = rows(admin, "select detail from audit_event where event = 'auth.invitation_refused'")
    assert {str(row[0]) for row in refused} == {"{'reason': 'other_person'}"}


def test_an_account_accepts_by_signing_in(lead: Walker, new_walker: Callable[[], Walker], admin: Admin) -> None:
    make_account(NEW)
    place, person = invite(lead, NEW), new_walker()
    assert "Choose a password" not in person.get(place).text
    assert person.where(person.post(place)) == "/sign-in"
    assert person.where(person.sign_in(NEW)) == "/invitation"
    assert rows(admin, "select state from invitation") == [("open",)]
    assert person.where(person.post("/invitation")) == "/account/protect"
    assert memberships(admin) == [(NEW, "referrer", "active")]
    assert person.get("/invitation").status_code == 404


def test_the_secret_is_kept_nowhere(lead: Walker, new_walker: Callable[[], Walker], admin: Admin, sinks: Sinks) -> None:
    make_account(NEW)
    place, person = invite(lead, NEW), new_walker()
    person.post(place)
    secret = place.rsplit("/", 1)[1]
    tables = [
        str(row[0])
        for row in rows(
            admin, "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        )
    ]
    found = [
        table
        for table in tables
        if table != "outbox_mail" and rows(admin, f"select 1 from {table} t where t::text like '%{secret}%'")
    ]
    assert found == []
    assert secret not in sinks.lines.getvalue()


def test_sent_again_the_one_before_is_over(lead: Walker, new_walker: Callable[[], Walker], admin: Admin) -> None:
    first = invite(lead, NEW)
    number = str(rows(admin, "select id from invitation")[0][0])
    for _click in range(2):
        again = lead.post(f"/people/invitations/{number}/send-again", {"version": "1"}, page="/people/invitations")
        assert again.status_code == 303
    second = link(lead, NEW)
    assert first != second
    person = new_walker()
    assert person.get(first).status_code == 404
    assert person.where(person.post(second, WHO)) == "/account/protect"
    assert len(lead.mail(NEW)) == 2


def test_cancelled_it_is_over(lead: Walker, new_walker: Callable[[], Walker], admin: Admin) -> None:
    place = invite(lead, NEW)
    number = str(rows(admin, "select id from invitation")[0][0])
    path = f"/people/invitations/{number}/cancel"
    assert NEW in lead.get("/people/invitations").text
    for _click in range(2):
        assert lead.post(path, {"version": "1"}, page="/people").status_code == 303
    assert NEW not in lead.get("/people/invitations").text
    assert new_walker().get(place).status_code == 404
    assert lead.post(path.replace("cancel", "send-again"), {"version": "2"}, page="/people").status_code == 409


def test_nobody_is_invited_twice_at_a_time_or_when_they_are_in(lead: Walker) -> None:
    invite(lead, NEW)
    answer = lead.post("/people/invite/colleague", {"email": NEW.upper().replace("AVONMERE", "avonmere")})
    assert answer.status_code == 422
    assert "has been invited already" in answer.text
    member = people.make_person(lead.council, agency=OAKFIELD, email="in@oakfield.avonmere.sch.uk")
    assert "has access already" in lead.post("/people/invite/colleague", {"email": member.email}).text


@pytest.mark.parametrize(
    ("email", "says"),
    [
        ("jo@gmail.com", "anyone can get an address"),
        ("jo@nhs.net", "does not belong to that agency"),
        ("jo@unknown.example.org", "council has approved"),
        ("office@oakfield.avonmere.sch.uk", "several people share"),
        ("jo@pupils.oakfield.avonmere.sch.uk", "learners or guests"),
    ],
)
def test_a_lead_invites_only_addresses_of_their_agency(lead: Walker, email: str, says: str) -> None:
    answer = lead.post("/people/invite/colleague", {"email": email})
    assert answer.status_code == 422
    assert says in answer.text
    assert email in answer.text


@pytest.mark.parametrize("whom", invitations.WHOM)
def test_every_nasty_address_is_refused(lead: Walker, admin: Admin, whom: str) -> None:
    role = "agency_lead" if whom == "colleague" else "council_admin"
    inviter = people.make_person(lead.council, role=role, agency=OAKFIELD)
    agency = str(people.agency_id(OAKFIELD))
    for email in NASTY:
        typed = Typed(email, agency, "screener", "Known")
        with db.unit_of_work(inviter.scope):
            if whom == "sponsored" and _plain(email):
                continue
            with pytest.raises(Invalid):
                invitations.invite(inviter.actor, whom, typed, "en")
    assert rows(admin, "select count(*) from invitation") == [(0,)]


def _plain(email: str) -> bool:
    """Nasty only because its domain proves no agency: whom the council vouches for need not have one that does."""
    return invitations.refusal("sponsored", email, None) == ""


def test_who_may_invite_whom(new_walker: Callable[[], Walker]) -> None:
    may = {
        "agency_lead": {"colleague"},
        "practice_manager": {"lead", "sponsored"},
        "council_admin": {"lead", "staff", "sponsored"},
    }
    for role, kinds in may.items():
        walker = new_walker()
        someone(walker, role)
        for whom in invitations.WHOM:
            expected = 200 if whom in kinds else 404
            assert walker.get(f"/people/invite/{whom}").status_code == expected, (role, whom)
    for role in ("referrer", "screener", "form_designer"):
        walker = new_walker()
        someone(walker, role)
        assert walker.get("/people/invite/colleague").status_code == 403


def test_an_administrator_invites_a_screener_of_the_council(new_walker: Callable[[], Walker], admin: Admin) -> None:
    walker = new_walker()
    someone(walker, "council_admin")
    refused = walker.post("/people/invite/staff", {"email": "jo@nhs.net", "role": "screener"})
    assert "this one is not" in refused.text
    assert walker.post("/people/invite/staff", {"email": "jo@avonmere.gov.uk", "role": "system"}).status_code == 422
    place = invite(walker, "jo@avonmere.gov.uk", "staff", role="screener")
    screener = new_walker()
    assert screener.where(screener.post(place, WHO)) == "/account/protect"
    assert memberships(admin) == [("jo@avonmere.gov.uk", "screener", "active")]


def test_the_council_invites_a_lead(new_walker: Callable[[], Walker], admin: Admin) -> None:
    walker, agency = new_walker(), str(people.agency_id(OAKFIELD))
    someone(walker, "practice_manager")
    assert "Select their agency" in walker.post("/people/invite/lead", {"email": NEW}).text
    place = invite(walker, NEW, "lead", agency=agency)
    newcomer = new_walker()
    newcomer.post(place, WHO)
    assert set_up(newcomer)
    assert newcomer.get("/people").status_code == 403
    assert memberships(admin) == [(NEW, "agency_lead", "pending")]
    assert f"Approve {WHO['name']}" in walker.get("/people").text


def test_a_childminder_is_vouched_for_where_the_council_allows_it(
    new_walker: Callable[[str], Walker], admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"email": "mai@gmail.com", "evidence": "Register of Care Inspectorate Wales, looked up by Cai"}
    england = new_walker("england")
    someone(england, "practice_manager")
    agency = str(people.agency_id(OAKFIELD))
    refused = england.post("/people/invite/sponsored", fields | {"agency": agency})
    assert "anyone can get an address" in refused.text
    wales = new_walker("wales")
    someone(wales, "practice_manager")
    agency = str(people.agency_id("ysgol-enghraifft"))
    assert wales.post("/people/invite/sponsored", fields | {"agency": agency, "evidence": " "}).status_code == 422
    place = invite(wales, fields["email"], "sponsored", agency=agency, evidence=fields["evidence"])
    minder = new_walker("wales")
    assert minder.where(minder.post(place, WHO)) == "/account/protect"
    row = rows(admin, "select sponsored, evidence, ends_at - decided_at, role from membership where sponsored")
    assert row == [(True, fields["evidence"], timedelta(days=183), "referrer")]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=183, hours=1))
    admin.execute("update account_session set seen_at = %s, signed_in_at = %s", (clock.now(), clock.now()))
    assert minder.get("/referrals").status_code == 403


def test_a_childminder_needs_a_second_factor_each_time_and_does_no_more_than_report(
    new_walker: Callable[[str], Walker], admin: Admin
) -> None:
    """Sponsor route (domain 1.4): a private mailbox and a password read nothing, and no sign-in is remembered."""
    wales, email = new_walker("wales"), "mai@gmail.com"
    someone(wales, "practice_manager")
    agency = str(people.agency_id("ysgol-enghraifft"))
    place = invite(wales, email, "sponsored", agency=agency, evidence="Register of Care Inspectorate Wales")
    minder = new_walker("wales")
    minder.post(place, WHO)
    assert minder.get("/referrals").status_code == 403
    assert minder.get("/report").status_code in (200, 303)
    assert set_up(minder)
    assert minder.get("/referrals").status_code == 200
    actor = accounts_as(minder.council, email)
    assert actor.agency_may == {"report"}
    minder.post("/sign-out", page="/account")
    answer = minder.post("/sign-in", {"email": email, "password": WHO["password"]})
    assert minder.where(answer) == "/sign-in/authenticator"
    minder.post("/sign-in/email", page="/sign-in/authenticator")
    minder.post("/sign-in/code", {"code": minder.code(email)})
    assert minder.get("/referrals").status_code == 403


def accounts_as(council: Council, email: str) -> Actor:
    """Somebody as the council knows them."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        return accounts.actor_of(account_of(email), strength="totp")


def test_a_lead_sees_only_their_own_agencys_invitations(lead: Walker, new_walker: Callable[[], Walker]) -> None:
    other = new_walker()
    someone(other, "agency_lead", agency=MILL_LANE)
    invite(other, "jo@nhs.net")
    assert "jo@nhs.net" not in lead.get("/people/invitations").text
    manager = new_walker()
    someone(manager, "practice_manager")
    assert "jo@nhs.net" in manager.get("/people/invitations").text


def test_an_agency_that_is_no_longer_approved_invites_nobody(lead: Walker, admin: Admin) -> None:
    place = invite(lead, NEW)
    where = f"where agency_id = '{people.agency_id(OAKFIELD)}' and tenant_id = '{lead.council.id}'"
    admin.execute(f"update agency_approval set state = 'ended' {where}".encode())
    try:
        with db.unit_of_work(Scope(lead.council, scope.SYSTEM)):
            assert queries.offered(queries.hashed(place.rsplit("/", 1)[1])) is None
    finally:
        admin.execute(f"update agency_approval set state = 'approved' {where}".encode())
