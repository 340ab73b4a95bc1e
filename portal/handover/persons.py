"""The children and the other people of a report as a package tells of them, from the questions' facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from portal.forms.answers.refilling import form_of
from portal.forms.facts import is_empty
from portal.forms.questionnaire import NOT_KNOWN, Question
from portal.referrals.paths import Walked, words_of

Told = Mapping[str, tuple[Question, Any]]
"""Fact: the question that asked for it, and its answer."""

WHOM: Final = ("child.", "subject.", "person.")


def facts_of(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, tuple[Question, Any]]:
    """What some answers tell, by fact."""
    return {
        one.fact: (one, answers[one.key]) for one in questions if one.fact and not is_empty(answers.get(one.key))
    }  # fmt: skip


def told_of(walked: Walked) -> Iterator[tuple[str, Told]]:
    """Whom a report tells of ("child.", "subject.", "person.") with their facts, in the order of the form."""
    for section in walked.shown:
        body = walked.sections.get(section.key)
        for item in body if isinstance(body, list) else [body]:
            if not isinstance(item, Mapping):
                continue
            yield from _whom(facts_of(section.questions, item))
            for group in (one for one in section.questions if one.type == "group"):
                for person in item.get(group.key) or ():
                    yield from _whom(facts_of(group.questions, person))


def _whom(facts: Told) -> Iterator[tuple[str, Told]]:
    for whom in WHOM:
        own = {name.removeprefix(whom): told for name, told in facts.items() if name.startswith(whom)}
        if own:
            yield whom, own


def value(facts: Told, *names: str) -> Any:
    """The first of these facts that was answered, None for none and for "not known"."""
    for name in names:
        if name in facts and facts[name][1] not in (NOT_KNOWN, [NOT_KNOWN]):
            return facts[name][1]
    return None


def coded(facts: Told, name: str) -> Any:
    """A chosen answer with the code that returns have for it; None if it was not given."""
    if value(facts, name) is None:
        return None
    question, answer = facts[name]
    told = [
        {"value": one.value, "label": dict(one.label), "code": one.code, "system": question.codes}
        for one in question.chosen(answer)
    ]
    if question.type == "checkboxes":
        return told
    return told[0] if told else words_of(answer) or None


def name_of(facts: Told) -> dict[str, Any]:
    """A name in its parts: given names, the family name, what they are known as and were called."""
    whole = value(facts, "name")
    parts = whole if isinstance(whole, Mapping) else {}
    given = [words_of(parts.get("first")) or words_of(value(facts, "first_name"))]
    given.append(words_of(parts.get("middle")) or words_of(value(facts, "middle_names")))
    family = words_of(parts.get("last")) or words_of(value(facts, "last_name"))
    if isinstance(whole, str) and not family:
        first, *rest = whole.split() or [""]
        given, family = [first], " ".join(rest)
    return {
        "given": [one for one in given if one],
        "family": family or None,
        "known_as": words_of(parts.get("known_as")) or words_of(value(facts, "known_as")) or None,
        "other": words_of(value(facts, "other_names")) or None,
    }


def born(facts: Told) -> dict[str, Any]:
    """A date of birth as well as it is known; `dob` may be a year or a month only."""
    said = value(facts, "date_of_birth")
    form, known = form_of(said) if said is not None else (None, "")
    due = value(facts, "due_date")
    return {
        "dob": known if form != "due" and known else None,
        "dob_accuracy": form if form != "due" and known else None,
        "unborn": value(facts, "unborn") == "yes" or form == "due" or due is not None,
        "due_on": (known if form == "due" else form_of(due)[1] if due is not None else None) or None,
        "age_years": _number(value(facts, "age")),
    }


def _number(said: Any) -> int | None:
    text = str(said) if said is not None else ""
    return int(text) if text.isascii() and text.isdigit() else None


def addresses(facts: Told, *, secret: bool) -> list[dict[str, Any]]:
    """Where somebody lives; `confidential` where the report says, or does not rule out, that it must be kept from
    somebody."""
    said = value(facts, "address")
    parts = said if isinstance(said, Mapping) else {"lines": said}
    lines = [words_of(one) for one in (words_of(parts.get("lines")).split("\n"))] + [words_of(parts.get("town"))]
    postcode = words_of(parts.get("postcode")) or words_of(value(facts, "postcode"))
    lines = [one.strip() for one in lines if one.strip()]
    if not lines and not postcode:
        return []
    kind = words_of(value(facts, "address_kind")) or None
    return [{"type": kind, "lines": lines, "postcode": postcode or None, "confidential": secret}]


def place(facts: Told, name: str) -> dict[str, Any] | None:
    """A school or practice: its name, and its number where it was found on the list."""
    said = value(facts, name)
    if said is None:
        return None
    parts = said if isinstance(said, Mapping) else {"name": said}
    return {"name": words_of(parts.get("name")) or None, "number": words_of(parts.get("code")) or None}


def subject(facts: Told, *, secret: bool) -> dict[str, Any]:
    """Whom the report is about."""
    return {
        "name": name_of(facts),
        **born(facts),
        "sex": coded(facts, "sex"),
        "ethnicity": coded(facts, "ethnicity"),
        "disability": coded(facts, "disability_types") or [],
        "nhs_number": words_of(value(facts, "nhs_number")) or None,
        "upn": words_of(value(facts, "upn")) or None,
        "case_reference": words_of(value(facts, "case_reference")) or None,
        "addresses": addresses(facts, secret=secret),
        "school": place(facts, "school"),
        "gp": place(facts, "practice"),
        "language": coded(facts, "language"),
        "interpreter": coded(facts, "interpreter"),
        "known_to": coded(facts, "open_to"),
    }


def person(facts: Told, *, secret: bool) -> dict[str, Any]:
    """Somebody else of the family or around it."""
    return {
        "name": name_of(facts),
        **{key: told for key, told in born(facts).items() if key in ("dob", "dob_accuracy")},
        "relationship": coded(facts, "relationship"),
        "parental_responsibility": coded(facts, "parental_responsibility"),
        "lives_with": coded(facts, "lives_with"),
        "part": coded(facts, "part") or [],
        "safe_to_contact": coded(facts, "safe_contact"),
        "contact": words_of(value(facts, "contact")) or None,
        "addresses": addresses(facts, secret=secret),
    }
