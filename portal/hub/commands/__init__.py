"""What is done in the hub: opening, sharing anew, taking back, writing, reading; each is done once."""

from __future__ import annotations

from portal.hub.commands.opening import MAX_QUESTION, Opening, open_to, withdraw
from portal.hub.commands.releasing import MAX_WHY, release
from portal.hub.commands.renewing import share_anew
from portal.hub.commands.writing import MAX_WORDS, answer, mark_read, note_read, write

__all__ = [
    "MAX_QUESTION", "MAX_WHY", "MAX_WORDS", "Opening", "answer", "mark_read", "note_read", "open_to", "release",
    "share_anew", "withdraw", "write",
]  # fmt: skip
