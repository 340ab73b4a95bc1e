"""The page of one question: filled from the document, read back into it, whatever either holds."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.forms.editing.form_parts import rows
from portal.forms.editing.questions import FACTS, ORDER_WORDS, WEIGHED, details
from portal.forms.inputs import option_rows, question_words
from portal.forms.inputs.paper import Paper, Row, put_or_drop, text_in
from portal.forms.inputs.question_words import words_of
from portal.forms.questionnaire import SENSITIVITIES

TEXTS = ("label", "hint", "item")
NUMBERS = ("min", "max", "decimals")
LINES = ("not_before", "not_after", "format", "fact", "sensitivity", "codes", "unsure_of")
FLAGS = ("not_known", "flags", "strengths")
LISTS = ("forms", "title_from")
INPUTS = {"codes": "from_list"}
"""Inputs that are not called as their key is: what is called a code is never posted again (web/posted.py)."""
KEEP = "when"
"""The choice that leaves a condition of `required` as it is."""


@dataclass(frozen=True)
class Choices:
    """What a question's page offers that depends on the rest of the draft: (value, words) pairs."""

    checkboxes: Sequence[tuple[str, str]] = ()
    inside: Sequence[tuple[str, str]] = ()
    required_when: str = ""


def fill(paper: Paper, node: Mapping[str, Any], start: int = 0) -> None:
    """Fill the page from a question's document."""
    own = dict(node)
    for name in TEXTS:
        paper.put_text(name, own.get(name))
    for name in (*NUMBERS, *LINES):
        value = own.get(name)
        plain = isinstance(value, str | int) and not isinstance(value, bool)
        paper.put(INPUTS.get(name, name), value if plain else "")
    for name in FLAGS:
        paper.put(name, "yes" if own.get(name) is True else None)
    for name in LISTS:
        paper.put(name, *(one for one in rows(own.get(name)) if isinstance(one, str)))
    required = own.get("required", False)
    paper.put("required", {True: "yes", False: "no"}[required] if isinstance(required, bool) else KEEP)
    paper.put("severity", own.get("severity") if isinstance(own.get("severity"), str) else "")
    paper.put("sensitivity", own.get("sensitivity") if isinstance(own.get("sensitivity"), str) else "P")
    for name in ("title", "body"):
        paper.put_text(f"guidance-{name}", text_in(own, "guidance", name))
    examples = rows(text_in(own, "guidance", "examples"))
    paper.put("examples", len(examples))
    for number, example in enumerate(examples):
        paper.put_text(f"example-{number}", example)
    option_rows.fill_options(paper, own, start)
    option_rows.fill_levels(paper, own)


def read(paper: Paper, node: Mapping[str, Any]) -> dict[str, Any]:
    """The question with what was typed; `paper.errors` says what cannot be kept as it is."""
    changed: dict[str, Any] = copy.deepcopy(dict(node))
    own = details(changed.get("type"))
    changed["label"] = paper.text("label", node.get("label"))
    if not changed["label"]:
        paper.note(f"label-{paper.languages[0]}", _("Enter the question"))
    put_or_drop(changed, "hint", paper.text("hint", node.get("hint")))
    _read_required(paper, changed)
    for name in ("fact", "sensitivity"):
        put_or_drop(changed, name, paper.line(name))
    if changed.get("sensitivity") == "P" and "sensitivity" not in node:
        del changed["sensitivity"]
    _read_guidance(paper, changed)
    for name in own:
        _READERS.get(name, _read_line)(paper, changed, name)
    return changed


def _read_required(paper: Paper, node: dict[str, Any]) -> None:
    said = paper.one("required")
    if said == KEEP and isinstance(node.get("required"), dict):
        return
    put_or_drop(node, "required", said == "yes")


def _read_guidance(paper: Paper, node: dict[str, Any]) -> None:
    before = node.get("guidance")
    kept: dict[str, Any] = dict(before) if isinstance(before, dict) else {}
    for name in ("title", "body"):
        put_or_drop(kept, name, paper.text(f"guidance-{name}", kept.get(name)))
    put_or_drop(kept, "examples", option_rows.read_examples(paper, rows(kept.get("examples"))))
    put_or_drop(node, "guidance", kept)


