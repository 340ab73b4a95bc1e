"""Emails on the way from draft to published: who is told what, and nothing of the form, the note or anybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from config.settings import Settings
from portal.forms.commands import releasing
from portal.forms.queries.drafts import Draft
from portal.kernel import db, scope
from tests.factories.people import Person, make_person
from tests.fixtures.councils import Councils
from tests.fixtures.mail import Peer
from tests.forms.designing import begin, other_words, prove, publish, read, save, submit, submitted

RunJobs = Callable[[], None]
Admin = psycopg.Connection[tuple[object, ...]]
NOTE = "Zebedee Quillfeather asked for clearer words"
LINK = re.compile(r"https?://\S+")


@pytest.fixture
def designer(councils: Councils) -> Person:
    return make_person(councils.england, role="form_designer")


@pytest.fixture
def second(councils: Councils) -> Person:
    return make_person(councils.england, role="practice_manager")


def send_back(person: Person, draft: Draft) -> None:
    with db.unit_of_work(person.scope):
        releasing.send_back(person.actor, draft, draft.version, "Quillfeather would not understand this", uuid4())


def told(peer: Peer) -> list[str]:
    """Who was written to since the last time."""
    found = sorted(address for addresses in peer.recipients for address in addresses)
    peer.recipients.clear()
    return found


def hurry() -> None:
    """Let every waiting job be due, as if its pause were over."""
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(text("update procrastinate_jobs set scheduled_at = now() where status = 'todo'"))


def test_those_who_may_publish_are_told_once_and_nobody_else(
    councils: Councils, designer: Person, second: Person, mail_by_smtp: Peer, run_jobs: RunJobs
) -> None:
    """Not who wrote in it, who may not publish, who left, or the people of another council."""
    other = make_person(councils.england, role="form_designer")
    admin = make_person(councils.england, role="council_admin")
    for role, state in (("screener", "active"), ("referrer", "active"), ("practice_manager", "ended")):
        make_person(councils.england, role=role, state=state)
    make_person(councils.wales, role="practice_manager")
    draft = begin(designer, change=other_words)
    save(other, draft.id, lambda content: content["form"].update(title={"en": "Yet others"}))
    prove(designer, draft.id)
    draft = read(designer, draft.id)
    submit(designer, draft)
    submit(designer, draft)  # the button pressed twice
    run_jobs()
    assert told(mail_by_smtp) == sorted([second.email, admin.email])


def test_whoever_submitted_is_told_what_came_of_it(
    designer: Person, second: Person, mail_by_smtp: Peer, run_jobs: RunJobs, settings: Settings
) -> None:
    draft = submitted(designer)
    run_jobs()
    assert told(mail_by_smtp) == [second.email]
    send_back(second, draft)
    run_jobs()
    assert told(mail_by_smtp) == [designer.email]
    submit(designer, read(designer, draft.id))
    version_id = publish(second, read(second, draft.id))
    # The second notice of the same draft came too late: nobody is sent to a draft that is dealt with.
    run_jobs()
    assert told(mail_by_smtp) == [designer.email]
    first, back, last = mail_by_smtp.messages
    at = f"{settings.base_url}/avonmere/forms"
    assert LINK.findall(first.get_content()) == [f"{at}/drafts/{draft.id}/review"]
    assert LINK.findall(back.get_content()) == [f"{at}/drafts/{draft.id}/comments"]
    assert LINK.findall(last.get_content()) == [f"{at}/versions/{version_id}"]
    assert len({message["Message-ID"] for message in mail_by_smtp.messages}) == 3


def test_who_takes_a_draft_back_is_not_told_of_it(designer: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    send_back(designer, submitted(designer))
    run_jobs()
    assert told(mail_by_smtp) == []


def says_nothing(message: EmailMessage, people: list[Person]) -> None:
    whole = (message.as_string() + message.get_content()).lower()
    for part in ("zebedee", "quillfeather", "other words", "geiriau eraill", "concern", "pryder"):
        assert part not in whole
    for person in people:
        assert person.name.lower() not in whole


@pytest.mark.parametrize(
    ("language", "subject"), [("en", "second person"), ("cy", "ail berson"), ("", "second person")]
)
def test_an_email_says_the_council_and_a_link_in_the_readers_language(
    councils: Councils, mail_by_smtp: Peer, run_jobs: RunJobs, language: str, subject: str
) -> None:
    designer = make_person(councils.wales, role="form_designer", language=language)
    second = make_person(councils.wales, role="practice_manager", language=language)
    draft = begin(designer, change=other_words)
    prove(designer, draft.id)
    draft = submit(designer, draft, note=NOTE)
    run_jobs()
    send_back(second, draft)
    publish(second, submit(designer, read(designer, draft.id), note=NOTE))
    run_jobs()
    assert len(mail_by_smtp.messages) == 3
    wanted = language or councils.wales.settings.default_language
    for message in mail_by_smtp.messages:
        says_nothing(message, [designer, second])
        assert councils.wales.name[wanted] in message["Subject"]
        assert message["Content-Language"] == wanted
        assert "999" in message.get_content()
        assert message["Auto-Submitted"] == "auto-generated"
    assert subject in mail_by_smtp.messages[0]["Subject"] or not language


def test_a_council_without_welsh_writes_english(councils: Councils, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    designer = make_person(councils.england, role="form_designer")
    make_person(councils.england, role="practice_manager", language="cy")
    submitted(designer)
    run_jobs()
    assert mail_by_smtp.messages[0]["Content-Language"] in councils.england.languages


def test_a_mail_server_that_is_down_loses_and_doubles_nothing(
    designer: Person, second: Person, mail_by_smtp: Peer, run_jobs: RunJobs, admin: Admin
) -> None:
    mail_by_smtp.stop()
    submitted(designer)
    run_jobs()
    mail_by_smtp.start()
    for _again in range(2):
        hurry()
        run_jobs()
    assert told(mail_by_smtp) == [second.email]
    recorded = admin.execute("select detail ->> 'kind' from audit_event where event = 'forms.notice_sent'").fetchall()
    assert recorded == [("second_person",)]


def test_an_address_that_takes_no_mail_ends_it(
    designer: Person, second: Person, mail_by_smtp: Peer, run_jobs: RunJobs, admin: Admin
) -> None:
    mail_by_smtp.answer = "550 nobody here"
    submitted(designer)
    run_jobs()
    recorded = admin.execute("select event from audit_event where event like 'forms.notice%'").fetchall()
    assert recorded == [("forms.notice_failed",)]
    waiting = admin.execute("select count(*) from procrastinate_jobs where status in ('todo', 'doing')").fetchone()
    assert waiting == (0,)


def test_a_submission_that_was_refused_tells_nobody(designer: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    draft = begin(designer, change=other_words)
    with pytest.raises(Exception, match="not_proved"):
        submit(designer, draft)
    run_jobs()
    assert told(mail_by_smtp) == []
