"""Publishes a form with its thresholds as one new version, unless the newest is the same already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text

from portal.audit import events
from portal.forms.digests import digest
from portal.forms.models import FormVersion
from portal.kernel import clock, db, scope

LOCK = text("select pg_advisory_xact_lock(hashtextextended(:family, 0))")


def publish(
    form_doc: Mapping[str, Any],
    thresholds_doc: Mapping[str, Any],
    scenarios: Sequence[Mapping[str, Any]] = (),
    **columns: Any,
) -> UUID:
    """The version that holds exactly these documents: the newest one if it does, else a new one.

    The documents must have been checked (forms/folder.py). A published version is never changed: drafts pin the
    one they began with. `columns` are other columns of the new version (source, note, author).
    """
    council = scope.council()
    key = str(form_doc["key"])
    content = {"form": dict(form_doc), "thresholds": dict(thresholds_doc)}
    lock_family(council.id, key)
    kept, content_hash = list(scenarios), digest(content)
    newest = _newest(council.id, key)
    if newest is not None and newest.content_hash == content_hash and newest.scenarios == kept:
        found: UUID = newest.id
        return found
    version_id, number = uuid4(), newest.number + 1 if newest else 1
    db.session().execute(
        insert(FormVersion).values(
            tenant_id=council.id,
            id=version_id,
            form_key=key,
            number=number,
            content=content,
            content_hash=content_hash,
            scenarios=kept,
            published_at=clock.now(),
            **columns,
        )
    )
    events.record(events.Event.FORM_PUBLISHED, version_id, form=key, number=number)
    return version_id


def _newest(council_id: UUID, key: str) -> Any:
    query = (
        select(FormVersion.id, FormVersion.number, FormVersion.content_hash, FormVersion.scenarios)
        .where(FormVersion.tenant_id == council_id, FormVersion.form_key == key)
        .order_by(FormVersion.number.desc())
        .limit(1)
    )
    return db.session().execute(query).one_or_none()


def lock_family(tenant_id: UUID, form_key: str) -> None:
    """Keep everybody else from publishing this form until the transaction ends: two versions never meet."""
    db.session().execute(LOCK, {"family": f"{tenant_id} {form_key}"})
