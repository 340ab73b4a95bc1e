"""What published rules say in plain words, made once for each version and language."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from sqlalchemy import select

from portal.forms.models import FormVersion
from portal.forms.queries.versions import Published
from portal.forms.statements import Statement, rules_lines
from portal.kernel import db, scope
from portal.kernel.errors import NotFound

MOST_REMEMBERED = 64


@dataclass(frozen=True)
class ToldRule:
    """One rule in plain words: its id in the council's rules, and its lines."""

    id: str
    lines: tuple[Statement, ...]


Told = Mapping[str, tuple[Statement, ...]]

# Versions never change, so the words of one are good for the life of the process.
_remembered: OrderedDict[tuple[UUID, UUID, str], Told] = OrderedDict()
_lock = Lock()


def told_rules(published: Published, rules: Iterable[str | None], language: str) -> tuple[ToldRule, ...]:
    """Those of the rules that the version has, each once, in the order given."""
    told = _told(published, language)
    return tuple(ToldRule(rule, told[rule]) for rule in dict.fromkeys(rules) if rule is not None and rule in told)


def _told(published: Published, language: str) -> Told:
    council = scope.current().council
    if council is None:
        raise NotFound("no council in scope")
    key = (council.id, published.id, language)
    with _lock:
        found = _remembered.get(key)
        if found is not None:
            _remembered.move_to_end(key)
            return found
    query = select(FormVersion.content["thresholds"]).where(
        FormVersion.tenant_id == council.id, FormVersion.id == published.id
    )
    found = rules_lines(published.form, db.session().execute(query).scalar_one_or_none(), language)
    with _lock:
        _remembered[key] = found
        while len(_remembered) > MOST_REMEMBERED:
            _remembered.popitem(last=False)
    return found
