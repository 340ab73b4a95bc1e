"""The fixtures of all tests, by subject."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.councils",
    "tests.fixtures.app",
    "tests.fixtures.mail",
    "tests.fixtures.notify",
    "tests.fixtures.scanner",
    "tests.fixtures.stores",
    "tests.fixtures.browser",
    "tests.fixtures.canary",
    "tests.fixtures.identity",
    "tests.fixtures.case_systems",
]

# Nothing here is timed: the machine may be busy with something else.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
