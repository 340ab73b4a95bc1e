"""Loads a council's whole folder and names every mistake in it by file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from portal.forms.families import CONCERN
from portal.forms.family_reading import FamilyFolder, families_in, plain, read_family
from portal.forms.questionnaire import Form
from portal.forms.thresholds import Thresholds
from portal.tenants import folder_logo
from portal.tenants.agency_list import Agency, parse_agencies
from portal.tenants.documents import Document, Mistake, read
from portal.tenants.pictures import Picture
from portal.tenants.settings import Council, SettingsMistakes, languages_of, parse_council

T = TypeVar("T")

COUNCIL: Final = "council.yaml"
AGENCIES: Final = "agencies.yaml"


@dataclass(frozen=True)
class CouncilFolder:
    """A council's folder, checked: typed values, and the plain, JSON-ready documents that a database keeps."""

    settings: Council
    agencies: tuple[Agency, ...]
    families: tuple[FamilyFolder, ...]
    settings_document: Mapping[str, Any]
    agencies_document: Mapping[str, Any]
    logo: Picture | None = None

    @property
    def concern(self) -> FamilyFolder:
        """The family that every council has."""
        return self.families[0]

    @property
    def form(self) -> Form:
        """The questionnaire about a concern."""
        return self.concern.form

    @property
    def thresholds(self) -> Thresholds:
        """The rules for a concern."""
        return self.concern.thresholds

    @property
    def scenarios(self) -> tuple[Mapping[str, Any], ...]:
        """The scenarios for a concern."""
        return self.concern.scenarios

    @property
    def form_document(self) -> Mapping[str, Any]:
        """The questionnaire about a concern, as it is kept."""
        return self.concern.form_document

    @property
    def thresholds_document(self) -> Mapping[str, Any]:
        """The rules for a concern, as they are kept."""
        return self.concern.thresholds_document


class FolderMistakes(Exception):
    """Every mistake of every file of a folder, in the order of file and line."""

    def __init__(self, folder: Path, mistakes: Sequence[Mistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes")
        self.folder = folder
        self.mistakes = sorted(set(mistakes))


def load(path: Path) -> CouncilFolder:
    """Read and check a council's folder; raises FolderMistakes with everything that is wrong in any of its files."""
    mistakes: list[Mistake] = []
    council_file, agencies_file = read(path, COUNCIL), read(path, AGENCIES)
    logo = folder_logo.take(path, council_file)
    council = _settings(council_file, mistakes, lambda: parse_council(council_file.data))
    languages = languages_of(council_file.data)
    agencies = _settings(agencies_file, mistakes, lambda: parse_agencies(agencies_file.data, languages))
    families = [read_family(path, key, languages, mistakes) for key in families_in(path)]
    if council is not None and council.slug != path.resolve().name:
        mistakes.append(council_file.mistake(("slug",), f"the slug must be the folder's name, {path.resolve().name}"))
    read_well = tuple(family for family in families if family is not None)
    if mistakes or council is None or agencies is None or len(read_well) < len(families):
        raise FolderMistakes(path, mistakes)
    return CouncilFolder(
        settings=council,
        agencies=agencies,
        families=read_well,
        settings_document=plain(council_file.data),
        agencies_document=plain(agencies_file.data),
        logo=logo,
    )


def load_rules(path: Path, family: str = CONCERN) -> tuple[Form, Thresholds]:
    """Read only what routes a report (questions and rules of one family); raises FolderMistakes."""
    mistakes: list[Mistake] = []
    found = read_family(path, family, (), mistakes, only_rules=True)
    if mistakes or found is None:
        raise FolderMistakes(path, mistakes)
    return found.form, found.thresholds


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
        if not document.mistakes:
            mistakes.append(document.mistake((), "is empty"))
        return None
    try:
        return parse()
    except SettingsMistakes as found:
        mistakes.extend(document.mistake(each.place, each.message) for each in found.mistakes)
        return None
