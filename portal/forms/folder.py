"""Loads a council's whole folder and names every mistake in it by file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from portal.forms.mistakes import SchemaMistakes
from portal.forms.rules import parse_thresholds
from portal.forms.schema import Form, parse_form
from portal.forms.thresholds import Thresholds
from portal.tenants.agency_list import Agency, parse_agencies
from portal.tenants.documents import Document, Mistake, Place, read
from portal.tenants.settings import Council, SettingsMistakes, languages_of, parse_council

T = TypeVar("T")

COUNCIL: Final = "council.yaml"
AGENCIES: Final = "agencies.yaml"
CONCERN: Final = "forms/concern.yaml"
TRIAGE: Final = "forms/triage.yaml"
THRESHOLDS: Final = "thresholds.yaml"
TOPICS: Final = "topics.yaml"
SCENARIOS: Final = "scenarios.json"


@dataclass(frozen=True)
class CouncilFolder:
    """A council's folder, checked: typed values, and the plain, JSON-ready documents that a database keeps."""

    settings: Council
    agencies: tuple[Agency, ...]
    form: Form
    thresholds: Thresholds
    scenarios: tuple[Mapping[str, Any], ...]
    settings_document: Mapping[str, Any]
    agencies_document: Mapping[str, Any]
    form_document: Mapping[str, Any]
    thresholds_document: Mapping[str, Any]


class FolderMistakes(Exception):
    """Every mistake of every file of a folder, in the order of file and line."""

    def __init__(self, folder: Path, mistakes: Sequence[Mistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes")
        self.folder = folder
        self.mistakes = sorted(set(mistakes))


class _Merged:
    """One document put together from two files, which knows where each of its places was written."""

    def __init__(self, main: Document, part: Document | None, name: str) -> None:
        self.main, self.part, self.name = main, part, name
        self.data = main.data
        if part is not None and isinstance(main.data, dict):
            if name in main.data:
                main.mistakes.append(main.mistake((name,), f"“{name}” is in {part.file} and cannot be here too"))
            self.data = {**main.data, name: part.data}

    def mistake(self, place: Place, message: str) -> Mistake:
        if self.part is not None and place[:1] == (self.name,):
            return self.part.mistake(place[1:], message)
        return self.main.mistake(place, message)

    def mistakes(self) -> list[Mistake]:
        return self.main.mistakes + (self.part.mistakes if self.part else [])


def load(path: Path) -> CouncilFolder:
    """Read and check a council's folder; raises FolderMistakes with everything that is wrong in any of its files."""
    mistakes: list[Mistake] = []
    council_file, agencies_file = read(path, COUNCIL), read(path, AGENCIES)
    council = _settings(council_file, mistakes, lambda: parse_council(council_file.data))
    languages = languages_of(council_file.data)
    agencies = _settings(agencies_file, mistakes, lambda: parse_agencies(agencies_file.data, languages))
    form_file = _Merged(read(path, CONCERN), read(path, TRIAGE), "triage")
    form = _schema(form_file, mistakes, lambda: parse_form(form_file.data, languages))
    topics = read(path, TOPICS) if (path / TOPICS).exists() else None
    rules_file = _Merged(read(path, THRESHOLDS), topics, "topics")
    # Rules speak of the form's questions: without a form only the files themselves can be judged.
    rules = _rules(rules_file, mistakes, form, languages)
    scenarios_file = read(path, SCENARIOS)
    scenarios = _scenarios(scenarios_file, mistakes)
    if council is not None and council.slug != path.resolve().name:
        mistakes.append(council_file.mistake(("slug",), f"the slug must be the folder's name, {path.resolve().name}"))
    if mistakes or council is None or agencies is None or form is None or rules is None:
        raise FolderMistakes(path, mistakes)
    return CouncilFolder(
        settings=council,
        agencies=agencies,
        form=form,
        thresholds=rules,
        scenarios=scenarios,
        settings_document=_plain(council_file.data),
        agencies_document=_plain(agencies_file.data),
        form_document=_plain(form_file.data),
        thresholds_document=_plain(rules_file.data),
    )


def load_rules(path: Path) -> tuple[Form, Thresholds]:
    """Read only what routes a report (questions and rules); raises FolderMistakes."""
    mistakes: list[Mistake] = []
    form_file = _Merged(read(path, CONCERN), read(path, TRIAGE), "triage")
    form = _schema(form_file, mistakes, lambda: parse_form(form_file.data))
    topics = read(path, TOPICS) if (path / TOPICS).exists() else None
    rules = _rules(_Merged(read(path, THRESHOLDS), topics, "topics"), mistakes, form, ())
    if mistakes or form is None or rules is None:
        raise FolderMistakes(path, mistakes)
    return form, rules


def load_agencies(path: Path) -> tuple[Agency, ...]:
    """Read only the agencies and their domains; raises FolderMistakes."""
    mistakes: list[Mistake] = []
    document = read(path, AGENCIES)
    agencies = _settings(document, mistakes, lambda: parse_agencies(document.data, ("en",)))
    if mistakes or agencies is None:
        raise FolderMistakes(path, mistakes)
    return agencies


def _settings(document: Document, mistakes: list[Mistake], parse: Callable[[], T]) -> T | None:
    mistakes.extend(document.mistakes)
    if document.data is None:
        _say_empty(document, mistakes)
        return None
    try:
        return parse()
    except SettingsMistakes as found:
        mistakes.extend(document.mistake(each.place, each.message) for each in found.mistakes)
        return None


def _schema(document: _Merged, mistakes: list[Mistake], parse: Callable[[], T]) -> T | None:
    mistakes.extend(document.mistakes())
    if document.data is None:
        _say_empty(document.main, mistakes)
        return None
    try:
        return parse()
    except SchemaMistakes as found:
        mistakes.extend(document.mistake(each.path, each.message) for each in found.mistakes)
        return None


def _rules(
    document: _Merged, mistakes: list[Mistake], form: Form | None, languages: Sequence[str]
) -> Thresholds | None:
    if form is None:
        mistakes.extend(document.mistakes())
        return None
    return _schema(document, mistakes, lambda: parse_thresholds(document.data, form, languages))


def _say_empty(document: Document, mistakes: list[Mistake]) -> None:
    if not document.mistakes:
        mistakes.append(document.mistake((), "is empty"))


def _scenarios(document: Document, mistakes: list[Mistake]) -> tuple[Mapping[str, Any], ...]:
    mistakes.extend(document.mistakes)
    found = document.data.get("vignettes") if isinstance(document.data, dict) else document.data
    if isinstance(found, list) and all(isinstance(each, dict) for each in found):
        return tuple(found)
    if not document.mistakes:
        mistakes.append(document.mistake((), "must be a list of scenarios"))
    return ()


def _plain(data: object) -> Mapping[str, Any]:
    return data if isinstance(data, dict) else {}  # anything else has been refused above
