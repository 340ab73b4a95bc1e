"""Rows of a question's page: options with their weights, described levels, and examples of a good answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.forms.editing.form_parts import rows
from portal.forms.editing.keys import key_from
from portal.forms.editing.questions import WEIGHED, severity_of, weights
from portal.forms.editing.texts import text_of
from portal.forms.inputs.paper import MOST_ROWS, Paper, Row, put_or_drop
from portal.forms.mistakes import KEY
from portal.kernel.digits import whole

FIELDS = ("was", "value", "exclusive", "listed", "weight")
NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class Line:
    """One row of several: its number, what it is called, its fields, and those that are folded away."""

    number: int
    title: str
    fields: tuple[Row, ...]
    more: tuple[Row, ...] = ()
    open: bool = False
    stored: str = ""


def fill_options(paper: Paper, node: dict[str, Any], start: int) -> None:
    """Fill the rows from the document, from option `start` on."""
    given = rows(node.get("options"))
    shown = given[start : start + MOST_ROWS]
    weighed = weights(node.get("severity"))
    paper.put("options", len(shown))
    paper.put("options-start", start)
    paper.put("options-shown", len(shown))
    for number, option in enumerate(shown):
        _fill_option(paper, f"option-{number}", option if isinstance(option, dict) else {}, weighed)
    for value in ("yes", "no", NOT_KNOWN):
        paper.put(f"weight-{value}", weighed.get(value))


def _fill_option(paper: Paper, name: str, option: dict[str, Any], weighed: dict[str, int]) -> None:
    value = option.get("value")
    paper.put(f"{name}-was", value if isinstance(value, str) else "")
    paper.put_text(name, option.get("label"))
    paper.put_text(f"{name}-hint", option.get("hint"))
    paper.put(f"{name}-exclusive", "yes" if option.get("exclusive") is True else None)
    paper.put(f"{name}-listed", option.get("code") if isinstance(option.get("code"), str) else "")
    paper.put(f"{name}-weight", weighed.get(value) if isinstance(value, str) else None)


def read_options(paper: Paper, node: dict[str, Any]) -> None:
    """Put the rows into the document: an option's value stays for ever, a new one gets its own."""
    before = rows(node.get("options"))
    start = min(_number(paper, "options-start"), len(before))
    end = min(start + _number(paper, "options-shown"), len(before))
    known = {option.get("value"): option for option in before if isinstance(option, dict) and _plain(option)}
    kept = [option.get("value") for option in (*before[:start], *before[end:]) if isinstance(option, dict)]
    taken = {value for value in kept if isinstance(value, str)}
    made, weighed = [], {key: weight for key, weight in weights(node.get("severity")).items() if key in taken}
    for number in range(paper.count("options")):
        name = f"option-{number}"
        option = _read_option(paper, name, known, taken)
        if option is None:
            continue
        taken.add(option["value"])
        made.append(option)
        weight = paper.whole(f"{name}-weight")
        if weight is not None:
            weighed[option["value"]] = weight
    put_or_drop(node, "options", [*before[:start], *made, *before[end:]])
    if node.get("type") in WEIGHED:
        read_weights(paper, node, weighed)


def _plain(option: dict[str, Any]) -> bool:
    return isinstance(option.get("value"), str)


def _number(paper: Paper, name: str) -> int:
    return whole(paper.one(name)) or 0


def _read_option(paper: Paper, name: str, known: dict[Any, Any], taken: set[str]) -> dict[str, Any] | None:
    was, typed = paper.one(f"{name}-was"), paper.line(f"{name}-value")
    before = known.get(was, {})
    label = paper.text(name, before.get("label"))
    if not was and not typed and not label:
        return None  # an empty row is none
    first = f"{name}-{paper.languages[0]}"
    if not label:
        paper.note(first, _("Enter the words of this answer, or remove it"))
    value = was if was in known and was not in taken else _new_value(paper, name, typed, label, taken)
    option = {**before, "value": value, "label": label}
    put_or_drop(option, "hint", paper.text(f"{name}-hint", before.get("hint")))
    put_or_drop(option, "exclusive", paper.one(f"{name}-exclusive") == "yes")
    put_or_drop(option, "code", paper.line(f"{name}-listed"))
    return option


def _new_value(paper: Paper, name: str, typed: str, label: dict[str, Any], taken: set[str]) -> str:
    if not typed:
        return key_from(label.get("en") or next(iter(label.values()), ""), taken, "answer")
    if not KEY.match(typed):
        paper.note(f"{name}-value", _("Use letters, digits and _ only, 60 characters at most"))
    elif typed in taken:
        paper.note(f"{name}-value", _("Another answer is stored as this already"))
    return typed


def read_weights(paper: Paper, node: dict[str, Any], weighed: dict[str, int]) -> None:
    """Put the order of severity into the document from the weights of the options and of yes, no and not known."""
    for value in ("yes", "no") if node.get("type") == "yes_no" else ():
        weight = paper.whole(f"weight-{value}")
        if weight is not None:
            weighed[value] = weight
    weight = paper.whole(f"weight-{NOT_KNOWN}")
    if weight is not None:
        weighed[NOT_KNOWN] = weight
    order = severity_of(weighed)
    if order != severity_of(weights(node.get("severity"))):  # the same order may be written in other ways
        put_or_drop(node, "severity", order)


