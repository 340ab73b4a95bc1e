"""Schools and practices by number or name, among the agencies that this council has approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import String, cast, or_, select

from portal.auth.models import Agency, AgencyApproval
from portal.kernel import db
from portal.kernel.language import LANGUAGES, Text

KINDS: Mapping[str, tuple[str, ...]] = {
    "school": ("school", "school_wales", "academy_trust", "independent_school", "college", "nursery"),
    "practice": ("gp_practice",),
}
SHORTEST, MOST = 3, 10
"""A name shorter than this finds nothing: it would find everything."""


@dataclass(frozen=True)
class Entry:
    """One school or practice: its number on its register and its name."""

    number: str
    name: Text


def entries(kind: str, text: str) -> list[Entry]:
    """The schools ("school") or practices ("practice") with that number, else those whose name has the text in it."""
    wanted = "".join(character for character in text.upper() if character.isalnum())[:20]
    named = or_(*(Agency.name[language].astext.icontains(text, autoescape=True) for language in LANGUAGES))
    query = (
        select(Agency.identifier.label("number"), Agency.name)
        .join(AgencyApproval, AgencyApproval.agency_id == Agency.id)
        .where(AgencyApproval.state == "approved", Agency.kind.in_(KINDS.get(kind, ())), Agency.identifier != "")
        .order_by(Agency.key)
        .limit(MOST)
    )
    # The other registers' numbers are few and short: a school is found by its LAESTAB too.
    others = cast(Agency.other_identifiers, String).contains(f'"{wanted}"', autoescape=True)
    by_number = or_(Agency.identifier == wanted, others)
    found = db.session().execute(query.where(by_number)).all() if wanted else []
    if not found and len(text) >= SHORTEST:
        found = db.session().execute(query.where(named)).all()
    return [Entry(row.number, row.name) for row in found]
