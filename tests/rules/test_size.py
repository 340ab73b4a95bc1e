"""Small files, short functions, honest names."""

from __future__ import annotations

import re

from tests.rules.source import Source, functions, sources, tracked

MODULE, TEST, CONFTEST, FUNCTION = 300, 400, 150, 40
EMPTY_WORDS = re.compile(r"(^|/)(utils?|helpers?|common|misc|managers?)(\.py|/|$)")


def too_long(found: list[Source], limit: int) -> list[str]:
    return [f"{source.place}: {source.lines} lines" for source in found if source.lines > limit]


def long_functions(found: list[Source]) -> list[str]:
    return [
        f"{source.place}: {name} has {length} lines"
        for source in found
        for name, length in functions(source)
        if length > FUNCTION
    ]


def test_modules_are_short() -> None:
    assert too_long(sources("portal", "config", "migrations"), MODULE) == []


def test_test_files_are_short() -> None:
    assert too_long(sources("tests"), TEST) == []
    assert too_long([s for s in sources("tests") if s.place == "tests/conftest.py"], CONFTEST) == []


def test_functions_are_short() -> None:
    assert long_functions(sources("portal", "config")) == []


def test_no_file_name_says_nothing() -> None:
    assert [name for name in tracked() if EMPTY_WORDS.search(name)] == []


def test_the_rules_can_fail() -> None:
    body = "\n".join("    x = 1" for _ in range(FUNCTION))
    bad = Source("portal/bad.py", f'def f():\n    """Said."""\n{body}\n' + "\n" * MODULE)
    assert too_long([bad], MODULE)
    assert long_functions([bad]) == [f"portal/bad.py: f has {FUNCTION + 1} lines"]
    assert EMPTY_WORDS.search("portal/forms/utils.py")
    assert not EMPTY_WORDS.search("portal/forms/rules.py")
