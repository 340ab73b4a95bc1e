"""What a council asks for when it decides: the outcome by its key, and what goes with it. Pure."""

from __future__ import annotations

from portal.forms.codes import Code, codes_for
from portal.screening.grounds import STARTS_ASSESSMENT, Wanted
from portal.screening.returns import PRIMARY_NEED
from portal.tenants.settings import Council, Deciding, Outcome


def outcome_of(council: Council, key: str) -> Outcome | None:
    """The outcome of that key, None where the council has none."""
    return next((one for one in council.outcomes if one.key == key), None)


def deciding_of(council: Council, key: str) -> Deciding:
    """How the council decides that outcome."""
    return council.deciding.get(key) or Deciding()


def needs(council: Council, outcome: Outcome) -> tuple[Code, ...]:
    """The census codes of primary need, where an outcome starts an assessment in England; else none."""
    found = codes_for(PRIMARY_NEED) if council.nation == "england" and outcome.kind in STARTS_ASSESSMENT else None
    return found.entries if found else ()


def wanted(council: Council, outcome: Outcome) -> Wanted:
    """What is asked beside the rationale."""
    return Wanted(
        reasons=tuple(one.code for one in deciding_of(council, outcome.key).reasons),
        needs=tuple(one.code for one in needs(council, outcome)),
        nation=council.nation,
    )
