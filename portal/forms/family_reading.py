"""Reads one family of forms from a council's folder: questions, rules and scenarios, with every mistake's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from portal.forms.families import CONCERN, FAMILIES
from portal.forms.mistakes import SchemaMistakes
from portal.forms.needs import missing_facts
from portal.forms.rules import parse_thresholds
from portal.forms.schema import Form, parse_form
from portal.forms.thresholds import Thresholds
from portal.tenants.documents import Document, Mistake, Place, read

T = TypeVar("T")

FORM: Final = "forms/concern.yaml"
TRIAGE: Final = "forms/triage.yaml"
THRESHOLDS: Final = "thresholds.yaml"
TOPICS: Final = "topics.yaml"
SCENARIOS: Final = "scenarios.json"
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


class Merged:
    """One document put together from two files, which knows where each of its places was written."""

    def __init__(self, main: Document, part: Document | None, name: str) -> None:
        self.main, self.part, self.name = main, part, name
        self.data = main.data
        if part is not None and isinstance(main.data, dict):
            if name in main.data:
                main.mistakes.append(main.mistake((name,), f"“{name}” is in {part.file} and cannot be here too"))
            self.data = {**main.data, name: part.data}

    def mistake(self, place: Place, message: str) -> Mistake:
        """A mistake at a place of the whole, in the file where that place was written."""
        if self.part is not None and place[:1] == (self.name,):
            return self.part.mistake(place[1:], message)
        return self.main.mistake(place, message)

    def mistakes(self) -> list[Mistake]:
        """What was wrong with the files themselves."""
        return self.main.mistakes + (self.part.mistakes if self.part else [])


def families_in(path: Path) -> list[str]:
    """The families that a folder holds: always the concern, and each other one that has its own folder."""
    return [CONCERN, *(key for key in OTHERS if (path / "forms" / key).is_dir())]


def read_family(
    path: Path, key: str, languages: Sequence[str], mistakes: list[Mistake], *, only_rules: bool = False
) -> FamilyFolder | None:
    """One family of a folder, None when it has mistakes, which are added to the list; without its scenarios on wish."""
    form_file, rules_file, scenarios_file = _files(path, key)
    form = schema(form_file, mistakes, lambda: parse_form(form_file.data, languages))
    if form is not None and not only_rules:
        _refuse_unfit(form, key, form_file, mistakes)
    # Rules speak of the form's questions: without a form only the files themselves can be judged.
    rules = _rules(rules_file, mistakes, form, languages)
    scenarios = () if only_rules else _scenarios(read(path, scenarios_file), mistakes)
    if form is None or rules is None:
        return None
    return FamilyFolder(key, form, rules, scenarios, plain(form_file.data), plain(rules_file.data))


def _files(path: Path, key: str) -> tuple[Merged, Merged, str]:
    """The two documents of a family and the name of its scenarios; the concern's are older and lie apart."""
    if key == CONCERN:
        topics = read(path, TOPICS) if (path / TOPICS).exists() else None
        form = Merged(read(path, FORM), read(path, TRIAGE), "triage")
        return form, Merged(read(path, THRESHOLDS), topics, "topics"), SCENARIOS
    here = f"forms/{key}"
    form = Merged(read(path, f"{here}/form.yaml"), None, "")
    return form, Merged(read(path, f"{here}/{THRESHOLDS}"), None, ""), f"{here}/{SCENARIOS}"


def _refuse_unfit(form: Form, key: str, document: Merged, mistakes: list[Mistake]) -> None:
    """Refuse a form of another family, and one without the facts that screening needs."""
    if form.key != key:
        mistakes.append(document.mistake(("key",), f"the key must be {key}"))
        return
    mistakes.extend(document.mistake((), str(need)) for need in missing_facts(form))


def schema(document: Merged, mistakes: list[Mistake], parse: Callable[[], T]) -> T | None:
    """What `parse` makes of a document, None with the mistakes added to the list."""
    mistakes.extend(document.mistakes())
    if document.data is None:
        if not document.main.mistakes:
            mistakes.append(document.main.mistake((), "is empty"))
        return None
    try:
        return parse()
    except SchemaMistakes as found:
        mistakes.extend(document.mistake(each.path, each.message) for each in found.mistakes)
        return None


def _rules(document: Merged, mistakes: list[Mistake], form: Form | None, languages: Sequence[str]) -> Thresholds | None:
    if form is None:
        mistakes.extend(document.mistakes())
        return None
    return schema(document, mistakes, lambda: parse_thresholds(document.data, form, languages))


def _scenarios(document: Document, mistakes: list[Mistake]) -> tuple[Mapping[str, Any], ...]:
    mistakes.extend(document.mistakes)
    found = document.data.get("vignettes") if isinstance(document.data, dict) else document.data
    if isinstance(found, list) and all(isinstance(each, dict) for each in found):
        return tuple(found)
    if not document.mistakes:
        mistakes.append(document.mistake((), "must be a list of scenarios"))
    return ()


def plain(data: object) -> Mapping[str, Any]:
    """A document's keys and values; anything else has been refused by the time it is kept."""
    return data if isinstance(data, dict) else {}
