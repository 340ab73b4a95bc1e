"""The case of most tests of the hub."""

from __future__ import annotations

import pytest

from tests.fixtures.councils import Councils
from tests.hub.making import Case, make_case


@pytest.fixture
def case(councils: Councils) -> Case:
    """A report that keeps its address secret."""
    return make_case(councils)