def option_lines(paper: Paper, kind: str) -> list[Line]:
    """The rows as they are shown."""
    return [_option_line(paper, number, kind) for number in range(paper.count("options"))]


def _option_line(paper: Paper, number: int, kind: str) -> Line:
    name = f"option-{number}"
    stored = paper.one(f"{name}-was")
    fields = [paper.pair(name, _("Answer"), kind="textarea")]
    extra: Row = ()
    if kind == "checkboxes":
        extra = (paper.flag(f"{name}-exclusive", _("“None of these”: no other answer can be chosen with it")),)
    if kind in WEIGHED:
        extra = (paper.input(f"{name}-weight", _("How worrying"), kind="number"),)
    if extra:
        fields.append(extra)
    more = [paper.pair(f"{name}-hint", _("Hint beneath the answer"), kind="textarea")]
    listed = paper.input(f"{name}-listed", _("Code in the code list"), width=10)
    own = paper.input(f"{name}-value", _("Stored as"), _("Leave this empty to have it made from the words"), width=20)
    more.append((listed,) if stored else (own, listed))
    shut = [view for row in more for view in row]
    return Line(
        number,
        _("Answer %(number)s", number=number + 1 + _number(paper, "options-start")),
        tuple(fields),
        tuple(more),
        any(view.error for view in shut),
        stored,
    )


def fill_levels(paper: Paper, node: dict[str, Any]) -> None:
    """Fill the described levels from the document."""
    given = rows(node.get("levels"))[:MOST_ROWS]
    paper.put("levels", len(given))
    for number, level in enumerate(given):
        kept = level if isinstance(level, dict) else {}
        paper.put(f"level-{number}-number", kept.get("value"))
        paper.put_text(f"level-{number}", kept.get("label"))


def read_levels(paper: Paper, node: dict[str, Any]) -> None:
    """Put the described levels into the document."""
    before = {one.get("value"): one for one in rows(node.get("levels")) if isinstance(one, dict) and _whole(one)}
    made = []
    for number in range(paper.count("levels")):
        name = f"level-{number}"
        value = paper.whole(f"{name}-number")
        label = paper.text(name, before.get(value, {}).get("label"))
        if value is None and not label:
            continue
        if value is None:
            paper.note(f"{name}-number", _("Enter the number of this level"))
        made.append({"value": value if value is not None else number + 1, "label": label})
    put_or_drop(node, "levels", made)


def _whole(level: dict[str, Any]) -> bool:
    return isinstance(level.get("value"), int)


def level_lines(paper: Paper) -> list[Line]:
    """The levels as they are shown."""
    return [
        Line(
            number,
            _("Level %(number)s", number=number + 1),
            (
                (paper.input(f"level-{number}-number", _("Number"), kind="number"),),
                paper.pair(f"level-{number}", _("Description"), kind="textarea"),
            ),
        )
        for number in range(paper.count("levels"))
    ]


def read_examples(paper: Paper, before: Sequence[Any]) -> list[dict[str, Any]]:
    """The examples of a good answer; an emptied one is left out."""
    found = []
    for number in range(paper.count("examples")):
        old = before[number] if number < len(before) else None
        words = {language: paper.words(f"example-{number}-{language}") for language in paper.languages}
        if any(words.values()):
            found.append(text_of(words, old))
    return found


def change_rows(paper: Paper, action: str) -> str:
    """Add, move or take out a row as a button asks (`option-add`, `option-2-up`); returns the row to go to, or ""."""
    kind, _dash, rest = action.partition("-")
    counter = {"option": "options", "level": "levels", "example": "examples"}.get(kind)
    if counter is None:
        return ""
    count = paper.count(counter)
    if rest == "add":
        paper.put(counter, min(count + 1, MOST_ROWS * 2))
        return f"{kind}-{count}"
    number, _dash, what = rest.partition("-")
    here = whole(number)
    if here is None or here >= count or what not in {"up", "down", "remove"}:
        return ""
    if what == "remove":
        for place in range(here, count - 1):
            _swap(paper, kind, place, place + 1)
        _clear(paper, kind, count - 1)
        paper.put(counter, count - 1)
        return f"{kind}-{max(0, min(here, count - 2))}"
    there = here - 1 if what == "up" else here + 1
    if 0 <= there < count:
        _swap(paper, kind, here, there)
        return f"{kind}-{there}"
    return f"{kind}-{here}"


def _swap(paper: Paper, kind: str, one: int, other: int) -> None:
    first, second = _row_of(paper, kind, one), _row_of(paper, kind, other)
    _clear(paper, kind, one)
    _clear(paper, kind, other)
    paper.typed.update({f"{kind}-{one}-{rest}": value for rest, value in second.items()})
    paper.typed.update({f"{kind}-{other}-{rest}": value for rest, value in first.items()})


def _row_of(paper: Paper, kind: str, number: int) -> dict[str, tuple[str, ...]]:
    begin = f"{kind}-{number}-"
    return {name.removeprefix(begin): value for name, value in paper.typed.items() if name.startswith(begin)}


def _clear(paper: Paper, kind: str, number: int) -> None:
    for rest in _row_of(paper, kind, number):
        del paper.typed[f"{kind}-{number}-{rest}"]
