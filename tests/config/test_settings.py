"""Settings: typed, frozen, every mistake at once, nothing unsafe outside the demonstration, no values shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import DEMO_ROOT_KEY, DEMO_SECRET, Settings, SettingsMistakes, load

GOOD = {
    "DATABASE_URL": "postgresql://portal_app@db/portal",
    "SECRET_KEY": "k" * 40,
    "ROOT_KEY": base64.b64encode(b"r" * 32).decode(),
    "MAIL": "smtp://mail:25",
    "BASE_URL": "https://portal.example",
}


def mistakes(**environ: str) -> str:
    with pytest.raises(SettingsMistakes) as error:
        load({**GOOD, **environ})
    return "\n".join(error.value.mistakes)


def test_good_settings() -> None:
    settings = load(GOOD)
    assert settings.database_url == "postgresql+psycopg://portal_app@db/portal"
    assert settings.secure
    with pytest.raises(ValidationError):
        settings.port = 1


def test_all_mistakes_together_and_no_value() -> None:
    text = mistakes(DATABASE_URL="mysql://root:hunter2@db", PORT="zero", ROOT_KEY="c2hvcnQ=", MAIL="pigeon")
    for name in ("DATABASE_URL", "PORT", "ROOT_KEY", "MAIL"):
        assert name in text
    for value in ("hunter2", "zero", "c2hvcnQ", "pigeon"):
        assert value not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", DEMO_SECRET),
        ("SECRET_KEY", "short"),
        ("ROOT_KEY", DEMO_ROOT_KEY),
        ("MAIL", "outbox"),
        ("BASE_URL", "http://portal.example"),
    ],
)
def test_unsafe_outside_the_demonstration(name: str, value: str) -> None:
    assert name in mistakes(**{name: value})
    assert load({**GOOD, name: value, "DEMO": "true"}).demo


def test_root_keys_are_keys_or_sealed_by_a_service_that_is_set() -> None:
    sealed, kms = "kms:" + base64.b64encode(b"s" * 60).decode(), "https://kms.eu-west-2.amazonaws.com/alias/portal"
    other = base64.b64encode(b"o" * 32).decode()
    assert load({**GOOD, "ROOT_KEYS_OTHER": f"{other}  {other}"}).root_keys() == [GOOD["ROOT_KEY"], other, other]
    assert load({**GOOD, "ROOT_KEY": sealed, "KMS": kms}).root_keys() == [sealed]
    assert "needs KMS" in mistakes(ROOT_KEY=sealed)
    assert "needs KMS" in mistakes(ROOT_KEYS_OTHER=sealed)
    assert "ROOT_KEY:" in mistakes(ROOT_KEY=f"{other} {other}")
    assert "ROOT_KEYS_OTHER:" in mistakes(ROOT_KEYS_OTHER=f"{other} c2hvcnQ=")
    assert "KMS:" in mistakes(KMS="https://kms.eu-west-2.amazonaws.com")
    assert "KMS:" in mistakes(KMS="arn:aws:kms")


def test_returned_mail_has_an_address_with_room_for_a_receipt() -> None:
    assert load({**GOOD, "MAIL_RETURN": "bounce@portal.example"}).mail_return == "bounce@portal.example"
    for wrong in ("bounce", "a+b@portal.example", "b" * 38 + "@portal.example", "bounce@portal.example\nBcc: x"):
        assert "MAIL_RETURN:" in mistakes(MAIL_RETURN=wrong)


def test_the_example_names_every_setting() -> None:
    text = (Path(__file__).resolve().parents[2] / "config/example.env").read_text("utf-8")
    for name in Settings.model_fields:
        assert f"{name.upper()}=" in text, name
