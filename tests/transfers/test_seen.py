"""The pages of early help and of transfers in a real browser: what axe-core finds, 320 pixels, both languages."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select, update

from portal.auth.models import Account, Membership
from portal.auth.policy import Permission
from portal.earlyhelp.models import EarlyHelpOffer
from portal.kernel import clock, db
from portal.kernel.scope import SYSTEM, Scope
from portal.messaging.commands import adding
from portal.referrals.models import Referral
from tests.earlyhelp.making import Case
from tests.earlyhelp.test_along import put
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.transfers.cases import make_case


class Looker:
    """Somebody's browser in one language."""

    def __init__(
        self, page: Page, client: FlaskClient, live: str, language: str, *checks: Callable[[Page], None]
    ) -> None:
        self.page, self.client, self.live, self.language, self.checks = page, client, live, language, checks

    def as_person(self, who: Person) -> None:
        cookie = {"name": "session", "value": sign_in(self.client, who), "url": self.live}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item] # a cookie as Playwright reads it

    def sees(self, path: str) -> None:
        seen = self.page.goto(f"{self.live}{path}")
        assert seen is not None
        assert seen.status == 200, path
        for check in self.checks:
            check(self.page)


@pytest.fixture(params=["en", "cy"])
def looker(
    request: pytest.FixtureRequest, page: Page, client: FlaskClient, live: str,
    axe: Callable[[Page], None], narrow: Callable[[Page], None],
) -> Looker:  # fmt: skip
    return Looker(page, client, live, request.param, axe, narrow)


def _speak(who: Person, language: str) -> None:
    with db.unit_of_work(Scope(who.council, SYSTEM)) as session:
        session.execute(update(Account).where(Account.id == who.account_id).values(language=language))


def _membership(who: Person) -> UUID:
    with db.unit_of_work(Scope(who.council, SYSTEM)) as session:
        return session.execute(select(Membership.id).where(Membership.account_id == who.account_id)).scalar_one()


def test_early_help(councils: Councils, looker: Looker) -> None:
    case, root, tongue = Case(councils.wales), "/glan-yr-afon", looker.language
    chosen = put(case, "CNRY cynllun Siân O’Brien 李.txt")
    put(case, "CNRY other.txt")
    admin = make_person(case.council, role="council_admin")
    for who in (case.screener, case.worker, admin):
        _speak(who, tongue)
    case.decide()
    looker.as_person(case.screener)
    looker.sees(f"{root}/screening/{case.made.reference}/early-help")
    case.offer("south", files=(chosen,), words="CNRY Ring before noon.")
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(EarlyHelpOffer).values(due_at=clock.now(), reminded_at=clock.now()))
    looker.sees(f"{root}/screening/{case.made.reference}/early-help")
    looker.as_person(case.worker)
    looker.sees(f"{root}/early-help")
    looker.sees(f"{root}/early-help/{case.made.reference}")
    looker.as_person(admin)
    looker.sees(f"{root}/people/{_membership(case.worker)}")
    looker.sees(f"{root}/people/{_membership(case.worker)}/team")


def test_transfers(councils: Councils, looker: Looker) -> None:
    case, tongue = make_case(councils), looker.language
    for who in (case.screener, case.theirs):
        _speak(who, tongue)
    looker.as_person(case.screener)
    looker.sees(f"/avonmere/screening/{case.made.reference}/transfer")
    transfer_id = case.offer()
    case.act(case.author, adding.add, "CNRY later", uuid4(), permission=Permission.REPLY)
    looker.sees("/avonmere/transfers?side=out")
    looker.as_person(case.theirs)
    looker.sees("/glan-yr-afon/holding-area")
    looker.sees("/glan-yr-afon/transfers")
    looker.sees(f"/glan-yr-afon/transfers/{transfer_id}")
    case.accept(transfer_id)
    (reference,) = case.arrivals()
    looker.sees(f"/glan-yr-afon/screening/{reference}/arrived")
    with db.unit_of_work(Scope(councils.england, SYSTEM)) as session:
        other = make_referral(councils.england, case.author, state="screening", owner=case.screener)
        session.execute(update(Referral).where(Referral.id == other.id).values(sight=[case.screener.account_id]))
    looker.as_person(case.screener)
    looker.sees(f"/avonmere/screening/{other.reference}/transfer")
