"""Jobs about drafts: running a check by whoever registered for its kind, and the emails on the way to publishing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from portal.adapters import ports
from portal.audit import events
from portal.auth.letters import hand_over
from portal.auth.policy import Permission
from portal.auth.queries.staff import Staff, who_may
from portal.forms import letters, rehearsing, runners
from portal.forms.commands import checks, notices
from portal.forms.queries import drafts
from portal.forms.queries.checks import PROOF, SCENARIOS
from portal.forms.runners import Run, Stopped
from portal.kernel import db, jobs, scope
from portal.kernel.errors import Unavailable

log = structlog.get_logger()

# The database is away: the job is tried again later, and nothing is said about the draft.
OUTAGES = (Unavailable, OperationalError, InterfaceError, PoolTimeout)


@jobs.task(checks.JOB)
def run_check(check_id: UUID) -> None:
    """Run one check; run twice, or again after a worker was killed, it gives the same result once."""
    begun = checks.begin(check_id)
    if begun is None:
        return
    kind, run = begun
    work = runners.runner(kind)
    if work is None:
        checks.fail(check_id, "not_available")
        return
    try:
        result = work(run)
    except Stopped:
        return
    except OUTAGES:
        raise
    except Exception:
        # Tried again it would fail again, and the designer would wait for ever.
        log.exception("check.failed", kind=kind, check=str(check_id))
        db.rollback()
        checks.fail(check_id, "error")
        return
    checks.finish(check_id, result)


def prove(run: Run) -> dict[str, Any]:
    """Prove a draft's rules; the result is the proof as its document."""
    from portal.forms.verify.proving import verify  # noqa: PLC0415 - only a worker that proves loads the solver

    return verify(run.content["form"], run.content["thresholds"], run.languages).document()


@jobs.task(notices.ASKED)
def tell_second_people(notice_id: UUID, draft_id: UUID, membership_id: UUID) -> None:
    """Tell one of those who may publish that a draft waits; nothing once somebody else has dealt with it."""
    reader, draft = _reader(membership_id), drafts.find(scope.SYSTEM, draft_id)
    if reader is not None and draft.state == "submitted":
        _send(letters.asked(scope.council(), reader, draft_id, str(notice_id)), draft_id, "second_person")


@jobs.task(notices.PUBLISHED)
def tell_published(notice_id: UUID, draft_id: UUID, membership_id: UUID) -> None:
    """Tell whoever submitted a draft that it is published."""
    reader, draft = _reader(membership_id), drafts.find(scope.SYSTEM, draft_id)
    if reader is not None and draft.published_id is not None:
        _send(letters.published(scope.council(), reader, draft.published_id, str(notice_id)), draft_id, "published")


@jobs.task(notices.SENT_BACK)
def tell_sent_back(notice_id: UUID, draft_id: UUID, membership_id: UUID) -> None:
    """Tell whoever submitted a draft that it was sent back."""
    reader = _reader(membership_id)
    if reader is not None:
        _send(letters.sent_back(scope.council(), reader, draft_id, str(notice_id)), draft_id, "sent_back")


def _reader(membership_id: UUID) -> Staff | None:
    """Whom a notice is for, None when they may not read drafts any more."""
    return next((one for one in who_may(Permission.PUBLISH) if one.membership_id == membership_id), None)


def _send(email: ports.Email, draft_id: UUID, kind: str) -> None:
    """Hand an email over and record it; raises Unavailable, so that the job is tried again, when it cannot be sent.

    A crash between the mail server and the commit sends it again with the same Message-ID.
    """
    try:
        hand_over(email)
    except ports.Refused:
        events.record(events.Event.FORM_NOTICE_FAILED, draft_id, kind=kind)
    else:
        events.record(events.Event.FORM_NOTICE_SENT, draft_id, kind=kind)


runners.register_runner(SCENARIOS, rehearsing.run)
runners.register_runner(PROOF, prove)
