"""What the pages of rules share: the draft's surroundings for its fields, what is locked, what was posted."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _

from portal.auth import guard
from portal.forms.mistakes import Path
from portal.forms.queries import library
from portal.forms.queries.drafts import Draft
from portal.forms.rows.around import Around, Posted
from portal.forms.views.blueprint import council, language
from portal.kernel.errors import Forbidden

# Which part of a draft is which page: the first step of a mistake's place, and the address of its list.
PARTS = ("overrides", "always", "topic_rules", "routes", "levels", "values", "conditions", "notices", "topics")


def around(draft: Draft) -> Around:
    """The draft with the languages of the council and of the page."""
    return Around(draft.content, tuple(council().languages), language())


def posted() -> Posted:
    """What this page posted, every value of every field."""
    return dict(request.form.lists())


def asked() -> Posted:
    """What the address of this page asks."""
    return dict(request.args.lists())


def locked(draft: Draft) -> frozenset[str]:
    """What the draft's template has locked."""
    return library.locked(guard.actor(), draft)


def unlocked(draft: Draft, lock: str) -> None:
    """Refuse a change of what the template has locked; raises Forbidden."""
    if lock in locked(draft):
        raise Forbidden


def place_words(draft: Draft, path: Path) -> tuple[str, str]:
    """Where a mistake is, in words, and the page where it can be mended ("" where there is none)."""
    steps = [str(step) if isinstance(step, str) else f"{step + 1}" for step in path[1:]]
    words = " › ".join(steps) or path[0]
    if path[0] != "thresholds" or len(path) == 1:
        return str(words), ""
    return str(words), _page_of(draft, path)


def _page_of(draft: Draft, path: Path) -> str:
    part = str(path[1])
    if part == "rules":
        rules = draft.thresholds.get("rules")
        step = path[2] if len(path) > len(("thresholds", "rules")) else None
        if isinstance(rules, list) and isinstance(step, int):
            return url_for("forms.rules", form_id=draft.id, _anchor=f"entry-{step + 1}")
    if part in PARTS:
        return url_for("forms.part", form_id=draft.id, part=part)
    if part == "names":
        return url_for("forms.part", form_id=draft.id, part="values")
    return url_for("forms.entry", form_id=draft.id, part="general", named="all") if part != "rules" else ""


def part_of_mistake(path: Path) -> str:
    """Which document a mistake is in, in words."""
    return str(_("Questions") if path[0] == "form" else _("Rules"))
