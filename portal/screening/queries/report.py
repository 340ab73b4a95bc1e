"""One report as its screener reads it; opening it is recorded, even when the page answers a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.forms import queries as forms
from portal.forms.queries import Published
from portal.forms.rules import Rule
from portal.kernel.errors import NotFound
from portal.kernel.language import Text
from portal.kernel.scope import Actor
from portal.referrals.projecting import ChildFacts
from portal.referrals.queries.record import (
    Answers,
    Found,
    answers_of,
    children_of,
    find,
)
from portal.referrals.queries.timeline import TimelineEntry, timeline
from portal.referrals.queries.trials import Tried
from portal.screening.queries.decision import Decided, decisions
from portal.screening.queries.kept import has


@dataclass(frozen=True)
class Report:
    """All that the page shows. `answers` is None when they were destroyed; `also` are the other rules' words."""

    found: Found
    published: Published
    answers: Answers | None
    children: tuple[ChildFacts, ...]
    timeline: tuple[TimelineEntry, ...]
    decisions: tuple[Decided, ...]
    """Every decision, the last first; those before were replaced when it was taken up again."""
    why: Text
    also: tuple[Text, ...]
    notices: tuple[Text, ...]
    rules: tuple[str | None, ...] = ()
    """The rules that held, the deciding one first; one that an override replaced comes after it."""

    @property
    def decided(self) -> Decided | None:
        """The decision that counts, None while there is none."""
        return next((one for one in self.decisions if one.replaced_at is None), None)


def open_report(actor: Actor, reference: str, *, refusing: bool = False) -> Report:
    """The report with that reference; raises NotFound.

    A page that answers a refusal is rolled back: with `refusing` the reading is recorded apart from it.
    """
    found = find(actor, Permission.LOOK, reference, counted=True)
    record = events.record_apart if refusing else events.record
    record(Event.REFERRAL_READ, found.id, part="full")
    published = forms.version(found.form_version_id)
    try:
        answers = answers_of(found)
    except NotFound:
        answers = None
    return Report(
        found=found,
        published=published,
        answers=answers,
        children=children_of(found),
        timeline=timeline(found),
        decisions=decisions(actor, Permission.LOOK, found) if has(found, "decisions") else (),
        **told(found, published),
    )


def note_compared(found: Found, part: str, *, refusing: bool) -> None:
    """Record that something of a report was shown beside another one; `refusing` as for `open_report`."""
    record = events.record_apart if refusing else events.record
    record(Event.REFERRAL_READ, found.id, part=part)


def of_trial(tried: Tried) -> Report:
    """A trial of a form as its screener would read it: nobody reads it, so nothing is recorded."""
    found, published = tried.found, tried.published
    return Report(found, published, tried.answers, tried.children, (), (), **told(found, published))


def told(found: Found, published: Published) -> dict[str, Any]:
    """What the referrer was told: `why`, the other rules' words (`also`) and the `notices`, as the form had them."""
    why = {rule.id: rule.why for rule in _rules(published)}
    decided_by = found.outcome_of_rules.get("why") or {}
    others = (why.get(rule, {}) for rule in found.outcome_of_rules.get("also") or ())
    known = published.thresholds.notices
    outcome = found.outcome_of_rules
    return {
        "why": decided_by,
        "rules": (found.rule, outcome.get("before_override"), *(outcome.get("also") or ())),
        "also": tuple(other for other in others if other and other != decided_by),
        "notices": tuple(known[key] for key in found.outcome_of_rules.get("notices") or () if key in known),
    }


def _rules(published: Published) -> tuple[Rule, ...]:
    return (*published.thresholds.rules, *(way.rule for way in published.thresholds.overrides))
