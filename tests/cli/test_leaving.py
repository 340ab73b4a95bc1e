"""`portal council export`, `destroy` and `restore` say what they did, and why they did nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.cli import main
from portal.cli.cluster import Cluster
from tests.tenants.leaving import SECRET, World, signing_keys
from tests.tenants.test_leaving import NAME, world

__all__ = ["world"]


@pytest.fixture
def folder(world: World, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys in files, and the settings of the instance that holds the councils."""
    del world
    addresses = cluster.addresses(NAME)
    monkeypatch.setenv("DATABASE_URL", addresses.app)
    monkeypatch.setenv("DATABASE_URL_OWNER", addresses.owner)
    monkeypatch.setenv("DEMO", "true")
    signing_keys(tmp_path)
    (tmp_path / "passphrase").write_bytes(SECRET + b"\n")
    (tmp_path / "short").write_text("secret")
    return tmp_path


def export(folder: Path, slug: str = "glan-yr-afon", words: str = "passphrase", sign: str = "sign.pem") -> int:
    keys = ["--passphrase", str(folder / words), "--sign", str(folder / sign)]
    return main(["council", "export", slug, str(folder / "council"), *keys])


def restore(folder: Path) -> int:
    keys = ["--passphrase", str(folder / "passphrase"), "--signed-by", str(folder / "sign.pub.pem")]
    return main(["council", "restore", str(folder / "council"), *keys])


def test_out_and_back(folder: Path, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(folder) == 0
    hash_ = capsys.readouterr().out.splitlines()[-1].removeprefix("SHA-256 ")
    assert main(["council", "destroy", "glan-yr-afon", "--confirm", "0" * 64]) == 1
    assert restore(folder) == 1
    told = capsys.readouterr().err
    assert "not that of the newest export" in told
    assert "here already" in told
    assert main(["council", "destroy", "glan-yr-afon", "--confirm", hash_]) == 0
    assert world.count("select 1 from council") == 1
    assert restore(folder) == 0
    assert world.count("select 1 from council") == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"slug": "nowhere"}, "no such council"),
        ({"words": "short"}, "at least 20 characters"),
        ({"words": "nothing"}, "No such file"),
        ({"sign": "sign.pub.pem"}, "Ed25519 private key"),
    ],
)
def test_what_is_refused(folder: Path, wrong: dict[str, str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(folder, **wrong) == 1
    assert says in capsys.readouterr().err
    assert not (folder / "council").exists()
