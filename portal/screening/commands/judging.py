"""What every decision goes through before it is recorded, proposed or corrected, and the row that it becomes."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from uuid import UUID

from portal.adapters import ports
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor, Council
from portal.messaging.commands import guarding
from portal.messaging.queries import heard
from portal.referrals.models import ROUTES
from portal.referrals.queries.record import Found, record_of
from portal.screening.deciding import deciding_of, outcome_of, wanted
from portal.screening.given import Given, with_plain_words
from portal.screening.grounds import in_words, mistakes, settled
from portal.screening.returns import codes_of
from portal.screening.telling import required, standard
from portal.tenants.settings import Outcome

MAX_TEXT = 8000  # characters (code points) of the rationale, of the words for the referrer, and of why
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class By(NamedTuple):
    """Who decided, and who approved it where somebody had to."""

    decided: UUID
    approved: UUID | None = None


def needs_approval(outcome: str) -> bool:
    """Whether the council wants a second person for that outcome."""
    return deciding_of(scope.council().settings, outcome).approval


def settle_words(given: Given, council: Council) -> Given:
    """What is kept of it, as it is stored: what is not asked for the outcome is left out."""
    outcome = outcome_of(council.settings, given.outcome)
    grounds = settled(given.grounds, wanted(council.settings, outcome)) if outcome else given.grounds
    return with_plain_words(given, grounds)


def judged(actor: Actor, found: Found, given: Given, *, more: dict[str, str] | None = None) -> int:
    """How many messages came after the page was made and were confirmed as read.

    Raises Invalid by field (outcome, route: unknown; rationale, told: required, too_long, control; read_new: unread
    when a message waits that was not seen; what `grounds.mistakes` names; and `more`), and once all that is right for
    words that give away what the report keeps secret (told: protected).
    """
    errors = _mistakes(given, scope.council()) | (more or {})
    total, _read = heard(actor, Permission.DECIDE, found)
    if total not in (given.seen, given.read_new):
        errors["read_new"] = "unread"
    if errors:
        raise Invalid(errors)
    guarding.note(found, guarding.held(actor, found, given.told, given.confirmed, "told"))
    return max(total - given.seen, 0)


def row_of(found: Found, given: Given, by: By) -> dict[str, Any]:
    """The row of a decision without its time: codes in the clear, words sealed."""
    council, record, grounds = scope.council(), record_of(found), given.grounds
    kind = next(one.kind for one in council.settings.outcomes if one.key == given.outcome)
    codes, legal = codes_of(kind, council.nation), required_words(found, given.outcome)
    return {
        "tenant_id": council.id, "id": given.once, "referral_id": found.id, "agency_id": found.agency_id,
        "outcome": given.outcome, "route": given.route, "decided_by": by.decided, "approved_by": by.approved,
        "rationale": record.seal(given.rationale, "decision", given.once, "rationale"),
        "told": record.seal(given.told, "decision", given.once, "told"),
        "required": record.seal(legal, "decision", given.once, "required") if legal else None,
        "grounds": record.seal(in_words(grounds), "decision", given.once, "grounds"),
        "kind": kind, "reasons": list(grounds.reasons), "need": grounds.need or None, "consent": grounds.consent,
        "consent_reason": grounds.consent_reason or None, "contact_code": codes.contact or None,
        "referral_code": codes.referral or None, "nfa_code": codes.nfa or None,
    }  # fmt: skip


def standard_words(found: Found, outcome: Outcome) -> str:
    """The words for the referrer to begin from, in the language of the report."""
    return standard(scope.council(), outcome, found.reference, found.language, _guidance())


def required_words(found: Found, outcome: str) -> str:
    """What the council has below the words of that outcome whatever they are, as it is now; "" for nothing."""
    known = outcome_of(scope.council().settings, outcome)
    return required(scope.council(), known, found.reference, found.language, _guidance()) if known else ""


def _guidance() -> str:
    return ports.address(f"/{scope.council().slug}/thresholds")


def text_mistake(text: str) -> str:
    """What is wrong with a text that must be there: required, too_long, control, or "" for nothing."""
    if not text:
        return "required"
    if _CONTROL.search(text):
        return "control"
    return "too_long" if len(text) > MAX_TEXT else ""


def _mistakes(given: Given, council: Council) -> dict[str, str]:
    errors: dict[str, str] = {}
    outcome = outcome_of(council.settings, given.outcome)
    if outcome is None:
        errors["outcome"] = "unknown"
    else:
        errors |= mistakes(given.grounds, wanted(council.settings, outcome))
    if given.route not in ROUTES:
        errors["route"] = "unknown"
    texts = {"rationale": text_mistake(given.rationale), "told": text_mistake(given.told)}
    return errors | {name: code for name, code in texts.items() if code}
