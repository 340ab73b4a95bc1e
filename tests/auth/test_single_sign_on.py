"""Single sign-on through the pages: new people, people who link, groups that give roles, and what one council's
provider may not open in another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import requests
from sqlalchemy import select, update

from portal.adapters import identity, ports
from portal.audit.models import AuditEvent
from portal.auth.commands import sign_on
from portal.auth.models import Account, AccountSession, Membership, SignOnLink
from portal.auth.queries import providers
from portal.kernel import db, scope
from portal.kernel.scope import Council, Scope
from portal.referrals.models import Referral
from portal.tenants import resolve
from tests.auth.identity_provider import CLIENT, SECRET, Fake, running
from tests.auth.test_sign_in import with_password
from tests.auth.walking import Walker, make_account
from tests.factories.apps import give_app
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import make_referral
from tests.factories.terms import publish_terms

Admin = psycopg.Connection[tuple[object, ...]]
GROUPS = {
    "claim": "groups",
    "give": [{"group": "MASH", "role": "screener"}, {"group": "Admins", "role": "council_admin"}],
}


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A provider, and a portal that remembers none."""
    ports.use_identities(identity.OverHttp(local=True))
    with running() as provider:
        provider.person["groups"] = ["MASH"]
        yield provider


def document(fake: Fake, **more: Any) -> dict[str, Any]:
    """The provider as it stands in a council.yaml."""
    found = {
        "key": "staff",
        "name": {"en": "Avonmere Council", "cy": "Cyngor Avonmere"},
        "issuer": fake.issuer,
        "client_id": CLIENT,
        "second_step": ["mfa"],
    }
    return found | ({"roles": GROUPS} if "agency" not in more else {}) | more


@pytest.fixture
def england(fake: Fake, knows_provider: Callable[..., None], walker: Walker) -> Council:
    """Avonmere, which trusts the provider and gives roles by groups."""
    return trusting(walker.council.slug, knows_provider, document(fake))


def trusting(slug: str, knows_provider: Callable[..., None], found: dict[str, Any]) -> Council:
    """The council, once it knows the provider and its secret."""
    knows_provider(slug, found)
    council = resolve.by_slug(slug)
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        sign_on.set_secret(providers.named(found["key"]), SECRET)
    return council


