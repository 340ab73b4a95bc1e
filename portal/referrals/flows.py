"""How reports move between routes, as a picture: bands from before (left) to after (right). Pure geometry, no words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 400
BAR = 12
TALL = 260
LABEL = 24
GAP = 14
THINNEST = 3.0
SAME, UP, DOWN = "same", "up", "down"


@dataclass(frozen=True)
class Flow:
    """So many reports that went from one route to another; `drawn` stands for a count that may not be seen exactly."""

    before: str
    after: str
    count: int
    drawn: int | None = None

    @property
    def weight(self) -> int:
        """What the band's width says."""
        return self.count if self.drawn is None else self.drawn


@dataclass(frozen=True)
class Node:
    """One route on one side: the bar, and where its label stands."""

    route: str
    x: float
    y: float
    height: float
    label_y: float
    count: int


@dataclass(frozen=True)
class Band:
    """One flow: the outline of its band, and whether it goes up, down or stays."""

    path: str
    kind: str


@dataclass(frozen=True)
class Picture:
    """Everything that the template draws; all lengths in the units of a view box that is WIDTH wide."""

    height: float
    before: tuple[Node, ...]
    after: tuple[Node, ...]
    bands: tuple[Band, ...]

    @property
    def width(self) -> int:
        """The width of the view box."""
        return WIDTH


def direction(flow: Flow, ranks: Mapping[str, int]) -> str:
    """Whether a report goes up, down or stays; a route that nobody ranks counts as the lowest."""
    was, now = ranks.get(flow.before, 0), ranks.get(flow.after, 0)
    if flow.before == flow.after:
        return SAME
    return UP if now > was else DOWN


def ordered(flows: Sequence[Flow], ranks: Mapping[str, int]) -> list[Flow]:
    """The flows with the most urgent routes first."""
    return sorted(flows, key=lambda one: (-ranks.get(one.before, 0), one.before, -ranks.get(one.after, 0), one.after))


def picture(flows: Sequence[Flow], ranks: Mapping[str, int]) -> Picture:
    """Draw flows (each pair of routes once): every width by its count, none too thin to be seen."""
    lines = ordered([one for one in flows if one.count > 0], ranks)
    total = sum(one.weight for one in lines)
    thick = [max(THINNEST, TALL * one.weight / total) for one in lines]
    left, left_ends = _side(lines, thick, ranks, 0, [one.before for one in lines])
    right, right_ends = _side(lines, thick, ranks, WIDTH - BAR, [one.after for one in lines])
    bands = tuple(
        Band(_outline(left_ends[place], right_ends[place], thick[place]), direction(one, ranks))
        for place, one in enumerate(lines)
    )
    height = max((node.y + node.height for node in (*left, *right)), default=0) + 2
    return Picture(round(height, 1), left, right, bands)


def _side(
    lines: Sequence[Flow], thick: Sequence[float], ranks: Mapping[str, int], x: float, names: Sequence[str]
) -> tuple[tuple[Node, ...], list[float]]:
    """The nodes of one side from the top, and where each band meets it."""
    ends = [0.0] * len(lines)
    nodes, top = [], 0.0
    for route in sorted(set(names), key=lambda name: (-ranks.get(name, 0), name)):
        here = [place for place, name in enumerate(names) if name == route]
        start = reach = top + LABEL
        for place in here:
            ends[place], reach = reach, reach + thick[place]
        count = sum(lines[place].count for place in here)
        nodes.append(Node(route, x, round(start, 1), round(reach - start, 1), round(start - 7, 1), count))
        top = reach + GAP
    return tuple(nodes), ends


def _outline(left: float, right: float, thick: float) -> str:
    near, far, middle = BAR, WIDTH - BAR, WIDTH / 2
    a, b, c, d = (round(one, 1) for one in (left, right, right + thick, left + thick))
    return f"M{near},{a} C{middle},{a} {middle},{b} {far},{b} L{far},{c} C{middle},{c} {middle},{d} {near},{d} Z"
