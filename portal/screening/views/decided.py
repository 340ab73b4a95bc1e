"""The decisions on a report in rows, for its page: the one that counts, and those before it."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.kernel import scope
from portal.screening import grounds_words, presenting
from portal.screening.queries.decision import Decided
from portal.screening.queries.report import Report
from portal.web.dates import datetime_words

Rows = list[dict[str, str]]


def earlier(report: Report, language: str) -> list[tuple[str, Rows]]:
    """The decisions that were replaced, each under a sentence that says by what."""
    corrected = {one.corrects for one in report.decisions}
    return [
        (_title(one, one.id in corrected), rows(report, one, language)) for one in report.decisions if one.replaced_at
    ]


def _title(one: Decided, corrected: bool) -> str:
    when = datetime_words(one.decided_at)
    if corrected:
        return str(_("The decision of %(date)s, before it was corrected", date=when))
    return str(_("The decision of %(date)s, before this was taken up again", date=when))


def rows(report: Report, decided: Decided | None, language: str) -> Rows:
    """One decision; nothing for none."""
    council = scope.current().council
    if decided is None or council is None:
        return []
    said = [
        (_("Outcome"), presenting.outcome_label(council.settings, decided.outcome, language)),
        (_("What changed, and why"), decided.why),
        (_("Route confirmed"), presenting.route_label(report.published, decided.route, language)),
        (_("Reasons (council only)"), decided.rationale),
    ]
    told = _rows([(_("What the referrer was told"), decided.told), (_("Added below by the council"), decided.required)])
    written = report.found.language if report.found.language != language else ""
    last = [
        (_("Decided by"), decided.decided_by),
        (_("Approved by"), decided.approved_by),
        (_("Read by the referrer"), _("Yes") if decided.seen_at else _("Not yet")),
    ]
    return [
        *_rows(said),
        *(grounds_words.told(decided.grounds, council.settings, decided.outcome, language) if decided.grounds else ()),
        *grounds_words.returned(decided.codes, language),
        *(row | {"lang": written} for row in told),
        *_rows(last),
    ]


def _rows(said: list[tuple[str, str]]) -> Rows:
    return [{"key": key, "value": value} for key, value in said if value]
