"""Moves a draft to the newest version of its form, with every answer that still fits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from portal.audit import events
from portal.audit.events import Event
from portal.forms.queries import Published, newest, version
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor
from portal.referrals.carrying import Carried, carry
from portal.referrals.commands import drafts
from portal.referrals.models import Referral
from portal.referrals.paths import TRIAGE, walk
from portal.referrals.queries.drafts import Draft, find_draft


def carried(draft: Draft) -> tuple[Published, Carried]:
    """The newest version of the draft's form, and what of the draft it can hold."""
    latest = newest(draft.form_key)
    triage = {key: value for key, value in draft.triage.items() if key != _override(draft)}
    return latest, carry(version(draft.form_version_id).form, latest.form, triage, draft.sections)


def restart(actor: Actor, draft: Draft) -> int:
    """Go on with the newest version; returns how many questions' answers were left behind.

    A draft that has moved already stays as it is (a double click): 0. "I disagree" was about the older rules and is
    taken back.
    """
    latest, found = carried(draft)
    if not _pin(draft, latest):
        return 0
    walked = walk(latest.form, draft.kind, found.triage, found.sections)
    bodies: dict[str, Any] = {TRIAGE: {"answers": found.triage, "override_reason": ""}} if draft.triage else {}
    bodies |= {key: found.sections.get(key, _nothing(body)) for key, body in draft.sections.items()}
    bodies |= {key: body for key, body in found.sections.items() if key not in draft.sections}
    now = find_draft(actor, draft.id)
    for key, body in bodies.items():
        complete = key != TRIAGE and bool(body) and not walked.gaps(key)
        drafts.save(actor, now, key, body, now.of(key).version, complete=complete)
    events.record(Event.REFERRAL_RESTARTED, draft.id, form=draft.form_key, number=latest.number, lost=len(found.lost))
    return len(found.lost)


def _nothing(body: Any) -> Any:
    return [] if isinstance(body, list) else {}


def _override(draft: Draft) -> str:
    return version(draft.form_version_id).thresholds.override_answer


def _pin(draft: Draft, latest: Published) -> bool:
    """Pin the newest version; False when the draft is not where it was any more."""
    statement = (
        update(Referral)
        .where(
            Referral.tenant_id == scope.council().id,
            Referral.id == draft.id,
            Referral.state == "draft",
            Referral.form_version_id == draft.form_version_id,
            Referral.form_version_id != latest.id,
        )
        .values(form_version_id=latest.id, version=Referral.version + 1, changed_at=clock.now())
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )
    return db.session().execute(statement).scalar_one_or_none() is not None
