"""Mail handed to GOV.UK Notify: a server on this machine that checks each request as Notify's documentation says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from portal.adapters.ports import Refused, Return
from portal.kernel.errors import Unavailable
from tests.adapters.test_email import LETTER
from tests.fixtures.notify import TEMPLATE, Service, notify_mailer


def wrong(message: str) -> tuple[int, bytes]:
    return 400, json.dumps({"status_code": 400, "errors": [{"error": "ValidationError", "message": message}]}).encode()


def test_an_email_is_handed_over_whole(notify: Service) -> None:
    notify_mailer(notify).check()
    notify_mailer(notify).send(LETTER)
    (taken,) = notify.taken
    assert taken == {
        "id": taken["id"],
        "email_address": LETTER.to,
        "template_id": TEMPLATE,
        "personalisation": {"subject": LETTER.subject, "body": LETTER.body},
        "reference": LETTER.message_id,
    }


def test_another_key_sends_nothing(notify: Service) -> None:
    other = notify_mailer(notify, "44444444-4444-4444-8444-444444444444")
    with pytest.raises(Unavailable) as failed:
        other.send(LETTER)
    assert not isinstance(failed.value, Refused)
    with pytest.raises(Unavailable):
        other.check()
    assert notify.taken == []


def test_an_address_that_is_none_is_refused_for_good(notify: Service) -> None:
    notify.answer = wrong("email_address Not a valid email address")
    with pytest.raises(Refused) as failed:
        notify_mailer(notify).send(LETTER)
    assert failed.value.no_mailbox


@pytest.mark.parametrize(
    "answer",
    [
        wrong("Template not found"), wrong("Missing personalisation: body"), (429, b"{}"), (500, b"<html>"),
        (400, b"not json"), (400, b'{"errors": "none"}'), (403, b"{}"), (302, b""), (200, b"{}"),
    ],
)  # fmt: skip
def test_anything_else_is_tried_again_later(notify: Service, answer: tuple[int, bytes]) -> None:
    notify.answer = answer
    with pytest.raises(Unavailable) as failed:
        notify_mailer(notify).send(LETTER)
    assert not isinstance(failed.value, Refused)
    assert LETTER.to not in str(failed.value)
    notify.answer = None
    notify_mailer(notify).send(LETTER)
    assert len(notify.taken) == 1


def test_nobody_there_says_nothing_about_the_email() -> None:
    nobody = notify_mailer(Service())
    with pytest.raises(Unavailable) as failed:
        nobody.send(LETTER)
    assert LETTER.to not in str(failed.value)
    assert failed.value.__suppress_context__


def test_what_came_back_is_read_page_by_page(notify: Service) -> None:
    mailer = notify_mailer(notify)
    notify.page = 2
    for number in range(5):
        mailer.send(replace(LETTER, receipt=f"receipt{number}"))
    mailer.send(LETTER)
    assert list(mailer.returned()) == []
    for one, status in zip(notify.taken, ["permanent-failure"] * 3 + ["temporary-failure", "delivered"], strict=False):
        notify.status[one["id"]] = status
    notify.status[notify.taken[5]["id"]] = "permanent-failure"
    pages = list(mailer.returned())
    # What goes to nobody's account has no receipt.
    assert pages == [
        [Return("receipt2", (LETTER.to,))],
        [Return("receipt1", (LETTER.to,)), Return("receipt0", (LETTER.to,))],
    ]


@pytest.mark.parametrize(
    "answer",
    [(500, b""), (403, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b'{"notifications": ["x"]}'), (200, b"{}")],
)
def test_a_list_that_is_none_is_an_outage(notify: Service, answer: tuple[int, bytes]) -> None:
    notify.answer = answer
    with pytest.raises(Unavailable):
        list(notify_mailer(notify).returned())
