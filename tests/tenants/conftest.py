"""What tests of a council's own pages share: its administrator at a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.auth.walking import Walker
from tests.factories import people
from tests.fixtures.councils import Councils


@pytest.fixture
def at_the_council(app: Flask, councils: Councils, run_jobs: Callable[[], None]) -> Callable[..., Walker]:
    """Opens the browser of somebody at a council (an administrator in England unless told otherwise)."""

    def make(council: str = "england", role: str = "council_admin") -> Walker:
        walker = Walker(app.test_client(), getattr(councils, council), run_jobs)
        people.sign_in(walker.client, people.make_person(walker.council, role=role))
        return walker

    return make


@pytest.fixture
def administrator(at_the_council: Callable[..., Walker]) -> Walker:
    """An administrator of Avonmere."""
    return at_the_council()
