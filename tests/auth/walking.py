"""A person at a browser: pages fetched and forms posted as a browser would, codes read from the outbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from portal.adapters import outbox
from portal.auth import passwords
from portal.auth.models import Account
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council
from tests.factories.apps import account_of, app_code

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
CODE = re.compile(r"\b([0-9]{6})\b")
PASSWORD = "marmalade thistle orbit vanish"
# What differs between two answers although nothing about a person does: nonces, tokens and what was typed.
CHANGING = re.compile(r'(nonce|value)="[^"]*"')
TYPED = {"name": "Ffion Llwyd", "job": "Deputy head", "lead": "no"}


@dataclass
class Walker:
    """One browser in one council; `jobs` runs the worker."""

    client: FlaskClient
    council: Council
    jobs: Callable[[], None]
    network: str = "192.0.2.1"

    def get(self, path: str) -> TestResponse:
        """Fetch a page of the council."""
        return self.client.get(f"/{self.council.slug}{path}", environ_base={"REMOTE_ADDR": self.network})

    def token(self, path: str) -> str:
        """The CSRF token of a page."""
        found = TOKEN.search(self.get(path).get_data(as_text=True))
        assert found, path
        return found.group(1)

    def post(self, path: str, fields: Mapping[str, Any] | None = None, page: str = "") -> TestResponse:
        """Post a form; its token is taken from `page` (default: the address itself)."""
        data = {"csrf_token": self.token(page or path), **(fields or {})}
        return self.send(path, data)

    def send(self, path: str, data: Mapping[str, Any]) -> TestResponse:
        """Post exactly these fields."""
        return self.client.post(f"/{self.council.slug}{path}", data=data, environ_base={"REMOTE_ADDR": self.network})

    def code(self, email: str) -> str:
        """The newest code that was sent to the address."""
        return codes(self.mail(email))[0]

    def mail(self, email: str) -> list[outbox.Kept]:
        """What was sent to the address, newest first, after the worker ran."""
        self.jobs()
        with db.unit_of_work(scope.NOWHERE):
            return outbox.kept(email)

    def where(self, answer: TestResponse) -> str:
        """Where an answer leads, within the council."""
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return str(answer.headers["Location"]).removeprefix(f"/{self.council.slug}")

    def to_code(self, email: str, **typed: str) -> None:
        """Register as far as the code."""
        assert self.where(self.post("/register", TYPED | {"email": email} | typed)) == "/register/agency"
        offered = agencies(self.get("/register/agency"))
        assert self.where(self.post("/register/agency", {"agency": offered[0]})) == "/register/code"

    def register(self, email: str, password: str = PASSWORD, **typed: str) -> TestResponse:
        """Register all the way; the answer to the last form."""
        self.to_code(email, **typed)
        assert self.where(self.post("/register/code", {"code": self.code(email)})) == "/register/password"
        return self.post("/register/password", {"password": password})

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        """Sign in with the person's app, or with the code from the outbox, and want no passkey; the answer to the
        last form."""
        where = self.where(self.post("/sign-in", {"email": email, "password": password}))
        if where == "/sign-in/authenticator":
            return self.not_now(self.post(where, {"code": app_code(account_of(email))}))
        assert where == "/sign-in/code"
        return self.not_now(self.post(where, {"code": self.code(email)}))

    def not_now(self, answer: TestResponse) -> TestResponse:
        """Decline the passkey, if this answer leads to its offer."""
        offer = "/account/passkey-offer"
        return self.post(offer) if answer.status_code == 303 and self.where(answer) == offer else answer


def agencies(answer: TestResponse) -> list[str]:
    """The values of the agencies that a page offers, without "none of these"."""
    found = re.findall(r'name="agency"[^>]*value="([^"]+)"', answer.get_data(as_text=True))
    return [value for value in found if value != "none"]


def codes(mail: list[outbox.Kept]) -> list[str]:
    """The codes of emails, in their order."""
    return [found.group(1) for one in mail if (found := CODE.search(one.body))]


def make_account(email: str, password: str = PASSWORD, state: str = "active") -> UUID:
    """An account without any membership; its id."""
    made = uuid4()
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(
            insert(Account).values(
                id=made,
                email=email,
                email_key=email.lower(),
                name="Ffion Llwyd",
                state=state,
                password_hash=passwords.hashed(password),
                email_proved_at=clock.now(),
            )
        )
    return made
