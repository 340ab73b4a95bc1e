"""Brings the shared library to what the operator's folders say: a changed template is the next number of its key."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import insert, select, text

from portal.audit import events
from portal.forms.digests import digest
from portal.forms.models import FormTemplate
from portal.forms.template_folder import Template
from portal.kernel import clock, db, scope
from portal.kernel.scope import Scope

# Any constant: two applications at once would both take the next number.
LOCK = 7_246_120_315


@dataclass(frozen=True)
class Applied:
    """What was done, for the command line; `changed` is False when the template was there as it is."""

    key: str
    number: int
    changed: bool


def apply(template: Template) -> Applied:
    """Load a checked template, as the role that owns the tables; safe to repeat."""
    with db.unit_of_work(Scope(council=None, actor=scope.SYSTEM)) as session:
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        content_hash = digest(
            [template.form_key, template.nation, template.title, list(template.locked), template.content]
        )
        query = (
            select(FormTemplate.number, FormTemplate.content_hash)
            .where(FormTemplate.key == template.key)
            .order_by(FormTemplate.number.desc())
            .limit(1)
        )
        newest = session.execute(query).one_or_none()
        if newest is not None and newest.content_hash == content_hash:
            return Applied(template.key, newest.number, changed=False)
        number = newest.number + 1 if newest else 1
        template_id = uuid4()
        session.execute(
            insert(FormTemplate).values(
                id=template_id,
                key=template.key,
                number=number,
                form_key=template.form_key,
                nation=template.nation,
                title=template.title,
                content=template.content,
                locked=list(template.locked),
                note=template.note,
                content_hash=content_hash,
                published_at=clock.now(),
            )
        )
        events.record(events.Event.TEMPLATE_APPLIED, template_id, form=template.form_key, number=number)
        return Applied(template.key, number, changed=True)
