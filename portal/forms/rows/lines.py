"""One line of a condition or of a derived value on its page: first what it is about, then how it compares."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import gettext as _

from portal.forms.conditions import LIMIT
from portal.forms.editing.lines import (
    ABOUT,
    CAPS,
    EMPTY,
    LEVEL_RULES,
    NUMBER,
    ONE_OPTION,
    Line,
    comparisons,
    in_order,
    subjects_for,
)
from portal.forms.editing.trees import Kind
from portal.forms.editing.vocabulary import Subject, Vocabulary
from portal.forms.formats import whole
from portal.forms.rows.around import Sheet
from portal.forms.rows.cells import Filled
from portal.web.fields import FieldView, OptionView

POINTS = "points-"
UNNAMED = ("always", "number")


@dataclass(frozen=True)
class Chosen:
    """What a line is about once that is chosen: the kind of tree, the word, the name, and the question if it is one."""

    kind: Kind
    about: str
    name: str
    subject: Subject | None


def about_words(kind: Kind) -> dict[str, str]:
    """What a line can be about, in words."""
    if kind == "value":
        return {
            "answer": _("An answer: its number, or points for it"),
            "count": _("How many answers are chosen"),
            "highest_level": _("The highest level chosen"),
            "value": _("A derived value"),
            "number": _("A fixed number"),
            "years_since": _("Years since a date"),
            "days_since": _("Days since a date"),
        }
    return {
        "answer": _("An answer"),
        "count": _("How many answers are chosen"),
        "value": _("A derived value"),
        "met": _("A named condition"),
        "always": _("Always, whatever is answered"),
    }


def names_for(about: str, kind: Kind, words: Vocabulary, sheet: Sheet) -> list[tuple[str, str]]:
    """What a line of this sort can name: questions, values or conditions, in words."""
    if about == "value":
        return [(key, sheet.around.called("values", key)) for key in words.values]
    if about == "met":
        return [(key, sheet.around.called("conditions", key)) for key in words.named]
    return [(one.key, sheet.around.say(one.label, one.key)) for one in subjects_for(about, kind, words)]


def first_step(kind: Kind, words: Vocabulary, sheet: Sheet) -> list[FieldView]:
    """The first page: what the line is about, and which question, value or condition."""
    options = []
    for about, label in about_words(kind).items():
        names = names_for(about, kind, words, sheet)
        if about in UNNAMED:
            options.append(OptionView(about, label))
        elif names:
            offered = (OptionView("", _("Choose")), *(OptionView(key, text) for key, text in names))
            options.append(
                OptionView(
                    about, label, children=(sheet.field("select", f"name-{about}", _("Which one?"), options=offered),)
                )
            )
    return [sheet.field("radios", "about", _("What is this line about?"), options=tuple(options))]


def choose(kind: Kind, words: Vocabulary, sheet: Sheet) -> Chosen | None:
    """What was chosen on the first page; None, with the reason on the sheet, while it is not complete."""
    about = sheet.one("about")
    if about not in ABOUT[kind]:
        sheet.refuse("about", _("Choose what the line is about"))
        return None
    name = "" if about in UNNAMED else sheet.one(f"name-{about}")
    known = dict(names_for(about, kind, words, sheet))
    if about not in UNNAMED and name not in known:
        sheet.refuse(f"name-{about}", _("Choose which one"))
        return None
    return Chosen(kind, about, name, words.subjects.get(name) if about not in {"value", "met"} else None)


def filled(line: Line) -> Filled:
    """The fields of the second page as a line has them."""
    fields: Filled = {"compare": [line.compare], "level_rule": [line.level_rule]}
    own = "of" if line.about in {"count", "highest_level"} else line.compare
    if line.options:
        fields[own] = list(line.options)
    if line.number is not None:
        fields["number" if line.about == "number" else line.compare] = [str(line.number)]
    if line.level is not None:
        fields[line.level_rule] = [str(line.level)]
    for name in CAPS:
        fields[name] = [str(getattr(line, name))] if getattr(line, name) is not None else []
    return fields | {POINTS + option: [str(number)] for option, number in line.points or ()}


def second_step(chosen: Chosen, sheet: Sheet) -> list[FieldView]:
    """The second page: the comparison and its values; nothing where the name alone says it."""
    fields: list[FieldView] = []
    if chosen.about == "number":
        return [sheet.field("number", "number", _("Number"))]
    if chosen.subject is not None and chosen.about in {"count", "highest_level"}:
        fields += _counting(chosen, chosen.subject, sheet)
    if chosen.kind == "condition":
        return [*fields, *_comparing(chosen, sheet)]
    if chosen.subject is not None and chosen.about == "answer":
        fields += _scoring(chosen.subject, sheet)
    return [*fields, *caps(sheet)]


def caps(sheet: Sheet) -> list[FieldView]:
    """The two caps of a derived value."""
    hint = _("Leave it empty for no limit.")
    return [
        sheet.field("number", "no_more_than", _("Never more than"), hint),
        sheet.field("number", "no_less_than", _("Never less than"), hint),
    ]


def _comparing(chosen: Chosen, sheet: Sheet) -> list[FieldView]:
    if chosen.about in {"met", "always"}:
        return []
    subject = chosen.subject if chosen.about == "answer" else None
    offered = comparisons(subject) if subject else list(NUMBER)
    now = sheet.one("compare")
    if now in compare_words() and now not in offered:
        offered.append(now)  # a draft may hold one that no longer fits: it is shown, not lost
    options = []
    for word in offered:
        children: tuple[FieldView, ...] = ()
        if word in NUMBER:
            children = (sheet.field("number", word, _("Number")),)
        elif word not in EMPTY:
            kind = "radios" if word in ONE_OPTION else "checkboxes"
            children = (sheet.field(kind, word, _("Answers"), options=_options(subject, sheet, word)),)
        options.append(OptionView(word, compare_words()[word], children=children))
    label = _("How does the answer compare?") if subject else _("How does the number compare?")
    return [sheet.field("radios", "compare", label, options=tuple(options))]


def compare_words() -> dict[str, str]:
    """Each comparison in words."""
    return {
        "is": _("It is exactly this answer"),
        "in": _("It is one of these answers"),
        "not_in": _("It is none of these answers, or not given"),
        "has": _("This one is chosen"),
        "has_any": _("At least one of these is chosen"),
        "at_least": _("It is this number or more"),
        "below": _("It is less than this number"),
        "equals": _("It is exactly this number"),
        "filled": _("It is answered"),
        "empty": _("It is not answered, or none of the options apply"),
    }


def _options(subject: Subject | None, sheet: Sheet, name: str) -> tuple[OptionView, ...]:
    known = [(value, sheet.around.say(label, value)) for value, label in subject.options] if subject else []
    gone = [(one, one) for one in sheet.several(name) if one not in dict(known)]
    return tuple(OptionView(value, label) for value, label in [*known, *gone])


def _counting(chosen: Chosen, subject: Subject, sheet: Sheet) -> list[FieldView]:
    hint = _("Choose none to count them all.")
    fields = [sheet.field("checkboxes", "of", _("Which answers count?"), hint, options=_options(subject, sheet, "of"))]
    if subject.type != "levels" or chosen.about == "highest_level":
        return fields
    levels = tuple(OptionView(str(n), f"{n}. {sheet.around.say(label)}") for n, label in subject.levels)
    levels = levels or tuple(OptionView(str(n), str(n)) for n in range(1, 5))
    labels = (_("Those at this level or above"), _("Those at exactly this level"))
    options = [OptionView("none", _("Those at any level"))]
    for rule, label in zip(LEVEL_RULES, labels, strict=True):
        options.append(OptionView(rule, label, children=(sheet.field("select", rule, _("Level"), options=levels),)))
    view = sheet.field("radios", "level_rule", _("At which level?"), options=tuple(options))
    return [*fields, view if view.value else replace(view, value="none")]


def _scoring(subject: Subject, sheet: Sheet) -> list[FieldView]:
    options = []
    if subject.type != "checkboxes":
        options.append(OptionView("number", _("The number that was answered")))
    if subject.options and subject.type not in {"age", "number"}:
        children = tuple(
            sheet.field("number", POINTS + value, sheet.around.say(label, value)) for value, label in subject.options
        )
        options.append(OptionView("points", _("Points for each answer"), _("Empty counts as 0."), children=children))
    return [sheet.field("radios", "compare", _("What counts?"), options=tuple(options))]


def read(chosen: Chosen, sheet: Sheet, before: Line | None) -> Line:
    """The line as it was posted; what is wrong is refused on the sheet."""
    line = Line(chosen.about, chosen.name)
    old = before.options if before else ()
    if chosen.about == "number":
        return replace(line, number=_number(sheet, "number"))
    if chosen.subject is not None and chosen.about in {"count", "highest_level"}:
        line = replace(line, options=in_order(_offered(chosen.subject, sheet, "of", old), old))
        line = _levelled(line, sheet)
    if chosen.kind == "value":
        return _with_caps(_scored(line, chosen, sheet, before), sheet)
    return line if chosen.about in {"met", "always"} else _compared(line, chosen, sheet, old)


def _compared(line: Line, chosen: Chosen, sheet: Sheet, old: tuple[str, ...]) -> Line:
    word = sheet.one("compare")
    allowed = comparisons(chosen.subject) if chosen.about == "answer" and chosen.subject else list(NUMBER)
    if word not in allowed:
        sheet.refuse("compare", _("Choose how it compares"))
        return line
    line = replace(line, compare=word)
    if word in EMPTY:
        return line
    if word in NUMBER:
        return replace(line, number=_number(sheet, word))
    options = _offered(chosen.subject, sheet, word, old)
    if not options:
        sheet.refuse(word, _("Choose at least one answer"))
    return replace(line, options=in_order(options[:1] if word in ONE_OPTION else options, old))


def _offered(subject: Subject | None, sheet: Sheet, name: str, old: tuple[str, ...]) -> tuple[str, ...]:
    known = {value for value, _label in subject.options} if subject else set()
    chosen = sheet.several(name)
    if any(one not in known and one not in old for one in chosen):
        sheet.refuse(name, _("Choose from those offered"))
    return chosen


def _levelled(line: Line, sheet: Sheet) -> Line:
    rule = sheet.one("level_rule")
    if rule not in LEVEL_RULES or line.about == "highest_level":
        return line
    level = whole(sheet.one(rule))
    if level is None or not 1 <= level <= 9:  # noqa: PLR2004 - one digit, as the rule language has it
        sheet.refuse(rule, _("Choose a level"))
        return line
    return replace(line, level_rule=rule, level=level)


def _scored(line: Line, chosen: Chosen, sheet: Sheet, before: Line | None) -> Line:
    if chosen.about != "answer" or chosen.subject is None:
        return line
    word = sheet.one("compare")
    if word not in {"number", "points"}:
        sheet.refuse("compare", _("Choose what counts"))
    if word != "points":
        return replace(line, compare="number")
    old = dict(before.points or ()) if before and before.name == line.name else {}
    order = in_order(tuple(value for value, _label in chosen.subject.options), list(old))
    typed = {value: _number(sheet, POINTS + value) for value in order if sheet.one(POINTS + value)}
    points = tuple((value, number) for value, number in typed.items() if number is not None)
    return replace(line, compare="points", points=points)


def _with_caps(line: Line, sheet: Sheet) -> Line:
    found = {name: _number(sheet, name) if sheet.one(name) else None for name in CAPS}
    return replace(line, no_more_than=found["no_more_than"], no_less_than=found["no_less_than"])


def _number(sheet: Sheet, name: str) -> int | None:
    number = whole(sheet.one(name))
    if number is None or abs(number) > LIMIT:
        sheet.refuse(name, _("Enter a whole number, like 3"))
        return None
    return number
