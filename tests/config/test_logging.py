"""Logs hold allow-listed keys only; an exception is its type and its place, never its text."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from config.logging import configure

CANARY = "CNRY-name-Siân"


def failure() -> ValueError:
    """An error whose text holds what somebody typed."""
    try:
        int(CANARY)
    except ValueError as error:
        return error
    raise AssertionError


@pytest.fixture(autouse=True)
def _logs() -> object:
    handlers = logging.getLogger().handlers[:]
    configure("INFO")
    yield None
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers


def test_only_allowed_keys(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    structlog.get_logger().info("request", status=200, child=CANARY, email=CANARY)
    line = json.loads(capsys.readouterr().err)
    assert line["status"] == 200
    assert line["dropped"] == 2
    assert CANARY not in json.dumps(line)


def test_an_exception_is_its_type_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    structlog.get_logger().error("request", exc_info=failure())
    text = capsys.readouterr().err
    assert json.loads(text)["error"] == "ValueError"
    assert CANARY not in text


def test_libraries_say_who_they_are_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    logging.getLogger("sqlalchemy.pool").error("connection of %s", CANARY, exc_info=failure())
    text = capsys.readouterr().err
    assert "sqlalchemy.pool: error ValueError" in text
    assert CANARY not in text
