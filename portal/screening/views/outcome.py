"""The outcome on the referrer's page: what was decided, what they are told, and when."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission
from portal.forms.families import CONCERN
from portal.forms.queries import version
from portal.kernel import scope
from portal.messaging.own_copy import Block, Line
from portal.referrals.presenting import answer_groups_of
from portal.referrals.queries.record import Found, answers_of
from portal.screening import presenting
from portal.screening.commands.decisions import see_outcome
from portal.screening.guidance import left_empty
from portal.screening.queries.decision import Decided, as_told, decisions
from portal.tenants.prose import blocks
from portal.web.dates import datetime_words


def _left_empty(found: Found, language: str) -> list[str]:
    """The telling questions that nobody had to answer and nobody did."""
    form = version(found.form_version_id).form
    return left_empty(form, answer_groups_of(form, found, answers_of(found), language))


def panel(found: Found | None = None, **_about: Any) -> str:
    """The outcome of a decided report, and those that were replaced when it was taken up again; "" before any. Showing
    it marks it read."""
    council = scope.current().council
    if found is None or council is None:
        return ""
    made = as_told(decisions(guard.actor(), Permission.TRACK, found))
    if not made:
        return ""
    see_outcome(guard.actor(), found)
    language = str(get_locale())
    now = next((one for one in made if one.replaced_at is None), None)
    returned = now is not None and any(one.key == now.outcome and one.returns for one in council.settings.outcomes)
    own = council.settings.guidance.get(now.outcome, {}) if now is not None and returned else {}
    told = next((code for code in (language, *council.languages) if code in own), "")
    return render_template(
        "screening/_outcome.html",
        returned=returned and (bool(told) or found.form_key == CONCERN),
        guidance=blocks(own[told]) if told else (),
        guidance_language=told,
        empty=_left_empty(found, language) if returned else (),
        made=[(one, presenting.outcome_label(council.settings, one.outcome, language)) for one in made],
        corrected={one.corrects for one in made},
        told_language=found.language,
    )


def copied(found: Found, language: str) -> tuple[Block, ...]:
    """What the council answered, for the referrer's own copy in that language: the last answer, then those before."""
    made = as_told(decisions(guard.actor(), Permission.TRACK, found))
    corrected = {one.corrects for one in made}
    return tuple(_block(one, language, corrected=one.id in corrected) for one in made)


def _block(one: Decided, language: str, *, corrected: bool) -> Block:
    council = scope.current().council
    label = presenting.outcome_label(council.settings, one.outcome, language) if council else one.outcome
    said = "\n\n".join(filter(None, (one.told, one.required)))
    rows = [Line(_("Decided"), datetime_words(one.decided_at)), Line(_("What the council says"), said)]
    if one.replaced_at is not None:
        rows.append(Line(_("Corrected") if corrected else _("Taken up again"), datetime_words(one.replaced_at)))
    return Block(label, tuple(rows))
