"""Reads one template of the shared library from its folder, strictly, with the file and line of every mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from portal.forms import locks
from portal.forms.families import FAMILIES
from portal.forms.files import FormMistakes, read_content
from portal.forms.mistakes import Checker
from portal.forms.needs import missing_facts
from portal.forms.schema import parse_form
from portal.tenants.documents import Document, Mistake, read

TEMPLATE: Final = "template.yaml"
NATIONS: Final[Mapping[str, tuple[str, ...]]] = {"wales": ("en", "cy"), "england": ("en",), "both": ("en", "cy")}
"""The nations that a template may be for, and the languages that all its words must then be in."""
LONGEST_NOTE: Final = 500
_MUST: Final = ("key", "form", "nation", "title")
_MAY: Final = ("note", "locked", "from")


@dataclass(frozen=True)
class Template:
    """A template as its folder says; `nation` is "" for both, `content` is {"form", "thresholds", "scenarios"}."""

    key: str
    form_key: str
    nation: str
    title: dict[str, str]
    note: str
    locked: tuple[str, ...]
    content: dict[str, Any]


def load(folder: Path) -> Template:
    """Read a template's folder; raises FormMistakes with everything that is wrong in any of its files.

    The forms lie in the folder itself, or in the one that `from` names (relative to it), for a template that is made
    from a council's form.
    """
    file = read(folder, TEMPLATE)
    if file.mistakes or not isinstance(file.data, dict):
        raise FormMistakes(file.mistakes or [file.mistake((), "expected keys and values")])
    check = Checker()
    parts = check.mapping(file.data, (), must=_MUST, may=_MAY)
    family = check.one_of(parts.get("form"), ("form",), FAMILIES, "form")
    nation = check.one_of(parts.get("nation"), ("nation",), NATIONS, "nation")
    check.languages = NATIONS.get(nation, ())
    title = check.text(parts.get("title"), ("title",))
    note = check.plain(parts["note"], ("note",), LONGEST_NOTE) if "note" in parts else ""
    listed = check.sequence(parts.get("locked", []), ("locked",))
    locked = tuple(check.plain(each, ("locked", place)) for place, each in enumerate(listed))
    if parts.get("key") != folder.resolve().name:
        check.note(("key",), f"the key must be the folder's name, {folder.resolve().name}")
    mistakes = [file.mistake(each.path, each.message) for each in check.mistakes]
    content = _content(folder, file, family, check.languages, mistakes)
    mistakes += [
        file.mistake(("locked", locked.index(name)), f"{name} locks nothing: the form has no such item")
        for name in (locks.unknown(locked, content) if content else ())
    ]
    if mistakes or content is None:
        raise FormMistakes(mistakes)
    return Template(str(parts["key"]), family, "" if nation == "both" else nation, dict(title), note, locked, content)


def _content(
    folder: Path, file: Document, family: str, languages: Any, mistakes: list[Mistake]
) -> dict[str, Any] | None:
    data = file.data if isinstance(file.data, dict) else {}
    source = folder / str(data.get("from", "."))
    if not source.is_dir():
        mistakes.append(file.mistake(("from",), "is not a folder"))
        return None
    if not family:
        return None
    try:
        content = read_content(lambda name: read(source, name) if (source / name).exists() else None, family, languages)
    except FormMistakes as found:
        prefix = f"{data['from']}/" if "from" in data else ""
        mistakes.extend(Mistake(prefix + each.file, each.line, each.message) for each in found.mistakes)
        return None
    mistakes.extend(file.mistake(("form",), str(need)) for need in missing_facts(parse_form(content["form"])))
    return content
