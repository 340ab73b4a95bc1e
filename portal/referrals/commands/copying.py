"""Begins a report with some of what an earlier one, or a draft, says about the same people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.audit import events
from portal.audit.events import Event
from portal.forms.queries import Published, newest
from portal.kernel import db, scope
from portal.kernel.errors import Conflict
from portal.kernel.language import Text
from portal.kernel.scope import Actor
from portal.referrals.again import chosen, offers
from portal.referrals.carrying import carry
from portal.referrals.commands import drafts
from portal.referrals.models import Referral
from portal.referrals.projecting import initials_of
from portal.referrals.queries.drafts import find_draft, own


@dataclass(frozen=True)
class Source:
    """An earlier report, or a draft: its answers and the version of the form that they answer."""

    id: UUID
    form: Published
    sections: Mapping[str, Any]


def lost(source: Source) -> tuple[Text, ...]:
    """The questions, in the words of the earlier form, whose answers do not fit the newest one."""
    everything = chosen(source.form.form, source.sections, _all(source), sibling=False)
    return carry(source.form.form, newest(source.form.form.key).form, {}, everything).lost


def _all(source: Source) -> set[str]:
    return {one.key for one in offers(source.form.form, source.sections)}


def begin(actor: Actor, source: Source, keys: Collection[str], language: str, once: UUID, *, sibling: bool) -> UUID:
    """Begin a draft of the newest version of the form with what was chosen; returns its id, the same one for the same
    `once` (a double click).

    Nothing of the new draft points back: who reads it reads what its author chose. The audit knows where it came from.
    Raises as `drafts.start` does.
    """
    latest = newest(source.form.form.key)
    draft_id = drafts.start(actor, "full", language, latest, once)
    if draft_id is None:
        return _begun(actor, once)
    events.record(Event.REFERRAL_COPIED, draft_id, source=str(source.id))
    picked = chosen(source.form.form, source.sections, keys, sibling=sibling)
    carried = carry(source.form.form, latest.form, {}, picked).sections
    for section in latest.form.sections:
        body = carried.get(section.key)
        if body:
            initials = initials_of(section, body) or None
            now = find_draft(actor, draft_id)
            drafts.save(actor, now, section.key, body, 0, complete=False, initials=initials)
    return draft_id


def _begun(actor: Actor, once: UUID) -> UUID:
    query = select(Referral.id).where(own(actor), Referral.submit_key == once, Referral.state == "draft")
    query = query.where(Referral.tenant_id == scope.council().id)
    found = db.session().execute(query).scalar_one_or_none()
    if found is None:
        raise Conflict("begun and sent already", state="sent")
    return found
