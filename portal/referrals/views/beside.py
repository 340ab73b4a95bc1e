"""What somebody else is typing on the page of a draft that the person has open, shown beside their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import request

from portal.referrals.queries.typed import OtherTyped
from portal.referrals.views import sheet
from portal.referrals.views.shown import Beside, Shown

SEEN_OF = "seen_of"


def seen() -> tuple[str, ...]:
    """The texts of others (by row) that the posted page had shown."""
    return tuple(request.form.getlist(SEEN_OF))


def chosen(others: Sequence[OtherTyped]) -> OtherTyped | None:
    """The text of somebody else with which the person asked to go on; None where they did not, or it was saved."""
    wanted = request.args.get("theirs", "")
    return next((one for one in others if str(one.row) == wanted), None)


def shown_with(
    form: Shown, paper: sheet.Sheet, answers: Mapping[str, Any], words: sheet.Form, others: Sequence[OtherTyped]
) -> Shown:
    """The form with the first text of somebody else that differs from its own (`answers`, typed as `words`) and was not
    shown yet. Shown once, it is in nobody's way: whoever saves later sees what was saved meanwhile."""
    for one in others:
        if str(one.row) in form.seen_of:
            continue
        differing = sheet.differing_texts(paper, answers, words, one.fields)
        if differing:
            href = f"{request.script_root}{request.path}?theirs={one.row}"
            told = Beside(one.name, one.at, href)
            return replace(form, differing=differing, beside=told, seen_of=(*form.seen_of, str(one.row)))
    return form
