"""Words in double brackets that stand for something else in a text, and filling them in; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

GAP = re.compile(r"\(\(([^()]{0,80})\)\)")


def misused(text: str, names: Collection[str]) -> list[str]:
    """Return what stands in double brackets and is not one of the names, each shortened; [] when all is well."""
    wrong = [found for found in GAP.findall(text) if found not in names]
    left = GAP.sub("", text)
    return [word[:40] for word in wrong] or ([left[left.index("((") :][:40]] if "((" in left else [])


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its names filled in, once: what is filled in is never looked at again.

    A name without a value is left as it was written, so that the gap is noticed.
    """
    return GAP.sub(lambda found: values.get(found[1], found[0]), text) if "((" in text else text
