"""What of a report may begin another one: the referrer's own details and people, never what happened. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.facts import is_empty
from portal.forms.questionnaire import Form, Section
from portal.referrals.projecting import WHOM

MINE = "mine"
# Of the referrer's facts, what was so on that day.
_OF_THAT_DAY = ("referrer.rang", "referrer.rang_when", "referrer.until")


@dataclass(frozen=True)
class Offer:
    """Something that may be carried over: the referrer's details (no place), or one of a section's people."""

    section: Section
    answers: Mapping[str, Any]
    place: int | None = None

    @property
    def key(self) -> str:
        """What a form posts of it."""
        return MINE if self.place is None else f"{self.section.key}-{self.place}"

    @property
    def child(self) -> bool:
        """Whether it is a child whom the report is about."""
        return self.place is not None and _about_children(self.section)


def offers(form: Form, sections: Mapping[str, Any]) -> list[Offer]:
    """What may be carried over of these answers, in the order of the form.

    First questions, the concern, consent and everything else that was said on a day are never among it.
    """
    return [*_mine(form, sections), *_people(form, sections)]


def _mine(form: Form, sections: Mapping[str, Any]) -> Iterator[Offer]:
    for section in form.sections:
        body = sections.get(section.key)
        if section.repeat is not None or not isinstance(body, Mapping):
            continue
        facts = {one.key: one.fact or "" for one in section.questions}
        lasting = {
            key: value
            for key, value in body.items()
            if facts.get(key, "").startswith("referrer.") and facts[key] not in _OF_THAT_DAY and not is_empty(value)
        }
        if lasting:
            yield Offer(section, lasting)


def _people(form: Form, sections: Mapping[str, Any]) -> Iterator[Offer]:
    for section in form.sections:
        body = sections.get(section.key)
        if isinstance(body, list) and (_about_children(section) or _called_by_name(section)):
            for place, item in enumerate(body):
                if isinstance(item, Mapping) and item:
                    yield Offer(section, item, place)


def _about_children(section: Section) -> bool:
    return section.repeat is not None and any((one.fact or "").startswith(WHOM) for one in section.questions)


def _called_by_name(section: Section) -> bool:
    """Whether the section's items are people: what one of them is called begins with a name."""
    if section.repeat is None or not section.repeat.title_from:
        return False
    first = section.repeat.title_from[0]
    return first.endswith("_name") or any(one.key == first and one.type == "name" for one in section.questions)


def chosen(form: Form, sections: Mapping[str, Any], keys: Collection[str], *, sibling: bool) -> dict[str, Any]:
    """The sections of a new report with what was chosen; for a brother or sister the first child is a new one."""
    made: dict[str, Any] = {}
    for offer in offers(form, sections):
        if offer.key not in keys:
            continue
        if offer.place is None:
            made[offer.section.key] = dict(offer.answers)
        else:
            made.setdefault(offer.section.key, []).append(dict(offer.answers))
    if sibling:
        for section in form.sections:
            if _about_children(section) and section.repeat is not None:
                made[section.key] = [{}, *made.get(section.key, [])][: section.repeat.max]
    return made
