"""Sets documents as accessible PDFs: templates of ours, and everything that somebody wrote as data.

The typesetter reads nothing but its template, the fonts and a logo, all in folders of ours, and asks no network.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

import typst

_PORTAL: Final = Path(__file__).resolve().parent.parent
FONTS: Final = _PORTAL / "static" / "fonts"
TEMPLATES: Final = _PORTAL / "templates" / "typeset"
STANDARD: Final = "ua-1"


def pdf(template: str, data: Mapping[str, Any], made_at: datetime, logo: bytes = b"") -> bytes:
    """A tagged PDF (PDF/UA-1) of the template `<template>.typ`; it reads `data` as JSON, and nothing in it as markup.

    `logo` is a PNG, whose place the template finds in `data.logo`.
    """
    root, fonts = _ready()
    document = json.dumps({**data, "logo": _kept(root, logo)}, ensure_ascii=False)
    # One for each document: a compiler remembers its inputs, and two threads may set at once.
    compiler = typst.Compiler(
        root=root, font_paths=fonts, ignore_system_fonts=True, package_path=root, package_cache_path=root
    )
    made = compiler.compile(
        input=root / f"{template}.typ",
        format="pdf",
        sys_inputs={"data": document},
        pdf_standards=[STANDARD],
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("one document was asked for")
    return made


@cache
def _ready() -> tuple[Path, typst.Fonts]:
    """The folder that is all the typesetter sees, and the fonts, once a process."""
    root = Path(_folder().name)
    for template in TEMPLATES.glob("*.typ"):
        copyfile(template, root / template.name)
    return root, typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="portal-typeset-")


def _kept(root: Path, logo: bytes) -> str:
    """The name under which the template finds the logo, "" without one."""
    if not logo:
        return ""
    name = f"{hashlib.sha256(logo).hexdigest()}.png"
    if not (root / name).exists():
        (root / f"{name}.part").write_bytes(logo)
        (root / f"{name}.part").replace(root / name)
    return name