def _read_line(paper: Paper, node: dict[str, Any], name: str) -> None:
    put_or_drop(node, name, paper.line(INPUTS.get(name, name)))


def _read_whole(paper: Paper, node: dict[str, Any], name: str) -> None:
    value = paper.whole(name)
    node.pop(name, None)
    if value is not None:
        node[name] = value  # nought too


def _read_flag(paper: Paper, node: dict[str, Any], name: str) -> None:
    put_or_drop(node, name, paper.one(name) == "yes")


def _read_list(paper: Paper, node: dict[str, Any], name: str) -> None:
    ticked = list(dict.fromkeys(filter(None, paper.several(name))))
    # The order is the referrer's page's, and boxes have none: what was there stays where it stood.
    stood = [one for one in rows(node.get(name)) if one in ticked]
    put_or_drop(node, name, stood + [one for one in ticked if one not in stood])


def _read_item(paper: Paper, node: dict[str, Any], name: str) -> None:
    put_or_drop(node, name, paper.text(name, node.get(name)))


def _read_options(paper: Paper, node: dict[str, Any], _name: str) -> None:
    option_rows.read_options(paper, node)


def _read_levels(paper: Paper, node: dict[str, Any], _name: str) -> None:
    option_rows.read_levels(paper, node)


def _read_severity(paper: Paper, node: dict[str, Any], name: str) -> None:
    if node.get("type") not in WEIGHED:
        put_or_drop(node, name, paper.line(name))
    elif "options" not in details(node.get("type")):
        option_rows.read_weights(paper, node, {})


def _leave(_paper: Paper, _node: dict[str, Any], _name: str) -> None:
    """A group's questions have pages of their own."""


_READERS = {
    **dict.fromkeys(NUMBERS, _read_whole),
    **dict.fromkeys(FLAGS, _read_flag),
    **dict.fromkeys(LISTS, _read_list),
    "item": _read_item,
    "options": _read_options,
    "levels": _read_levels,
    "severity": _read_severity,
    "questions": _leave,
}


def first_rows(paper: Paper, required_when: str) -> list[Row]:
    """The words of the question and whether it must be answered."""
    choices = [("yes", _("Yes")), ("no", _("No"))]
    if required_when:
        choices.append((KEEP, required_when))
    return [
        paper.pair("label", _("Question"), kind="textarea"),
        paper.pair("hint", _("Hint"), _("Shown beneath the question, if it needs one"), "textarea"),
        (paper.choice("required", _("Must it be answered?"), choices, kind="radios"),),
    ]


def answer_rows(paper: Paper, kind: str, choices: Choices) -> list[Row]:
    """What the type adds, in the order of its table, without options and levels, which are rows of their own."""
    made = [_MAKERS[name](paper, kind, choices) for name in details(kind) if name in _MAKERS]
    return [row for row in made if row]


def _min(paper: Paper, kind: str, _choices: Choices) -> Row:
    words = {
        "group": (_("Fewest"), _("Most")),
        "text": (_("Fewest characters"), _("Most characters")),
        "textarea": (_("Fewest characters"), _("Most characters")),
    }.get(kind, (_("Smallest number"), _("Largest number")))
    return (paper.input("min", words[0], kind="number"), paper.input("max", words[1], kind="number"))


def _days(paper: Paper, _kind: str, _choices: Choices) -> Row:
    hint = _("today, a date like 2026-03-31, or a distance like today-9m (d days, m months, y years)")
    return (
        paper.input("not_before", _("Not before"), hint, width=20),
        paper.input("not_after", _("Not after"), hint, width=20),
    )


def _forms(paper: Paper, _kind: str, _choices: Choices) -> Row:
    label, hint = _("How well may the date be known?"), _("Nothing ticked means the exact day")
    return (paper.many("forms", label, _pairs(question_words.FORM_WORDS), hint),)