def visit(walker: Walker, key: str = "staff", page: str = "/sign-in") -> str:
    """Press the button, sign in there, come back; where that leads ("" when it is refused)."""
    answer = walker.post(f"/sign-on/{key}", page=page)
    assert answer.status_code == 303
    back = requests.get(answer.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    found = walker.get(back.partition(f"/{walker.council.slug}")[2])
    return walker.where(found) if found.status_code == 303 else ""


def join(walker: Walker, email: str = "sian@avonmere.gov.uk") -> str:
    """A new person, all the way; where they end."""
    assert visit(walker) == "/sign-on-link"
    typed = {"name": "Siân O'Brien", "job": "Social worker", "email": email}
    assert walker.where(walker.post("/sign-on-new", typed)) == "/sign-on-new/code"
    return walker.where(walker.post("/sign-on-new/code", {"code": walker.code(email)}))


def roles(council: Council) -> list[tuple[str, str]]:
    """The role and state of everybody of the council's own staff."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        query = select(Membership.role, Membership.state).where(Membership.agency_id.is_(None))
        return [(row.role, row.state) for row in session.execute(query)]


def test_a_new_screener(walker: Walker, england: Council) -> None:
    """Their group gives the role, a code proves the address, and the next time they are in at once."""
    assert "Sign in with Avonmere Council" in walker.get("/sign-in").get_data(as_text=True)
    assert join(walker) == "/holding-area"
    assert walker.get("/holding-area").status_code == 200
    assert roles(england) == [("screener", "active")]
    again = Walker(walker.client.application.test_client(), walker.council, walker.jobs)
    assert visit(again) == "/holding-area"


def test_what_the_form_begins_with_is_sealed(walker: Walker, england: Council) -> None:
    """The name and address that the provider gave stand in the form, and not in the session."""
    del england
    assert visit(walker) == "/sign-on-link"
    page = walker.get("/sign-on-new").get_data(as_text=True)
    assert "sian@example.org" in page
    assert "Siân O" in page
    with db.unit_of_work(scope.NOWHERE) as session:
        kept = str(session.execute(select(AccountSession.data)).all())
    assert "sian" not in kept.lower()


@pytest.mark.parametrize("email", ["sian@gmail.com", "office@avonmere.gov.uk", "x@pupils.avonmere.sch.uk", "a b@c.uk"])
def test_an_address_that_will_not_do(walker: Walker, england: Council, email: str) -> None:
    """The rules of addresses hold for whoever their organisation vouches for, too; what was typed stays."""
    del england
    assert visit(walker) == "/sign-on-link"
    answer = walker.post("/sign-on-new", {"name": "Siân", "job": "Social worker", "email": email})
    assert answer.status_code == 422
    assert "Social worker" in answer.get_data(as_text=True)


def test_an_email_claim_opens_nothing(walker: Walker, england: Council, fake: Fake) -> None:
    """An administrator's address in the token, proved or not, is no sign-in as the administrator."""
    admin = make_person(england, role="council_admin", email="ada.mint@avonmere.gov.uk")
    fake.person |= {"email": admin.email, "email_verified": True, "groups": []}
    assert visit(walker) == "/sign-on-link"
    assert walker.get("/people").status_code == 303, "nobody is signed in"
    fake.person["groups"] = ["MASH"]
    assert visit(walker) == "/sign-on-link"
    typed = {"name": "Eve", "job": "x", "email": admin.email}
    assert walker.where(walker.post("/sign-on-new", typed)) == "/sign-on-new/code"
    # Only whoever reads that mailbox has the code, and even they are sent to sign in first.
    assert walker.where(walker.post("/sign-on-new/code", {"code": walker.code(admin.email)})) == "/sign-on-link"
    assert links() == []


def links() -> list[Any]:
    """Every identity that is linked."""
    with db.unit_of_work(scope.NOWHERE) as session:
        return list(session.execute(select(SignOnLink.account_id)).scalars())


def test_linking_an_account(walker: Walker, england: Council, fake: Fake) -> None:
    """Whoever is signed in by a factor of their own links it once, and it signs them in from then on."""
    fake.person["groups"] = []
    person = make_person(england, agency="oakfield-primary")
    sign_in(walker.client, person)
    assert visit(walker, page="/account") == "/sign-on-link"
    assert walker.where(walker.post("/sign-on-link")) == "/referrals"
    assert links() == [person.account_id]
    again = Walker(walker.client.application.test_client(), walker.council, walker.jobs)
    assert visit(again) == "/referrals"


def test_somebody_elses_identity(walker: Walker, england: Council, fake: Fake) -> None:
    """An identity belongs to one account: another person's cannot be linked, and changes nobody."""
    fake.person["groups"] = []
    first, second = (make_person(england, agency="oakfield-primary") for _ in range(2))
    for person in (first, second):
        client = walker.client.application.test_client()
        sign_in(client, person)
        browser = Walker(client, walker.council, walker.jobs)
        assert visit(browser, page="/account") == "/sign-on-link"
        browser.post("/sign-on-link")
    assert links() == [first.account_id]


def test_an_emailed_code_links_nothing_that_is_protected(walker: Walker, england: Council) -> None:
    """With a factor set up, a session that only an email opened cannot add a way in."""
    person = make_person(england, agency="oakfield-primary")
    give_app(person.account_id)
    sign_in(walker.client, person, strength="email")
    assert visit(walker, page="/account") == "/sign-on-link"
    assert walker.where(walker.post("/sign-on-link")) == "/sign-on-link"
    assert links() == []


def test_the_councils_terms_come_first(walker: Walker, england: Council) -> None:
    """Whoever an organisation signs in accepts the council's terms as everybody does, and is asked once."""
    publish_terms(england)
    assert join(walker) == "/terms/accept"
    assert walker.where(walker.post("/terms/accept", {"number": "1", "accept": "y"})) == "/holding-area"
    browser = Walker(walker.client.application.test_client(), walker.council, walker.jobs)
    assert visit(browser) == "/holding-area"


def test_groups_that_change(walker: Walker, england: Council, fake: Fake) -> None:
    """At the next sign-in the role is what the groups say then; without a group it has ended."""
    join(walker)
    for groups, expected in ((["Admins"], ("council_admin", "active")), ([], ("council_admin", "ended"))):
        fake.person["groups"] = groups
        browser = Walker(walker.client.application.test_client(), walker.council, walker.jobs)
        visit(browser)
        assert roles(england) == [expected]
    assert browser.get("/people").status_code == 403
    with db.unit_of_work(Scope(england, scope.SYSTEM)) as session:
        query = select(AuditEvent.detail).where(AuditEvent.event == "auth.membership_mapped").order_by(AuditEvent.at)
        assert [row["state"] for row in session.execute(query).scalars()] == ["active", "active", "ended"]


def test_a_suspended_account(walker: Walker, england: Council, fake: Fake) -> None:
    """Its provider's word does not let it in."""
    del fake
    join(walker)
    with db.unit_of_work(Scope(england, scope.SYSTEM)) as session:
        session.execute(update(Account).values(state="suspended"))
    browser = Walker(walker.client.application.test_client(), walker.council, walker.jobs)
    assert visit(browser) == ""
    assert browser.get("/holding-area").status_code == 303


def test_what_a_screener_had_claimed_goes_back_when_their_group_is_gone(
    walker: Walker, england: Council, fake: Fake
) -> None:
    screener = make_person(england, role="screener")
    sign_in(walker.client, screener)
    visit(walker, page="/account")
    walker.post("/sign-on-link")
    made = make_referral(england, make_person(england), state="screening", owner=screener)
    fake.person["groups"] = []
    visit(Walker(walker.client.application.test_client(), walker.council, walker.jobs))
    with db.unit_of_work(Scope(england, scope.SYSTEM)) as session:
        found = session.execute(select(Referral.owner_id, Referral.state).where(Referral.id == made.id)).one()
        assert tuple(found) == (None, "sent")


def test_another_council_trusts_its_own_providers_only(
    walker: Walker, england: Council, new_walker: Callable[..., Walker], fake: Fake
) -> None:
    """A nurse who works with two councils, signed in by one council's provider, reads nothing in the other."""
    fake.person["groups"] = []
    nurse = make_person(england, agency="example-infirmary")
    wales = new_walker("wales").council
    make_person(wales, agency="example-infirmary", account_id=nurse.account_id, email=nurse.email)
    sign_in(walker.client, nurse)
    visit(walker, page="/account")
    walker.post("/sign-on-link")
    there = Walker(walker.client, wales, walker.jobs)
    assert walker.get("/referrals").status_code == 200
    assert there.get("/referrals").status_code == 403
    assert there.get("/report").status_code in (200, 303), "a report is never blocked"
    assert there.where(there.get("/account/authenticator")) == "/account/protect", "nor can it be made to count here"
    assert walker.where(walker.get("/account/authenticator")) == "/account/protect"


def test_an_agencys_provider(walker: Walker, fake: Fake, knows_provider: Callable[..., None]) -> None:
    """A school's own provider brings its people to the school, where they wait for approval as everybody does."""
    council = trusting("avonmere", knows_provider, document(fake, agency="oakfield-primary"))
    assert visit(walker) == "/sign-on-link"
    typed = {"name": "Siân", "job": "Teacher"}
    other = walker.post("/sign-on-new", typed | {"email": "sian@riverside.avonmere.sch.uk"})
    assert other.status_code == 422
    email = "sian@oakfield.avonmere.sch.uk"
    assert walker.where(walker.post("/sign-on-new", typed | {"email": email})) == "/sign-on-new/code"
    assert walker.where(walker.post("/sign-on-new/code", {"code": walker.code(email)})) == "/waiting"
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        assert session.execute(select(Membership.role, Membership.state)).all() == [("referrer", "pending")]


@pytest.mark.parametrize("how", ["wrong_nonce", "one_factor", "answer_cancelled", "answer_wrong_state", "alg_none"])
def test_a_refusal_says_what_to_do(walker: Walker, england: Council, fake: Fake, how: str) -> None:
    """A page with the council's numbers, nobody signed in, and one record that survives the refusal."""
    fake.how = how
    assert visit(walker) == ""
    assert walker.get("/account").status_code == 303
    with db.unit_of_work(Scope(england, scope.SYSTEM)) as session:
        found = session.execute(select(AuditEvent.detail).where(AuditEvent.event == "auth.sign_in_refused")).scalars()
        assert [row["reason"].startswith("sign_on_") for row in found] == [True]


def test_an_answer_twice(walker: Walker, england: Council) -> None:
    """Going back and reloading the answer's address signs nobody in a second time."""
    del england
    answer = walker.post("/sign-on/staff", page="/sign-in")
    back = requests.get(answer.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    path = back.partition("/avonmere")[2]
    assert walker.where(walker.get(path)) == "/sign-on-link"
    again = walker.get(path)
    assert again.status_code == 403
    assert "01632" in again.get_data(as_text=True)


def test_a_provider_that_is_down(walker: Walker, england: Council, fake: Fake) -> None:
    """The page says so and offers the other ways; nothing breaks."""
    del england
    fake.how = "metadata_redirects"
    answer = walker.post("/sign-on/staff", page="/sign-in")
    assert answer.status_code == 503
    assert "is not answering" in answer.get_data(as_text=True)


def test_signing_out(walker: Walker, england: Council) -> None:
    """Signed out here; the way to sign out there is a link to the provider's own page, which leads back."""
    del england
    join(walker)
    page = walker.post("/sign-out", page="/account").get_data(as_text=True)
    assert "/end?client_id=portal&amp;post_logout_redirect_uri=" in page
    assert "Holding area" not in page
    assert "O&#39;Brien" not in page
    assert walker.get("/account").status_code == 303


def test_no_such_provider(walker: Walker) -> None:
    """A key that the council does not have is a page that is not there, begun or come back."""
    assert walker.post("/sign-on/staff", page="/sign-in").status_code == 404
    assert walker.get("/sign-on/staff/back?code=x&state=y").status_code == 404


def test_an_account_without_a_password(walker: Walker, england: Council) -> None:
    """Nobody signs in with a password to an account that never had one."""
    del england
    join(walker)
    browser = Walker(walker.client.application.test_client(), walker.council, walker.jobs)
    for password in ("none", "", "marmalade thistle orbit vanish"):
        assert browser.post("/sign-in", {"email": "sian@avonmere.gov.uk", "password": password}).status_code == 422


def test_people_of_other_ways_are_as_before(walker: Walker, england: Council) -> None:
    """An account with a password is not opened by an identity that was never linked."""
    make_account("sian@example.org")
    del england
    assert visit(walker) == "/sign-on-link"
    assert walker.get("/account").status_code == 303


def test_it_goes_through_the_same_door_as_every_sign_in(
    walker: Walker, england: Council, new_walker: Callable[..., Walker], fake: Fake, admin: Admin
) -> None:
    """A new device is told by email, and a fourth session says that the oldest one ended."""
    fake.person["groups"] = []
    person = make_person(england, agency="oakfield-primary", email="s.jones@oakfield.avonmere.sch.uk")
    sign_in(walker.client, person)
    visit(walker, page="/account")
    walker.post("/sign-on-link")
    browsers = [new_walker() for _ in range(3)]
    for number, browser in enumerate(browsers):
        browser.network = f"198.{51 + number}.100.9"
        assert visit(browser) == "/referrals"
    subjects = [one.subject for one in walker.mail(person.email)]
    assert len([one for one in subjects if "signed in on a new device" in one]) == 3
    assert "signed you out where you signed in longest ago" in browsers[-1].get("/account").get_data(as_text=True)
    assert walker.get("/account").status_code == 303
    assert admin.execute(
        "select count(*), min(issuer) from account_session where account_id is not null"
    ).fetchone() == (3, fake.issuer)


def test_a_passkey_is_offered_to_who_has_a_password_here_and_made_after_signing_in_with_it(
    walker: Walker, england: Council, fake: Fake, admin: Admin
) -> None:
    """An outside sign-in makes nothing that opens every council, and says so."""
    fake.person["groups"] = []
    person = make_person(england, agency="oakfield-primary", email="s.jones@oakfield.avonmere.sch.uk")
    with_password(admin, person)
    sign_in(walker.client, person)
    visit(walker, page="/account")
    assert walker.where(walker.post("/sign-on-link")) == "/account/passkey-offer"
    page = walker.get("/account/passkey-offer").get_data(as_text=True)
    assert "first sign in here with your password" in page
    assert "data-passkey" not in page
    assert walker.where(walker.post("/account/passkey-offer")) == "/referrals"


def test_an_agencys_provider_opens_no_other_hat(
    walker: Walker, fake: Fake, knows_provider: Callable[..., None]
) -> None:
    """A screener who also works for a school, signed in by the school's provider, is the school's only."""
    council = trusting("avonmere", knows_provider, document(fake, agency="oakfield-primary"))
    person = make_person(council, agency="oakfield-primary")
    make_person(council, role="screener", account_id=person.account_id, email=person.email)
    sign_in(walker.client, person)
    visit(walker, page="/account")
    walker.post("/sign-on-link")
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        mine = session.execute(select(Membership.id, Membership.role).order_by(Membership.role)).all()
    assert [row.role for row in mine] == ["referrer", "screener"]
    for row, reads in zip(mine, ((200, 403), (403, 403)), strict=True):
        walker.post("/account/hat", {"hat": str(row.id)})
        assert (walker.get("/referrals").status_code, walker.get("/holding-area").status_code) == reads
