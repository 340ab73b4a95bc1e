"""What journeys share: browsers of several people, the mail they read, and each council's own form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Page

from portal.auth import passwords
from portal.forms import folder
from portal.forms.questionnaire import Form
from portal.kernel.scope import Council
from tests.factories.people import Person
from tests.fixtures.councils import FOLDERS, Councils
from tests.fixtures.mail import Peer
from tests.journeys.walking import Walker


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def scanned() -> set[tuple[str, str]]:
    """The pages that were looked at; each shape of page once a run, in each language."""
    return set()


@pytest.fixture
def council_named(councils: Councils) -> Callable[[str], Council]:
    """A council by the name of its folder."""
    return {one.slug: one for one in councils}.__getitem__


@pytest.fixture
def walk(
    new_person: Callable[..., Page],
    axe: Callable[[Page], None],
    narrow: Callable[[Page], None],
    scanned: set[tuple[str, str]],
) -> Iterator[Callable[..., Walker]]:
    """Opens a browser: `walk(council, person, language="cy", java_script_enabled=False)`."""
    walkers: list[Walker] = []

    def begin(council: Council, person: Person | None = None, *, language: str = "en", **options: Any) -> Walker:
        page = new_person(**options)
        # axe-core needs a browser that runs scripts.
        looks = (axe, narrow) if options.get("java_script_enabled", True) else ()
        walker = Walker(page, council, language, looks, scanned)
        page.context.add_cookies([{"name": "language", "value": language, "domain": "localhost", "path": "/"}])
        if person is not None:
            walker.be(person)
        walkers.append(walker)
        return walker

    yield begin
    assert [fault for walker in walkers for fault in walker.faults] == []


@cache
def form_of(slug: str) -> Form:
    """A council's form, from its folder."""
    return folder.load(FOLDERS / slug).form


@dataclass
class OutboxPage:
    """Reads the demonstration's outbox in a browser of its own."""

    page: Page
    run_jobs: Callable[[], None]

    def letters(self, address: str) -> list[str]:
        """The texts sent to an address, newest first, each beginning with its subject."""
        self.run_jobs()
        self.page.goto("/outbox")
        mine = self.page.get_by_role("article").filter(has_text=address)
        return [str(one) for one in mine.all_inner_texts()]


@dataclass
class MailServer:
    """Reads what a real mail server received."""

    peer: Peer
    run_jobs: Callable[[], None]

    def letters(self, address: str) -> list[str]:
        """The texts sent to an address, newest first, each beginning with its subject."""
        self.run_jobs()
        mine = [one for one in self.peer.messages if address in str(one["To"])]
        return [f"{one['Subject']}\n{one.get_content()}" for one in reversed(mine)]


@pytest.fixture
def outbox(new_person: Callable[..., Page], run_jobs: Callable[[], None]) -> OutboxPage:
    """The outbox page."""
    return OutboxPage(new_person(), run_jobs)


@pytest.fixture
def mail_server(mail_by_smtp: Peer, run_jobs: Callable[[], None]) -> MailServer:
    """A real mail server."""
    return MailServer(mail_by_smtp, run_jobs)
