"""The small application of `kitchen.py` for every test here, and parsed HTML to look at."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from structlog.testing import capture_logs
from werkzeug.serving import WSGIRequestHandler, make_server

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


class Silent(WSGIRequestHandler):
    """A server that does not print each request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's own name
        del type, message, args


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, kitchen.make(), threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sink(browser: Browser, address: str) -> Iterator[Page]:
    """A browser's page; a script error or a refusal by the content security policy fails the test."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Security Policy" in line.text else None)
    yield page
    context.close()
    assert faults == []
