"""Decisions that are good in every respect but the one that a test is about."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from portal.screening.commands.decisions import Given
from portal.screening.grounds import Grounds

# A reason that both councils of the demonstration offer for each outcome that has some.
REASONS = {
    "assessment": ("harm",), "strategy_discussion": ("injury",), "early_help": ("agreed",),
    "no_further_action": ("known",),
}  # fmt: skip


def grounds(outcome: str = "assessment", **changed: Any) -> Grounds:
    """Grounds that the outcome needs; nobody was consulted."""
    usual = {"reasons": REASONS.get(outcome, ()), "need": "N1", "nobody": "CNRY dim angen", "consent": "given"}
    return Grounds(**(usual | changed))


def given(
    outcome: str, route: str, rationale: str, told: str, seen: int, once: UUID | None = None, **changed: Any
) -> Given:
    """What a screener records."""
    return Given(outcome, route, rationale, told, seen, once or uuid4(), **({"grounds": grounds(outcome)} | changed))


def fields(outcome: str = "assessment") -> dict[str, Any]:
    """What the page of a decision posts besides the rationale and the words for the referrer."""
    return {"reasons": list(REASONS.get(outcome, ())), "need": "N1", "nobody": "CNRY dim angen", "consent": "given"}
