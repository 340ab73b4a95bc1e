"""The neutral package of a decided report, as one plain document: what it says, of whom, what was decided. Pure.

Its words are those of schemas/contact-package-1.0.json; the council's own form is in it whole, as `answers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from portal.forms.facts import is_empty
from portal.forms.queries import Published
from portal.forms.questionnaire import Question, visible
from portal.handover.persons import Told, coded, facts_of, person, subject, told_of, value
from portal.kernel.language import Text
from portal.referrals.elsewhere import PORTAL, Caller
from portal.referrals.paths import TRIAGE, Walked, shown_pages, walk, words_of
from portal.referrals.queries.record import Answers, Found
from portal.referrals.withholding import keeps_places, unnamed
from portal.screening.queries.decision import Decided

VERSION: Final = "1.0"


@dataclass(frozen=True)
class Agency:
    """Who reported: the agency's name, its kind, its numbers in official registers by their scheme, and what the census
    calls it ("" where there is none)."""

    name: Text
    kind: str
    identifiers: Mapping[str, str]
    source: str = ""


@dataclass(frozen=True)
class Attached:
    """A file on the report. `name` is its safe name in the parcel, "" while it is not in it; `called` its own name."""

    name: str
    called: str
    kind: str
    size: int
    sha256: str
    state: str
    side: str
    added_at: datetime


@dataclass(frozen=True)
class Contents:
    """All that a package is made from; `answers` as they are now, `told` says an answer in a language."""

    parcel_id: UUID
    event: str
    made_at: datetime
    council: str
    nation: str
    languages: tuple[str, ...]
    found: Found
    published: Published
    answers: Answers
    corrected: int
    agency: Agency
    caller: Caller
    decided: Decided
    kind: str
    label: Text
    reasons: Mapping[str, Text]
    attachments: tuple[Attached, ...]
    told: Callable[[Question, Any, str], str]


def package(of: Contents) -> dict[str, Any]:
    """The document of one parcel."""
    form = of.published.form
    walked = walk(form, of.found.kind, of.answers.triage, of.answers.sections)
    single = _single(of, walked)
    secret = keeps_places(of.answers.triage, of.answers.sections)
    people = list(told_of(walked))
    return {
        "package_version": VERSION,
        "parcel": {"id": str(of.parcel_id), "event": of.event, "made_at": _at(of.made_at)},
        "tenant": of.council,
        "submission": _submission(of, single),
        "referrer": _referrer(of, single),
        "subjects": [
            {"id": f"subject{number}", **subject(one, secret=secret)}
            for number, one in enumerate((one for whom, one in people if whom != "person."), 1)
        ],
        "people": [
            {"id": f"person{number}", **person(one, secret=secret)}
            for number, one in enumerate((one for whom, one in people if whom == "person."), 1)
        ],
        "concern": _concern(of, walked, single),
        "consent": {name: _told(single, f"consent.{name}") for name in ("told", "who", "agreed", "reasons", "why")},
        "voice": _voice(walked),
        "attachments": [_attachment(one) for one in of.attachments],
        "clocks": _clocks(of),
        "decision": _decision(of),
        "answers": list(_answers(of, walked)),
        "audit_ref": str(of.found.id),
    }


def _single(of: Contents, walked: Walked) -> Told:
    """What is told once, and not of each child or person."""
    facts = facts_of(of.published.form.triage_questions(), walked.triage)
    for section in walked.shown:
        body = walked.sections.get(section.key)
        if isinstance(body, Mapping):
            facts |= facts_of(section.questions, body)
    return facts


def _told(facts: Told, name: str) -> Any:
    """A choice with its label, else the words; None for what was not answered."""
    return coded(facts, name) if name in facts and facts[name][0].options else value(facts, name)


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _submission(of: Contents, single: Told) -> dict[str, Any]:
    found = of.found
    rang = words_of(value(single, "referrer.rang")) or None
    return {
        "id": str(found.id),
        "reference": found.reference,
        "submitted_at": _at(found.sent_at),
        "form": found.form_key,
        "form_version": of.published.number,
        # Questions and rules are published together: one number names both.
        "ruleset_version": of.published.number,
        "urgent_form": found.kind == "urgent",
        "route": found.route,
        "rule": found.rule,
        "level": found.level,
        "overridden": found.overridden,
        "override_reason": of.answers.override_reason or None,
        "priority": found.priority,
        "language": found.language,
        "channel": found.channel,
        "corrected_answers": of.corrected,
        "phone_report": {"rang": rang, "when": words_of(value(single, "referrer.rang_when")) or None} if rang else None,
    }


def _referrer(of: Contents, single: Told) -> dict[str, Any]:
    found, elsewhere = of.found, of.found.channel != PORTAL
    name = of.caller.name if elsewhere else (found.first_author or found.author_name)
    return {
        "name": name or None,
        "role": None if elsewhere else found.author_job or None,
        "agency": {
            "name": {"en": of.caller.agency} if elsewhere and of.caller.agency else dict(of.agency.name),
            "type": of.agency.kind,
            "identifiers": dict(of.agency.identifiers),
            "cin_referral_source": of.agency.source or None,
        },
        "phone": words_of(value(single, "referrer.phone")) or (of.caller.reach if elsewhere else "") or None,
        "anonymity_requested": unnamed(of.published.form, of.answers.triage, of.answers.sections),
        "taken_down_by": found.author_name if elsewhere else None,
    }


def _concern(of: Contents, walked: Walked, single: Told) -> dict[str, Any]:
    flags = of.published.form.flags(walked.triage)
    said = {name: told for name, told in single.items() if name.startswith(("concern.", "request.", "now."))}
    named = ("concern.categories", "concern.main_category")
    return {
        "categories": _told(single, named[0]) or [],
        "main": _told(single, named[1]),
        "red_flags": [
            {"question": question.key, "value": one.value, "label": dict(one.label)}
            for question, options in flags
            for one in options
        ],
        "narrative": {name: _told(said, name) for name in said if name not in named},
    }


def _voice(walked: Walked) -> list[dict[str, Any]]:
    body = walked.sections.get("voice")
    return [dict(item) for item in (body if isinstance(body, list) else [body]) if isinstance(item, Mapping) and item]


def _attachment(one: Attached) -> dict[str, Any]:
    return {
        "name": one.name or None, "original_name": one.called, "sha256": one.sha256 or None, "size": one.size,
        "type": one.kind, "scanned": one.state, "added_by": one.side, "added_at": _at(one.added_at),
    }  # fmt: skip


def _clocks(of: Contents) -> dict[str, Any]:
    found = of.found
    return {
        "received": _at(found.came_at), "decision_due": _at(found.due_at),
        "decided_at": _at(of.decided.decided_at), "calendar": of.nation,
    }  # fmt: skip


def _decision(of: Contents) -> dict[str, Any]:
    made, grounds = of.decided, of.decided.grounds
    return {
        "id": str(made.id),
        "outcome": made.outcome,
        "kind": of.kind or None,
        "label": dict(of.label),
        "decided_at": _at(made.decided_at),
        "decided_by": made.decided_by,
        "approved_by": made.approved_by or None,
        "route": made.route,
        "rationale": made.rationale,
        "told_referrer": made.told,
        "corrects": str(made.corrects) if made.corrects else None,
        "why_corrected": made.why or None,
        "codes": {
            "contact_outcome": made.codes.contact or None,
            "referral_outcome": made.codes.referral or None,
            "referral_nfa": made.codes.nfa or None,
            "primary_need": (grounds.need if grounds else "") or None,
        },
        "reasons": [
            {"code": one, "label": dict(of.reasons.get(one, {}))} for one in (grounds.reasons if grounds else ())
        ],
        "consent": (grounds.consent if grounds else "") or None,
        "consent_reason": (grounds.consent_reason if grounds else "") or None,
        "consent_words": (grounds.consent_words if grounds else "") or None,
        "consulted": [
            {"agency": one.agency, "name": one.name, "role": one.role or None, "when": one.when}
            for one in (grounds.consulted if grounds else ())
        ],
        "nobody_consulted_because": (grounds.nobody if grounds else "") or None,
    }


def _answers(of: Contents, walked: Walked) -> Iterator[dict[str, Any]]:
    """The council's own form as it was answered, in its order: a part for each page, section, child and person."""
    form, kind = of.published.form, of.found.kind
    for page in shown_pages(form, walked.triage) if kind != "urgent" else ():
        yield _part(of, (TRIAGE, page.title), page.questions, walked.triage)
    for section in walked.shown:
        body = walked.sections.get(section.key)
        for item in body if isinstance(body, list) else [body]:
            if isinstance(item, Mapping):
                yield _part(of, (section.key, section.title), section.questions, item, walked.known())
                yield from _groups(of, section.questions, item)


def _groups(of: Contents, questions: Sequence[Question], item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for group in (one for one in questions if one.type == "group"):
        for each in item.get(group.key) or ():
            yield _part(of, (group.key, group.label), group.questions, each, item)


def _part(
    of: Contents, named: tuple[str, Text], questions: Sequence[Question], item: Mapping[str, Any],
    around: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    asked = [one for one in visible(questions, {**(around or {}), **item}) if one.type != "group"]
    return {
        "section": named[0],
        "title": dict(named[1]),
        "questions": [
            {
                "key": one.key,
                "label": dict(one.label),
                "value": item[one.key],
                "words": {language: of.told(one, item[one.key], language) for language in of.languages},
            }
            for one in asked
            if not is_empty(item.get(one.key))
        ],
    }
