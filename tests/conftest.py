"""The fixtures of all tests, by subject."""

from __future__ import annotations

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.councils",
    "tests.fixtures.app",
    "tests.fixtures.mail",
    "tests.fixtures.browser",
    "tests.fixtures.canary",
]
