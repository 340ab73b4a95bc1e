"""Drafts: begin one, save a section of it, disagree with its route, throw it away."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.forms.families import INFORMATION
from portal.forms.queries import Published, newest, version
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TermsFirst
from portal.kernel.scope import Actor
from portal.referrals.commands import endings
from portal.referrals.completeness import progress
from portal.referrals.models import Referral, ReferralSection
from portal.referrals.paths import TRIAGE
from portal.referrals.queries.drafts import TABLE, Draft, find_draft, may_send_full
from portal.tenants import vault

LONGEST_REASON = 2000

Keep = Callable[..., int]
"""Saves one section of a draft wherever it is kept, as `save` does."""


def start(
    actor: Actor,
    kind: str,
    language: str,
    form: Published | None = None,
    submit_key: UUID | None = None,
) -> UUID | None:
    """Begin a draft of the newest (or the given) version of the council's form; returns its id.

    None when a report with that submit key exists already (a double click waits here for the first).
    Raises Forbidden for people without an agency, and for a full form while the membership waits.
    """
    if reach(actor, Permission.REPORT) is Reach.NONE or actor.agency_id is None:
        raise Forbidden
    if kind == "full" and not may_send_full(actor):
        raise TermsFirst if actor.terms_due else Forbidden
    published = form or newest()
    refuse_request(actor, published.form.key)
    council, draft_id, now = scope.council(), uuid4(), clock.now()
    statement = (
        insert(Referral)
        .values(
            tenant_id=council.id,
            id=draft_id,
            agency_id=actor.agency_id,
            author_id=actor.account_id,
            form_version_id=published.id,
            form_key=published.form.key,
            kind=kind,
            language=language,
            created_at=now,
            changed_at=now,
            expires_on=clock.today() + timedelta(days=council.settings.draft_days),
            wrapped_key=vault.new_record_key("referral", draft_id),
            submit_key=submit_key,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "submit_key"])
        .returning(Referral.id)
    )
    if db.session().execute(statement).scalar_one_or_none() is None:
        return None
    events.record(Event.REFERRAL_STARTED, draft_id, kind=kind)
    return draft_id


def refuse_request(actor: Actor, form_key: str) -> None:
    """Raises Forbidden for a request for information of somebody whose kind of agency may not make one here."""
    if form_key == INFORMATION and reach(actor, Permission.REQUEST) is Reach.NONE:
        raise Forbidden


def save(
    actor: Actor,
    draft: Draft,
    section: str,
    body: Any,
    seen: int,
    *,
    complete: bool,
    initials: str | None = None,
) -> int:
    """Save one section that was seen at version `seen` (0: never saved); returns its new version.

    Raises Conflict when it was saved elsewhere meanwhile with other content; the same content twice is
    no conflict. `initials` (of the first child) are kept where given.
    """
    stored = draft.of(section)
    if stored.version != seen:
        if stored.body == body:
            return stored.version
        raise Conflict("the section was saved elsewhere", section=section)
    record = vault.Record("referral", draft.id, draft.wrapped_key)
    try:
        if seen:
            number = _update(actor, draft, section, (body, record, complete), seen)
        else:
            number = _insert(actor, draft, section, (body, record, complete))
    except Conflict:
        # The second click of two, which waited for the first.
        saved = find_draft(actor, draft.id).of(section)
        if saved.body != body:
            raise
        return saved.version
    _touch(draft, initials, {**{key: one.body for key, one in draft.stored.items()}, section: body})
    events.record(Event.REFERRAL_SAVED, draft.id, section=section, version=number)
    return number


_Content = tuple[Any, vault.Record, bool]
"""What is saved, what seals it, and whether it is complete."""


def _insert(actor: Actor, draft: Draft, section: str, content: _Content) -> int:
    row_id, (body, record, complete) = uuid4(), content
    values = {
        "tenant_id": scope.council().id,
        "id": row_id,
        "referral_id": draft.id,
        "agency_id": draft.agency_id,
        "section": section,
        "body": record.seal(_text(body), TABLE, row_id, "body"),
        "complete": complete,
        "changed_at": clock.now(),
        "changed_by": actor.account_id,
    }
    session = db.session()
    try:
        with session.begin_nested():
            session.execute(insert(ReferralSection).values(**values))
    except IntegrityError:
        raise Conflict("the section was saved elsewhere", section=section) from None
    return 1


def _update(actor: Actor, draft: Draft, section: str, content: _Content, seen: int) -> int:
    """The associated data of a sealed body names its row, so the row's id is read under a lock first."""
    session, (body, record, complete) = db.session(), content
    here = (
        ReferralSection.tenant_id == scope.council().id,
        ReferralSection.referral_id == draft.id,
        ReferralSection.section == section,
        ReferralSection.version == seen,
    )
    row_id = session.execute(select(ReferralSection.id).where(*here).with_for_update()).scalar_one_or_none()
    if row_id is None:
        raise Conflict("the section was saved elsewhere", section=section)
    session.execute(
        update(ReferralSection)
        .where(*here)
        .values(
            body=record.seal(_text(body), TABLE, row_id, "body"),
            version=seen + 1,
            complete=complete,
            changed_at=clock.now(),
            changed_by=actor.account_id,
        )
        .execution_options(synchronize_session=False)
    )
    return seen + 1


