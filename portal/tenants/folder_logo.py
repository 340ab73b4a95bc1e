"""The logo that a council's folder names: its file is read as an upload is, and its digest stands in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from portal.tenants.documents import Document
from portal.tenants.pictures import MOST_BYTES, MOST_PIXELS, SMALLEST, BadPicture, Picture, logo

PLACE: Final = ("brand", "logo")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.(?:png|jpe?g)")
_OURS = ("digest", "width", "height")
_SAYS = {
    "empty": "is empty",
    "too_large": f"is larger than {MOST_BYTES // 1000} kB",
    "kind": "is not a PNG or JPEG picture",
    "pixels": f"has more than {MOST_PIXELS:,} pixels",
    "small": f"is less than {SMALLEST} pixels wide or high",
    "animated": "moves: a logo must be one still picture",
    "broken": "is damaged",
}


def take(folder: Path, document: Document) -> Picture | None:
    """Read the picture that `brand.logo.file` names and put its digest and size there instead, as settings hold them.

    What is wrong is added to the document's mistakes; None when there is no logo, or no good one.
    """
    brand = document.data.get("brand") if isinstance(document.data, Mapping) else None
    said = brand.get("logo") if isinstance(brand, Mapping) else None
    if not isinstance(document.data, Mapping) or not isinstance(brand, Mapping) or not isinstance(said, Mapping):
        return None
    picture = _picture(folder, said.get("file"), document)
    for key in _OURS:
        if key in said:
            document.mistakes.append(document.mistake((*PLACE, key), f"“{key}” is not known here"))
    # Stands in for a bad one, so that the mistakes in the rest of the group are named as well.
    kept = (picture.digest, picture.width, picture.height) if picture else ("0" * 64, 1, 1)
    rest = {key: value for key, value in said.items() if key not in ("file", *_OURS)}
    document.data = {**document.data, "brand": {**brand, "logo": {**rest, **dict(zip(_OURS, kept, strict=True))}}}
    return picture


def _picture(folder: Path, name: object, document: Document) -> Picture | None:
    if name is None:
        document.mistakes.append(document.mistake(PLACE, "“file” is missing"))
        return None
    place = (*PLACE, "file")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        says = "“file” must be the name of a .png or .jpg file in the council's folder"
        document.mistakes.append(document.mistake(place, says))
        return None
    try:
        with (folder / name).open("rb") as stream:
            return logo(stream.read(MOST_BYTES + 1))
    except OSError as trouble:
        says = f"{name} cannot be read: {trouble.strerror or 'unknown reason'}"
    except BadPicture as bad:
        says = f"{name} {_SAYS[bad.code]}"
    document.mistakes.append(document.mistake(place, says))
    return None
