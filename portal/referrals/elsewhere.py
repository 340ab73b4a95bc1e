"""Contacts that reached the council another way than through the portal, and who brought them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from portal.forms.questionnaire import Form, Question
from portal.referrals.paths import Missing

PORTAL: Final = "portal"
TELEPHONE, LETTER, EMAIL, VISIT, POLICE, PARTNERS_FORM = CHANNELS = (
    "telephone", "letter", "email", "visit", "police", "form",
)  # fmt: skip
# How long ago one may have reached the council, and from when on somebody is asked whether that is right.
MOST_DAYS_AGO: Final = 28
DAYS_UNASKED: Final = 3
# From another council of the instance: nobody takes that down.
TRANSFER: Final = "transfer"
# What the portal's own short form asks about whoever fills it in: here somebody else does.
_OF_THE_REFERRER = "referrer."


@dataclass(frozen=True)
class Caller:
    """Who brought a contact, as they said it: "" for what they did not say. `agency` is one that is not on the list."""

    name: str = ""
    agency: str = ""
    reach: str = ""

    def text(self) -> str:
        """The words as they are sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)


def caller_from(text: str) -> Caller:
    """What `Caller.text` wrote."""
    return Caller(**json.loads(text))


def questions(form: Form) -> Iterator[Question]:
    """The questions of the council's short form that are about the child and what happened."""
    for section in form.urgent[:1]:
        for question in section.questions:
            if not (question.fact or "").startswith(_OF_THE_REFERRER):
                yield question


def open_questions(form: Form, missing: list[Missing]) -> list[Missing]:
    """What is still missing of a contact, among what is missing of the short form."""
    asked = {question.key for question in questions(form)}
    return [gap for gap in missing if gap.question in asked]
