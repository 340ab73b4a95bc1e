"""What councils do with the shared library: start from a template, settle its changes, bring a form in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.forms import locks
from portal.forms.commands import drafting
from portal.forms.digests import digest
from portal.forms.models import FormDraft
from portal.forms.queries import library
from portal.forms.queries.drafts import Draft
from portal.kernel import db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor


def start(actor: Actor, template_key: str) -> UUID:
    """Begin a draft from the newest number of a template, or return the open one that is still just that.

    Raises NotFound for a template that this council's nation does not have, and Forbidden.
    """
    _may_design(actor)
    template = library.template(actor, template_key)
    there = _same(template.form_key, template.content, template.key)
    if there is not None:
        return there
    return drafting.start(
        actor,
        template.form_key,
        content=template.content,
        source="template",
        template=(template.key, template.number),
    )


def settle(actor: Actor, draft: Draft, seen: int, accepted: Collection[str], *, decline_rest: bool) -> int:
    """Put accepted proposals of the newest template into a draft; returns its new version.

    With `decline_rest`, or when all are accepted, the draft counts from then on as made from that number: nothing of
    it is offered again, and what it locks is taken over. Raises NotFound without anything to settle, Conflict,
    Forbidden, and Invalid({"content": "locked"}) for a part that only the older number locks, accepted by itself.
    """
    offered = library.offered(actor, draft)
    if offered is None:
        raise NotFound("nothing is proposed")
    settled = decline_rest or {each.id for each in offered.merge.proposals} <= set(accepted)
    content = offered.merge.content(accepted, take_over=settled)
    if settled and seen != draft.version:
        raise Conflict("the draft was changed elsewhere", state=draft.state)
    number = {"template_number": offered.number} if settled else {}
    return drafting.save(actor, draft, content, seen, "template_settled", **number)


def bring_in(actor: Actor, form_key: str, content: Mapping[str, Any]) -> UUID:
    """Begin a draft with a content that was read from a file; the same content again is the same open draft.

    Raises Forbidden, and Invalid({"content": "locked" | "too_large"}) when it changes what the template of the
    published form has locked.
    """
    _may_design(actor)
    there = _same(form_key, content)
    if there is not None:
        return there
    kept = library.template_of_newest(form_key)
    if kept is not None and locks.broken(kept.locked, kept.content, content):
        raise Invalid({"content": "locked"})
    return drafting.start(actor, form_key, content=content, source="import")


def _may_design(actor: Actor) -> None:
    if reach(actor, Permission.DESIGN) is not Reach.COUNCIL:
        raise Forbidden


def note_export(form_key: str, subject: UUID) -> None:
    """Record that somebody took a form's files away."""
    events.record(Event.FORM_EXPORTED, subject, form=form_key)


def _same(form_key: str, content: Mapping[str, Any], template_key: str | None = None) -> UUID | None:
    """An open draft of this form with exactly this content, so that a second click makes no second draft."""
    council = scope.council()
    content_hash = digest({key: content.get(key) or [] for key in ("form", "thresholds", "scenarios")})
    lock = f"{council.id} {content_hash}"
    db.session().execute(text("select pg_advisory_xact_lock(hashtextextended(:lock, 0))"), {"lock": lock})
    query = (
        select(FormDraft.id)
        .where(
            FormDraft.tenant_id == council.id,
            FormDraft.form_key == form_key,
            FormDraft.state == "open",
            FormDraft.content_hash == content_hash,
        )
        .order_by(FormDraft.created_at)
        .limit(1)
    )
    if template_key is not None:
        query = query.where(FormDraft.template_key == template_key)
    found: UUID | None = db.session().execute(query).scalar_one_or_none()
    return found
