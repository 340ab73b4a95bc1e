"""What tests of accounts share: cheap password hashing, and a browser that registers and signs in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask

from portal.auth import passwords
from tests.auth.walking import Walker
from tests.fixtures.councils import Councils


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def new_walker(app: Flask, councils: Councils, run_jobs: Callable[[], None]) -> Callable[..., Walker]:
    """Opens another browser (in England unless told otherwise)."""

    def make(council: str = "england") -> Walker:
        return Walker(app.test_client(), getattr(councils, council), run_jobs)

    return make


@pytest.fixture
def walker(new_walker: Callable[..., Walker]) -> Walker:
    """One browser in Avonmere."""
    return new_walker()
