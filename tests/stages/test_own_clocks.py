"""The clocks that a council names itself: what begins and stops each, and where they are seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.messaging import commands as messaging
from portal.referrals.models import Referral
from portal.referrals.queries.record import find
from portal.screening.commands import holding
from portal.stages import queries, rules
from portal.tenants.own_clocks import OwnClock
from portal.tenants.settings import SettingsMistakes, parse_council
from tests.factories.pages import soup
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.tenants.test_settings import document

MONDAY = datetime(2026, 3, 23, 10, tzinfo=UTC)
NAMED = {"names": {"en": [{"call": "Ring"}]}, "times": [{"call": "2 hours"}]}


def read(**more: Any) -> tuple[OwnClock, ...]:
    return parse_council(document("avonmere") | {"own_clocks": NAMED | more}).own_clocks


def test_what_a_council_leaves_out_is_from_received_until_decided_for_all_routes() -> None:
    assert read() == (OwnClock("call", {"en": "Ring"}, 120, "received", "decided", ()),)
    assert read(starts=[{"call": "decided"}])[0].until == ""
    assert (read()[0].quiet, read(told=[{"call": "nobody"}])[0].quiet) == (False, True)
    told = read(
        starts=[{"call": "claimed"}, {"gone": "asked"}], until=[{"call": "asked"}], routes=[{"call": "MASH, ADVICE"}]
    )
    assert told[0] == OwnClock("call", {"en": "Ring"}, 120, "claimed", "asked", ("MASH", "ADVICE"))
    assert [one.key for one in rules.running(told, "MASH")] == ["call"]
    assert rules.running(told, "EARLY_HELP") == ()


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"times": []}, ("own_clocks", "times")),
        ({"times": [{"call": "soon"}]}, ("own_clocks", "times", 0)),
        ({"starts": [{"call": "asked"}], "until": [{"call": "claimed"}]}, ("own_clocks", "until")),
        ({"starts": [{"call": "decided"}], "until": [{"call": "decided"}]}, ("own_clocks", "until")),
        ({"until": [{"call": "received"}]}, ("own_clocks", "until", 0)),
        ({"routes": [{"call": "SOMEWHERE"}]}, ("own_clocks", "routes", 0)),
        ({"colour": "red"}, ("own_clocks", "colour")),
        ({"names": {"en": [{f"c{n}": "C"} for n in range(13)]}}, ("own_clocks", "names")),
    ],
)  # fmt: skip
def test_clocks_that_cannot_be(more: dict[str, Any], place: tuple[object, ...]) -> None:
    with pytest.raises(SettingsMistakes) as found:
        read(**more)
    assert place in [one.place for one in found.value.mistakes]


def test_a_clock_stands_by_what_happened_since_it_began() -> None:
    one = OwnClock("call", {}, 120, "claimed", "asked")
    later = MONDAY + timedelta(hours=1)
    assert rules.standing(one, {"claimed": None}, {"asked": later}) == (None, None)
    assert rules.standing(one, {"claimed": MONDAY}, {"asked": later}) == (MONDAY, later)
    assert rules.standing(one, {"claimed": later}, {"asked": MONDAY}) == (later, None)


def test_a_report_shows_the_clocks_of_its_route(councils: Councils, client: FlaskClient) -> None:
    council = councils.england
    author, ali = make_person(council), make_person(council, role="screener", name="Ali Screener")
    made = make_referral(council, author)
    sign_in(client, ali)
    address = f"/{council.slug}/screening/{made.reference}/stages"

    def told(name: str) -> str:
        heading = next(one for one in soup(client.get(address)).find_all("h3") if name in one.text)
        return " ".join(heading.find_next_siblings("dl")[0].text.split())

    def act(who: Any, deed: Any, *words: Any, permission: Permission = Permission.CLAIM) -> None:
        with db.unit_of_work(who.scope):
            deed(who.actor, find(who.actor, permission, made.reference), *words)

    assert "left" in told("First look") or "Overdue" in told("First look")
    assert told("Ask the referrer") == "Began Begins when it is claimed"
    act(ali, holding.claim)
    assert "In time" in told("First look") or "Late" in told("First look")
    assert "Due by" in told("Ask the referrer")
    act(ali, messaging.ask, "CNRY when?", uuid4(), permission=Permission.ASK)
    assert "In time" in told("Ask the referrer")
    # A colleague who takes over begins nothing anew.
    heir = make_person(council, role="screener")
    with db.unit_of_work(ali.scope):
        found = find(ali.actor, Permission.CLAIM, made.reference)
        before = queries.moments(ali.actor, found).starts["claimed"]
        holding.give(ali.actor, found, heir.account_id, "", owner_id=ali.account_id)
    with db.unit_of_work(ali.scope) as session:
        assert queries.moments(ali.actor, found).starts["claimed"] == before
        session.execute(update(Referral).values(clock_from=clock.now() + timedelta(seconds=1), claimed_at=None))
        # Opened again: what came before counts no more.
        again = queries.moments(ali.actor, found)
    assert (again.starts["claimed"], again.starts["asked"], again.ends["asked"]) == (None, None, None)
