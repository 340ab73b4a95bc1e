"""Root keys sealed by a key service: a real peer of AWS KMS seals and opens them, and its refusals tell nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from portal.adapters import root_keys
from portal.adapters.ports import KeyService
from portal.kernel.errors import Unavailable
from tests.fixtures.app import free_port

REGION = "eu-west-2"


@pytest.fixture(scope="module")
def peer() -> Iterator[str]:
    """The address of a key service of this process with a key `alias/portal`."""
    port = free_port()
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    url = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "kms", endpoint_url=url, region_name=REGION, aws_access_key_id="made", aws_secret_access_key="up"
    )
    for name in ("portal", "other"):
        made = client.create_key()["KeyMetadata"]["KeyId"]
        client.create_alias(AliasName=f"alias/{name}", TargetKeyId=made)
    yield url
    server.stop()


@pytest.fixture
def service(peer: str, monkeypatch: pytest.MonkeyPatch) -> KeyService:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "up")
    found = root_keys.service_for(f"{peer}/alias/portal", REGION)
    assert found is not None
    return found


def test_a_root_key_is_sealed_and_opened_by_the_service(service: KeyService) -> None:
    value, plain = root_keys.new_value(service), root_keys.new_value(None)
    assert value.startswith("kms:")
    assert len(base64.b64decode(plain)) == 32
    ring = root_keys.ring_for([value, plain], service)
    assert ring.names == (root_keys.ring_for([value], service).name, root_keys.ring_for([plain], None).name)
    again = root_keys.ring_for([plain, value], service)
    assert again.open(ring.seal(b"x", b"here"), b"here") == b"x"


def test_another_key_of_the_service_and_another_purpose_open_nothing(service: KeyService, peer: str) -> None:
    value = root_keys.new_value(service)
    other = root_keys.service_for(f"{peer}/alias/other", REGION)
    with pytest.raises(Unavailable, match="the key service refuses"):
        root_keys.ring_for([value], other)
    client = boto3.client("kms", endpoint_url=peer, region_name=REGION)
    theirs = client.encrypt(KeyId="alias/portal", Plaintext=b"k" * 32, EncryptionContext={"purpose": "something"})
    with pytest.raises(Unavailable, match="the key service refuses"):
        service.open(theirs["CiphertextBlob"])


def test_what_is_no_root_key_is_refused(service: KeyService) -> None:
    short = "kms:" + base64.b64encode(service.seal(b"short")).decode()
    with pytest.raises(Unavailable, match="no root key"):
        root_keys.ring_for([short], service)


@pytest.mark.parametrize("key", ["alias/nobody", "portal"])
def test_a_refusal_names_a_code_and_nothing_else(service: KeyService, peer: str, key: str) -> None:
    wrong = root_keys.service_for(f"{peer}/{key}", REGION)
    assert wrong is not None
    with pytest.raises(Unavailable, match=r"^the key service refuses \(\w+\)$"):
        wrong.seal(b"k" * 32)


def test_nobody_there_is_an_outage(service: KeyService, monkeypatch: pytest.MonkeyPatch) -> None:
    away = root_keys.service_for(f"http://127.0.0.1:{free_port()}/alias/portal", REGION)
    assert away is not None
    with pytest.raises(Unavailable, match="does not answer"):
        away.open(b"x")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(Unavailable, match=r"does not answer \(NoCredentialsError\)"):
        service.open(b"x")
    with pytest.raises(Unavailable, match="KMS is not set"):
        root_keys.ring_for(["kms:eHh4"], None)
