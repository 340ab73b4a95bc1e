"""Whom a report names as parents, carers and others, and to whom nobody may write, with every reason. Pure.

A council's form says it in the questions of a person: `person_name`, `person_safe_contact`, `person_safe_how`,
`person_role_concern`, `person_lives_with` and `person_address`; and of a child: `child_address`, its `_secret`, its
`_type`. Why the family was not told is the question with the fact `consent.reasons`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from portal.forms.questionnaire import NOT_KNOWN, Form
from portal.referrals.withholding import REFUGE, YES, answers_at

# Why nobody writes to somebody, the weightiest first.
UNTOLD, UNSAFE, HARM, HARM_AT_HOME, PLACE = "untold", "unsafe", "harm", "harm_at_home", "place"
# What must be thought of although somebody may be written to.
CAREFUL, UNKNOWN, PLACE_UNKNOWN = "careful", "unknown", "place_unknown"
_MUST_NOT_KNOW: Final = frozenset(
    {"risk_to_child", "risk_to_adult", "evidence", "alleged_harmer", "fabricated_illness", "forced_marriage"}
)
# The same reasons, as a screener gives them with a decision.
NOT_SOUGHT: Final = frozenset({"risk", "silence", "evidence", "suspected"})
_AT_HOME: Final = frozenset({YES, "sometimes"})


@dataclass(frozen=True)
class Addressee:
    """A person of the report. `refused` says why no letter may go to them, `thought` what to think of; `how` is what
    the referrer said of ways that are safe, `address` the lines that are known of where they live."""

    number: int
    name: str
    relationship: str
    address: tuple[str, ...]
    refused: tuple[str, ...]
    thought: tuple[str, ...] = ()
    how: str = ""


def addressees(
    form: Form, triage: Mapping[str, Any], sections: Mapping[str, Any], not_sought: str = ""
) -> tuple[Addressee, ...]:
    """Everybody whom the report names as a person, in its order; `not_sought` is why the council sought no consent."""
    people, children = _items(sections, "person_name"), _items(sections, "child_address")
    untold = not_sought in NOT_SOUGHT or bool(_MUST_NOT_KNOW & _reasons(form, triage, sections))
    harm_at_home = any(_harmed(one) and _at_home(one) for one in people)
    secret = any(one.get("child_address_secret") == YES or one.get("child_address_type") == REFUGE for one in children)
    home = next((lines for one in children if (lines := lines_of(one.get("child_address")))), ())
    found = []
    for number, one in enumerate(people):
        with_child = _at_home(one)
        reasons = {
            UNTOLD: untold,
            UNSAFE: one.get("person_safe_contact") == "no",
            HARM: _harmed(one),
            HARM_AT_HOME: with_child and harm_at_home and not _harmed(one),
            PLACE: with_child and secret,
        }
        thought = {
            CAREFUL: one.get("person_safe_contact") == "only_this_way",
            UNKNOWN: one.get("person_safe_contact") not in (YES, "no", "only_this_way"),
            PLACE_UNKNOWN: with_child and any(child.get("child_address_secret") == NOT_KNOWN for child in children),
        }
        found.append(
            Addressee(
                number=number,
                name=str(one["person_name"]),
                relationship=str(one.get("person_relationship") or ""),
                address=lines_of(one.get("person_address")) or (home if with_child else ()),
                refused=tuple(why for why, holds in reasons.items() if holds),
                thought=tuple(why for why, holds in thought.items() if holds),
                how=str(one.get("person_safe_how") or ""),
            )
        )
    return tuple(found)


def lines_of(answer: Any) -> tuple[str, ...]:
    """The lines of an address as it was answered; none where it is not known."""
    if isinstance(answer, Mapping):
        answer = "\n".join(str(answer.get(part) or "") for part in ("lines", "town", "postcode"))
    if not isinstance(answer, str) or answer == NOT_KNOWN:
        return ()
    return tuple(line.strip() for line in answer.split("\n") if line.strip())


def _items(sections: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The entries of repeated sections that answer that question."""
    every = (item for body in sections.values() if isinstance(body, list) for item in body)
    return [item for item in every if isinstance(item, Mapping) and item.get(key) not in (None, "", NOT_KNOWN)]


def _at_home(person: Mapping[str, Any]) -> bool:
    return str(person.get("person_lives_with")) in _AT_HOME


def _harmed(person: Mapping[str, Any]) -> bool:
    return "may_have_harmed" in _listed(person.get("person_role_concern"))


def _reasons(form: Form, triage: Mapping[str, Any], sections: Mapping[str, Any]) -> frozenset[str]:
    asked = (one for section in (*form.sections, *form.urgent) for one in section.questions)
    keys = {one.key for one in asked if one.fact == "consent.reasons"}
    return frozenset(word for answer in answers_at(keys, triage, sections) for word in _listed(answer))


def _listed(answer: Any) -> Iterable[str]:
    return [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]
