"""One input of a page of settings, and the same in each language of a council."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from portal.kernel.language import Text
from portal.tenants.reading import Place


@dataclass(frozen=True)
class Entry:
    """One input; `wrong` says what to type whatever was wrong with it."""

    name: str
    place: Place
    label: str
    wrong: str
    hint: str = ""
    kind: str = "text"
    width: int | None = None
    # What can be chosen (key and words), and what counts where the settings say nothing.
    options: tuple[tuple[str, str], ...] = ()
    # What can be chosen no more, and is offered only where it was chosen before.
    past: tuple[tuple[str, str], ...] = ()
    usual: tuple[str, ...] = ()
    # What its answer is called where it is told and not asked for; "" for the label.
    short: str = ""


def in_languages(entry: Entry, languages: Sequence[str]) -> list[Entry]:
    """The input once for each language, under its own name and at its own place."""
    if len(languages) == 1:
        return [replace(entry, name=f"{entry.name}-{one}", place=(*entry.place, one)) for one in languages]
    says = {"en": _("%(what)s (English)", what=entry.label), "cy": _("%(what)s (Welsh)", what=entry.label)}
    return [replace(entry, name=f"{entry.name}-{one}", place=(*entry.place, one), label=says[one]) for one in languages]


def said_of(name: str, text: Text) -> dict[str, tuple[str, ...]]:
    """What the inputs of that name say of a text, language by language."""
    return {f"{name}-{language}": (words,) for language, words in text.items()}
