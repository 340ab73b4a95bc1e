"""The whole proof of a form with its rules: every property in turn, with what it cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from portal.forms.mistakes import SchemaMistakes, at
from portal.forms.questionnaire import Form
from portal.forms.rules import parse_thresholds
from portal.forms.schema import parse_form
from portal.forms.verify import changes, findings, path, properties, references
from portal.forms.verify.cases import Asked, Rules, mentioned
from portal.forms.verify.findings import Exempt, Finding, Proof, Property
from portal.forms.verify.phrases import plain, title, told
from portal.forms.verify.properties import MOST_FINDINGS, Subject
from portal.forms.verify.search import TooHardError
from portal.kernel.language import Text

Document = Mapping[str, Any]
# Counterexamples with dates count from here; which day it is matters to no property.
SOME_DAY = datetime(2026, 1, 15, 12, tzinfo=UTC)
Search = Callable[..., Iterator[Finding]]
EXCEPTED: Mapping[str, Search] = {
    findings.FLAGS: properties.red_flags,
    findings.WORSE: changes.worse_never_lowers,
    findings.STRENGTHS: changes.strengths_never_lower,
    findings.OVERRIDE: properties.override_open,
}


def verify(
    form_document: Document,
    thresholds_document: Document,
    languages: Sequence[str] = (),
    *,
    only: Collection[str] = findings.PROPERTIES,
    now: datetime = SOME_DAY,
) -> Proof:
    """Prove every property (or `only` some) of a form and its thresholds, as documents; total on any JSON.

    Every complete set of triage answers is meant: whatever the pages let through with every required question
    answered. What cannot be read is told as the failure of the first property, and the others are not judged.
    """
    return Proof(tuple(each for each in _proved(form_document, thresholds_document, languages, now, only)))


def _proved(
    form_document: Document, document: Document, languages: Sequence[str], now: datetime, only: Collection[str]
) -> Iterator[Property]:
    thresholds = references.without_dangling(document)
    found: Subject | None = None
    try:
        form = parse_form(form_document)
        found = _subject(form, form_document, thresholds, now)
        yield Property(findings.READS, title(findings.READS))
    except SchemaMistakes as mistakes:
        told_here = [Finding(plain(f"{at(each.path)}: {each.message}")) for each in mistakes.mistakes[:MOST_FINDINGS]]
        yield Property(findings.READS, title(findings.READS), tuple(told_here))
    searches: dict[str, Callable[[], Iterable[Finding]]] = {
        findings.NAMES_EXIST: lambda: references.dangling(document),
        findings.LANGUAGES: lambda: references.untranslated(document, languages),
    }
    if found is not None:
        searches |= _searches(found, form, form_document, thresholds)
    for name in findings.PROPERTIES[1:]:
        if name not in only:
            continue
        if name in searches:
            yield _timed(name, searches[name])
        elif found is not None:
            yield _excepted(name, found)
        else:
            yield Property(name, title(name), judged=False, why=told("not_read"))


def _searches(
    subject: Subject, form: Form, form_document: Document, thresholds: Document
) -> dict[str, Callable[[], Iterable[Finding]]]:
    speaks = mentioned([thresholds, form_document])
    return {
        findings.ONE_ROUTE: lambda: properties.one_route(subject),
        findings.REACHABLE: lambda: properties.every_rule_reached(subject),
        findings.SHOWN: lambda: path.every_question_shown(subject, form, form_document),
        findings.USED: lambda: path.no_answer_ignored(subject, speaks),
    }


def _subject(form: Form, form_document: Document, document: Document, now: datetime) -> Subject:
    thresholds = parse_thresholds(document, form, whole=False)
    ranks = {key: route.rank for key, route in thresholds.routes.items()}
    asked = []
    nodes = [(page, node) for page in _pages(form_document) for node in page["questions"]]
    for question, (page, node) in zip(form.triage_questions(), nodes, strict=True):
        tests = tuple(part["show_when"] for part in (page, node) if "show_when" in part)
        asked.append(Asked(question, tests, node.get("required", False), node))
    exceptions: dict[str, dict[str, Text]] = {}
    safety = document.get("safety") or {}
    for line in safety.get("exceptions") or ():
        for name in line["properties"]:
            exceptions.setdefault(name, {})[line["rule"]] = line["reason"]
    rules = Rules(tuple(asked), document, ranks, str(safety.get("hub", "")))
    return Subject(rules, thresholds, now, exceptions)


def _pages(form_document: Document) -> Sequence[Document]:
    found: Sequence[Document] = (form_document.get("triage") or {}).get("pages") or ()
    return found


def _timed(name: str, search: Callable[[], Iterable[Finding]], exceptions: tuple[Exempt, ...] = ()) -> Property:
    begun = time.perf_counter()
    found: list[Finding] = []
    try:
        for finding in search():
            found.append(finding)
            if len(found) == MOST_FINDINGS:
                break
    except TooHardError:
        found.append(Finding(told("too_hard")))
    return Property(name, title(name), tuple(found), exceptions, time.perf_counter() - begun)


def _excepted(name: str, subject: Subject) -> Property:
    """A property from which rules may be excepted: proved without them, and whether each exception is needed."""
    missing = _says_nothing(name, subject)
    if missing:
        # A form that asks about serious harm must say what the proof needs to know; another need not.
        findings_here = (Finding(told(missing)),) if _asks_of_harm(subject) else ()
        return Property(name, title(name), findings_here, judged=False, why=told(missing))
    search = EXCEPTED[name]
    exempt = subject.exceptions.get(name, {})
    needed = bool(exempt) and next(iter(search(subject, excepting=False)), None) is not None
    told_here = tuple(Exempt(rule, reason, needed) for rule, reason in exempt.items())
    return _timed(name, lambda: search(subject), told_here)


def _says_nothing(name: str, subject: Subject) -> str:
    asked = subject.rules.asked
    if not subject.rules.hub and name in (findings.FLAGS, findings.OVERRIDE):
        return "no_hub"
    if name == findings.FLAGS and not any(one.question.flags for one in asked):
        return "no_flags"
    if name == findings.WORSE and not any(one.document.get("severity") for one in asked):
        return "no_order"
    if name == findings.STRENGTHS and not any(one.document.get("strengths") for one in asked):
        return "no_strengths"
    return ""


def _asks_of_harm(subject: Subject) -> bool:
    return any(one.question.flags for one in subject.rules.asked)
