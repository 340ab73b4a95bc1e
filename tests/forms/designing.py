"""Drafts of a council's form in tests: begun, changed and read as their designer."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any
from uuid import UUID

from portal.forms.commands import checks, drafting, releasing
from portal.forms.queries.checks import PROOF
from portal.forms.queries.drafts import Draft, find
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Scope
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


def prove(person: Person, draft_id: UUID, *, holds: bool = True) -> None:
    """The proof of the draft as it stands, as if the job had run."""
    with db.unit_of_work(person.scope):
        check_id = checks.ask(person.actor, find(person.actor, draft_id), PROOF)
    with db.unit_of_work(Scope(person.council, SYSTEM)):
        if checks.begin(check_id) is not None:
            checks.finish(check_id, {"holds": holds, "properties": []})


def submit(person: Person, draft: Draft, **said: Any) -> Draft:
    """Submit a draft with a note."""
    with db.unit_of_work(person.scope):
        releasing.submit(person.actor, draft, draft.version, releasing.Submission(**{"note": "Clearer words", **said}))
        return find(person.actor, draft.id)


def publish(person: Person, draft: Draft) -> UUID:
    """Approve and publish a draft as it was seen."""
    with db.unit_of_work(person.scope):
        return releasing.publish(person.actor, draft, draft.version)


def submitted(designer: Person, change: Change = other_words) -> Draft:
    """A draft that is changed, proved and submitted."""
    draft = begin(designer, change=change)
    prove(designer, draft.id)
    return submit(designer, draft)
