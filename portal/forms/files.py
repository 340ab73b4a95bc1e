"""One form as files, the same that a council's folder has: where its parts lie, and reading them strictly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from portal.forms.families import CONCERN, FAMILIES
from portal.forms.mistakes import SchemaMistakes
from portal.forms.rules import parse_thresholds
from portal.forms.scenario_reading import read_scenarios
from portal.forms.schema import Form, parse_form
from portal.tenants.documents import Document, Mistake, Place

T = TypeVar("T")
Files = Callable[[str], Document | None]
"""Reads a file by its name; None when there is no such file."""


@dataclass(frozen=True)
class Layout:
    """Where the parts of a form lie; triage and topics are inside their document where they have no file."""

    form: str
    thresholds: str
    scenarios: str
    triage: str = ""
    topics: str = ""

    def names(self) -> tuple[str, ...]:
        """All files, in the order in which a person would read them."""
        return tuple(name for name in (self.form, self.triage, self.thresholds, self.topics, self.scenarios) if name)


LAYOUTS: Final[Mapping[str, Layout]] = {
    CONCERN: Layout("forms/concern.yaml", "thresholds.yaml", "scenarios.json", "forms/triage.yaml", "topics.yaml"),
    **{
        family: Layout(f"forms/{family}/form.yaml", f"forms/{family}/thresholds.yaml", f"forms/{family}/scenarios.json")
        for family in FAMILIES
        if family != CONCERN
    },
}
"""As in a council's folder: the files of the form about a concern are older, and lie apart."""


class FormMistakes(Exception):
    """Every mistake of a form's files, in the order of file and line."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes")
        self.mistakes = sorted(set(mistakes))


@dataclass
class Joined:
    """One document from one or two files, which knows where each of its places was written."""

    main: Document
    part: Document | None
    name: str

    @property
    def data(self) -> Any:
        """The whole document."""
        if self.part is None or not isinstance(self.main.data, dict):
            return self.main.data
        return {**self.main.data, self.name: self.part.data}

    def mistake(self, place: Place, message: str) -> Mistake:
        """A mistake at a place of the whole, in the file where that place was written."""
        if self.part is not None and place[:1] == (self.name,):
            return self.part.mistake(place[1:], message)
        return self.main.mistake(place, message)

    def mistakes(self) -> list[Mistake]:
        """What is wrong with the files themselves."""
        found = [*self.main.mistakes, *(self.part.mistakes if self.part else ())]
        if self.part is not None and isinstance(self.main.data, dict) and self.name in self.main.data:
            found.append(
                self.main.mistake((self.name,), f"“{self.name}” is in {self.part.file} and cannot be here too")
            )
        if self.main.data is None and not found:
            found.append(self.main.mistake((), "is empty"))
        return found


def read_content(files: Files, family: str, languages: Sequence[str] = ()) -> dict[str, Any]:
    """The content that the files of one family hold, read as strictly as a council's folder.

    With `languages` every text must be there in each of them. Raises FormMistakes with everything that is wrong.
    """
    layout = LAYOUTS[family]
    form_file = _joined(files, layout.form, layout.triage, "triage")
    rules_file = _joined(files, layout.thresholds, layout.topics, "topics")
    mistakes: list[Mistake] = []
    scenarios_file = files(layout.scenarios)
    scenarios = read_scenarios(scenarios_file, mistakes) if scenarios_file is not None else []
    form: Form | None = read_part(form_file, mistakes, lambda: parse_form(form_file.data, languages))
    if form is None:
        mistakes.extend(rules_file.mistakes())
    else:
        if form.key != family:
            mistakes.append(form_file.mistake(("key",), f"the key must be {family}"))
        read_part(rules_file, mistakes, lambda: parse_thresholds(rules_file.data, form, languages))
    if mistakes:
        raise FormMistakes(mistakes)
    return {"form": form_file.data, "thresholds": rules_file.data, "scenarios": scenarios}


def missing(name: str) -> Document:
    """What stands for a file that is not there."""
    document = Document(name)
    document.mistakes.append(document.mistake((), "is missing"))
    return document


def _joined(files: Files, main: str, part: str, name: str) -> Joined:
    return Joined(files(main) or missing(main), files(part) if part else None, name)


def read_part(document: Joined, mistakes: list[Mistake], parse: Callable[[], T]) -> T | None:
    """What `parse` makes of a document, None with the mistakes added to the list."""
    mistakes.extend(document.mistakes())
    if document.data is None:
        return None
    try:
        return parse()
    except SchemaMistakes as found:
        mistakes.extend(document.mistake(each.path, each.message) for each in found.mistakes)
        return None
