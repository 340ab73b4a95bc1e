"""Drafts of a form at every stage that shows other pages: submitted, failing a scenario, with proposals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from portal.forms.commands import comments
from portal.forms.commands import library as templates
from portal.forms.queries.drafts import find
from portal.kernel import db
from tests.factories.people import Person
from tests.factories.templates import Admin, add_template
from tests.forms.contents import shipped_contents
from tests.forms.designing import begin, prove, publish, submit
from tests.forms.designing import submitted as submitted_by

SHARED = "concern-shared"
FAILING = {"id": "S1", "title": "Nothing said", "answers": {}, "expected": {"route": "MASH_URGENT"}}


@dataclass(frozen=True)
class Stages:
    """The drafts' ids: one of each stage."""

    submitted: UUID
    own: UUID
    failing: UUID
    proposed: UUID
    overtaken: UUID

    def pages(self) -> list[str]:
        """The pages that show a form only at that stage."""
        drafts = "/forms/drafts"
        found = [f"{drafts}/{one}/review" for one in (self.submitted, self.own)]
        found += [f"{drafts}/{self.submitted}{page}" for page in ("", "/comments", "/structure", "/rules", "/proof")]
        found += [f"{drafts}/{one}/submit" for one in (self.failing, self.overtaken)]
        found += [f"{drafts}/{self.overtaken}{page}" for page in ("/translate", "/newer")]
        return [*found, f"{drafts}/{self.proposed}/proposals"]


def _words(content: dict[str, Any]) -> None:
    content["form"]["title"] = {"en": "Still other words", "cy": "Geiriau eraill eto"}


def _failing(content: dict[str, Any]) -> None:
    _words(content)
    content["scenarios"].append(FAILING)


def _first_words(content: dict[str, Any]) -> None:
    """What the library has since changed: the words of the first question."""
    question = content["form"]["triage"]["pages"][0]["questions"][0]
    question["label"] = {language: f"{words} (2)" for language, words in question["label"].items()}


def make(designer: Person, other: Person, approver: Person, admin: Admin) -> Stages:
    """Make them; `other` has submitted one draft, `designer` all the others. The template must be there."""
    overtaken = begin(designer, change=_untranslated)
    publish(approver, submitted_by(other))
    submitted = begin(other, change=_words)
    _say(designer, submitted.id)
    prove(other, submitted.id)
    submit(other, submitted)
    own = begin(designer, change=_words)
    prove(designer, own.id)
    submit(designer, own)
    failing = begin(designer, change=_failing)
    prove(designer, failing.id)
    proposed = _proposed(designer, admin)
    return Stages(submitted.id, own.id, failing.id, proposed, overtaken.id)


def _untranslated(content: dict[str, Any]) -> None:
    content["form"]["sections"][0]["title"] = {"en": "About you"}


def _say(person: Person, draft_id: UUID) -> None:
    with db.unit_of_work(person.scope):
        comments.add(person.actor, find(person.actor, draft_id), "A yw hyn yn glir?", uuid4())


def _proposed(designer: Person, admin: Admin) -> UUID:
    """A draft of the template's first number, when there is a second."""
    with db.unit_of_work(designer.scope):
        draft_id = templates.start(designer.actor, SHARED)
    newer = shipped_contents()[0]
    _first_words(newer)
    add_template(admin, newer, key=SHARED, number=2, note="Clearer words")
    return draft_id
