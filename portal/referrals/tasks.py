"""Jobs about reports: sending the emails that notices promise, and deleting drafts and trials after their time."""

from __future__ import annotations

import logging
from uuid import UUID

import structlog

from portal.adapters import ports
from portal.auth import leaving
from portal.auth.letters import hand_over
from portal.files import outcomes
from portal.forms import runners
from portal.forms.queries.checks import WHAT_IF
from portal.kernel import db, jobs, scope
from portal.kernel.errors import Unavailable
from portal.referrals.commands import (
    attaching,
    digests,
    duty,
    endings,
    expiry,
    handing_over,
    harmful,
    marks,
    notices,
    recounting,
    trials,
    what_if,
)
from portal.referrals.commands.telling import CONTACT_JOB
from portal.referrals.letters import digest, letter
from portal.referrals.queries.notices import of_harmful, to_contact, to_tell
from portal.tenants import resolve
from portal.tenants.clock_settings import RECOUNT_JOB
from portal.tenants.each import in_each

log = structlog.get_logger()


@jobs.task(notices.JOB)
def send_notice(notice_id: UUID) -> None:
    """Send the email of a notice once; raises Unavailable, so that the job is tried again, when it cannot be sent.

    Run twice it sends one: the second finds the notice locked or settled. The mail server is spoken to before
    the commit, so a crash between the two sends it again, with the same Message-ID.
    """
    if not notices.claim(notice_id):
        return
    council = scope.council()
    try:
        hand_over(letter(council, to_tell(notice_id)))
    except ports.Refused:
        notices.mark_failed(notice_id)
    except Unavailable:
        # This transaction is undone by the error, and holds the row's lock until then.
        db.rollback()
        with db.apart():
            too_old = notices.count_try(notice_id)
            if too_old:
                notices.mark_failed(notice_id)
        if not too_old:
            raise
    else:
        notices.mark_sent(notice_id)


@jobs.task(digests.JOB)
def send_digest(account_id: UUID) -> None:
    """Send one person everything that waited for their daily email, in one; tried again like any notice."""
    claimed = digests.claim(account_id)
    council = scope.current().council
    if not claimed or council is None:
        return
    try:
        hand_over(digest(council, [to_tell(notice_id) for notice_id in claimed]))
    except ports.Refused:
        for notice_id in claimed:
            notices.mark_failed(notice_id)
    else:
        for notice_id in claimed:
            notices.mark_sent(notice_id)


@jobs.app.periodic(cron="0 7 * * *")
@jobs.app.task(name="referrals.begin_digests", queueing_lock="referrals.begin_digests", pass_context=False)
def begin_digests(timestamp: int) -> None:
    """Every morning: whoever chose one email a day gets it, if anything happened."""
    del timestamp
    in_each(digests.defer)


@jobs.task(CONTACT_JOB)
def tell_contact(notice_id: UUID, referral_id: UUID | None = None) -> None:
    """Tell the council's mailbox for security what no practice manager and no administrator is there to be told."""
    council = scope.council()
    try:
        hand_over(letter(council, to_contact(council, notice_id, referral_id)))
    except ports.Refused:
        log.warning("notices.contact_refused", council=council.slug)


@jobs.task(harmful.CONTACT_JOB)
def tell_contact_harmful(notice_id: UUID, referral_id: UUID, file_id: UUID | None = None) -> None:
    """Tell the council's mailbox for security that something harmful was attached to a report."""
    council = scope.council()
    try:
        hand_over(letter(council, of_harmful(council, notice_id, referral_id, file_id)))
    except ports.Refused:
        log.warning("notices.contact_refused", council=council.slug)


@jobs.app.periodic(cron="*/5 * * * *")
@jobs.app.task(name="referrals.sweep_notices", queueing_lock="referrals.sweep_notices", pass_context=False)
def sweep_notices(timestamp: int) -> None:
    """Every five minutes: a notice whose job was lost, or waits for too long, gets a new one."""
    del timestamp
    in_each(lambda: notices.defer_stranded() + digests.defer(overdue=True), "notices.deferred_again", logging.WARNING)


@jobs.app.periodic(cron="40 2 * * *")
@jobs.app.task(name="referrals.forget_drafts", queueing_lock="referrals.forget_drafts", pass_context=False)
def forget_drafts(timestamp: int) -> None:
    """Every night: drafts past their council's number of days are deleted, and who has some that soon will be is told;
    what became of older ones is forgotten."""
    del timestamp
    in_each(expiry.forget_expired, "drafts.forgotten")
    in_each(expiry.warn, "drafts.warned")
    in_each(endings.forget_old)


@jobs.app.periodic(cron="* * * * *")
@jobs.app.task(name="referrals.escalate_alerts", queueing_lock="referrals.escalate_alerts", pass_context=False)
def escalate_alerts(timestamp: int) -> None:
    """Every minute: the managers hear of urgent reports that nobody has acknowledged in time."""
    del timestamp
    in_each(duty.escalate, "duty.escalated", logging.WARNING)


@jobs.task(RECOUNT_JOB)
def recount_clocks(after_id: UUID | None = None) -> None:
    """Count anew when open reports are due, some hundred at a time: hours, closures or times of the council changed."""
    here = scope.council()
    # This process may remember the settings as they were before.
    resolve.forget()
    last = recounting.recount(resolve.by_id(here.id), after_id)
    if last is not None:
        jobs.enqueue(RECOUNT_JOB, after_id=last)


@jobs.app.periodic(cron="20 2 * * *")
@jobs.app.task(name="referrals.recount_all", queueing_lock="referrals.recount_all", pass_context=False)
def recount_all(timestamp: int) -> None:
    """Every night: a newer release may know other bank holidays, and a council's folder may have been applied."""
    del timestamp
    in_each(lambda: jobs.enqueue(RECOUNT_JOB))


@jobs.app.periodic(cron="50 2 * * *")
@jobs.app.task(name="referrals.forget_trials", queueing_lock="referrals.forget_trials", pass_context=False)
def forget_trials(timestamp: int) -> None:
    """Every night: trials of forms that began a month ago are deleted."""
    del timestamp
    in_each(trials.forget_old, "trials.forgotten")


@jobs.app.periodic(cron="45 3 * * *")
@jobs.app.task(name="referrals.forget_uploads", queueing_lock="referrals.forget_uploads", pass_context=False)
def forget_uploads(timestamp: int) -> None:
    """Every night: uploads that nobody went on with for a day are deleted."""
    del timestamp
    in_each(attaching.forget_abandoned, "uploads.forgotten")


@jobs.app.periodic(cron="*/10 * * * *")
@jobs.app.task(name="referrals.mark_children", queueing_lock="referrals.mark_children", pass_context=False)
def mark_children(timestamp: int) -> None:
    """Every ten minutes: some reports whose children cannot be found again yet, until there are none."""
    del timestamp
    in_each(marks.fill, "children.marked")


runners.register_runner(WHAT_IF, what_if.run)
outcomes.register(harmful.follow)
leaving.register("referrals", handing_over.HANDOVER)
