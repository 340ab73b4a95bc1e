"""The small application of `kitchen.py` for every test here, and parsed HTML to look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from tests.web import kitchen


@pytest.fixture(scope="session")
def app() -> Flask:
    """Shared: a test that changes its application makes one of its own."""
    return kitchen.make()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client
