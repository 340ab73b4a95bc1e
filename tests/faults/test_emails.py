"""Every email of the journey says a reference and a link, and never more; the canary reads each of them too."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask

from config.settings import Settings
from portal.auth.commands import memberships, standing
from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging import commands as messaging
from portal.referrals.commands import notices
from portal.referrals.queries.record import find
from portal.screening.commands import decisions
from tests.auth.walking import Walker
from tests.factories.decisions import given as decision_given
from tests.factories.people import Person, make_person
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.fixtures.mail import Peer

REFERENCE = r"[A-Z0-9]{3}(-[A-Z0-9]{3}){2}"
SUBJECTS = re.compile(
    rf"(Reference|Cyfeirnod) {REFERENCE}: [\w ]+|"
    r"(Your code for the professionals' portal|Your account is approved|Your request was not approved|"
    r"Your access has ended|Someone is waiting for your approval|You already have an account) - Avonmere.*"
)
LINK = re.compile(r"https?://\S+")


def whole_journey(author: Person, screener: Person) -> str:
    """Received, asked, answered, decided; the reference."""
    made = make_referral(author.council, author, state="screening", owner=screener)
    with db.unit_of_work(author.scope):
        notices.tell(author.actor, "received", author.account_id, made.id)
    with db.unit_of_work(screener.scope):
        messaging.ask(screener.actor, find(screener.actor, Permission.ASK, made.reference), "When CNRY?", uuid4())
    with db.unit_of_work(author.scope):
        messaging.reply(author.actor, find(author.actor, Permission.REPLY, made.reference), "Then CNRY", uuid4())
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.DECIDE, made.reference)
        outcome = author.council.settings.outcomes[0].key
        decisions.decide(
            screener.actor, found, decision_given(outcome, "MASH", "CNRY reasons", "CNRY words", 1, uuid4())
        )
    return made.reference


@pytest.mark.parametrize("language", ["en", "cy"])
def test_emails_about_a_report(
    mail_by_smtp: Peer, councils: Councils, settings: Settings, run_jobs: Callable[[], None], language: str
) -> None:
    author = make_person(councils.england, language=language)
    screener = make_person(councils.england, role="screener", language=language)
    reference = whole_journey(author, screener)
    run_jobs()
    to = sorted(address for recipients in mail_by_smtp.recipients for address in recipients)
    assert to == sorted([author.email] * 3 + [screener.email])
    for message in mail_by_smtp.messages:
        subject, body = str(message["Subject"]), message.get_content()
        assert reference in subject
        assert SUBJECTS.fullmatch(subject) or language == "cy", subject
        links = LINK.findall(body)
        assert links
        assert all(link.startswith(f"{settings.base_url}/avonmere/") for link in links)
        assert "999" in body
        assert message["Auto-Submitted"] == "auto-generated"
    assert len({message["Message-ID"] for message in mail_by_smtp.messages}) == len(mail_by_smtp.messages)


def test_emails_about_accounts(
    mail_by_smtp: Peer, councils: Councils, settings: Settings, walker: Walker, run_jobs: Callable[[], None]
) -> None:
    council = councils.england
    admin = make_person(council, role="council_admin")
    for decision, state in (("approve", "pending"), ("refuse", "pending"), ("end", "active")):
        person = make_person(council, state=state)
        assert person.actor.membership_id
        with db.unit_of_work(admin.scope):
            if decision == "end":
                standing.end(admin.actor, person.actor.membership_id, 1, "left", "")
            else:
                memberships.decide(admin.actor, person.actor.membership_id, decision, 1)
    walker.to_code("nia@oakfield.avonmere.sch.uk", name="Nia CNRY Prys", job="Head CNRY")
    run_jobs()
    assert len(mail_by_smtp.messages) == 4
    for message in mail_by_smtp.messages:
        assert SUBJECTS.fullmatch(str(message["Subject"])), message["Subject"]
        links = LINK.findall(message.get_content())
        assert all(link.startswith(f"{settings.base_url}/avonmere/") for link in links)
    assert all(len(recipients) == 1 for recipients in mail_by_smtp.recipients)


@pytest.fixture
def walker(app: Flask, councils: Councils, run_jobs: Callable[[], None]) -> Walker:
    """A browser in Avonmere."""
    return Walker(app.test_client(), councils.england, run_jobs)
