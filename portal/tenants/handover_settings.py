"""Which decisions a council hands over to its case system, and how: read with its settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.tenants.outcome_settings import OUTCOME_KINDS
from portal.tenants.reading import Found, Reader

WAYS: Final = ("none", "copy", "push", "sftp")
"""Not at all; by a person who copies it; told by a signed request and collected; put into a folder."""
USUAL: Final = ("assessment", "strategy")


@dataclass(frozen=True)
class Handover:
    """How, and the kinds of outcome whose decisions are handed over."""

    how: str = "none"
    outcomes: tuple[str, ...] = USUAL

    def takes(self, kind: str | None) -> bool:
        """Whether a decision of that kind is handed over."""
        return self.how != "none" and kind in self.outcomes


def read_handover(top: Reader) -> Handover:
    """The group `hand_over` of a council.yaml, which may be missing, as may each of its values."""
    if not top.has("hand_over"):
        top.value("hand_over", required=False)
        return Handover()
    group = top.group("hand_over")
    found = Handover(how=group.choice("how", WAYS, "none"), outcomes=_outcomes(group))
    group.finish()
    return found


def _outcomes(group: Reader) -> tuple[str, ...]:
    if not group.has("outcomes"):
        group.value("outcomes", required=False)
        return USUAL
    said = group.items("outcomes", required=False)
    for index, one in enumerate(said):
        if one not in OUTCOME_KINDS:
            says = f"must be one of: {', '.join(OUTCOME_KINDS)}"
            group.mistakes.append(Found((*group.place, "outcomes", index), says))
    return tuple(dict.fromkeys(one for one in said if isinstance(one, str)))
