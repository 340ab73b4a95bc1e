"""What if: a job runs a draft's rules over the council's own past reports; killed, it goes on where it stopped.

Answers are opened inside the job, one report at a time, and never logged, stored or kept in memory beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from portal.forms.commands import checks
from portal.forms.mistakes import SchemaMistakes
from portal.forms.queries import version
from portal.forms.queries.checks import WHAT_IF
from portal.forms.queries.drafts import Draft as FormDraft
from portal.forms.rules import parse_thresholds
from portal.forms.runners import Run
from portal.forms.schema import parse_form
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor
from portal.referrals.queries.past import Past, Span, batches, how_many
from portal.referrals.rerouting import Draft, Tally, after, before

MONTHS = (3, 12, 0)
"""How far back; 0 is everything."""
NEWEST = 12
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
DAYS_A_MONTH = 365.25 / 12


def ask(actor: Actor, draft: FormDraft, months: int) -> UUID:
    """Ask for a run over so many months; while one is under way it is that one.

    Raises Invalid({"months": "unknown"}), and Forbidden for those who may not read drafts.
    """
    if months not in MONTHS:
        raise Invalid({"months": "unknown"})
    return checks.ask(actor, draft, WHAT_IF, again=True, so_far={"months": months})


def run(work: Run) -> dict[str, Any]:
    """Compare every report of the span and return the counts (rerouting.Tally); mistakes of the draft stop it."""
    try:
        form = parse_form(work.content["form"])
        draft = Draft(form, parse_thresholds(work.content["thresholds"], form))
    except SchemaMistakes as mistakes:
        return {"mistakes": len(mistakes.mistakes)}
    tally = _begun(work.so_far or {}, work.now)
    span = Span(work.form_key, datetime.fromisoformat(tally.since), datetime.fromisoformat(tally.until))
    total = how_many(span)
    begun = (datetime.fromisoformat(tally.at[0]), UUID(tally.at[1])) if tally.at else None
    work.report(tally.looked_at, total, tally.document())
    for batch in batches(span, begun):
        for past in batch:
            _compare(tally, draft, past)
        tally.at = (batch[-1].sent_at.isoformat(), str(batch[-1].id))
        work.report(tally.looked_at, total, tally.document())
    return tally.document()


def _begun(so_far: Mapping[str, Any], now: datetime) -> Tally:
    """The tally of a run that was killed, or a new one over the months that were asked for."""
    if "flows" in so_far:
        return Tally.of(so_far)
    months = int(so_far.get("months", NEWEST))
    since = now - timedelta(days=months * DAYS_A_MONTH) if months else BEGINNING
    return Tally(months, since.isoformat(), now.isoformat())


def _compare(tally: Tally, draft: Draft, past: Past) -> None:
    if past.kind == "urgent":
        tally.short += 1
        return
    answers = past.open()
    if answers is None:
        tally.destroyed += 1
        return
    rules = version(past.form_version_id).thresholds
    overrides = frozenset({rules.override_answer, draft.thresholds.override_answer})
    was = before(past.route, past.rule, past.outcome_of_rules, rules)
    tally.compare(past.id, past.reference, was, after(draft, answers.triage, overrides, past.sent_at))
