"""Dealing reports out among several people, evenly by what each has already. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID


def deal(
    reports: Sequence[UUID], loads: Mapping[UUID, int], barred: Collection[tuple[UUID, UUID]] = ()
) -> dict[UUID, UUID | None]:
    """Who gets which report: each, in its order, goes to whoever of `loads` has least by then and is not `barred` from
    it (pairs of report and person); None where nobody of them may have it. Of equals the one named first.
    """
    has = dict(loads)
    dealt: dict[UUID, UUID | None] = {}
    for report in reports:
        able = [person for person in has if (report, person) not in barred]
        heir = min(able, key=lambda person: has[person], default=None)
        if heir is not None:
            has[heir] += 1
        dealt[report] = heir
    return dealt
