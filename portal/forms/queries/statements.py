"""What published rules say in plain words, made once for each version and language."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from sqlalchemy import select

from portal.forms.council_words import words_for
from portal.forms.models import FormVersion
from portal.forms.queries.versions import Published
from portal.forms.statements import Statement, rules_lines
from portal.forms.substitutions import filled
from portal.kernel import db, scope

MOST_REMEMBERED = 64


@dataclass(frozen=True)
class ToldRule:
    """One rule in plain words: its id in the council's rules, and its lines."""

    id: str
    lines: tuple[Statement, ...]


Told = Mapping[str, tuple[Statement, ...]]

# Versions never change, so the words of one are good for the life of the process; where the council's own words fill
# gaps in them, as long as those words stay what they are.
_remembered: OrderedDict[tuple[UUID, UUID, str, tuple[tuple[str, str], ...]], Told] = OrderedDict()
_lock = Lock()


def told_rules(published: Published, rules: Iterable[str | None], language: str) -> tuple[ToldRule, ...]:
    """Those of the rules that the version has, each once, in the order given."""
    told = _told(published, language)
    return tuple(ToldRule(rule, told[rule]) for rule in dict.fromkeys(rules) if rule is not None and rule in told)


def _told(published: Published, language: str) -> Told:
    if published.rules is not None:
        return rules_lines(published.form, published.rules, language)
    council = scope.council()
    own = words_for(council) if published.gaps else {}
    key = (council.id, published.id, language, tuple(own.get(language, {}).items()))
    with _lock:
        found = _remembered.get(key)
        if found is not None:
            _remembered.move_to_end(key)
            return found
    query = select(FormVersion.content["thresholds"]).where(
        FormVersion.tenant_id == council.id, FormVersion.id == published.id
    )
    document = db.session().execute(query).scalar_one_or_none()
    found = rules_lines(published.form, filled(document, own) if own else document, language)
    with _lock:
        _remembered[key] = found
        while len(_remembered) > MOST_REMEMBERED:
            _remembered.popitem(last=False)
    return found
