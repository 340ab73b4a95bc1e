"""Reads the published files of schools and NHS organisations: each row, or why it cannot be taken, by its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from portal.tenants.agency_layouts import LAYOUTS, Cells, Layout, Row, Wrong

MOST_BYTES: Final = 100_000_000
MOST_ROWS: Final = 1_000
# What a spreadsheet would run, in any of the ways it is written.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%", "＝", "＋", "－", "＠")
_NOT_TEXT: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")


class BadFile(ValueError):
    """Why no row of a file can be read, as a stable code; `missing` names the columns that it does not have."""

    def __init__(self, code: str, missing: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.missing = tuple(missing)


@dataclass(frozen=True)
class RowMistake:
    """Why a row cannot be taken: its line, a stable code, and the column that is wrong ("" for the whole row)."""

    line: int
    code: str
    column: str = ""


@dataclass(frozen=True)
class Read:
    """What a file holds; `left_out` counts rows that are no agencies of ours (other authorities, other settings)."""

    rows: tuple[Row, ...]
    mistakes: tuple[RowMistake, ...]
    left_out: int = 0


def read(data: bytes, layout: str, authority: str = "") -> Read:
    """Read a file; with `authority` only the rows of that local authority (three digits).

    Raises BadFile: empty, too_large, not_text, encoding, unreadable, columns (with the missing ones), layout, many.
    """
    if layout not in LAYOUTS:
        raise BadFile("layout")
    found = LAYOUTS[layout]
    rows: list[Row] = []
    mistakes: list[RowMistake] = []
    seen: dict[tuple[str, str, str], int] = {}
    left_out = 0
    for line, cells in _cells(_text(data), found):
        try:
            row = _row(line, cells, found, authority)
        except Wrong as wrong:
            mistakes.append(RowMistake(line, wrong.code, wrong.column))
            continue
        if row is None:
            left_out += 1
            continue
        number = (row.scheme, row.identifier, row.trust)
        if number in seen:
            mistakes.append(RowMistake(line, "twice", str(seen[number])))
            continue
        seen[number] = line
        rows.append(row)
        if len(rows) > MOST_ROWS or len(mistakes) > MOST_ROWS:
            raise BadFile("many")
    if not rows and not mistakes and not left_out:
        raise BadFile("empty")
    return Read(tuple(rows), tuple(mistakes), left_out)


def _text(data: bytes) -> str:
    """UTF-8 as published today, or the Windows code page in which the schools register is downloaded."""
    if not data.strip():
        raise BadFile("empty")
    if len(data) > MOST_BYTES:
        raise BadFile("too_large")
    if data.startswith(_NOT_TEXT) or b"\x00" in data:
        raise BadFile("not_text")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("encoding")


def _cells(text: str, layout: Layout) -> Iterator[tuple[int, Cells]]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if layout.header:
            names = [name.strip().casefold() for name in next(lines, [])]
            places = _places(names, layout)
            width = len(names)
        else:
            places = {key: int(where[0]) for key, where in layout.columns.items()}
            width = layout.width
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != width:
                if not layout.header and lines.line_num == 1:
                    raise BadFile("layout")
                yield lines.line_num, {"": str(len(cells))}
                continue
            yield lines.line_num, {key: cells[place].strip() for key, place in places.items()}
    except csv.Error:
        raise BadFile("unreadable") from None


def _places(names: Sequence[str], layout: Layout) -> dict[str, int]:
    places: dict[str, int] = {}
    missing = []
    for key, spellings in layout.columns.items():
        found = [place for place, name in enumerate(names) if name in {one.casefold() for one in spellings}]
        if len(found) == 1:
            places[key] = found[0]
        elif key in layout.needed or found:
            missing.append(spellings[0])
    if missing:
        raise BadFile("columns", missing)
    return places


def _row(line: int, cells: Cells, layout: Layout, authority: str) -> Row | None:
    if "" in cells:
        raise Wrong("width")
    if authority and cells.get("authority", "") != authority:
        return None
    for key, cell in cells.items():
        if any(not (one.isprintable() or one in "\r\n\t") for one in cell):
            raise Wrong("control", _column(layout, key))
        if key != "phone" and cell.startswith(_FORMULA):
            raise Wrong("formula", _column(layout, key))
    return layout.read(line, cells)


def _column(layout: Layout, key: str) -> str:
    return layout.columns[key][0] if layout.header else str(int(layout.columns[key][0]) + 1)
