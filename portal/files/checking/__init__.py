"""Looks into a file before anybody else may: name, declared type, first bytes and structure must agree, and nothing in
it may run, fetch, hide or unpack without end. Pure; run it in a process of its own (portal/files/apart.py)."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO

from portal.files import names
from portal.files.checking import first_bytes
from portal.files.kinds import BY_ENDING, UNSAID, Kind, refused_ending
from portal.files.refusals import Refused

Look = Callable[[BinaryIO, Kind], None]


def named_kind(name: str, declared: str) -> Kind:
    """The kind that a name and a declared type claim. Raises Refused; reads nothing of the file."""
    tidy = names.cleaned(name)
    ending = names.ending_of(tidy)
    kind = BY_ENDING.get(ending)
    if kind is None:
        raise Refused(refused_ending(ending))
    if names.runs_inside(tidy):
        raise Refused("two_endings")
    said = declared.partition(";")[0].strip().casefold()
    if said not in UNSAID and said not in kind.declared:
        raise Refused("type_differs")
    return kind


def check(file: BinaryIO, name: str, declared: str) -> Kind:
    """The kind of a file that can be taken; raises Refused with the reason otherwise.

    `file` can be sought and is left anywhere; `declared` is the type that the browser said. A file of any bytes ends
    in one of the two. Decoders of other people's formats run in here: use portal/files/apart.py.
    """
    kind = named_kind(name, declared)
    if file.seek(0, os.SEEK_END) == 0:
        raise Refused("empty")
    first_bytes.agree(file, kind)
    file.seek(0)
    _look(kind)(file, kind)
    return kind


def _look(kind: Kind) -> Look:
    # Late: each of them loads a decoder, and a process looks at one file.
    look: Look = import_module(f"{__name__}.{_MODULES.get(kind.code, _FAMILIES[kind.family])}").look
    return look


_MODULES = {"odt": "odf", "ods": "odf", "rtf": "rtf", "csv": "csv", "msg": "msg"}
_FAMILIES = {"picture": "picture", "pdf": "pdf", "zip": "ooxml", "ole": "ole", "text": "text", "email": "eml"}
