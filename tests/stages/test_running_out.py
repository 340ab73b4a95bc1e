"""A council's own clock that is over: whoever has the report is told once, and lists show it until it is stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.messaging import commands as messaging
from portal.referrals.commands import notices
from portal.referrals.letters import letter
from portal.referrals.models import Notice, Referral
from portal.referrals.queries.notices import to_tell
from portal.referrals.queries.record import find
from portal.screening.addresses import Filters
from portal.screening.commands import holding
from portal.screening.queries.live import changed_since
from portal.stages import commands, running_out
from portal.stages.models import StageVisit
from portal.tenants.commands.own_settings import keep_change
from portal.tenants.models import CouncilRow
from portal.tenants.own_clocks import OwnClock
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

LOOK = OwnClock("look", {"en": "First look"}, 60, "received", "claimed")
RING = OwnClock("ring", {"en": "Ring"}, 120, "claimed", "asked", ("MASH",))
# Within the working hours of a working day, so that an hour is an hour.
NOON = datetime(2026, 3, 24, 12, tzinfo=clock.LONDON)


class Case:
    """A council with clocks of its own, a report that came at nine, and its people."""

    def __init__(self, council: Council, *clocks: OwnClock) -> None:
        self.council = self.with_clocks(council, *clocks)
        self.author, self.ali = make_person(self.council), make_person(self.council, role="screener", name="Ali")
        self.made: Made = make_referral(self.council, self.author, sent_at=NOON - timedelta(hours=3))

    @staticmethod
    def with_clocks(council: Council, *clocks: OwnClock) -> Council:
        duty = replace(council.settings.duty, addresses=("duty@example.org",))
        return replace(council, settings=replace(council.settings, own_clocks=clocks, duty=duty))

    def look(self) -> int:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)):
            return running_out.look()

    def act(self, who: Person, deed: Any, *words: Any, permission: Permission = Permission.CLAIM) -> None:
        with db.unit_of_work(Scope(self.council, who.actor)):
            deed(who.actor, find(who.actor, permission, self.made.reference), *words)

    def change(self, **values: Any) -> None:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)) as session:
            session.execute(update(Referral).values(**values))

    def told(self) -> list[UUID | str | None]:
        """Whom the notices reach, in their order."""
        query = select(Notice.account_id, Notice.mailbox).where(Notice.kind == "clock_over").order_by(Notice.created_at)
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)) as session:
            return [row.account_id or row.mailbox for row in session.execute(query)]

    def over(self) -> datetime | None:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)) as session:
            return session.execute(select(Referral.clock_over_at)).scalar_one()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What the time is: the last of these."""
    times = [NOON]
    monkeypatch.setattr(clock, "now", lambda: times[-1].astimezone(UTC))
    return times


def test_the_people_on_duty_are_told_once_of_what_nobody_has(councils: Councils, now: list[datetime]) -> None:
    case = Case(councils.england, LOOK, RING)
    assert (case.look(), case.told(), case.over()) == (1, ["duty@example.org"], now[-1])
    now.append(NOON + timedelta(minutes=5))
    assert (case.look(), case.told(), case.over()) == (0, ["duty@example.org"], NOON)
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)) as session:
        ran_out = AuditEvent.event == Event.CLOCK_RAN_OUT.value
        assert session.execute(select(AuditEvent.detail).where(ran_out)).scalars().all() == [{"clock": "look"}]
    # Claiming stops it at once, and begins the other.
    case.act(case.ali, holding.claim)
    assert (case.over(), case.look()) == (None, 0)


def test_whoever_has_the_report_is_told_and_what_is_done_stops_it(councils: Councils, now: list[datetime]) -> None:
    case = Case(councils.england, RING)
    case.act(case.ali, holding.claim)
    now.append(NOON + timedelta(hours=1, minutes=59))
    assert case.look() == 0
    now.append(NOON + timedelta(hours=2, minutes=1))
    assert (case.look(), case.told()) == (1, [case.ali.account_id])
    case.act(case.ali, messaging.ask, "CNRY when?", uuid4(), permission=Permission.ASK)
    case.look()
    assert (case.over(), case.told()) == (None, [case.ali.account_id])


