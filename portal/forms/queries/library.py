"""The shared library: templates that the operator keeps, and what a draft's template has locked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.auth.policy import Permission, Reach, reach
from portal.forms import locks
from portal.forms.models import FormTemplate
from portal.forms.queries.drafts import Draft
from portal.kernel import db
from portal.kernel.scope import Actor


def locked(actor: Actor, draft: Draft) -> frozenset[str]:
    """What the designers of a draft cannot change: "question:KEY", "rule:ID", "notice:KEY", "route:KEY", "page:KEY",
    "section:KEY", "condition:NAME", "value:NAME", "topic:KEY", "override:ID" and "safety". Empty without a template.
    """
    if reach(actor, Permission.PUBLISH) is Reach.NONE:
        return frozenset()
    template = _template(draft.template_key, draft.template_number)
    return locks.all_locked(template.locked, template.content) if template else frozenset()


def broken(draft: Draft) -> list[str]:
    """What a draft has changed although its template has locked it, by name; a form is never published so."""
    template = _template(draft.template_key, draft.template_number)
    return locks.broken(template.locked, template.content, draft.content) if template else []


def newly_broken(draft: Draft, content: Mapping[str, Any], template_number: int | None) -> list[str]:
    """Locked items which `content` changes and the draft did not: what was wrong may be mended in steps."""
    template = _template(draft.template_key, template_number)
    if template is None:
        return []
    found = locks.broken(template.locked, template.content, content)
    return sorted(set(found) - set(locks.broken(template.locked, template.content, draft.content))) if found else []


def _template(key: str, number: int | None) -> Any:
    if not key:
        return None
    query = select(FormTemplate.locked, FormTemplate.content).where(
        FormTemplate.key == key, FormTemplate.number == number
    )
    return db.session().execute(query).one_or_none()
