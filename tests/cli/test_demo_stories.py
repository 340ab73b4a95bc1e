"""The stories of the demonstration are read whole: a comma in a sentence cuts it where it is not quoted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal.cli.demo import FOLDER, _read


def cut(found: Any) -> Iterator[str]:
    """Keys without a value that are rather the rest of a sentence."""
    if isinstance(found, dict):
        yield from (key for key, value in found.items() if value is None and " " in str(key))
        for value in found.values():
            yield from cut(value)
    elif isinstance(found, list):
        for one in found:
            yield from cut(one)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.yaml")))
def test_no_sentence_is_cut(name: str) -> None:
    assert list(cut(_read(FOLDER, name))) == []
