"""From a draft to a published version with four eyes: submit, send back, approve and publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.forms.commands import comments, drafting, notices
from portal.forms.commands.publish import lock_family
from portal.forms.commands.publish import publish as publish_version
from portal.forms.digests import digest
from portal.forms.models import FormDraft, FormVersion
from portal.forms.needs import Need, missing_facts
from portal.forms.queries import checks, library
from portal.forms.queries.drafts import Draft, find
from portal.forms.readiness import Readiness, judge
from portal.forms.rehearsing import Rehearsed
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor

LONGEST_NOTE = 2_000
LONGEST_REASON = 1_000


@dataclass(frozen=True)
class Submission:
    """What whoever submits says: why, whether reports that are being written must go on with the new version, and the
    reason for accepting each scenario that comes out otherwise, by its id."""

    note: str
    must_restart: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)


def submit(actor: Actor, draft: Draft, seen: int, submission: Submission) -> None:
    """Hand a draft to a second person; it cannot be changed until it is sent back. Twice is once.

    Raises Forbidden for those who do not design; Invalid with the codes note (required, too_long), draft (mistakes,
    locked, facts, not_proved, unchanged) and scenario:ID (required, too_long); Conflict when it changed (state) or when
    another version was published meanwhile (newer).
    """
    if reach(actor, Permission.DESIGN) is not Reach.COUNCIL:
        raise Forbidden
    stored = _locked(draft.id)
    if stored.state == "submitted" and stored.submitted_by == actor.account_id and stored.version == seen + 1:
        return
    if stored.state != "open" or stored.version != seen:
        raise Conflict("the draft was changed elsewhere", state=stored.state)
    newest = _newest(draft.form_key)
    _refuse_older(stored, newest)
    accepted = _accept(actor, draft, submission)
    if newest is not None and draft.content == {**newest.content, "scenarios": newest.scenarios}:
        raise Invalid({"draft": "unchanged"})
    _move(
        draft,
        seen,
        state="submitted",
        note=submission.note.strip(),
        must_restart=submission.must_restart,
        accepted=accepted,
        submitted_by=actor.account_id,
        submitted_at=clock.now(),
    )
    for one in accepted:
        events.record(Event.FORM_FAILURE_ACCEPTED, draft.id, scenario=one["id"])
    events.record(Event.FORM_DRAFT_SUBMITTED, draft.id, version=seen + 1)
    notices.ask_second_people(actor, draft)


def _accept(actor: Actor, draft: Draft, submission: Submission) -> list[dict[str, Any]]:
    """Check what is said and what the draft holds, and return the accepted failures."""
    errors: dict[str, str] = {}
    note = submission.note.strip()
    if not note:
        errors["note"] = "required"
    elif len(note) > LONGEST_NOTE:
        errors["note"] = "too_long"
    readiness = judge(draft.form_key, draft.content, scope.council().languages, clock.now())
    errors.update(blocked(actor, draft, readiness))
    accepted = []
    for one in readiness.failing:
        reason = submission.reasons.get(one.id, "").strip()
        if not reason or len(reason) > LONGEST_REASON:
            errors[f"scenario:{one.id}"] = "too_long" if reason else "required"
        accepted.append({"id": one.id, "reason": reason, "by": str(actor.account_id)})
    if errors:
        raise Invalid(errors)
    return accepted


def blocked(actor: Actor, draft: Draft, readiness: Readiness) -> dict[str, str]:
    """Why nobody could publish this content, whatever they say: {"draft": code}, or nothing."""
    if readiness.mistakes or readiness.form is None:
        return {"draft": "mistakes"}
    if library.broken(draft):
        return {"draft": "locked"}
    if missing(readiness):
        return {"draft": "facts"}
    proof = checks.of_draft(actor, draft, checks.PROOF)
    return {} if proof is not None and proof.status == "passed" else {"draft": "not_proved"}


def missing(readiness: Readiness) -> Sequence[Need]:
    """What screening needs and no question asks for; nothing while the form cannot be read."""
    return missing_facts(readiness.form) if readiness.form is not None else ()


def send_back(actor: Actor, draft: Draft, seen: int, comment: str, once: UUID) -> None:
    """Open a submitted draft again, with a comment that says why; who submitted it may take it back without one.

    Twice is once. Raises Forbidden, Invalid({"body": …}) for the comment, Conflict when it is not submitted any more.
    """
    if reach(actor, Permission.PUBLISH) is not Reach.COUNCIL:
        raise Forbidden
    stored = _locked(draft.id)
    if stored.state == "open" and stored.version == seen + 1:
        return
    if stored.state != "submitted" or stored.version != seen:
        raise Conflict("the draft was changed elsewhere", state=stored.state)
    submitted_by = stored.submitted_by
    if comment.strip() or submitted_by != actor.account_id:
        comments.add(actor, draft, comment, once)
    _move(draft, seen, state="open", submitted_by=None, submitted_at=None)
    events.record(Event.FORM_DRAFT_REOPENED, draft.id, version=seen + 1)
    notices.tell_submitter(actor, draft, submitted_by, notices.SENT_BACK)


def may_approve(actor: Actor, draft: Draft) -> bool:
    """Whether this person could be the second pair of eyes: may publish, and neither wrote in it nor submitted it."""
    own = actor.account_id in draft.writers or actor.account_id == draft.submitted_by
    return reach(actor, Permission.PUBLISH) is Reach.COUNCIL and not own


def publish(actor: Actor, draft: Draft, seen: int) -> UUID:
    """Publish a submitted draft as the newest version and return the version's id; twice is once.

    Everything is checked again against exactly what is stored. Raises Forbidden for whoever wrote in it, Invalid as
    `submit`, Conflict when the draft is not as it was seen (state) or another version was published meanwhile (newer).
    """
    council = scope.council()
    lock_family(council.id, draft.form_key)
    stored = _locked(draft.id)
    draft = find(actor, draft.id)
    if not may_approve(actor, draft):
        raise Forbidden
    if stored.state == "published" and stored.published_id is not None and stored.version == seen + 1:
        found: UUID = stored.published_id
        return found
    if stored.state != "submitted" or stored.version != seen or digest(stored.content) != stored.content_hash:
        raise Conflict("the draft was changed elsewhere", state=stored.state)
    newest = _newest(draft.form_key)
    _refuse_older(stored, newest)
    readiness = judge(draft.form_key, draft.content, council.languages, clock.now())
    accepted = _still_accepted(draft, readiness.failing)
    errors = blocked(actor, draft, readiness)
    if errors:
        raise Invalid(errors)
    proof = checks.of_draft(actor, draft, checks.PROOF)
    version_id = publish_version(
        draft.form,
        draft.thresholds,
        draft.scenarios,
        source="designer",
        note=draft.note,
        author_id=draft.submitted_by,
        approver_id=actor.account_id,
        restored_from=draft.restored_from,
        must_restart=draft.must_restart,
        proof=dict(proof.result) if proof else None,
        accepted=accepted,
        template_key=draft.template_key,
        template_number=draft.template_number,
    )
    _move(draft, seen, state="published", published_id=version_id)
    notices.tell_submitter(actor, draft, draft.submitted_by, notices.PUBLISHED)
    return version_id


def _still_accepted(draft: Draft, failing: Sequence[Rehearsed]) -> list[dict[str, Any]]:
    """The acceptances that are still needed; a scenario that fails only now was accepted by nobody."""
    known = {one["id"]: one for one in draft.accepted}
    unknown = {f"scenario:{one.id}": "required" for one in failing if one.id not in known}
    if unknown:
        raise Invalid(unknown)
    return [known[one.id] for one in failing]


def go_on_from_newest(actor: Actor, draft: Draft, seen: int) -> None:
    """Choose this draft over a version that was published after it began: it then replaces that one.

    Raises Conflict when the draft changed meanwhile, Forbidden.
    """
    newest = _newest(draft.form_key)
    if newest is not None and newest.id != draft.base_id:
        drafting.save(actor, draft, draft.content, seen, "base_changed", base_id=newest.id)


def _refuse_older(stored: FormDraft, newest: FormVersion | None) -> None:
    if newest is not None and newest.id != stored.base_id:
        raise Conflict("another version was published", newer=str(newest.number))


def _locked(draft_id: UUID) -> FormDraft:
    query = (
        select(FormDraft)
        .where(FormDraft.tenant_id == scope.council().id, FormDraft.id == draft_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    stored = db.session().execute(query).scalar_one_or_none()
    if stored is None:
        raise NotFound("no such draft of a form")
    return stored


def _newest(form_key: str) -> FormVersion | None:
    query = (
        select(FormVersion)
        .where(FormVersion.tenant_id == scope.council().id, FormVersion.form_key == form_key)
        .order_by(FormVersion.number.desc())
        .limit(1)
    )
    return db.session().execute(query).scalar_one_or_none()


def _move(draft: Draft, seen: int, **columns: Any) -> None:
    """Change the state of a draft that is locked."""
    statement = (
        update(FormDraft)
        .where(FormDraft.tenant_id == scope.council().id, FormDraft.id == draft.id, FormDraft.version == seen)
        .values(version=seen + 1, **columns)
        .execution_options(synchronize_session=False)
    )
    db.session().execute(statement)
