"""What a document names and does not have, and the words it lacks; such a document can still be proved otherwise."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.forms.verify.findings import Finding
from portal.forms.verify.phrases import told

Document = Mapping[str, Any]
ROUTE_TEXTS = ("label", "what", "who")
LANGUAGE_MESSAGES = {"cy": "untranslated", "en": "no_english"}


def dangling(thresholds: Document) -> Iterator[Finding]:
    """Notices, topics and routes that something names and that are not there."""
    known = {part: set(_mapping(thresholds.get(part))) for part in ("notices", "topics", "routes")}
    for place, kind, name in _named(thresholds):
        if name not in known[kind]:
            yield Finding(told(f"unknown_{kind.removesuffix('s')}", name=name), (place,))


def _named(thresholds: Document) -> Iterator[tuple[str, str, str]]:
    for part in ("rules", "overrides"):
        for rule in _documents(thresholds.get(part)):
            place = f"rule:{rule.get('id', '')}"
            for route in (rule.get("route"), *_words(rule.get("from"))):
                if isinstance(route, str):
                    yield place, "routes", route
            yield from ((place, "notices", name) for name in _notices(rule.get("notices")))
            yield from ((place, "topics", name) for name in _words(rule.get("topics")))
    yield from (("notices", "notices", name) for name in _notices(thresholds.get("always")))
    for line in _documents(thresholds.get("always")):
        yield from (("notices", "routes", name) for name in _words(line.get("routes")))
    for line in _documents(thresholds.get("topic_rules")):
        yield from (("topics", "topics", name) for name in _words(line.get("topics")))


def _notices(node: Any) -> list[str]:
    lines = node if isinstance(node, list) else []
    named = [line.get("notice") if isinstance(line, Mapping) else line for line in lines]
    return [name for name in named if isinstance(name, str)]


def _words(node: Any) -> list[str]:
    return [name for name in node if isinstance(name, str)] if isinstance(node, list) else []


def _documents(node: Any) -> list[Document]:
    return [part for part in node if isinstance(part, Mapping)] if isinstance(node, list) else []


def _mapping(node: Any) -> Document:
    return node if isinstance(node, Mapping) else {}


def without_dangling(thresholds: Document) -> dict[str, Any]:
    """The rules without the names that do not exist, so that everything else can be proved."""
    made: dict[str, Any] = copy.deepcopy(dict(thresholds))
    notices, topics = set(_mapping(made.get("notices"))), set(_mapping(made.get("topics")))
    for part in ("rules", "overrides", "topic_rules"):
        for rule in _documents(made.get(part)):
            _keep(rule, "notices", notices)
            _keep(rule, "topics", topics)
    _keep(made, "always", notices)
    return made


def _keep(node: Document, part: str, known: set[str]) -> None:
    """Leave only known names in a list of notices or topics; anything else is the strict reader's business."""
    lines = node.get(part)
    if isinstance(lines, list) and isinstance(node, dict):
        named = [line.get("notice") if isinstance(line, Mapping) else line for line in lines]
        node[part] = [
            line for line, name in zip(lines, named, strict=True) if not isinstance(name, str) or name in known
        ]


def untranslated(thresholds: Document, languages: Sequence[str]) -> Iterator[Finding]:
    """Words of a route's page that are missing in a language of the council: routes, reasons, notices, topics."""
    for language in languages:
        for place, text in _texts(thresholds):
            if not _mapping(text).get(language):
                message = LANGUAGE_MESSAGES.get(language, "untranslated")
                yield Finding(told(message, name=place), (place,))


def _texts(thresholds: Document) -> Iterator[tuple[str, Any]]:
    for key, route in _mapping(thresholds.get("routes")).items():
        yield from ((f"route:{key}:{name}", _mapping(route).get(name)) for name in ROUTE_TEXTS)
    for part in ("rules", "overrides"):
        yield from ((f"rule:{rule.get('id')}:why", rule.get("why")) for rule in _documents(thresholds.get(part)))
    yield from ((f"notice:{key}", text) for key, text in _mapping(thresholds.get("notices")).items())
    yield from ((f"level:{key}", text) for key, text in _mapping(thresholds.get("levels")).items())
    yield "override_question", thresholds.get("override_question")
    for key, topic in _mapping(thresholds.get("topics")).items():
        for name in ("title", "summary", "try_first", "come_back", "worse"):
            yield f"topic:{key}:{name}", _mapping(topic).get(name)
