"""Writes docs/access.md from access.yaml: `python -m tests.matrix.document`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.matrix.access import AGENCY, DOOR, GETS, OTHER_AGENCY, RESTRICTED, Access, read

PLACE = Path(__file__).resolve().parents[2] / "docs" / "access.md"
HEAD = """# Who gets what at every address

Made from `tests/matrix/access.yaml` by `python -m tests.matrix.document`; change that file, not this one. The tests
in `tests/matrix` ask for every address as every one of these people, about things of the author's agency, of
another agency, of another council, about a restricted report of the author's agency and about things that do not
exist, and fail at any difference. Answers about another council's or agency's things, and about a report that is
restricted to others, are, byte for byte, those about things that do not exist.
"""
WORDS = {
    "page": "the page",
    "redirect": "are led on",
    "sign-in": "are asked to sign in",
    "forbidden": "are told that it is not theirs to do",
    "terms": "are shown the terms of use to accept",
    "refused": "the form (incomplete when empty)",
    "not-found": "are told that there is no such thing",
    "conflict": "are told that it is with somebody else, or has changed",
}


def document(access: Access) -> str:
    """The whole text."""
    lines = [HEAD, "## People", ""]
    lines += [f"* **{name}**: {words}" for name, words in access.people.items()]
    lines += ["", "## Names for several", ""]
    lines += [f"* **{name}**: {', '.join(_in_order(access, people))}" for name, people in access.groups.items()]
    unread = ", ".join(f"{name} like {other}" for name, other in access.before_terms.items())
    lines += ["", f"Who has not accepted the terms of use ({unread}) is led to them by the pages behind the doors that"]
    lines += [
        "the other passes, and told that a form there is not theirs to send.",
        "",
        "## Addresses",
        "",
        "| Address | Who passes the door | Who gets what |",
        "|---|---|---|",
    ]
    for address, entry in access.pages.items():
        lines.append(f"| `{address}` | {entry[DOOR]} | {_gets(entry)} |")
    return "\n".join(lines) + "\n"


def _in_order(access: Access, people: Iterable[str]) -> list[str]:
    return [name for name in access.people if name in people]


def _gets(entry: dict[str, Any]) -> str:
    if GETS in entry:
        return _who(entry[GETS])
    parts = [f"{whose}: {_who(entry[whose])}" for whose in (AGENCY, OTHER_AGENCY, RESTRICTED) if whose in entry]
    return "; ".join(parts)


def _who(gets: str | dict[str, list[str]]) -> str:
    if isinstance(gets, str):
        return WORDS[gets]
    return ", ".join(f"{' and '.join(names)}: {WORDS[outcome]}" for outcome, names in gets.items())


if __name__ == "__main__":
    PLACE.write_text(document(read()), "utf-8")
