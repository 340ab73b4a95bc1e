"""Reads one YAML or JSON file of a council's folder into plain data, and remembers the line of every part."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

Place = tuple[str | int, ...]

BIGGEST_BYTES: Final = 1_000_000
MOST_PARTS: Final = 60_000
DEEPEST: Final = 40

# The C reader where PyYAML was built with it: the same safe subset, ten times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A number that begins with 0 is a telephone number or a code: it stays text.
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_TAG = "tag:yaml.org,2002:"
# What YAML guesses for a bare word; _plain_value guesses again, by narrower rules.
_IMPLIED = frozenset(_TAG + kind for kind in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge"))


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake in a council's folder: the file's name inside it, the line (from 1) and a sentence."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass
class Document:
    """A file as plain data (mappings, lists, text, numbers, true/false, null) with the line of every place in it."""

    file: str
    data: object = None
    lines: dict[Place, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest part around it that is in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def mistake(self, place: Place, message: str) -> Mistake:
        """A mistake at a place of this file."""
        return Mistake(self.file, self.line(place), message)


def read(folder: Path, file: str) -> Document:
    """Read a file of the folder; whatever is wrong with it is in the document's mistakes, and nothing is raised."""
    try:
        with (folder / file).open("rb") as stream:
            content = stream.read(BIGGEST_BYTES + 1)
    except OSError as trouble:
        document = Document(file)
        document.mistakes.append(document.mistake((), f"cannot be read: {trouble.strerror or 'unknown reason'}"))
        return document
    return parse(file, content)


def parse(file: str, content: bytes) -> Document:
    """Read what a file of that name holds, as `read` does."""
    document = Document(file)
    text = _text(content, document)
    if text is None:
        return document
    if file.endswith(".json"):
        _read_json(text, document)
    else:
        _read_yaml(text, document)
    return document


def _text(content: bytes, document: Document) -> str | None:
    if len(content) > BIGGEST_BYTES:
        document.mistakes.append(document.mistake((), "is larger than 1 MB"))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = content[: trouble.start].count(b"\n") + 1
        document.mistakes.append(Mistake(document.file, line, "is not UTF-8 text"))
        return None


def _read_json(text: str, document: Document) -> None:
    try:
        document.data = json.loads(
            text,
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_number,
            parse_float=_decimal_number,
            parse_int=_whole_number,
        )
        # An escape may name half of a character, which no file, page or database can hold.
        json.dumps(document.data, ensure_ascii=False).encode()
    except json.JSONDecodeError as trouble:
        document.mistakes.append(Mistake(document.file, trouble.lineno, f"is not JSON: {trouble.msg}"))
    except UnicodeEncodeError:
        document.data = None
        document.mistakes.append(document.mistake((), "has half of a character: \\ud800 to \\udfff come in pairs"))
    except (ValueError, RecursionError) as trouble:
        document.data = None
        document.mistakes.append(document.mistake((), f"is not usable JSON: {trouble}"))


def _no_number(word: str) -> object:
    raise ValueError(f"{word} is not a number")


def _whole_number(word: str) -> int:
    if not _WHOLE.fullmatch(word):
        raise ValueError("a number has more than 15 digits")
    return int(word)


def _decimal_number(word: str) -> float:
    found = float(word)
    if not math.isfinite(found):
        raise ValueError("a number is too large")
    return found


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"“{twice.encode(errors='backslashreplace').decode()}” is there twice")
    return found


def _read_yaml(text: str, document: Document) -> None:
    try:
        _check_depth(text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as trouble:
        mark = getattr(trouble, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        problem = getattr(trouble, "problem", None) or getattr(trouble, "reason", None) or "cannot be understood"
        document.mistakes.append(Mistake(document.file, line, f"is not YAML: {problem}"))
        return
    except (RecursionError, _TooMuchError):
        document.mistakes.append(document.mistake((), "is nested too deeply"))
        return
    if node is not None:
        try:
            document.data = _Builder(document).build(node, ())
        except _TooMuchError as limit:
            document.mistakes.append(document.mistake((), str(limit)))


def _check_depth(text: str) -> None:
    """Stop before composing what is too deep: the C reader composes by calling itself and would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST + 1:
                raise _TooMuchError("is nested too deeply")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class _TooMuchError(Exception):
    """The file is nested too deeply, or unfolds (through aliases) into too many parts."""


class _Builder:
    """Turns YAML nodes into plain data itself, so that no tag can make Python objects and `no` stays a word."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.parts = 0

    def build(self, node: yaml.Node, place: Place) -> object:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise _TooMuchError("has too many parts")
        if len(place) > DEEPEST:
            raise _TooMuchError("is nested too deeply")
        self.document.lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            self.plain(node, place, "seq")
            return [self.build(child, (*place, index)) for index, child in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, place)
        return None

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, object]:
        self.plain(node, place, "map")
        found: dict[str, object] = {}
        for key, value in self.pairs(node, place):
            if key in found:
                line = value.start_mark.line + 1
                self.document.mistakes.append(Mistake(self.document.file, line, f"“{key}” is there twice"))
                continue
            found[key] = self.build(value, (*place, key))
        return found

    def pairs(self, node: yaml.MappingNode, place: Place) -> Iterator[tuple[str, yaml.Node]]:
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                yield key.value, value
            else:
                self.wrong(key, place, "a key must be a plain word")

    def scalar(self, node: yaml.ScalarNode, place: Place) -> object:
        if node.style:  # quoted, or a block of lines; the C reader says "" for a bare word
            self.plain(node, place, "str")
            return node.value
        if node.tag not in _IMPLIED:
            self.wrong(node, place, f"the tag {node.tag} is not allowed")
        return _plain_value(node.value)

    def plain(self, node: yaml.Node, place: Place, kind: str) -> None:
        if node.tag != _TAG + kind:
            self.wrong(node, place, f"the tag {node.tag} is not allowed")

    def wrong(self, node: yaml.Node, place: Place, message: str) -> None:
        self.document.lines.setdefault(place, node.start_mark.line + 1)
        self.document.mistakes.append(Mistake(self.document.file, node.start_mark.line + 1, message))


def _plain_value(word: str) -> object:
    # YAML 1.2: only true and false are truth values. In 1.1 the answer `no` would become false, 08:30 would
    # become 510 and 1_4 would become 14.
    if word in _WORDS:
        return _WORDS[word]
    if _WHOLE.fullmatch(word):
        return int(word)
    if _DECIMAL.fullmatch(word):
        return float(word)
    return word
