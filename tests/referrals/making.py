"""Drafts and reports made with the commands themselves, for tests that are not about clicking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from portal.forms.queries import Published, newest
from portal.forms.queries.versions import content_of, newest_of_each
from portal.forms.questionnaire import ONE_CHOICE, Form, Question, visible
from portal.kernel import db
from portal.referrals.commands import drafts, sending, trials
from portal.referrals.paths import TRIAGE, walk
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.trials import open_trial
from tests.factories.people import Person

WORDS: dict[str, Any] = {
    "tel": "01632 960300", "email": "a@example.org.uk", "postcode": "AA3 1AB", "nhs_number": "9991000003",
    "upn": "W678123426001", "name": {"first": "Siân", "last": "Llŷr"}, "school": {"name": "Oakfield"},
    "practice": {"name": "Quayside"}, "address": {"lines": "4 Fictional Row", "postcode": "AA3 1AB"}, "group": [],
}  # fmt: skip
DATES: dict[str, Any] = {
    "exact": "2019-03-27", "month": "2019-03", "year": "2019", "estimated": {"about": "2019"},
    "due": {"due": "2027-02-01"},
}  # fmt: skip


@contextmanager
def acting(person: Person) -> Iterator[Published]:
    """A transaction of that person; gives the newest form."""
    with db.unit_of_work(person.scope):
        yield newest()


def value_of(question: Question) -> Any:
    """An answer that the question's page could have stored."""
    first = question.options[0].value if question.options else ""
    number = "7.5" if question.decimals else 7
    made: dict[str, Any] = {
        **WORDS, **dict.fromkeys(ONE_CHOICE, first), "checkboxes": [first], "documents": {"kinds": [first]},
        "levels": {first: question.levels[0].value if question.levels else 0},
        "number": number, "age": number, "date": DATES[question.forms[0]],
    }  # fmt: skip
    return made.get(question.type, "Words about it")


def _none_of(question: Question) -> list[str]:
    """What the page stores where a scenario says that nothing applies."""
    return [option.value for option in question.options if option.exclusive]


def answers(form: Form, questions: Any, given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The given answers, and one for every required question that they open."""
    found = {
        one.key: _none_of(one) if given[one.key] == [] else given[one.key] for one in questions if one.key in given
    }
    for _ in range(len(questions) + 1):
        asked = visible(questions, {**known, **found})
        missing = [q for q in asked if q.key not in found and q.is_required({**known, **found})]
        if not missing:
            return found
        found[missing[0].key] = value_of(missing[0])
    return found


def complete(form: Form, **given: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Triage answers and sections of a report that may be sent; `given` fixes some answers."""
    triage = answers(form, form.triage_questions(), given, {})
    sections: dict[str, Any] = {}
    for _ in form.sections:
        walked = walk(form, "full", triage, sections)
        section = next((one for one in walked.shown if one.key not in sections), None)
        if section is None:
            break
        item = answers(form, section.questions, given, walked.known())
        sections[section.key] = item if section.repeat is None else [item] * section.repeat.min
    return triage, sections


def make_draft(person: Person, *, with_sections: bool = True, **given: Any) -> UUID:
    """A saved draft of that person that may be sent, or with its triage only."""
    with acting(person) as published:
        draft_id = drafts.start(person.actor, "full", "en")
        assert draft_id is not None
        triage, bodies = complete(published.form, **given)
        saved: dict[str, Any] = {TRIAGE: {"answers": triage, "override_reason": ""}}
        for key, body in {**saved, **(bodies if with_sections else {})}.items():
            drafts.save(person.actor, find_draft(person.actor, draft_id), key, body, 0, complete=True)
    return draft_id


def send_draft(person: Person, draft_id: UUID) -> str:
    """Open the check page and send, as the person would; returns the reference."""
    with acting(person):
        draft = find_draft(person.actor, draft_id)
        key = sending.mint_key(person.actor, draft)
    with acting(person):
        return sending.send(person.actor, draft_id, key, draft.version)


def begin_trial(person: Person, *, kind: str = "full", form_key: str = "concern", language: str = "en") -> UUID:
    """A trial of the published form, begun by somebody who may."""
    trial_id = uuid4()
    with acting(person):
        version = newest_of_each()[form_key]
        assert version is not None
        trials.begin(person.actor, content_of(version.id), kind, language, trial_id=trial_id, version_id=version.id)
    return trial_id


def fill_trial(person: Person, trial_id: UUID, **given: Any) -> None:
    """Every answer that the trial needs to be "sent"; `given` fixes some answers."""
    with acting(person):
        _draft, form = open_trial(person.actor, trial_id)
        triage, sections = complete(form.form, **given)
        for key, body in {TRIAGE: {"answers": triage, "override_reason": ""}, **sections}.items():
            draft, _form = open_trial(person.actor, trial_id)
            trials.Trials().save(person.actor, draft, key, body, 0, complete=True)
