"""The source tree as data for the rules that read it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file: its place relative to the root, and its text."""

    place: str
    text: str

    @property
    def lines(self) -> int:
        """How long it is."""
        return len(self.text.splitlines())

    @property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text)


def _files(*folders: str, ending: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob(f"*{ending}")
        if "__pycache__" not in path.parts and "static" not in path.parts
    )


def sources(*folders: str) -> list[Source]:
    """Every Python file below those folders of the root."""
    return [Source(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in _files(*folders, ending=".py")]


def templates() -> list[Source]:
    """Every template."""
    return [
        Source(str(path.relative_to(ROOT / "portal/templates")), path.read_text("utf-8"))
        for path in _files("portal/templates", ending=".html")
    ]


def functions(source: Source) -> Iterator[tuple[str, int]]:
    """Each function's name and its length in lines, docstring not counted."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0]
        documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        said = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
        yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1 - said


def tracked() -> list[str]:
    """Every file that git would commit, by its path from the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
