"""Somebody at a real browser: follows links, presses buttons and fills in fields by the words they see."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from playwright.sync_api import ConsoleMessage, Locator, Page, Response, expect

from portal.auth import totp
from portal.auth.sessions import PLAIN_NAME
from portal.kernel import clock
from portal.kernel.language import words
from portal.kernel.scope import Council
from tests.factories.apps import account_of, app_code, seed_of
from tests.factories.people import Person, open_session

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
REFERENCE = re.compile(r"\b[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}\b")
CODE = re.compile(r"\b[0-9]{6}\b")
# Refusals are part of a walk (422, 409); these never are.
BROKEN = 500
PASSWORD = "marmalade thistle orbit vanish"


class Mail(Protocol):
    """Where the walk reads mail: the demonstration's outbox page, or a real mail server."""

    def letters(self, address: str) -> list[str]:
        """The texts sent to an address, newest first, each beginning with its subject."""


@dataclass
class Walker:
    """One person's browser in one council and one language; `looks` are checks of each new page (axe-core, 320 pixels).

    `scanned` remembers which shapes of page were looked at.
    """

    page: Page
    council: Council
    language: str = "en"
    looks: tuple[Callable[[Page], None], ...] = ()
    scanned: set[tuple[str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Notice what a person would not see: scripts that fail, what the browser refuses, broken answers."""
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._hear)
        self.page.on("response", self._receive)

    def _hear(self, line: ConsoleMessage) -> None:
        if "Security Policy" in line.text:
            self.faults.append(line.text)

    def _receive(self, response: Response) -> None:
        if response.status >= BROKEN:
            self.faults.append(f"{response.status} {response.url}")

    # --- words ----------------------------------------------------------------------------------------------------

    def say(self, text: str, **details: object) -> str:
        """The product's words in this person's language."""
        found = words(self.language, text)
        return found % details if details else found

    def text(self) -> str:
        """What the main part of the page says."""
        return str(self.page.locator("main").inner_text())

    def reference(self) -> str:
        """The reference that the page shows."""
        found = REFERENCE.search(self.text())
        assert found, f"no reference on {self.page.url}"
        return found.group()

    # --- going about ----------------------------------------------------------------------------------------------

    def be(self, person: Person) -> Walker:
        """Be signed in as somebody, without the clicks."""
        key = open_session(person)
        self.page.context.add_cookies([{"name": PLAIN_NAME, "value": key, "domain": "localhost", "path": "/"}])
        return self

    def open(self, path: str = "/") -> Walker:
        """Type an address of the council."""
        self.page.goto(f"/{self.council.slug}{path}")
        return self.arrive()

    def arrive(self) -> Walker:
        """Look at a page that has just come: not broken, in the right language, and accessible."""
        assert not self.faults, self.faults
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)
        expect(self.page.locator("h1")).to_have_count(1)
        shape = (UUID.sub("…", REFERENCE.sub("…", self.page.url)), f"{self.language} {self.page.title()[:6]}")
        if shape not in self.scanned:
            self.scanned.add(shape)
            for look in self.looks:
                look(self.page)
        return self

    def follow(self, text: str, **details: object) -> Walker:
        """Follow the first link of the page's main part (or of its head) with these words."""
        self.link(self.say(text, **details)).first.click()
        return self.arrive()

    def link(self, name: str | re.Pattern[str]) -> Locator:
        """A link by its name, in the main part where it is there too."""
        inside = self.page.get_by_role("main").get_by_role("link", name=name, exact=isinstance(name, str))
        return inside if inside.count() else self.page.get_by_role("link", name=name, exact=isinstance(name, str))

    def press(self, text: str, **details: object) -> Walker:
        """Press a button."""
        self.button(self.say(text, **details)).click()
        return self.arrive()

    def button(self, name: str) -> Locator:
        """A button by its name; a link that looks like one too."""
        buttons = self.page.get_by_role("button", name=name, exact=True)
        return buttons.first

    def fill(self, label: str, text: str) -> Walker:
        """Type into the field with this label."""
        self.page.get_by_label(self.say(label), exact=True).fill(text)
        return self

    def choose(self, option: str, question: str = "") -> Walker:
        """Choose an answer; `question` names the group where several offer the same."""
        where: Page | Locator = self.page
        if question:
            where = self.page.get_by_role("group", name=self.say(question), exact=True)
        where.get_by_label(self.say(option), exact=True).check()
        return self

    # --- seeing ---------------------------------------------------------------------------------------------------

    def sees_heading(self, text: str, **details: object) -> Walker:
        """The page's own heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.say(text, **details))
        return self

    def sees(self, text: str | re.Pattern[str]) -> Walker:
        """Somewhere in the main part, as it is (not translated)."""
        expect(self.page.locator("main")).to_contain_text(text)
        return self

    def does_not_see(self, text: str) -> Walker:
        """Nowhere on the page."""
        expect(self.page.locator("body")).not_to_contain_text(text)
        return self

    # --- signing in -----------------------------------------------------------------------------------------------

    def enter_code(self, mail: Mail, address: str) -> Walker:
        """Type the code from the newest email and go on."""
        found = CODE.search(mail.letters(address)[0])
        assert found, "no code in the newest email"
        return self.fill("Code", found.group()).press("Continue")

    def sign_in(self, address: str) -> Walker:
        """Sign in with password and app, from the page of signing in."""
        self.fill("Email address", address).fill("Password", PASSWORD).press("Continue")
        self.sees_heading("Enter the code from your app")
        self.fill("Code from your app", app_code(account_of(address))).press("Continue")
        return self.press("Not now") if "passkey-offer" in self.page.url else self

    def set_up_app(self) -> Walker:
        """Set up an authenticator app, from the page that offers it, and keep the recovery codes."""
        self.sees_heading("Protect your account").press("Set up an authenticator app")
        seed = seed_of(self.page.locator(".app-key").inner_text())
        self.fill("Code from your app", totp.code_at(seed, totp.step_of(clock.now()))).press("Continue")
        self.sees_heading("Your recovery codes")
        expect(self.page.locator("main code")).to_have_count(10)
        return self.press("I have kept them")
