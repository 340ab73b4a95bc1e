"""The pages of early help and of transfers in a real browser: what axe-core finds, 320 pixels, both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
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
from portal.screening.commands import restricting
from portal.transfers.commands.passing_on import pass_on
from portal.transfers.queries.lately import not_sent
from portal.transfers.queries.transfers import one
from tests.earlyhelp.making import Case
from tests.earlyhelp.test_along import put
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.transfers.cases import Case as Transferred
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
    looker.as_person(case.screener)
    looker.sees(f"/avonmere/screening/{case.made.reference}/transfer")
    pass_all_on(case, transfer_id)
    looker.sees(f"/avonmere/screening/{case.made.reference}/transfer")
    looker.as_person(case.theirs)
    looker.sees(f"/glan-yr-afon/screening/{reference}/arrived")
    looker.sees(f"/glan-yr-afon/screening/{reference}")
    with db.unit_of_work(Scope(councils.england, SYSTEM)) as session:
        other = make_referral(councils.england, case.author, state="screening", owner=case.screener)
        session.execute(update(Referral).where(Referral.id == other.id).values(sight=[case.screener.account_id]))
    looker.as_person(case.screener)
    looker.sees(f"/avonmere/screening/{other.reference}/transfer")


def pass_all_on(case: Transferred, transfer_id: UUID) -> None:
    def deed(actor: Any, found: Any) -> None:
        waits = not_sent(actor, found, one(actor, transfer_id), "en")
        pass_on(actor, found, transfer_id, [each.id for each in waits])

    case.act(case.screener, deed)


def test_a_restricted_transfer(councils: Councils, looker: Looker) -> None:
    case, tongue = make_case(councils), looker.language
    head = make_person(councils.wales, role="practice_manager")
    for who in (case.screener, head):
        _speak(who, tongue)
    people = (case.screener.account_id,)
    case.act(case.manager, restricting.restrict, "adoption", "CNRY why", people, permission=Permission.RESTRICT)
    looker.as_person(case.screener)
    looker.sees(f"/avonmere/screening/{case.made.reference}/transfer")
    transfer_id = case.offer()
    looker.sees(f"/avonmere/screening/{case.made.reference}/transfer")
    looker.as_person(head)
    looker.sees("/glan-yr-afon/my-day")
    looker.sees("/glan-yr-afon/transfers")
    looker.sees(f"/glan-yr-afon/transfers/{transfer_id}")
    case.accept(transfer_id, head)
    (reference,) = case.arrivals()
    looker.sees(f"/glan-yr-afon/screening/{reference}")