def test_a_clock_that_begins_anew_is_told_of_anew(councils: Councils, now: list[datetime]) -> None:
    case = Case(councils.england, LOOK)
    case.look()
    case.change(clock_from=NOON)
    assert (case.look(), case.over()) == (1, None)
    now.append(NOON + timedelta(hours=2))
    case.look()
    assert case.told() == ["duty@example.org"] * 2


@pytest.mark.parametrize(
    ("clocks", "changes"),
    [
        ((replace(LOOK, quiet=True),), {}),
        ((replace(LOOK, routes=("ADVICE",)),), {}),
        ((replace(LOOK, starts="decided", until=""),), {}),
        ((LOOK,), {"clock_paused_at": NOON}),
        ((LOOK,), {"state": "withdrawn"}),
        # What was over for long when the council named the clock is shown, and is no news.
        ((LOOK,), {"sent_at": NOON - timedelta(days=4)}),
    ],
    ids=["quiet", "another route", "without an end", "paused", "withdrawn", "long ago"],
)
def test_nobody_is_told(
    councils: Councils, now: list[datetime], clocks: tuple[OwnClock, ...], changes: dict[str, Any]
) -> None:
    case = Case(councils.england, *clocks)
    if changes:
        case.change(**changes)
    case.look()
    assert case.told() == []
    shown = clocks[0].quiet or "sent_at" in changes
    assert (case.over() is not None) == shown


