"""`portal keys new-root`, and what is said of root keys."""

from __future__ import annotations

import argparse
import base64
from collections import Counter

import pytest

from portal.cli import keys, root_keys_check
from portal.kernel.ring import Ring, name_of

OLD, NEW, LOST = b"o" * 32, b"n" * 32, "1f2e3d4c5b6a7988"


def test_a_new_root_key_is_printed_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://portal_app@db/portal")
    monkeypatch.setenv("DEMO", "true")
    assert keys.new_root(argparse.Namespace()) == 0
    said = capsys.readouterr()
    key = base64.b64decode(said.out.strip())
    assert len(key) == 32
    assert name_of(key) in said.err
    assert said.out.strip() not in said.err
    monkeypatch.setenv("KMS", "http://127.0.0.1:9/alias/portal")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert keys.new_root(argparse.Namespace()) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("the key service does not answer")


def test_what_is_left_is_told_for_each_key() -> None:
    held, old = Ring(NEW, [OLD]), name_of(OLD)
    assert root_keys_check.lines(held, Counter()) == [f"{old}: 0 left, may be removed"]
    assert root_keys_check.lines(held, Counter({old: 2})) == [f"{old}: 2 left"]
    # What names no key may need the old one.
    assert root_keys_check.lines(held, Counter({"": 1})) == ["keys that name no root key: 1 left", f"{old}: 0 left"]
    assert root_keys_check.lines(Ring(NEW), Counter({LOST: 1})) == [f"{LOST}: 1 left, and IS NOT SET"]
    assert root_keys_check.fault(held, Counter({old: 2, "": 1})) == ""
    assert root_keys_check.fault(held, Counter({LOST: 1})).endswith(f"needed: {LOST}")
