"""What may be recorded, with exactly which keys; recorded in the transaction of the thing itself."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID, uuid4

from portal.audit.models import AuditEvent
from portal.kernel import clock, db, scope


class Event(StrEnum):
    """The closed vocabulary: `package.what_happened`."""

    ACCOUNT_REGISTERED = "auth.registered"
    ADDRESS_REFUSED = "auth.address_refused"
    CODE_SENT = "auth.code_sent"
    CODE_REFUSED = "auth.code_refused"
    SIGNED_IN = "auth.signed_in"
    SIGN_IN_REFUSED = "auth.sign_in_refused"
    SIGNED_OUT = "auth.signed_out"
    SESSION_ENDED = "auth.session_ended"
    FACTOR_SET_UP = "auth.factor_set_up"
    PASSWORD_CHANGED = "auth.password_changed"  # noqa: S105 - the name of an event
    CONFIRMED_AGAIN = "auth.confirmed_again"
    RECOVERY_CODES_MADE = "auth.recovery_codes_made"
    CALL_BACK_RECORDED = "auth.call_back_recorded"
    CALL_BACK_ELSEWHERE = "auth.call_back_elsewhere"
    MEMBERSHIP_ASKED = "auth.membership_asked"
    MEMBERSHIP_APPROVED = "auth.membership_approved"
    MEMBERSHIP_REFUSED = "auth.membership_refused"
    MEMBERSHIP_ENDED = "auth.membership_ended"
    MEMBERSHIP_SUSPENDED = "auth.membership_suspended"
    MEMBERSHIP_RESUMED = "auth.membership_resumed"
    NAME_CHANGED = "auth.name_changed"
    EMAIL_CHANGED = "auth.email_changed"
    EMAIL_CHANGE_REFUSED = "auth.email_change_refused"
    IDLE_WARNED = "auth.idle_warned"
    MEMBERSHIP_CONFIRMED = "auth.membership_confirmed"
    LEAD_CHECKED = "auth.lead_checked"
    ROLE_CHANGED = "auth.role_changed"
    REMINDED = "auth.reminded"
    WITHOUT_LEAD = "auth.without_lead"
    INVITED = "auth.invited"
    INVITATION_SENT_AGAIN = "auth.invitation_sent_again"
    INVITATION_CANCELLED = "auth.invitation_cancelled"
    INVITATION_ACCEPTED = "auth.invitation_accepted"
    INVITATION_REFUSED = "auth.invitation_refused"
    MEMBERSHIP_MAPPED = "auth.membership_mapped"
    SIGN_ON_LINKED = "auth.sign_on_linked"
    SIGN_ON_UNLINKED = "auth.sign_on_unlinked"
    OPERATOR_ADDED = "auth.operator_added"
    OPERATOR_LINK_SENT = "auth.operator_link_sent"
    OPERATOR_SET_UP = "auth.operator_set_up"
    OPERATOR_ENDED = "auth.operator_ended"
    SUPPORT_ASKED = "tenants.support_asked"
    SUPPORT_APPROVED = "tenants.support_approved"
    SUPPORT_REFUSED = "tenants.support_refused"
    SUPPORT_ENDED = "tenants.support_ended"
    SUPPORT_USED = "tenants.support_used"
    TERMS_PUBLISHED = "auth.terms_published"
    TERMS_ACCEPTED = "auth.terms_accepted"
    COUNCIL_FOUNDED = "tenants.founded"
    COUNCIL_APPLIED = "tenants.applied"
    COUNCIL_CHANGED = "tenants.changed"
    SIGN_ON_CHANGED = "tenants.sign_on_changed"
    KEY_ROTATED = "tenants.key_rotated"
    ROOT_KEY_CHANGED = "tenants.root_key_changed"
    COUNCIL_EXPORTED = "tenants.exported"
    COUNCIL_DESTROYED = "tenants.destroyed"
    COUNCIL_RESTORED = "tenants.restored"
    AGENCY_ADDED = "tenants.agency_added"
    AGENCY_CHANGED = "tenants.agency_changed"
    AGENCY_DECIDED = "tenants.agency_decided"
    AGENCIES_IMPORTED = "tenants.agencies_imported"
    DOMAIN_ADDED = "tenants.domain_added"
    DOMAIN_REMOVED = "tenants.domain_removed"
    DOMAIN_CONFIRMED = "tenants.domain_confirmed"
    DOMAIN_FROZEN = "tenants.domain_frozen"
    KIND_DECIDED = "tenants.kind_decided"
    FORM_PUBLISHED = "forms.published"
    FORM_DRAFT_STARTED = "forms.draft_started"
    FORM_DRAFT_CHANGED = "forms.draft_changed"
    FORM_DRAFT_SUBMITTED = "forms.draft_submitted"
    FORM_DRAFT_REOPENED = "forms.draft_reopened"
    FORM_DRAFT_DISCARDED = "forms.draft_discarded"
    FORM_COMMENTED = "forms.commented"
    FORM_COMMENT_RESOLVED = "forms.comment_resolved"
    FORM_CHECK_ASKED = "forms.check_asked"
    FORM_FAILURE_ACCEPTED = "forms.failure_accepted"
    FORM_EXPORTED = "forms.exported"
    FORM_TRIED = "forms.tried"
    FORM_NOTICE_SENT = "forms.notice_sent"
    FORM_NOTICE_FAILED = "forms.notice_failed"
    TEMPLATE_APPLIED = "forms.template_applied"
    REFERRAL_STARTED = "referrals.started"
    REFERRAL_SAVED = "referrals.saved"
    REFERRAL_TYPED = "referrals.typed"
    REFERRAL_ROUTED = "referrals.routed"
    REFERRAL_OVERRIDDEN = "referrals.overridden"
    REFERRAL_SENT = "referrals.sent"
    REFERRAL_READ = "referrals.read"
    REFERRAL_COPIED = "referrals.copied"
    REFERRAL_RESTARTED = "referrals.restarted"
    REFERRAL_WITHDRAWN = "referrals.withdrawn"
    REFERRAL_HANDED_OVER = "referrals.handed_over"
    FILE_ADDED = "referrals.file_added"
    FILE_REMOVED = "referrals.file_removed"
    FILE_MOVED = "referrals.file_moved"
    FILE_OPENED = "referrals.file_opened"
    FILE_JUDGED = "files.judged"
    WITHDRAWAL_ASKED = "referrals.withdrawal_asked"
    DRAFT_DELETED = "referrals.draft_deleted"
    HELP_BEGUN = "referrals.help_begun"
    HELP_ENDED = "referrals.help_ended"
    REFERRAL_CLAIMED = "screening.claimed"
    REFERRAL_RELEASED = "screening.released"
    WORK_HANDED_OVER = "screening.handed_over"
    PRIORITY_CHANGED = "screening.priority_changed"
    DUTY_ALERTED = "referrals.duty_alerted"
    DUTY_ACKNOWLEDGED = "referrals.duty_acknowledged"
    DUTY_ESCALATED = "referrals.duty_escalated"
    CLOCK_PAUSED = "referrals.clock_paused"
    CLOCK_RESUMED = "referrals.clock_resumed"
    DUE_MOVED = "referrals.due_moved"
    QUESTION_ASKED = "messaging.asked"
    HELD_CONFIRMED = "messaging.held_confirmed"
    REPLY_SENT = "messaging.replied"
    MESSAGE_READ = "messaging.read"
    INFORMATION_ADDED = "messaging.added"
    ANSWER_CORRECTED = "messaging.corrected"
    DECIDED = "screening.decided"
    DECISION_PROPOSED = "screening.proposed"
    PROPOSAL_APPROVED = "screening.proposal_approved"
    PROPOSAL_SENT_BACK = "screening.proposal_sent_back"
    PROPOSAL_WITHDRAWN = "screening.proposal_withdrawn"
    PROPOSAL_OVERTAKEN = "screening.proposal_overtaken"
    DECISION_CORRECTED = "screening.decision_corrected"
    OUTCOME_READ = "screening.outcome_read"
    WITHDRAWAL_ANSWERED = "screening.withdrawal_answered"
    NEWS_READ = "screening.news_read"
    REOPENED = "screening.reopened"
    NOTICES_CHOSEN = "referrals.notices_chosen"
    CONNECTION_DECLARED = "referrals.connection_declared"
    CONNECTION_ENDED = "referrals.connection_ended"
    CONNECTION_PUT_BACK = "referrals.connection_put_back"
    RESTRICTED = "screening.restricted"
    RESTRICTION_CHANGED = "screening.restriction_changed"
    LIFTING_ASKED = "screening.lifting_asked"
    RESTRICTION_LIFTED = "screening.restriction_lifted"
    RECORD_OPENED = "screening.record_opened"
    OPENING_REFUSED = "screening.opening_refused"
    OPENING_ENDED = "screening.opening_ended"
    REPORT_HELD = "screening.held"
    HOLD_LIFTED = "screening.hold_lifted"
    REPORTS_PAIRED = "screening.paired"
    PAIRING_ENDED = "screening.pairing_ended"
    REFERRAL_DESTROYED = "screening.destroyed"
    AGENCY_SIGHT_CHANGED = "screening.agency_sight_changed"
    NOTICE_SENT = "referrals.notice_sent"
    NOTICE_FAILED = "referrals.notice_failed"


# The keys an event must carry, no more and no fewer. Values are ids, codes and numbers, never words
# that somebody typed: personal data would outlive the record it describes.
KEYS: dict[Event, frozenset[str]] = {
    Event.ADDRESS_REFUSED: frozenset({"reason"}),
    Event.CODE_SENT: frozenset({"purpose"}),
    Event.CODE_REFUSED: frozenset({"purpose", "reason"}),
    Event.SIGNED_IN: frozenset({"by"}),
    Event.FACTOR_SET_UP: frozenset({"kind"}),
    Event.CONFIRMED_AGAIN: frozenset({"by"}),
    Event.SIGN_IN_REFUSED: frozenset({"reason"}),
    Event.SESSION_ENDED: frozenset({"reason"}),
    **dict.fromkeys(
        (Event.MEMBERSHIP_ASKED, Event.MEMBERSHIP_APPROVED, Event.MEMBERSHIP_REFUSED, Event.MEMBERSHIP_RESUMED),
        frozenset({"role"}),
    ),
    **dict.fromkeys((Event.MEMBERSHIP_ENDED, Event.MEMBERSHIP_SUSPENDED), frozenset({"role", "reason"})),
    Event.NAME_CHANGED: frozenset({"reason"}),
    Event.EMAIL_CHANGE_REFUSED: frozenset({"reason"}),
    Event.ROLE_CHANGED: frozenset({"was", "now"}),
    Event.REMINDED: frozenset({"stage"}),
    Event.INVITED: frozenset({"role", "sponsored"}),
    Event.INVITATION_ACCEPTED: frozenset({"role", "sponsored"}),
    Event.INVITATION_REFUSED: frozenset({"reason"}),
    Event.MEMBERSHIP_MAPPED: frozenset({"role", "state"}),
    Event.SUPPORT_ASKED: frozenset({"purpose", "hours"}),
    Event.SUPPORT_APPROVED: frozenset({"hours"}),
    Event.SUPPORT_USED: frozenset({"page", "method", "about"}),
    Event.OPERATOR_SET_UP: frozenset({"kind"}),
    Event.TERMS_PUBLISHED: frozenset({"number", "asks"}),
    Event.TERMS_ACCEPTED: frozenset({"number"}),
    Event.COUNCIL_APPLIED: frozenset({"hash"}),
    Event.COUNCIL_CHANGED: frozenset({"parts"}),
    Event.SIGN_ON_CHANGED: frozenset({"provider", "what"}),
    Event.KEY_ROTATED: frozenset({"version"}),
    Event.ROOT_KEY_CHANGED: frozenset({"key", "table", "count"}),
    Event.COUNCIL_EXPORTED: frozenset({"hash", "content"}),
    Event.COUNCIL_DESTROYED: frozenset({"hash"}),
    Event.COUNCIL_RESTORED: frozenset({"hash"}),
    Event.AGENCY_ADDED: frozenset({"kind"}),
    Event.AGENCY_CHANGED: frozenset({"version"}),
    Event.AGENCY_DECIDED: frozenset({"was", "now"}),
    Event.AGENCIES_IMPORTED: frozenset({"layout", "rows"}),
    **dict.fromkeys(
        (Event.DOMAIN_ADDED, Event.DOMAIN_REMOVED, Event.DOMAIN_CONFIRMED, Event.DOMAIN_FROZEN), frozenset({"domain"})
    ),
    Event.KIND_DECIDED: frozenset({"kind", "may"}),
    Event.FORM_PUBLISHED: frozenset({"form", "number"}),
    Event.FORM_DRAFT_STARTED: frozenset({"form", "source"}),
    Event.FORM_DRAFT_CHANGED: frozenset({"version", "what"}),
    **dict.fromkeys(
        (Event.FORM_DRAFT_SUBMITTED, Event.FORM_DRAFT_REOPENED, Event.FORM_DRAFT_DISCARDED), frozenset({"version"})
    ),
    Event.FORM_CHECK_ASKED: frozenset({"kind"}),
    Event.FORM_FAILURE_ACCEPTED: frozenset({"scenario"}),
    Event.FORM_EXPORTED: frozenset({"form"}),
    Event.FORM_NOTICE_SENT: frozenset({"kind"}),
    Event.FORM_NOTICE_FAILED: frozenset({"kind"}),
    Event.TEMPLATE_APPLIED: frozenset({"form", "number"}),
    Event.REFERRAL_STARTED: frozenset({"kind"}),
    Event.REFERRAL_SAVED: frozenset({"section", "version"}),
    Event.REFERRAL_COPIED: frozenset({"source"}),
    Event.REFERRAL_TYPED: frozenset({"section"}),
    Event.HELP_BEGUN: frozenset({"helper"}),
    Event.HELP_ENDED: frozenset({"helper"}),
    Event.REFERRAL_ROUTED: frozenset({"route", "rule"}),
    Event.REFERRAL_OVERRIDDEN: frozenset({"route", "rule"}),
    Event.REFERRAL_SENT: frozenset({"route", "rule", "kind"}),
    Event.REFERRAL_READ: frozenset({"part"}),
    Event.REFERRAL_RESTARTED: frozenset({"form", "number", "lost"}),
    Event.REFERRAL_WITHDRAWN: frozenset({"reason"}),
    Event.FILE_ADDED: frozenset({"file", "side"}),
    Event.FILE_MOVED: frozenset({"file", "to"}),
    **dict.fromkeys((Event.FILE_REMOVED, Event.FILE_OPENED), frozenset({"file"})),
    Event.FILE_JUDGED: frozenset({"state", "reason"}),
    Event.WITHDRAWAL_ASKED: frozenset({"reason"}),
    Event.WITHDRAWAL_ANSWERED: frozenset({"accepted"}),
    Event.ANSWER_CORRECTED: frozenset({"section", "question"}),
    Event.REOPENED: frozenset({"was"}),
    Event.PRIORITY_CHANGED: frozenset({"was", "now"}),
    Event.CLOCK_PAUSED: frozenset({"why"}),
    Event.CLOCK_RESUMED: frozenset({"why", "minutes", "due"}),
    Event.DUE_MOVED: frozenset({"was", "due"}),
    Event.HELD_CONFIRMED: frozenset({"values"}),
    Event.DECISION_PROPOSED: frozenset({"outcome"}),
    Event.DECISION_CORRECTED: frozenset({"outcome", "told"}),
    Event.DECIDED: frozenset({"outcome", "unread"}),
    Event.RESTRICTED: frozenset({"reason", "people"}),
    Event.RESTRICTION_CHANGED: frozenset({"people"}),
    Event.RECORD_OPENED: frozenset({"reason"}),
    Event.REPORTS_PAIRED: frozenset({"other", "kind"}),
    Event.PAIRING_ENDED: frozenset({"other", "kind"}),
    Event.AGENCY_SIGHT_CHANGED: frozenset({"author_only"}),
    Event.NOTICE_SENT: frozenset({"kind"}),
    Event.NOTICES_CHOSEN: frozenset({"daily", "receipts", "discreet"}),
    Event.NOTICE_FAILED: frozenset({"kind"}),
}


def record(event: Event, subject: UUID | None = None, **detail: str | int | bool) -> None:
    """Record an event of the current actor in the current transaction.

    `subject` is the id of what it happened to (a referral, a membership). Raises ValueError for keys
    other than the event's own, so that nobody adds a name to an event in passing.
    """
    actor = scope.current().actor
    if actor is not None and actor.support is not None:
        # Whoever looks with a council's permission does it in a transaction that writes nothing.
        record_apart(event, subject, **detail)
        return
    _record(event, subject, detail)


def record_apart(event: Event, subject: UUID | None = None, **detail: str | int | bool) -> None:
    """Record a refusal in a transaction of its own: it must survive the rollback of what was refused."""
    with db.apart():
        _record(event, subject, detail)


def _record(event: Event, subject: UUID | None, detail: dict[str, str | int | bool]) -> None:
    expected = KEYS.get(event, frozenset())
    if set(detail) != expected:
        raise ValueError(f"{event} takes {sorted(expected)}, not {sorted(detail)}")
    here = scope.current()
    actor = here.actor
    db.session().add(
        AuditEvent(
            id=uuid4(),
            tenant_id=here.council.id if here.council else None,
            at=clock.now(),
            event=str(event),
            actor_id=None if actor is None or actor.system else actor.account_id,
            actor_role=actor.role if actor else "",
            agency_id=actor.agency_id if actor else None,
            subject_id=subject,
            detail=detail,
        )
    )
