"""What a new council begins with in each nation, and how its name, numbers and addresses get into those words."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from portal.kernel.language import LANGUAGES
from portal.tenants import own_parts
from portal.tenants.documents import read
from portal.tenants.reading import Place
from portal.tenants.settings import NATIONS

FOLDER: Final = Path(__file__).resolve().parents[2] / "config" / "nations"
_GAP = re.compile(r"\(\(([a-z_]+)\)\)")
# Where each gap's words stand in a document; a text in several languages fills each with its own.
GAPS: Final[Mapping[str, Place]] = {
    "council": ("name",),
    "email": ("email",),
    "hub_number": ("phones", "hub", "number"),
    "out_of_hours_number": ("phones", "out_of_hours", "number"),
    "draft_days": ("draft_days",),
    "urgent_hours": ("clock", "urgent_hours"),
}


@lru_cache(maxsize=len(NATIONS))
def _begins_with(nation: str) -> dict[str, Any]:
    document = read(FOLDER, f"{nation}.yaml")
    if document.mistakes or not isinstance(document.data, dict):
        raise ValueError("; ".join(map(str, document.mistakes)) or f"{nation}.yaml says nothing")
    return document.data


def complete(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The whole document of a council of which so much was typed; what was not is the nation's, with its gaps filled
    as far as there are words for them."""
    nation = typed.get("nation")
    base = copy.deepcopy(_begins_with(nation)) if nation in NATIONS else {}
    made = _over(base, typed)
    languages = [one for one in made.get("languages") or () if one in LANGUAGES]
    filled: dict[str, Any] = _filled(made, made, languages, "")
    return filled


def _over(base: Any, typed: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(typed, Mapping)):
        return copy.deepcopy(typed)
    return {key: _over(base.get(key), typed[key]) if key in typed else base[key] for key in {**base, **typed}}


def _filled(node: Any, document: Mapping[str, Any], languages: list[str], language: str) -> Any:
    if isinstance(node, str):
        return _GAP.sub(lambda gap: _said(gap, document, language), node)
    if isinstance(node, list):
        return [_filled(one, document, languages, language) for one in node]
    if not isinstance(node, dict):
        return node
    # A text is in the council's languages only: nobody checks one that no page shows.
    kept = {key: value for key, value in node.items() if key not in LANGUAGES or key in languages}
    return {
        key: _filled(value, document, languages, key if key in LANGUAGES else language) for key, value in kept.items()
    }


def _said(gap: re.Match[str], document: Mapping[str, Any], language: str) -> str:
    place = GAPS.get(gap.group(1))
    found = own_parts.at(document, place) if place else None
    if isinstance(found, Mapping):
        found = found.get(language)
    return gap.group() if found in (None, "") else str(found)


def has_forms_in(nation: str, languages: Sequence[str]) -> bool:
    """Whether the shared forms of the nation are in all of these languages: England's are in English only."""
    return nation == "wales" or "cy" not in languages
