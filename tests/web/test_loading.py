"""What a web process loads at its start: no more than it needs to answer a page."""

from __future__ import annotations

import subprocess
import sys

ROOMS = """
import sys
from portal import app
for package in app.PACKAGES:
    for room in ("tasks", "views"):
        app._room(package, room)
app._room("forms", "views").register(app.Flask("portal"))
print("z3" in sys.modules, "portal.forms.tasks" in sys.modules, "portal.forms.views.proof" in sys.modules)
{more}
"""


def loaded(more: str = "") -> list[str]:
    """Import in a fresh interpreter all that create_app does, and say whether the solver came with it."""
    words = [sys.executable, "-P", "-c", ROOMS.format(more=more)]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()


def test_no_web_process_loads_the_solver() -> None:
    """It is large, and only jobs prove."""
    assert loaded() == ["False True True"]


def test_a_job_that_proves_loads_it() -> None:
    """Or the test above could not fail."""
    prove = "from portal.forms.verify.proving import verify\nprint(verify({}, {}).holds, 'z3' in sys.modules)"
    assert loaded(prove)[-1] == "False True"
