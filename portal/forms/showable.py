"""Questions of a draft as they could be shown: what the strict reader refuses is left out, so a preview goes on."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from portal.forms.mistakes import Mistake, Path, SchemaMistakes
from portal.forms.questionnaire import Question
from portal.forms.schema import parse_form

TRIES = 8
_ELSEWHERE = {"key": "elsewhere_0", "type": "text", "label": {"en": "–"}}
_NO_WORDS = {"en": "…"}
# What speaks of other questions, which are not there when one is shown by itself.
_OF_OTHERS = ("show_when", "unsure_of", "severity")


def showable(node: object, kind: str) -> Question | None:
    """The question of a document of any shape as far as it can be shown, None when it cannot be.

    `kind` is what it stands in: page, section or urgent.
    """
    if not isinstance(node, dict):
        return None
    question = _alone(node)
    for _try in range(TRIES):
        document, path = _form_with(question, kind)
        try:
            form = parse_form(document)
        except SchemaMistakes as wrong:
            if not _mended(question, [one for one in wrong.mistakes if one.path[: len(path)] == path], len(path)):
                return None
        else:
            return (form.triage if kind == "page" else form.sections)[0].questions[0]
    return None


def _alone(node: Mapping[str, Any]) -> dict[str, Any]:
    question = {key: copy.deepcopy(value) for key, value in node.items() if key not in _OF_OTHERS}
    if not isinstance(question.get("required"), bool):
        question["required"] = bool(question.get("required"))
    inside = question.get("questions")
    if isinstance(inside, list):
        question["questions"] = [_alone(one) for one in inside if isinstance(one, dict)]
    return question


def _form_with(question: dict[str, Any], kind: str) -> tuple[dict[str, Any], Path]:
    shown = {"key": "shown", "title": _NO_WORDS, "questions": [question]}
    other = {"key": "other", "title": _NO_WORDS, "questions": [_ELSEWHERE]}
    first, second = (shown, other) if kind == "page" else (other, shown)
    form = {"key": "preview", "title": _NO_WORDS, "triage": {"pages": [first]}, "sections": [second]}
    return form, ("triage", "pages", 0, "questions", 0) if kind == "page" else ("sections", 0, "questions", 0)


def _mended(question: dict[str, Any], mistakes: list[Mistake], depth: int) -> bool:
    """Leave out, or stand something in for, what is wrong; False when that cannot help."""
    if not mistakes:
        return False
    wrong = {one.path[depth:] for one in mistakes}
    if any(path[:1] == ("type",) for path in wrong) or "type" not in question:
        return False
    for path in sorted(wrong, key=_from_the_end):
        _leave_out(question, path)
    if not question.get("label"):
        question["label"] = dict(_NO_WORDS)
    question.setdefault("key", "preview")
    return True


def _from_the_end(path: Path) -> tuple[str, int]:
    """Later entries of a list first, so that the earlier ones keep their positions."""
    position = path[1] if len(path) > 1 else 0
    return str(path[:1]), -(position if isinstance(position, int) else 0)


def _leave_out(question: dict[str, Any], path: Path) -> None:
    if not path:
        return
    name, entries = str(path[0]), question.get(str(path[0]))
    if len(path) > 1 and isinstance(entries, list) and isinstance(path[1], int):
        del entries[path[1] : path[1] + 1]
    else:
        question.pop(name, None)
