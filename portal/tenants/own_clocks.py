"""Further clocks that a council names itself: what begins and what stops each, and for which routes it runs; read with
its settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.kernel.language import Text
from portal.tenants.outcome_settings import read_coded, read_pairs
from portal.tenants.reading import Reader
from portal.tenants.stage_settings import read_lengths, read_words

# What happens with a report, in the order in which it does.
MOMENTS: Final = ("received", "claimed", "asked", "answered", "decided")
ROUTES: Final = ("MASH_URGENT", "MASH", "EARLY_HELP", "ADVICE", "INFORMATION")
MOST_CLOCKS: Final = 12
# Who hears of a clock that is over.
TOLD: Final = ("owner", "nobody")
NOBODY: Final = TOLD[1]


@dataclass(frozen=True)
class OwnClock:
    """One clock: so many working minutes from one moment (MOMENTS) until another ("" for one that begins with the
    decision: nothing later is known), for reports of these routes (none: for all). Of a `quiet` one that is over nobody
    is told."""

    key: str
    name: Text
    minutes: int
    starts: str = "received"
    until: str = "decided"
    routes: tuple[str, ...] = ()
    quiet: bool = False


def read_own_clocks(top: Reader) -> tuple[OwnClock, ...]:
    """The group `own_clocks` of a council.yaml, which may be missing. What it says of a clock that there is not is let
    be: one that was taken away leaves its parts behind."""
    if not top.has("own_clocks"):
        top.value("own_clocks", required=False)
        return ()
    group = top.group("own_clocks")
    names = read_coded(group.group("names")) if group.has("names") else ()
    group.value("names", required=False)
    starts = read_words(group, "starts", MOMENTS)
    until = read_words(group, "until", MOMENTS[1:])
    times = read_lengths(group, "times")
    routes = _routes(group)
    told = read_words(group, "told", TOLD)
    if len(names) > MOST_CLOCKS:
        group.wrong("names", f"“names” must be {MOST_CLOCKS} clocks or fewer")
    found = []
    for one in names:
        begins = starts.get(one.code, "received")
        ends = until.get(one.code, "" if begins == "decided" else "decided")
        if times.get(one.code) is None:
            group.wrong("times", f"“times” must say how long “{one.code}” has")
        elif ends and MOMENTS.index(ends) <= MOMENTS.index(begins):
            group.wrong("until", f"“{one.code}” must stop with something that comes after “{begins}”")
        else:
            found.append(
                OwnClock(
                    one.code, one.label, times[one.code] or 0, begins, ends, routes.get(one.code, ()),
                    told.get(one.code) == NOBODY,
                )
            )  # fmt: skip
    group.finish()
    return tuple(found)


def _routes(group: Reader) -> dict[str, tuple[str, ...]]:
    """The routes of clocks, by code."""
    says = f"must be a clock and some of: {', '.join(ROUTES)}"
    found = read_pairs(group, "routes", lambda said: bool(_split(said)) and set(_split(said)) <= set(ROUTES), says)
    return {code: _split(said) for code, said in found.items()}


def _split(said: object) -> tuple[str, ...]:
    return tuple(str(said).replace(",", " ").split())
