"""Reads one family of forms from a council's folder: questions, rules and scenarios, with every mistake's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from portal.forms.families import CONCERN, FAMILIES
from portal.forms.files import LAYOUTS, Joined, read_part
from portal.forms.needs import missing_facts
from portal.forms.rules import parse_thresholds
from portal.forms.scenario_reading import read_scenarios
from portal.forms.schema import Form, parse_form
from portal.forms.thresholds import Thresholds
from portal.tenants.documents import Mistake, read

OTHERS: Final = tuple(key for key in FAMILIES if key != CONCERN)


@dataclass(frozen=True)
class FamilyFolder:
    """One family of forms, checked: typed values, and the plain, JSON-ready documents that a database keeps."""

    key: str
    form: Form
    thresholds: Thresholds
    scenarios: tuple[Mapping[str, Any], ...]
    form_document: Mapping[str, Any]
    thresholds_document: Mapping[str, Any]


def families_in(path: Path) -> list[str]:
    """The families that a folder holds: always the concern, and each other one that has its own folder."""
    return [CONCERN, *(key for key in OTHERS if (path / "forms" / key).is_dir())]


def read_family(
    path: Path, key: str, languages: Sequence[str], mistakes: list[Mistake], *, only_rules: bool = False
) -> FamilyFolder | None:
    """One family of a folder, None when it has mistakes, which are added to the list; without its scenarios on wish."""
    layout = LAYOUTS[key]
    form_file = _joined(path, layout.form, layout.triage, "triage")
    topics = layout.topics if (path / layout.topics).is_file() else ""  # may be inside the rules
    rules_file = _joined(path, layout.thresholds, topics, "topics")
    form = read_part(form_file, mistakes, lambda: parse_form(form_file.data, languages))
    if form is not None and not only_rules:
        _refuse_unfit(form, key, form_file, mistakes)
    # Rules speak of the form's questions: without a form only the files themselves can be judged.
    rules = _rules(rules_file, mistakes, form, languages)
    scenarios = () if only_rules else tuple(read_scenarios(read(path, layout.scenarios), mistakes))
    if form is None or rules is None:
        return None
    return FamilyFolder(key, form, rules, scenarios, plain(form_file.data), plain(rules_file.data))


def _joined(path: Path, main: str, part: str, name: str) -> Joined:
    return Joined(read(path, main), read(path, part) if part else None, name)


def _refuse_unfit(form: Form, key: str, document: Joined, mistakes: list[Mistake]) -> None:
    """Refuse a form of another family, and one without the facts that screening needs."""
    if form.key != key:
        mistakes.append(document.mistake(("key",), f"the key must be {key}"))
        return
    mistakes.extend(document.mistake((), str(need)) for need in missing_facts(form))


def _rules(document: Joined, mistakes: list[Mistake], form: Form | None, languages: Sequence[str]) -> Thresholds | None:
    if form is None:
        mistakes.extend(document.mistakes())
        return None
    return read_part(document, mistakes, lambda: parse_thresholds(document.data, form, languages))


def plain(data: object) -> Mapping[str, Any]:
    """A document's keys and values; anything else has been refused by the time it is kept."""
    return data if isinstance(data, dict) else {}
