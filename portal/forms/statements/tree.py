"""A statement in plain words: one line, and beneath it the lines that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """One line and its parts. A line with parts ends in a colon; pages draw the parts as a list beneath it."""

    text: str
    children: tuple[Statement, ...] = ()
    short: str = ""
    """What stands for the whole where one line must do: the name of a condition, without its meaning."""

    def flat(self) -> str:
        """The whole as one line: parts after the colon with semicolons between, parts of parts in brackets."""
        return self.short or " ".join(filter(None, [self.text, "; ".join(_inside(child) for child in self.children)]))

    def begun(self) -> Statement:
        """The same with a capital letter at the start of every line."""
        return Statement(capital(self.text), tuple(child.begun() for child in self.children), self.short)


def _inside(child: Statement) -> str:
    return f"({child.flat()})" if child.children and not child.short else child.flat()


def capital(text: str) -> str:
    """A line as a sentence begins; a question in quotation marks has its capital already."""
    return text[:1].upper() + text[1:]
