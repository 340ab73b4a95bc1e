"""The shared library: templates that the operator keeps, what they lock, and what a newer one proposes to a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.auth.policy import Permission, Reach, reach
from portal.forms import locks
from portal.forms.merging import Merge, merge
from portal.forms.models import FormTemplate, FormVersion
from portal.forms.queries.drafts import Draft
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor


@dataclass(frozen=True)
class Template:
    """One number of a template; `nation` is "" for both nations."""

    key: str
    number: int
    form_key: str
    nation: str
    title: Mapping[str, str]
    note: str
    locked: tuple[str, ...]
    content: dict[str, Any]
    published_at: datetime


@dataclass(frozen=True)
class Offered:
    """What the newest number of a draft's template proposes to it, with the notes of each number in between."""

    number: int
    notes: tuple[tuple[int, str], ...]
    merge: Merge


def loaded() -> Sequence[Template]:
    """The newest number of every template, by key."""
    later = aliased(FormTemplate)
    highest = select(func.max(later.number)).where(later.key == FormTemplate.key).scalar_subquery()
    query = select(FormTemplate).where(FormTemplate.number == highest).order_by(FormTemplate.key)
    with db.unit_of_work(scope.NOWHERE) as session:
        return [_of_row(row) for row in session.execute(query).scalars()]


def templates(actor: Actor) -> Sequence[Template]:
    """The newest number of every template that this council's nation may use, by form; Forbidden as an empty list."""
    council = scope.current().council
    if council is None or reach(actor, Permission.PUBLISH) is Reach.NONE:
        return []
    return for_nation(council.nation)


def for_nation(nation: str) -> Sequence[Template]:
    """The newest number of every template that councils of a nation may use, by form."""
    later = aliased(FormTemplate)
    highest = select(func.max(later.number)).where(later.key == FormTemplate.key).scalar_subquery()
    query = (
        select(FormTemplate)
        .where(FormTemplate.number == highest, FormTemplate.nation.in_(("", nation)))
        .order_by(FormTemplate.form_key, FormTemplate.key)
    )
    return [_of_row(row) for row in db.session().execute(query).scalars()]


def template(actor: Actor, key: str) -> Template:
    """The newest number of one template; raises NotFound for one that this council cannot use."""
    for each in templates(actor):
        if each.key == key:
            return each
    raise NotFound("no such template")


def template_of_newest(form_key: str) -> Template | None:
    """The template that the newest published version of a form was made from."""
    council = scope.current().council
    if council is None:
        return None
    query = (
        select(FormVersion.template_key, FormVersion.template_number)
        .where(FormVersion.tenant_id == council.id, FormVersion.form_key == form_key)
        .order_by(FormVersion.number.desc())
        .limit(1)
    )
    row = db.session().execute(query).one_or_none()
    return numbered(row.template_key, row.template_number) if row else None


def offered(actor: Actor, draft: Draft) -> Offered | None:
    """What the newest template proposes; None when the draft has no template or is made from the newest."""
    if reach(actor, Permission.PUBLISH) is Reach.NONE:
        return None
    base = numbered(draft.template_key, draft.template_number)
    if base is None:
        return None
    query = (
        select(FormTemplate)
        .where(FormTemplate.key == base.key, FormTemplate.number > base.number)
        .order_by(FormTemplate.number)
    )
    newer = [_of_row(row) for row in db.session().execute(query).scalars()]
    if not newer:
        return None
    last = newer[-1]
    notes = tuple((each.number, each.note) for each in newer)
    return Offered(last.number, notes, merge(base.content, last.content, draft.content, last.locked))


def newer_number(draft: Draft) -> int | None:
    """The number of the newest template when the draft was made from an older one: cheap, for pages that only link."""
    if not draft.template_key or draft.template_number is None:
        return None
    query = select(func.max(FormTemplate.number)).where(FormTemplate.key == draft.template_key)
    newest = db.session().execute(query).scalar_one_or_none()
    return newest if newest is not None and newest > draft.template_number else None


def locked(actor: Actor, draft: Draft) -> frozenset[str]:
    """What the designers of a draft cannot change: "question:KEY", "rule:ID", "notice:KEY", "route:KEY", "page:KEY",
    "section:KEY", "condition:NAME", "value:NAME", "topic:KEY", "override:ID" and "safety". Empty without a template.
    """
    if reach(actor, Permission.PUBLISH) is Reach.NONE:
        return frozenset()
    made_from = numbered(draft.template_key, draft.template_number)
    return locks.all_locked(made_from.locked, made_from.content) if made_from else frozenset()


def broken(draft: Draft) -> list[str]:
    """What a draft has changed although its template has locked it, by name; a form is never published so."""
    made_from = numbered(draft.template_key, draft.template_number)
    return locks.broken(made_from.locked, made_from.content, draft.content) if made_from else []


def newly_broken(draft: Draft, content: Mapping[str, Any], key: str, number: int | None) -> list[str]:
    """Locked items which `content` changes and the draft did not: what was wrong may be mended in steps.

    `key` and `number` name the template that the draft counts as made from once it has that content.
    """
    made_from = numbered(key, number)
    if made_from is None:
        return []
    found = set(locks.broken(made_from.locked, made_from.content, content))
    return sorted(found - set(locks.broken(made_from.locked, made_from.content, draft.content))) if found else []


def numbered(key: str, number: int | None) -> Template | None:
    """One number of a template; None for no key, or when there is none."""
    if not key:
        return None
    query = select(FormTemplate).where(FormTemplate.key == key, FormTemplate.number == number)
    row = db.session().execute(query).scalar_one_or_none()
    return _of_row(row) if row else None


def _of_row(row: FormTemplate) -> Template:
    return Template(
        key=row.key,
        number=row.number,
        form_key=row.form_key,
        nation=row.nation,
        title=row.title,
        note=row.note,
        locked=tuple(row.locked),
        content=row.content,
        published_at=row.published_at,
    )
