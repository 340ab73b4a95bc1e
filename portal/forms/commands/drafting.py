"""Drafts of forms: begin one, save a change, throw it away. Two designers who meet are told, never overwritten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.forms.digests import digest
from portal.forms.families import FAMILIES
from portal.forms.models import FormDraft, FormVersion
from portal.forms.queries import library
from portal.forms.queries.drafts import Draft, find
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor

MOST_BYTES = 1024 * 1024
"""The largest content of a draft, as JSON: the two largest councils of this size take a third of it."""
LONGEST_WHAT = 80


def start(
    actor: Actor,
    form_key: str,
    *,
    content: Mapping[str, Any] | None = None,
    base_id: UUID | None = None,
    source: str = "version",
    restored_from: int | None = None,
    template: tuple[str, int] | None = None,
) -> UUID:
    """Begin a draft and return its id; without `content`, of the newest published version of that form.

    `source` says what it began from (version, restored, template, import), for the record. Raises Forbidden for those
    who do not design, NotFound when nothing is published yet or the form is unknown, Invalid when it is too large.
    """
    _may_design(actor)
    council = _council_id()
    if form_key not in FAMILIES:
        raise NotFound("no such form")
    newest = _newest(council, form_key)
    draft_id, now, kept = uuid4(), clock.now(), _sized(_content_of(newest) if content is None else content)
    key, number = template or (newest.template_key if newest else "", newest.template_number if newest else None)
    db.session().execute(
        insert(FormDraft).values(
            tenant_id=council,
            id=draft_id,
            form_key=form_key,
            base_id=base_id or (newest.id if newest else None),
            content=kept,
            content_hash=digest(kept),
            restored_from=restored_from,
            template_key=key,
            template_number=number,
            author_id=actor.account_id,
            created_at=now,
            changed_by=actor.account_id,
            changed_at=now,
            writers=[str(actor.account_id)],
        )
    )
    events.record(Event.FORM_DRAFT_STARTED, draft_id, form=form_key, source=source)
    return draft_id


def save(actor: Actor, draft: Draft, content: Mapping[str, Any], seen: int, what: str, **columns: Any) -> int:
    """Save the whole content of a draft that was seen at version `seen`; returns its new version.

    `what` is a code for the record ("question_changed"), never words that somebody typed. `columns` are other columns
    of the draft to set with it. The same content again is no conflict. Raises Conflict when somebody else saved other
    content meanwhile or the draft is not open any more, Forbidden, Invalid({"content": "too_large"}), and
    Invalid({"content": "locked"}) when it changes what the draft's template has locked.
    """
    _may_design(actor)
    kept = _sized(content)
    made_from = [columns.get(name, getattr(draft, name)) for name in ("template_key", "template_number")]
    if library.newly_broken(draft, kept, *made_from):
        raise Invalid({"content": "locked"})
    content_hash = digest(kept)
    if content_hash == draft.content_hash and not columns:
        return draft.version
    writers = sorted({*(str(one) for one in draft.writers), str(actor.account_id)})
    statement = (
        update(FormDraft)
        .where(
            FormDraft.tenant_id == _council_id(),
            FormDraft.id == draft.id,
            FormDraft.version == seen,
            FormDraft.state == "open",
        )
        .values(
            content=kept,
            content_hash=content_hash,
            version=seen + 1,
            changed_by=actor.account_id,
            changed_at=clock.now(),
            writers=writers,
            **columns,
        )
        .returning(FormDraft.version)
        .execution_options(synchronize_session=False)
    )
    version: int | None = db.session().execute(statement).scalar_one_or_none()
    if version is None:
        now = find(actor, draft.id)
        if now.state == "open" and now.content_hash == content_hash and not columns:
            return now.version
        raise Conflict("the draft was changed elsewhere", state=now.state)
    events.record(Event.FORM_DRAFT_CHANGED, draft.id, version=version, what=what[:LONGEST_WHAT])
    return version


def discard(actor: Actor, draft: Draft) -> None:
    """Throw a draft away; it stays in the history. Raises Conflict when it is published, Forbidden."""
    _may_design(actor)
    statement = (
        update(FormDraft)
        .where(
            FormDraft.tenant_id == _council_id(),
            FormDraft.id == draft.id,
            FormDraft.state.in_(("open", "submitted")),
        )
        .values(state="discarded", changed_by=actor.account_id, changed_at=clock.now())
        .returning(FormDraft.version)
        .execution_options(synchronize_session=False)
    )
    version: int | None = db.session().execute(statement).scalar_one_or_none()
    if version is None:
        if find(actor, draft.id).state == "discarded":
            return
        raise Conflict("the draft is published", state="published")
    events.record(Event.FORM_DRAFT_DISCARDED, draft.id, version=version)


def _content_of(newest: FormVersion | None) -> Mapping[str, Any]:
    if newest is None:
        raise NotFound("no form is published")
    return {**newest.content, "scenarios": newest.scenarios}


def _sized(content: Mapping[str, Any]) -> dict[str, Any]:
    kept = {"form": content["form"], "thresholds": content["thresholds"], "scenarios": content.get("scenarios") or []}
    if len(json.dumps(kept, ensure_ascii=False).encode()) > MOST_BYTES:
        raise Invalid({"content": "too_large"})
    return kept


def _newest(council: UUID, form_key: str) -> FormVersion | None:
    query = (
        select(FormVersion)
        .where(FormVersion.tenant_id == council, FormVersion.form_key == form_key)
        .order_by(FormVersion.number.desc())
        .limit(1)
    )
    return db.session().execute(query).scalar_one_or_none()


def _may_design(actor: Actor) -> None:
    if reach(actor, Permission.DESIGN) is not Reach.COUNCIL:
        raise Forbidden


def _council_id() -> UUID:
    return scope.council().id
