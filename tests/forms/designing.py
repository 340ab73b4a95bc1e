"""Drafts of a council's form in tests: begun, changed and read as their designer."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any
from uuid import UUID

from portal.forms.commands import drafting
from portal.forms.queries.drafts import Draft, find
from portal.kernel import db
from tests.factories.people import Person

Change = Callable[[dict[str, Any]], None]


def begin(designer: Person, form_key: str = "concern", change: Change | None = None) -> Draft:
    """A draft of the newest version, changed in one place if wanted."""
    with db.unit_of_work(designer.scope):
        draft_id = drafting.start(designer.actor, form_key)
    return save(designer, draft_id, change) if change else read(designer, draft_id)


def read(person: Person, draft_id: UUID) -> Draft:
    """The draft as it stands."""
    with db.unit_of_work(person.scope):
        return find(person.actor, draft_id)


def save(designer: Person, draft_id: UUID, change: Change) -> Draft:
    """Save one change of a copy of the content."""
    with db.unit_of_work(designer.scope):
        draft = find(designer.actor, draft_id)
        content = copy.deepcopy(draft.content)
        change(content)
        drafting.save(designer.actor, draft, content, draft.version, "test")
        return find(designer.actor, draft_id)


def other_words(content: dict[str, Any]) -> None:
    """Change the words of the form's title."""
    content["form"]["title"] = {"en": "Other words", "cy": "Geiriau eraill"}
