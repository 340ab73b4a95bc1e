"""A designer at work on a draft of a council's form, for the tests of the designer's pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.forms.commands import drafting
from portal.forms.queries.drafts import Draft, find
from portal.kernel import db
from portal.kernel.scope import Council
from tests.factories.people import Person, make_person, sign_in


@dataclass
class Designer:
    """One designer with a browser and a draft."""

    client: FlaskClient
    person: Person
    form_id: Any
    token: str = ""

    def draft(self) -> Draft:
        """The draft as it is now."""
        with db.unit_of_work(self.person.scope):
            return find(self.person.actor, self.form_id)

    def path(self, path: str) -> str:
        """An address below the draft."""
        return f"/{self.person.council.slug}/forms/drafts/{self.form_id}{path}"

    def get(self, path: str, language: str = "en") -> TestResponse:
        """A page of the draft."""
        self.client.set_cookie("language", language, domain="localhost")
        return self.client.get(self.path(path))

    def post(self, path: str, seen: int | None = None, **fields: Any) -> TestResponse:
        """A form of the draft, with the version that its page showed."""
        self.client.set_cookie("language", "en", domain="localhost")
        if not self.token:
            page = self.client.get(f"/{self.person.council.slug}/account").get_data(as_text=True)
            self.token = page.split('name="csrf_token" value="')[1].split('"')[0]
        version = self.draft().version if seen is None else seen
        data = {"csrf_token": self.token, "seen_version": str(version), **fields}
        return self.client.post(self.path(path), data=data)

    def change(self, content: Any) -> None:
        """Somebody else saves other content."""
        with db.unit_of_work(self.person.scope):
            draft = find(self.person.actor, self.form_id)
            drafting.save(self.person.actor, draft, content, draft.version, "elsewhere")


def designer(client: FlaskClient, council: Council, *, role: str = "form_designer") -> Designer:
    """A designer of the council with a new draft of its report of concern."""
    person = make_person(council, role="form_designer")
    with db.unit_of_work(person.scope):
        form_id = drafting.start(person.actor, "concern")
    sign_in(client, person if role == "form_designer" else make_person(council, role=role))
    return Designer(client, person, form_id)
