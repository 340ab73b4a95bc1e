"""Passkeys on a council's own host: one passkey of the person's serves every council (related origin requests)."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from portal.adapters import ports
from portal.auth.sessions import PLAIN_NAME
from portal.kernel.scope import Council
from portal.tenants import resolve
from tests.factories.people import make_person, open_session
from tests.fixtures.app import free_port
from tests.journeys.test_passkeys import give_device

pytestmark = pytest.mark.journey
PORTAL, THEIRS, BELOW = "portal.test", "front-door.example", "avonmere.portal.test"


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate of our own making: browsers ask only over https which hosts may use a passkey."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, PORTAL)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in (PORTAL, THEIRS, BELOW)]), False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.fixture
def council(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    """Avonmere with two hosts of its own, one below the portal's."""
    del app
    read = resolve._council

    def with_hosts(id_: UUID, slug: str, document: Any) -> Council | None:
        return read(id_, slug, {**document, "hostnames": [THEIRS, BELOW] if slug == "avonmere" else []})

    monkeypatch.setattr(resolve, "_council", with_hosts)
    monkeypatch.setattr(ports, "_base_url", [f"https://{PORTAL}"])
    resolve.forget()
    yield resolve.by_slug("avonmere")
    resolve.forget()


@pytest.fixture
def secure(app: Flask, tmp_path: Path) -> Iterator[int]:
    """The port where the application answers over https."""
    server = make_server("127.0.0.1", free_port(), app, threaded=True, ssl_context=certificate(tmp_path))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@pytest.fixture
def page(browser: Browser, browser_type_launch_args: dict[str, Any], secure: int) -> Iterator[Page]:
    """A browser that finds our hosts there."""
    found = [f"MAP {host}:443 127.0.0.1:{secure}" for host in (PORTAL, THEIRS, BELOW)]
    rules = [f"--host-resolver-rules={','.join(found)}", "--ignore-certificate-errors"]
    own = browser.browser_type.launch(**browser_type_launch_args | {"args": browser_type_launch_args["args"] + rules})
    context = own.new_context(ignore_https_errors=True)
    context.set_default_timeout(10_000)
    yield context.new_page()
    own.close()


def test_given_a_passkey_of_the_portal_when_a_council_has_hosts_of_its_own_then_it_signs_in_there_too(
    page: Page, council: Council
) -> None:
    person = make_person(council, role="screener")
    give_device(page)
    cookie = {"name": PLAIN_NAME, "value": open_session(person), "url": f"https://{THEIRS}"}
    page.context.add_cookies([cookie])  # type: ignore[list-item] # a dict with the keys of Playwright's own type
    page.goto(f"https://{THEIRS}/account/passkeys/add")
    page.get_by_role("button", name="Create a passkey").click()
    page.wait_for_url("**/account/recovery-codes")
    page.context.clear_cookies()
    for place in (f"https://{PORTAL}/avonmere", f"https://{BELOW}", f"https://{THEIRS}"):
        page.goto(f"{place}/sign-in")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(f"{place}/holding-area")


def test_given_a_browser_that_knows_no_related_hosts_then_the_way_to_ours_is_there(
    page: Page, council: Council
) -> None:
    del council
    page.add_init_script("delete PublicKeyCredential.getClientCapabilities")
    page.goto(f"https://{THEIRS}/sign-in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_role("link", name=f"Go on at {PORTAL}").click()
    page.wait_for_url(f"https://{PORTAL}/avonmere/sign-in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