def _format(paper: Paper, _kind: str, _choices: Choices) -> Row:
    return (paper.choice("format", _("Format"), [("", _("Any text")), *_pairs(question_words.FORMAT_WORDS)]),)


def _decimals(paper: Paper, _kind: str, _choices: Choices) -> Row:
    choices = [("", _("Whole numbers")), ("1", _("One decimal")), ("2", _("Two decimals"))]
    return (paper.choice("decimals", _("Decimals"), choices),)


def _not_known(paper: Paper, _kind: str, _choices: Choices) -> Row:
    return (paper.flag("not_known", _("“Not known” is an answer")),)


def _codes(paper: Paper, _kind: str, _choices: Choices) -> Row:
    hint = _("For example england/ethnicity@2026. Without answers of its own the question offers the whole list.")
    return (paper.input("from_list", _("Code list"), hint),)


def _item(paper: Paper, _kind: str, _choices: Choices) -> Row:
    return paper.pair("item", _("What one of them is called"), _("For example: adult in the home"))


def _title_from(paper: Paper, _kind: str, choices: Choices) -> Row:
    return (paper.many("title_from", _("Which answers name one of them?"), choices.inside),)


_MAKERS = {
    "min": _min,
    "not_before": _days,
    "forms": _forms,
    "format": _format,
    "decimals": _decimals,
    "not_known": _not_known,
    "codes": _codes,
    "item": _item,
    "title_from": _title_from,
}


def guidance_rows(paper: Paper) -> list[Row]:
    """Help beside the question."""
    rows_of = [
        paper.pair("guidance-title", _("Heading of the guidance")),
        paper.pair("guidance-body", _("Guidance"), kind="textarea"),
    ]
    return [*rows_of, *(_example(paper, number) for number in range(paper.count("examples")))]


def _example(paper: Paper, number: int) -> Row:
    return paper.pair(f"example-{number}", _("Example %(number)s of a good answer", number=number + 1))


def meaning_rows(paper: Paper, kind: str, choices: Choices) -> list[Row]:
    """What the answer is to the portal and to the proof of the rules."""
    own = details(kind)
    facts = [("", _("Nothing in particular")), *((one, words_of(question_words.FACT_WORDS, one)) for one in FACTS)]
    sensitive = [(one, words_of(question_words.SENSITIVITY_WORDS, one)) for one in SENSITIVITIES]
    found: list[Row] = [
        (
            paper.choice(
                "fact", _("What the answer is"), facts, _("So that the portal finds it, whatever it is called")
            ),
        ),
        (paper.choice("sensitivity", _("How sensitive the answer is"), sensitive),),
    ]
    if "flags" in own:
        found.append((paper.flag("flags", _("The answers are signs of serious harm")),))
    if "strengths" in own:
        found.append((paper.flag("strengths", _("The question is about strengths")),))
    if "unsure_of" in own:
        unsure = [("", _("No other question")), *choices.checkboxes]
        found.append((paper.choice("unsure_of", _("Signs of which question is the person not sure about?"), unsure),))
    return [*found, *_severity_rows(paper, kind, own)]


def _severity_rows(paper: Paper, kind: str, own: Sequence[str]) -> list[Row]:
    if kind in ORDER_WORDS and "severity" in own:
        words = [(one, words_of(question_words.ORDER_WORDS, one)) for one in ORDER_WORDS[kind]]
        return [(paper.choice("severity", _("Which answers are more worrying?"), [("", _("Not compared")), *words]),)]
    if kind not in WEIGHED or "severity" not in own:
        return []
    found: Row = ()
    if kind == "yes_no":
        found = (
            paper.input("weight-yes", _("How worrying “Yes” is"), kind="number"),
            paper.input("weight-no", _("How worrying “No” is"), kind="number"),
        )
    known = paper.input("weight-not_known", _("How worrying “Not known” is"), kind="number")
    return [row for row in (found, (known,) if "yes" in paper.several("not_known") else ()) if row]


def _pairs(known: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key, str(words)) for key, words in known.items()]
