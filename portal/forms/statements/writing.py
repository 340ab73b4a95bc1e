"""What every part of a statement needs: the words, numbers in words, and a limit on how much is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.statements.labels import Labels, Named, plain, several
from portal.forms.statements.tree import Statement
from portal.kernel.language import N_, words

DEEPEST = 24
MOST_LINES = 400
SHORT = 40
"""A level's description no longer than this is told beside its number."""

NUMBERS = (
    N_("zero"),
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("five"),
    N_("six"),
    N_("seven"),
    N_("eight"),
    N_("nine"),
    N_("ten"),
)
AND_SO_ON = N_("and more that is not told here")
UNREADABLE = N_("a condition that cannot be read")
NOT_A_VALUE = N_("a value that cannot be read")
COMPARISONS = ("at_least", "below", "is")


@dataclass
class Writer:
    """One statement being written: the words it uses, and how many more lines it may have."""

    labels: Labels
    left: int = MOST_LINES

    def words(self, msgid: str, **gaps: object) -> str:
        """A fixed phrase in the statement's language with its gaps filled in."""
        return words(self.labels.language, msgid) % gaps if gaps else words(self.labels.language, msgid)

    def line(self, msgid: str, parts: Iterable[Statement] = (), **gaps: object) -> Statement:
        """A fixed phrase as a line, with its parts."""
        return Statement(self.words(msgid, **gaps), tuple(parts))

    def stopped(self, depth: int) -> bool:
        """Count one more line; true when the statement is long or deep enough, whatever a draft holds."""
        self.left -= 1
        return self.left < 0 or depth > DEEPEST

    def asked(self, key: object) -> Named:
        """A question in words."""
        return self.labels.question(key)

    def chosen(self, key: object, options: object) -> tuple[Statement, ...]:
        """Options of a question as lines, at most as many as there is room for."""
        lines: list[Statement] = []
        for option in several(options):
            if self.stopped(0):
                return (*lines, self.line(AND_SO_ON))
            lines.append(Statement(self.labels.option(key, option)))
        return tuple(lines)

    def number(self, value: object) -> str:
        """A number in words up to ten, in digits above, and whatever else a draft holds as it is written."""
        known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(NUMBERS)
        return self.words(NUMBERS[int(str(value))]) if known else plain(value)

    def level(self, value: object, levels: Mapping[int, str]) -> str:
        """A level by its number, with its description where that is short."""
        label = levels.get(value, "") if isinstance(value, int) else ""
        if not label or len(label) > SHORT:
            return plain(value)
        return self.words(N_("%(level)s (“%(label)s”)"), level=plain(value), label=label)


def comparison(node: Mapping[str, Any]) -> tuple[str, Any]:
    """The one comparison of a node and its number; "at_least 1" stands in when a draft has none."""
    return next(((name, node[name]) for name in COMPARISONS if name in node), ("at_least", 1))


def amount(node: Mapping[str, Any], writer: Writer) -> str:
    """How many a node asks for: "two or more", "one or fewer", "exactly two", "none"."""
    name, bound = comparison(node)
    if name == "at_least":
        return writer.words(N_("%(number)s or more"), number=writer.number(bound))
    if name == "below":
        most = _less(bound)
        none = isinstance(most, int) and most <= 0
        return writer.words(N_("none")) if none else writer.words(N_("%(number)s or fewer"), number=writer.number(most))
    return (
        writer.words(N_("none")) if bound == 0 else writer.words(N_("exactly %(number)s"), number=writer.number(bound))
    )


def measure(node: Mapping[str, Any], writer: Writer) -> str:
    """How large a node wants a value: "14 or more", "13 or less", "exactly 14"."""
    name, bound = comparison(node)
    if name == "at_least":
        return writer.words(N_("%(number)s or more"), number=writer.number(bound))
    if name == "below":
        return writer.words(N_("%(number)s or less"), number=writer.number(_less(bound)))
    return writer.words(N_("exactly %(number)s"), number=writer.number(bound))


def _less(bound: object) -> object:
    return bound - 1 if isinstance(bound, int) and not isinstance(bound, bool) else bound