def _touch(draft: Draft, initials: str | None, saved: Mapping[str, Any]) -> None:
    """Count the change on the report itself, and keep what lists say of it; a report that was sent meanwhile is not
    changed any more. It expires so long after its last change."""
    published, days = version(draft.form_version_id), scope.council().settings.draft_days
    now = progress(published.form, published.thresholds, draft.kind, saved, clock.now())
    values: dict[str, Any] = {
        "version": Referral.version + 1,
        "changed_at": clock.now(),
        "expires_on": clock.today() + timedelta(days=days),
        "warned_on": None,
        "sections_done": now.done,
        "sections_shown": now.shown,
        "child_born": now.child.born_on if now.child else None,
        "child_age": now.child.age_years if now.child else None,
    }
    if initials is not None:
        values["initials"] = initials
    found = db.session().execute(
        update(Referral)
        .where(
            Referral.tenant_id == scope.council().id,
            Referral.id == draft.id,
            Referral.state == "draft",
        )
        .values(**values)
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )
    if found.scalar_one_or_none() is None:
        raise Conflict("the report was sent meanwhile", state="sent")


def _text(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def save_triage(
    actor: Actor, draft: Draft, answers: dict[str, Any], override_answer: str, seen: int, *, keep: Keep = save
) -> int:
    """Save the triage answers; changing them takes back an earlier "I disagree", which was about others.

    `keep` saves a section where the draft is kept (commands/keeping.py).
    """
    before = {key: value for key, value in draft.triage.items() if key != override_answer}
    body = {"answers": answers, "override_reason": ""}
    if answers == before:
        body = {"answers": draft.triage, "override_reason": draft.override_reason}
    return keep(actor, draft, TRIAGE, body, seen, complete=False)


def note_route(actor: Actor, draft: Draft, route: str, rule: str) -> None:
    """Record where the finished triage questions lead."""
    del actor  # the event takes the actor of the scope
    events.record(Event.REFERRAL_ROUTED, draft.id, route=route, rule=rule)


def disagree(actor: Actor, draft: Draft, override_answer: str, reason: str, seen: int, *, keep: Keep = save) -> None:
    """Ask for the next route up, with a reason; raises Invalid({"reason": …}) without one."""
    if not reason.strip():
        raise Invalid({"reason": "missing"})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": "too_long"})
    body = {"answers": {**draft.triage, override_answer: "yes"}, "override_reason": reason.strip()}
    keep(actor, draft, TRIAGE, body, seen, complete=False)


def agree_again(actor: Actor, draft: Draft, override_answer: str, *, keep: Keep = save) -> None:
    """Take "I disagree" back."""
    answers = {key: value for key, value in draft.triage.items() if key != override_answer}
    body = {"answers": answers, "override_reason": ""}
    keep(actor, draft, TRIAGE, body, draft.of(TRIAGE).version, complete=False)


def throw_away(actor: Actor, draft: Draft) -> None:
    """Delete a draft with all that was written in it; raises NotFound for those who only help with it."""
    if draft.author_id != actor.account_id:
        raise NotFound("not the author")
    endings.remember(
        draft.id, draft.agency_id, {actor.account_id: "deleted", **dict.fromkeys(draft.helpers, "deleted")}
    )
    gone = db.session().execute(
        delete(Referral)
        .where(
            Referral.tenant_id == scope.council().id,
            Referral.id == draft.id,
            Referral.state == "draft",
        )
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )
    if gone.scalar_one_or_none() is None:
        raise Conflict("the report was sent meanwhile", state="sent")
    events.record(Event.DRAFT_DELETED, draft.id)
