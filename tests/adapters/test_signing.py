"""Messages between the portal and a case system are signed as Standard Webhooks says."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.adapters import signing

# The example of the specification's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}'
AT = datetime.fromtimestamp(1614265330, UTC)
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_vector_of_the_specification() -> None:
    made = signing.headers([SECRET], ID, AT, BODY)
    assert made == {"webhook-id": ID, "webhook-timestamp": "1614265330", "webhook-signature": SIGNED}
    assert signing.is_signed([SECRET], made, BODY, AT)


def test_two_secrets_that_live() -> None:
    """Whoever has changed over and whoever has not can both check it; and either may sign."""
    old, new = signing.new_secret(), signing.new_secret()
    made = signing.headers([new, old], ID, AT, BODY)
    assert len(made["webhook-signature"].split(" ")) == 2
    assert signing.is_signed([new], made, BODY, AT)
    assert signing.is_signed([old], made, BODY, AT)
    assert signing.is_signed([new, old], signing.headers([old], ID, AT, BODY), BODY, AT)
    assert not signing.is_signed([signing.new_secret()], made, BODY, AT)
    assert len(base64.b64decode(new.removeprefix("whsec_"))) == 32


@pytest.mark.parametrize("minutes", [5, -5])
def test_five_minutes(minutes: int) -> None:
    made = signing.headers([SECRET], ID, AT, BODY)
    assert signing.is_signed([SECRET], made, BODY, AT + timedelta(minutes=minutes))
    late = AT + timedelta(minutes=minutes) + timedelta(seconds=1 if minutes > 0 else -1)
    assert not signing.is_signed([SECRET], made, BODY, late)


@pytest.mark.parametrize(
    "wrong",
    [
        {"webhook-id": ""}, {"webhook-id": "x" * 101}, {"webhook-id": "other"}, {"webhook-id": "é"},
        {"webhook-timestamp": ""}, {"webhook-timestamp": "1614265330.0"}, {"webhook-timestamp": "-1614265330"},
        {"webhook-timestamp": "9" * 400}, {"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"}, {"webhook-timestamp": "1614265331"},
        {"webhook-signature": ""}, {"webhook-signature": "v1"}, {"webhook-signature": SIGNED.replace("v1", "v2")},
        {"webhook-signature": "v1,not base64"}, {"webhook-signature": "v1,"}, {"webhook-signature": "," * 9999},
    ],
)  # fmt: skip
def test_what_is_no_signature(wrong: dict[str, str]) -> None:
    """Refused, and never a mistake of ours."""
    assert not signing.is_signed([SECRET], signing.headers([SECRET], ID, AT, BODY) | wrong, BODY, AT)


@given(st.binary(max_size=200), st.binary(max_size=200), st.text(min_size=1, max_size=40))
def test_any_body_and_any_words(body: bytes, other: bytes, words: str) -> None:
    secret = signing.new_secret()
    made = signing.headers([secret], "id", AT, body)
    assert signing.is_signed([secret], made, body, AT)
    assert signing.is_signed([secret], made, other, AT) == (other == body)
    assert not signing.is_signed([secret], made | {"webhook-signature": words}, body, AT)
    assert not signing.is_signed([], made, body, AT)
