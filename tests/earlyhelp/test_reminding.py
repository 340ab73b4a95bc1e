"""A team that has not answered in time is reminded once; its date moves with the council's calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.earlyhelp.commands import reminding
from portal.kernel import clock, db
from portal.kernel.scope import SYSTEM, Scope
from portal.tenants.clock_settings import DUE_BY
from portal.tenants.early_help_settings import Team
from portal.tenants.opening import hours_of
from tests.earlyhelp.making import Case
from tests.factories.people import make_person
from tests.fixtures.councils import Councils


def system(case: Case, deed: Callable[[], Any]) -> Any:
    with db.unit_of_work(Scope(case.council, SYSTEM)):
        return deed()


def test_an_overdue_answer_is_told_of_once_without_a_word_of_the_family(
    councils: Councils, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(councils.england).decide()
    assert system(case, reminding.remind) == 0
    due = case.offers()[0].due_at
    monkeypatch.setattr(clock, "now", lambda: due + timedelta(minutes=1))
    assert (system(case, reminding.remind), system(case, reminding.remind)) == (1, 0)
    assert case.told("help_due") == ["family.help@avonmere.gov.uk"]
    assert case.offers()[0].reminded_at == due + timedelta(minutes=1)
    assert case.trail("earlyhelp.reminded") == 1
    case.answer("accept")
    assert system(case, reminding.remind) == 0


def test_a_team_without_a_mailbox_has_its_own_people_told(councils: Councils, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(councils.wales).decide()
    case.offer("south")
    due = case.offers()[0].due_at
    other = make_person(case.council, role="early_help_worker")
    monkeypatch.setattr(reminding, "teams", lambda: (Team("south", {"en": "South"}),))
    monkeypatch.setattr(clock, "now", lambda: due + timedelta(minutes=1))
    system(case, reminding.remind)
    assert case.told("help_due") == sorted(str(one.account_id) for one in (case.worker, other))


def test_the_date_moves_with_the_calendar_and_is_told_of_once_more(
    councils: Councils, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(councils.england).decide()
    first = case.offers()[0]
    monkeypatch.setattr(clock, "now", lambda: first.due_at + timedelta(minutes=1))
    system(case, reminding.remind)
    (team,) = case.council.settings.early_help
    longer = replace(team, working_days=team.working_days + 5)
    settings = replace(case.council.settings, early_help=(longer,))
    council = replace(case.council, settings=settings)
    for _again in range(2):
        system(case, lambda: reminding.recount(council))
    later = case.offers()[0]
    due = clock.due_after_working_days(first.offered_at, longer.working_days, council.nation, hours_of(council))
    assert (later.due_at, later.due_at > first.due_at, later.reminded_at) == (due, True, None)
    assert case.trail("earlyhelp.due_moved") == 1
    monkeypatch.setattr(clock, "now", lambda: later.due_at + timedelta(minutes=1))
    assert system(case, reminding.remind) == 1
    assert "early_help" in DUE_BY
