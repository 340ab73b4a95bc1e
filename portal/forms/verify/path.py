"""The properties about the questions: each can be shown on some path, and no answer is ignored by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import z3

from portal.forms.questionnaire import Form, Question, Section
from portal.forms.verify.answering import Bool, Given, any_of, raw
from portal.forms.verify.cases import Case
from portal.forms.verify.changes import changed
from portal.forms.verify.findings import Finding
from portal.forms.verify.phrases import told
from portal.forms.verify.properties import Subject
from portal.forms.verify.search import difference, possible
from portal.forms.verify.symbols import Meaning

Document = Mapping[str, Any]
CONDITIONS = ("show_when", "required")


def every_question_shown(subject: Subject, form: Form, document: Document) -> Iterator[Finding]:
    """Questions, sections and whole pages that no path opens, of triage, the report and the urgent form."""
    case = subject.case
    for asked in subject.rules.asked:
        if not possible(case.possible, case.shown[asked.question.key]):
            yield _never(asked.question)
    for sections, documents in (
        (form.sections, document.get("sections") or ()),
        (form.urgent, (document.get("urgent") or {}).get("sections") or ()),
    ):
        known: dict[str, Given] = dict(subject.formulas.answers)
        for section, node in zip(sections, documents, strict=True):
            yield from _section(section, node, known, [case.possible])


def _section(section: Section, node: Document, known: dict[str, Given], rules: list[Bool]) -> Iterator[Finding]:
    """One section; the answers of a repeated one are known only inside it."""
    shown = Meaning(known).condition(node["show_when"]) if "show_when" in node else z3.BoolVal(True)
    if not possible(*rules, shown):
        yield Finding(told("section_never_shown", label=section.title), (f"section:{section.key}",))
        return
    inside = dict(known) if "repeat" in node else known
    yield from _questions(section.questions, node["questions"], inside, [*rules, shown])


def _questions(
    questions: Iterable[Question], nodes: Sequence[Document], known: dict[str, Given], rules: list[Bool]
) -> Iterator[Finding]:
    for question, node in zip(questions, nodes, strict=True):
        meaning = Meaning(known)
        shown = meaning.condition(node["show_when"]) if "show_when" in node else z3.BoolVal(True)
        here = raw(question)
        needed = node.get("required", False)
        must = meaning.condition(needed) if isinstance(needed, Mapping) else z3.BoolVal(needed)
        if not possible(*rules, shown):
            yield _never(question)
        known[question.key] = Given(here, shown)
        rules += [*here.allowed(), z3.Implies(z3.And(shown, must), here.given())]
        if isinstance(node.get("questions"), list):
            inner: tuple[Question, ...] = getattr(question, "questions", ())
            yield from _questions(inner, node["questions"], dict(known), [*rules, shown])


def _never(question: Question) -> Finding:
    return Finding(told("never_shown", label=question.label), (f"question:{question.key}",))


def no_answer_ignored(subject: Subject, mentioned: frozenset[str]) -> Iterator[Finding]:
    """Triage questions whose answer never changes the rule, the level, a notice, a topic or what is asked next."""
    for asked in subject.rules.asked:
        key = asked.question.key
        if key not in mentioned or not _changes_something(subject, key):
            yield Finding(told("ignored", label=asked.question.label), (f"question:{key}",))


def _changes_something(subject: Subject, key: str) -> bool:
    before = subject.case
    after = changed(subject, [key])
    both = z3.And(before.shown[key], after.shown[key], difference(before.raws, after.raws, key))
    decides = any_of(a != b for a, b in zip(before.fires, after.fires, strict=True))
    # Most answers change which rule decides; only for the others everything else is looked at.
    if possible(before.possible, after.possible, both, decides):
        return True
    one, other = _outputs(before, key), _outputs(after, key)
    return possible(before.possible, after.possible, both, any_of(a != b for a, b in zip(one, other, strict=True)))


def _outputs(case: Case, key: str) -> list[Any]:
    """Everything else that the rules say of the answers, and which other questions are asked."""
    return [*(shown for name, shown in case.shown.items() if name != key), *case.others]
