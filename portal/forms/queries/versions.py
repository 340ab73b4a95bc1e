"""Published versions of a council's form: the newest, and the one that a draft or report was made with."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from portal.forms.council_words import words_for
from portal.forms.families import FAMILIES
from portal.forms.models import FormVersion
from portal.forms.rules import Thresholds, parse_thresholds
from portal.forms.schema import Form, SchemaMistakes, parse_form
from portal.forms.substitutions import Words, filled
from portal.kernel import db, scope
from portal.kernel.errors import NotFound

log = structlog.get_logger()

MOST_REMEMBERED = 64
NO_RULES = Thresholds(
    routes={},
    levels={},
    rules=(),
    overrides=(),
    always=(),
    notices={},
    topics={},
    topic_rules=(),
    override_answer="",
    override_question={},
    values={},
    conditions={},
    asked=(),
)


@dataclass(frozen=True)
class Published:
    """One published version: its id and number, the questionnaire, and the rules that belong to it.

    `gaps` says that some text has a ((name)) for the council's own words. `rules` is the rules' document where no
    version is stored: for a trial, whose content is its own.
    """

    id: UUID
    number: int
    form: Form
    thresholds: Thresholds
    gaps: bool = False
    rules: Mapping[str, Any] | None = None


# Versions never change, so a parsed one is good for the life of the process.
_remembered: OrderedDict[tuple[UUID, UUID], Published] = OrderedDict()
_filled: OrderedDict[tuple[UUID, UUID], tuple[Published, Words, Published]] = OrderedDict()
_lock = Lock()


def newest(form_key: str = "concern") -> Published:
    """The newest version of this council's form; raises NotFound before the first is published."""
    found = db.session().execute(newest_id(form_key)).scalar_one_or_none()
    if found is None:
        raise NotFound("no form is published")
    return version(found)


def newest_id(form_key: str) -> Select[UUID]:
    """The id of the newest version of this council's form, as a statement."""
    return (
        select(FormVersion.id)
        .where(FormVersion.tenant_id == _council_id(), FormVersion.form_key == form_key)
        .order_by(FormVersion.number.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class Newest:
    """What is published of one form at the moment."""

    id: UUID
    number: int
    published_at: datetime
    note: str


def newest_of_each() -> dict[str, Newest | None]:
    """The newest version of each family, None where nothing is published; in the order of the families."""
    later = aliased(FormVersion)
    highest = (
        select(func.max(later.number))
        .where(later.tenant_id == FormVersion.tenant_id, later.form_key == FormVersion.form_key)
        .scalar_subquery()
    )
    query = select(
        FormVersion.form_key, FormVersion.id, FormVersion.number, FormVersion.published_at, FormVersion.note
    ).where(FormVersion.tenant_id == _council_id(), FormVersion.number == highest)
    found = {
        row.form_key: Newest(row.id, row.number, row.published_at, row.note) for row in db.session().execute(query)
    }
    return {key: found.get(key) for key in FAMILIES}


@dataclass(frozen=True)
class Stored:
    """One version's documents just as they were published: {"form", "thresholds", "scenarios"}."""

    form_key: str
    number: int
    content: dict[str, Any]


def stored(version_id: UUID) -> Stored:
    """The documents of one version of this council; raises NotFound."""
    query = select(FormVersion.form_key, FormVersion.number, FormVersion.content, FormVersion.scenarios).where(
        FormVersion.tenant_id == _council_id(), FormVersion.id == version_id
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such form version")
    return Stored(row.form_key, row.number, {**row.content, "scenarios": row.scenarios})


def restart_note(pinned_id: UUID) -> str:
    """What the council says about the latest version that drafts of the pinned one must go on with; "" without any.

    A version that was published later without asking this of drafts does not hide it.
    """
    pinned, later = aliased(FormVersion), aliased(FormVersion)
    after = and_(later.tenant_id == pinned.tenant_id, later.form_key == pinned.form_key, later.number > pinned.number)
    query = (
        select(later.note)
        .join(pinned, after)
        .where(pinned.tenant_id == _council_id(), pinned.id == pinned_id, later.must_restart)
        .order_by(later.number.desc())
        .limit(1)
    )
    return db.session().execute(query).scalar_one_or_none() or ""


def pinned(content_id: UUID, content: Mapping[str, Any]) -> Published:
    """The questions and rules of a content that is no version, its gaps filled in: what a trial pinned."""
    council, found = scope.current().council, published(content_id, 0, content)
    own = replace(found, rules=content["thresholds"])
    return filled(own, words_for(council)) if own.gaps and council is not None else own


def version(version_id: UUID) -> Published:
    """One version of this council by its id, its gaps filled in; raises NotFound. Remembered per process."""
    council, found = scope.current().council, _raw(version_id)
    return _told(found, words_for(council)) if found.gaps and council is not None else found


def _told(found: Published, words: Words) -> Published:
    """The version with its gaps filled in: done once for the same words, it took longer than all else on most pages."""
    key = (_council_id(), found.id)
    kept = _filled.get(key)
    if kept is not None and kept[0] is found and kept[1] == words:
        return kept[2]
    told = filled(found, words)
    with _lock:
        _filled[key] = (found, words, told)
        _filled.move_to_end(key)
        while len(_filled) > MOST_REMEMBERED:
            _filled.popitem(last=False)
    return told


def _raw(version_id: UUID) -> Published:
    key = (_council_id(), version_id)
    with _lock:
        kept = _remembered.get(key)
        if kept is not None:
            _remembered.move_to_end(key)
            return kept
    found = _read(*key)
    with _lock:
        _remembered[key] = found
        while len(_remembered) > MOST_REMEMBERED:
            _remembered.popitem(last=False)
    return found


def content_of(version_id: UUID) -> dict[str, Any]:
    """The documents of one version of this council; raises NotFound."""
    query = select(FormVersion.content).where(FormVersion.tenant_id == _council_id(), FormVersion.id == version_id)
    found: dict[str, Any] | None = db.session().execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("no such form version")
    return found


def _council_id() -> UUID:
    return scope.council().id


def _read(tenant: UUID, version_id: UUID) -> Published:
    query = select(FormVersion.number, FormVersion.content).where(
        FormVersion.tenant_id == tenant, FormVersion.id == version_id
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such form version")
    return published(version_id, row.number, row.content)


def published(version_id: UUID, number: int, content: Mapping[str, Any]) -> Published:
    """A version from its stored document, `{"form": …, "thresholds": …}` as `forms.commands` wrote it."""
    form = parse_form(content["form"])
    gaps = "((" in json.dumps(content)
    return Published(version_id, number, form, _thresholds(content["thresholds"], form), gaps)


def _thresholds(document: Any, form: Form) -> Thresholds:
    """The rules; without any when they cannot be read, so that reports go to people and not to an error."""
    try:
        return parse_thresholds(document, form)
    except SchemaMistakes as mistakes:
        log.error("rules.unreadable", count=len(mistakes.mistakes))  # noqa: TRY400 - no traceback
        return NO_RULES
