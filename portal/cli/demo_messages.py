"""What is said in the thread of a story of the demonstration, in its steps: asked, answered in part, not sent yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from portal.auth.policy import Permission
from portal.cli.demo_papers import papers
from portal.kernel import scope
from portal.kernel.language import words
from portal.kernel.scope import Actor
from portal.messaging import commands as messages
from portal.messaging.commands import drafting
from portal.messaging.commands.answering import Answering, answer
from portal.messaging.commands.drafting import Sheet
from portal.messaging.commands.seeing import note_seen
from portal.messaging.queries import thread
from portal.messaging.queries.drafts import ASK, REPLY
from portal.messaging.ready import dated, ready
from portal.referrals.queries.record import Found
from portal.web.speaking import speaking

Step = Mapping[str, Any]


def ask(actor: Actor, step: Step, found: Found) -> None:
    """Ask in the step's words, or with the council's ready ones, and with questions of the form."""
    _look(actor, Permission.SCREEN, found, "council")
    text = _ready(found, step["ready"]) if "ready" in step else step["text"]
    with speaking(found.language):
        due = dated(scope.council(), found)
        messages.ask(actor, found, text, uuid4(), questions=step.get("questions", ()), dated=due)


def reply(actor: Actor, step: Step, found: Found) -> None:
    """Answer in words, with papers."""
    _look(actor, Permission.REPLY, found, "agency")
    messages.reply(actor, found, step["text"], uuid4(), papers(step.get("files", ())))


def answer_questions(actor: Actor, step: Step, found: Found) -> None:
    """Answer some of the questions of the form that the last message asked."""
    _look(actor, Permission.REPLY, found, "agency")
    asked = [one for one in thread(actor, Permission.REPLY, found) if one.chosen][-1]
    reason = words(found.language, "Answer to the council’s question")
    answer(actor, found, Answering(asked.id, step["answers"], step["text"], reason, uuid4()))


def draft(actor: Actor, step: Step, found: Found) -> None:
    """Type something and leave it."""
    side, page = ("agency", REPLY) if actor.agency_id else ("council", ASK)
    _look(actor, Permission.TRACK if actor.agency_id else Permission.LOOK, found, side)
    drafting.keep(actor, found, Sheet(page, side, uuid4(), 0), {"message": [step["text"]]})


def _look(actor: Actor, permission: Permission, found: Found, side: str) -> None:
    messages.mark_read(actor, found, side)
    note_seen(actor, found, thread(actor, permission, found), side)


def _ready(found: Found, key: str) -> str:
    every = ready(scope.council(), found, found.language)
    return next(one.text for one in every if one.key == key)
