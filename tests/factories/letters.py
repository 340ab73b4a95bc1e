"""A letter that is ready to print."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import insert

from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.letters.composing import About, compose
from portal.letters.models import Letter
from portal.referrals.queries.record import find, record_of
from tests.factories.people import Person


def letter_on(person: Person, reference: str) -> str:
    """The id of a letter that somebody of the council made on that report."""
    with db.unit_of_work(person.scope) as session:
        found, council, letter_id = find(person.actor, Permission.DECIDE, reference), scope.council(), uuid4()
        about = About(found.reference, "CNRY Jo", ("1 CNRY Row",), (), clock.today())
        written = compose(council, council.settings.letters["visit"], council.languages, about)
        body = record_of(found).seal(written.text(), "letter", letter_id, "body")
        session.execute(
            insert(Letter).values(
                tenant_id=council.id, id=letter_id, referral_id=found.id, template="visit", language="en", body=body,
                once=letter_id, made_by=person.account_id,
            )
        )  # fmt: skip
    return str(letter_id)
