"""A screener and a report that they have claimed, and the clock, for the tests of messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from portal.kernel import clock
from tests.factories.people import Person, make_person
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils


@pytest.fixture
def ali(councils: Councils) -> Person:
    return make_person(councils.england, role="screener", name="Ali Screener")


@pytest.fixture
def made(councils: Councils, ali: Person) -> Made:
    return make_referral(councils.england, make_person(councils.england), state="screening", owner=ali)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)
