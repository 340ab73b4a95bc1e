"""The strict reader's mistakes beside the fields of the page where they can be mended, in words of the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext as _

from portal.forms.editing.form_parts import Entry
from portal.forms.inputs.paper import Paper
from portal.forms.inputs.question import INPUTS
from portal.forms.mistakes import Mistake, Path
from portal.forms.views.desk import Desk

# A text that only lacks a language is no mistake of the page: it is on the list of what is to be translated.
UNTRANSLATED = re.compile(r"the [a-z]{2} text is missing\Z")
TEXTS = {"label", "hint", "title", "intro", "inset", "item"}
ROWS = {"options": "option", "levels": "level"}


def beside_fields(paper: Paper, at: Desk, entry: Entry) -> list[str]:
    """Put the mistakes of an entry beside its fields; returns those that have no field here."""
    return put(paper, at.mistakes_at(entry), len(entry.path))


def put(paper: Paper, mistakes: Iterable[Mistake], depth: int) -> list[str]:
    """Put mistakes beside fields; `depth` is how much of their paths leads to the entry."""
    left = []
    for one in mistakes:
        if UNTRANSLATED.match(one.message):
            continue
        name = input_of(one.path[depth:], one.message, paper)
        if name:
            paper.note(name, words(one.message))
        else:
            left.append(words(one.message))
    return left


def input_of(path: Path, message: str, paper: Paper) -> str:
    """The input in which a mistake can be mended, "" when the page has none."""
    steps = [str(step) for step in path]
    if not steps:
        missing = re.match(r"([a-z_]+) is missing\Z", message)
        steps = [missing[1]] if missing else [""]
    first = paper.languages[0]
    name = steps[0]
    if name == "repeat" and len(steps) > 1:
        name, steps = steps[1], steps[1:]
    if name in TEXTS:
        language = steps[1] if len(steps) > 1 and steps[1] in paper.languages else first
        return f"{name}-{language}"
    if name == "guidance":
        return _guidance(steps, first)
    if name in ROWS:
        return _row(name, steps, paper)
    return "" if name in {"show_when", "required", "questions", "key", "type", ""} else INPUTS.get(name, name)


def _guidance(steps: list[str], language: str) -> str:
    if steps[1:2] == ["examples"]:
        return f"example-{steps[2]}-{language}" if len(steps) > 2 else ""  # noqa: PLR2004 - guidance, examples, place
    return f"guidance-{steps[1] if steps[1:2] in (['title'], ['body']) else 'title'}-{language}"


def _row(name: str, steps: list[str], paper: Paper) -> str:
    kind, first = ROWS[name], paper.languages[0]
    if len(steps) < 2 or not steps[1].isdigit():  # noqa: PLR2004 - the list itself
        return name
    start = int(paper.one("options-start") or 0) if kind == "option" else 0
    number = int(steps[1]) - start
    if not 0 <= number < paper.count(name):
        return name
    inside = {"value": "value" if kind == "option" else "number", "exclusive": "exclusive", "code": "listed"}
    what = steps[2] if len(steps) > 2 else "label"  # noqa: PLR2004 - list, place, key
    if what == "hint":
        return f"{kind}-{number}-hint-{first}"
    return f"{kind}-{number}-{inside.get(what, first)}"


def words(message: str) -> str:
    """A mistake of the reader in words that say what to do; one that no form of ours can make stays as it is."""
    for pattern, say in _WORDS:
        found = pattern.match(message)
        if found:
            return say(found)
    return message


def _pattern(text: str, say: Callable[[re.Match[str]], Any]) -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    return re.compile(text), lambda found: str(say(found))


_WORDS = [
    _pattern(r"the [a-z]{2} text is missing", lambda _found: _("A translation is missing")),
    _pattern(r"expected (a text by language|words)", lambda _found: _("Enter the words")),
    _pattern(r"[a-z_]+ is missing", lambda _found: _("Fill this in")),
    _pattern(
        r"expected between (\d+) and (\d+) items",
        lambda found: _("Give at least %(least)s and at most %(most)s", least=found[1], most=found[2]),
    ),
    _pattern(
        r"expected a whole number from (-?\d+) to (-?\d+)",
        lambda found: _("Enter a whole number from %(least)s to %(most)s", least=found[1], most=found[2]),
    ),
    _pattern(r"min is larger than max", lambda _found: _("The smallest must not be larger than the largest")),
    _pattern(r".* is there twice", lambda _found: _("This is there twice")),
    _pattern(r"two levels have the same value", lambda _found: _("Two levels have the same number")),
    _pattern(r".* is asked twice", lambda _found: _("Another question has the same key")),
    _pattern(r"no such code list", lambda _found: _("There is no such code list: name it like england/ethnicity@2026")),
    _pattern(r".* is not in its code list", lambda _found: _("The code list has no such code")),
    _pattern(r"the question names no code list", lambda _found: _("Name the code list of the question first")),
    _pattern(r'expected "today"', lambda _found: _("Enter today, a date like 2026-03-31, or a distance like today-9m")),
    _pattern(r"only checkboxes of triage", lambda _found: _("Only first questions can list signs of serious harm")),
    _pattern(r"a family's agreement", lambda _found: _("Whether a family agrees is no measure of worry")),
    _pattern(r".* is not an option of", lambda _found: _("Each answer must be one of that question’s answers")),
    _pattern(r"unknown question", lambda _found: _("There is no such question before this one")),
    _pattern(r"unknown ", lambda _found: _("Choose one of those that are offered")),
    _pattern(
        r".* cannot be filled in; double brackets",
        lambda _found: _("Double brackets hold a name that is not known"),
    ),
]
