"""Who reads and writes in the hub, and how much of a report is shared there. Pure."""

from __future__ import annotations

from typing import Final
from uuid import UUID

SUMMARY, ANSWERS = "summary", "answers"
WHAT: Final = (SUMMARY, ANSWERS)
# The council among those who have read a message, beside the ids of agencies.
COUNCIL: Final = UUID(int=0)
