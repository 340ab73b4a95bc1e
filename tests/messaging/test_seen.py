"""Who has seen a message, and who of the council is at work: by name for the council, by team for the referrer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging import commands
from portal.messaging.models import MessageSighting
from portal.messaging.queries import Said, Sighting
from portal.messaging.sightings import MOST, seen_words
from portal.referrals.queries.record import find
from portal.screening.queries.here import AtWork
from portal.screening.views.reading import reading_words
from portal.tenants import resolve
from portal.tenants.asking_settings import Asking
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made
from tests.fixtures.councils import Councils

AT = datetime(2026, 11, 20, 10, 42, tzinfo=UTC)
MOST_STATEMENTS = 15


def messages_of(client: FlaskClient, path: str) -> str:
    found = BeautifulSoup(client.get(f"/avonmere{path}").text, "html.parser").select_one("#messages")
    return found.get_text(" ", strip=True) if found else ""


def say(who: Person, made: Made, text: str) -> None:
    asks = who.actor.agency_id is None
    with db.unit_of_work(who.scope):
        found = find(who.actor, Permission.ASK if asks else Permission.REPLY, made.reference)
        (commands.ask if asks else commands.reply)(who.actor, found, text, uuid4())


def test_each_side_reads_who_has_seen_it(
    client: FlaskClient, ali: Person, made: Made, councils: Councils, statements: list[str]
) -> None:
    ours, theirs = f"/screening/{made.reference}", f"/referrals/{made.reference}"
    say(ali, made, "CNRY when?")
    sign_in(client, made.author)
    assert "The front door team is dealing with this." in messages_of(client, theirs)
    say(made.author, made, "CNRY then")
    sign_in(client, ali)
    shown = messages_of(client, ours)
    assert f"Seen by {made.author.name}, " in shown
    sam = make_person(councils.england, role="screener", name="Sam Colleague")
    sign_in(client, sam)
    client.get(f"/avonmere{ours}")
    statements.clear()
    again = messages_of(client, ours)
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    assert again.index("Ali Screener, ") < again.index("Sam Colleague, ")
    with db.unit_of_work(sam.scope) as session:
        assert session.query(MessageSighting).count() == 3
    sign_in(client, made.author)
    told = messages_of(client, theirs)
    assert "Read by the front door team, " in told
    assert "The front door team has this open now." in told
    assert "Ali" not in told
    assert "Sam" not in told


@pytest.mark.usefixtures("as_it_was")
def test_a_council_may_show_names(client: FlaskClient, ali: Person, made: Made, admin: Any) -> None:
    say(ali, made, "CNRY when?")
    say(made.author, made, "CNRY then")
    sign_in(client, ali)
    client.get(f"/avonmere/screening/{made.reference}")
    admin.execute(
        "update council set settings = settings || '{\"asking\": {\"show_names\": true}}' where slug = 'avonmere'"
    )
    resolve.forget()
    sign_in(client, made.author)
    told = messages_of(client, f"/referrals/{made.reference}")
    assert "Seen by Ali Screener, " in told
    assert "Ali Screener of the front door team deals with this." in told
    assert "Open now with the front door team: Ali Screener." in told


def said(**values: Any) -> Said:
    return replace(Said(uuid4(), "agency", uuid4(), "Jo", "words", AT, new=True), **values)


def test_the_words(app: Any) -> None:
    people = tuple(Sighting(uuid4(), f"Person {number}", AT) for number in range(MOST + 1))
    with app.test_request_context():
        assert seen_words(said(), "agency", names=True) == "Not read by the front door team yet"
        assert seen_words(said(read_at=AT), "agency", names=True).startswith("Read by the front door team, ")
        assert seen_words(said(seen=people), "agency", names=False).startswith("Read by the front door team, ")
        assert "Person 0, " in seen_words(said(seen=people), "agency", names=True)
        assert f"Person {MOST}" not in seen_words(said(seen=people), "council", names=False)
        # Whoever is not named is counted.
        assert seen_words(said(seen=people), "council", names=False).endswith("; and 1 more")
        assert "more" not in seen_words(said(seen=people[:MOST]), "council", names=False)
        # What the council wrote is its own to know of; a colleague of the referrer reads nothing of it.
        assert seen_words(said(side="council", seen=people), "agency", names=True) == ""
        assert seen_words(said(side="council"), "council", names=False) == "Not read by the referrer yet"
        assert seen_words(said(side="council", read_at=AT), "council", names=False).startswith("Read by the referrer")
        assert reading_words(AtWork("", ()), names=False) == []
        assert "Ali" not in " ".join(reading_words(AtWork("Ali", ("Ali",)), names=False))


def test_names_are_a_setting() -> None:
    assert not Asking().show_names
