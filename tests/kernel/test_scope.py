"""For whom we are acting, as everybody below a view asks for it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from portal.kernel import scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Council, Scope


def test_outside_every_council_there_is_none() -> None:
    here = Council(uuid4(), "here", {"en": "Here"}, "england", ("en",))
    with scope.within(Scope(here)):
        assert scope.council() is here
    with pytest.raises(NotFound):
        scope.council()
