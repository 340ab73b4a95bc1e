"""Who runs which kind of check of a draft: higher packages register theirs by name. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class Stopped(Exception):
    """Raised by `report` when nobody waits for the result any more: a runner lets it pass."""


class Report(Protocol):
    """Keeps how far a run is, at once and whatever happens afterwards."""

    def __call__(self, done: int, total: int, so_far: Mapping[str, Any] | None = None) -> None:
        """Note the progress; `so_far` is handed to the next run when this one is killed. Raises Stopped."""


@dataclass(frozen=True)
class Run:
    """One check to run: exactly this content, for the council of the scope.

    `content` is {"form", "thresholds", "scenarios"}; `so_far` what an earlier run that was killed had kept, or None.
    """

    check_id: UUID
    draft_id: UUID
    form_key: str
    base_id: UUID | None
    content: Mapping[str, Any]
    languages: tuple[str, ...]
    so_far: Mapping[str, Any] | None
    now: datetime
    report: Report


# A runner returns its result, ready for JSON; `holds` (true or false) in it says whether the check passed.
Runner = Callable[[Run], dict[str, Any]]
_runners: dict[str, Runner] = {}


def register_runner(kind: str, function: Runner) -> None:
    """Say who runs checks of this kind; called when the package's tasks are imported."""
    _runners[kind] = function


def runner(kind: str) -> Runner | None:
    """The runner of a kind, None when nobody registered one."""
    return _runners.get(kind)
