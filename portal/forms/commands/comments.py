"""Comments on a draft or on one place of it: said once however often it is sent, and marked as dealt with."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.forms.models import FormComment
from portal.forms.queries.drafts import Draft
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor

LONGEST = 4_000
MOST = 500
PLACE = re.compile(r"(question|rule):[A-Za-z0-9][A-Za-z0-9_/]{0,199}\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def add(actor: Actor, draft: Draft, body: str, once: UUID, place: str = "") -> None:
    """Say something about a draft; `place` is "", "question:KEY" or "rule:ID".

    `once` is minted with the form: sent twice it is one comment. Raises Invalid for the text or the place, Forbidden,
    and Conflict when the draft is published or thrown away.
    """
    _may_read(actor)
    words = _checked(body)
    if place and not PLACE.match(place):
        raise Invalid({"place": "unknown"})
    if draft.state not in ("open", "submitted"):
        raise Conflict("the draft is closed", state=draft.state)
    _room(draft)
    statement = (
        insert(FormComment)
        .values(
            tenant_id=_council_id(),
            id=uuid4(),
            draft_id=draft.id,
            author_id=actor.account_id,
            place=place,
            body=words,
            once=once,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "once"])
        .returning(FormComment.id)
    )
    made = db.session().execute(statement).scalar_one_or_none()
    if made is not None:
        events.record(Event.FORM_COMMENTED, draft.id)


def resolve(actor: Actor, draft: Draft, comment_id: UUID) -> None:
    """Mark a comment as dealt with; twice changes nothing. Raises NotFound, Forbidden."""
    _may_read(actor)
    own = (
        FormComment.tenant_id == _council_id(),
        FormComment.draft_id == draft.id,
        FormComment.id == comment_id,
    )
    statement = (
        update(FormComment)
        .where(*own, FormComment.resolved_at.is_(None))
        .values(resolved_by=actor.account_id, resolved_at=clock.now())
        .returning(FormComment.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(statement).scalar_one_or_none() is not None:
        events.record(Event.FORM_COMMENT_RESOLVED, draft.id)
    elif db.session().execute(select(FormComment.id).where(*own)).scalar_one_or_none() is None:
        raise NotFound("no such comment")


def _checked(body: str) -> str:
    words = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not words:
        raise Invalid({"body": "required"})
    if len(words) > LONGEST:
        raise Invalid({"body": "too_long"})
    if _CONTROL.search(words):
        raise Invalid({"body": "control"})
    return words


def _room(draft: Draft) -> None:
    query = select(func.count()).where(FormComment.tenant_id == _council_id(), FormComment.draft_id == draft.id)
    if db.session().execute(query).scalar_one() >= MOST:
        raise Invalid({"body": "too_many"})


def _may_read(actor: Actor) -> None:
    if reach(actor, Permission.PUBLISH) is not Reach.COUNCIL:
        raise Forbidden


def _council_id() -> UUID:
    return scope.council().id