def _keep(council: Council, number: int, clocks: dict[str, Any], at: datetime) -> None:
    """The settings of a council as they were after a change, with these further clocks."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        document = session.execute(select(CouncilRow.settings).where(CouncilRow.id == council.id)).scalar_one()
        settings = {**document, "own_clocks": clocks}
        keep_change(council.id, number, settings, ["own_clocks"], None, at=at)
        here = update(CouncilRow).where(CouncilRow.id == council.id)
        session.execute(here.values(settings=settings, changed_at=at))


def _named(label: str, hours: str = "1 hour") -> dict[str, Any]:
    until = {"starts": [{"look": "received"}], "until": [{"look": "claimed"}]}
    return {"names": {"en": [{"look": label}]}, "times": [{"look": f"{hours}"}], **until}


def test_after_an_outage_of_days_whoever_waits_is_told_once(councils: Councils, now: list[datetime]) -> None:
    """What was over before the council had the clock as it is, is not."""
    case = Case(councils.england, LOOK)
    _keep(case.council, 1, _named("First look"), NOON - timedelta(days=2))
    # What it is called does not matter.
    _keep(case.council, 2, _named("A look"), NOON + timedelta(days=1))
    now.append(NOON + timedelta(days=9))
    assert (case.look(), case.told(), case.look()) == (1, ["duty@example.org"], 0)


def test_a_clock_that_the_council_gave_less_time_meanwhile_brings_no_flood(
    councils: Councils, now: list[datetime]
) -> None:
    case = Case(councils.england, LOOK)
    _keep(case.council, 1, _named("First look", "90 hours"), NOON - timedelta(days=2))
    _keep(case.council, 2, _named("First look"), NOON + timedelta(days=1))
    now.append(NOON + timedelta(days=9))
    assert (case.look(), case.told()) == (1, [])


def test_it_is_not_over_while_the_clock_stands_or_the_report_is_closed(councils: Councils, now: list[datetime]) -> None:
    case = Case(councils.england, LOOK)
    for values, back in (
        ({"clock_paused_at": now[-1]}, {"clock_paused_at": None}),
        ({"state": "withdrawn"}, {"state": "sent"}),
    ):
        case.look()
        assert case.over() is not None
        case.change(**values)
        case.look()
        assert case.over() is None
        case.change(**back)
    # Once told of, it is shown again and told of no more.
    case.look()
    assert (case.over() is not None, case.told()) == (True, ["duty@example.org"])


def test_an_owner_who_must_not_see_it_is_not_told(councils: Councils, now: list[datetime]) -> None:
    case = Case(councils.england, RING)
    case.act(case.ali, holding.claim)
    case.change(unseen_by=[case.ali.account_id])
    now.append(NOON + timedelta(hours=3))
    case.look()
    assert case.told() == ["duty@example.org"]


def test_without_people_on_duty_the_managers_are_told(councils: Councils, now: list[datetime]) -> None:
    case = Case(councils.england, LOOK)
    duty = replace(case.council.settings.duty, addresses=())
    case.council = replace(case.council, settings=replace(case.council.settings, duty=duty))
    manager = make_person(case.council, role="practice_manager")
    case.look()
    assert manager.account_id in case.told()
    assert "duty@example.org" not in case.told()


def test_whoever_cannot_look_at_reports_is_told_to_let_somebody_in(councils: Councils) -> None:
    council = councils.england
    made = make_referral(council, make_person(council))
    words = {}
    for role in ("council_admin", "screener"):
        person = make_person(council, role=role)
        with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
            notices.tell(scope.SYSTEM, "clock_over", person.account_id, made.id)
            mine = select(Notice.id).where(Notice.account_id == person.account_id)
            words[role] = letter(council, to_tell(session.execute(mine).scalar_one())).body
    assert "make somebody a practice manager" in words["council_admin"]
    assert ("/people" in words["council_admin"], "/screening/" in words["council_admin"]) == (True, False)
    assert f"/screening/{made.reference}" in words["screener"]


def test_a_list_hears_of_what_a_claim_moves_on(councils: Councils) -> None:
    author, ali = make_person(councils.england), make_person(councils.england, role="screener", name="Ali")
    made, before = make_referral(councils.england, author), clock.now()

    def changed(stage: str) -> int:
        with db.unit_of_work(ali.scope):
            return changed_since(ali.actor, Filters(stage=stage), before + timedelta(seconds=3), clock.now())

    assert changed("contact") == 0
    with db.unit_of_work(ali.scope) as session:
        holding.claim(ali.actor, find(ali.actor, Permission.CLAIM, made.reference))
        session.execute(update(Referral).values(changed_at=clock.now() + timedelta(seconds=5)))
        session.execute(update(StageVisit).values(entered_at=clock.now() + timedelta(seconds=5)))
    assert (changed("contact"), changed("screening"), changed("decision")) == (1, 1, 0)


def test_a_list_and_a_report_show_it_and_a_list_hears_of_moves(councils: Councils, client: FlaskClient) -> None:
    council = councils.england
    author, ali = make_person(council), make_person(council, role="screener", name="Ali")
    made = make_referral(council, author)
    sign_in(client, ali)
    pages = ("/avonmere/holding-area", f"/avonmere/screening/{made.reference}")
    assert not any("A further clock is over" in soup(client.get(page)).text for page in pages)
    before = clock.now()

    def changed(**filters: Any) -> int:
        with db.unit_of_work(ali.scope):
            return changed_since(ali.actor, Filters(**filters), before + timedelta(seconds=3), clock.now())

    def stage(key: str, seen: str) -> None:
        with db.unit_of_work(ali.scope) as session:
            commands.move_on(
                ali.actor, find(ali.actor, Permission.SCREEN, made.reference), key, seen, all_the_same=True
            )
            later = clock.now() + timedelta(seconds=5)
            session.execute(update(Referral).values(stage_moved_at=later))
            session.execute(update(StageVisit).values(entered_at=later))

    assert (changed(), changed(stage="contact")) == (0, 0)
    stage("multi_agency", "contact")
    stages = ("contact", "multi_agency", "decision")
    assert (changed(), *(changed(stage=one) for one in stages)) == (1, 1, 1, 0)
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        session.execute(update(Referral).values(stage_moved_at=None, clock_over_at=clock.now() + timedelta(seconds=5)))
        assert session.execute(select(func.count()).where(Referral.clock_over_at.is_not(None))).scalar_one() == 1
    assert changed() == 1
    assert all("A further clock is over" in soup(client.get(page)).text for page in pages)
