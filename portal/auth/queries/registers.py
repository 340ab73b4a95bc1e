"""Schools and practices by number or name, among the agencies that this council has approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select

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
    # An identifier says its register first: "URN 999101", "ODS Z99101".
    bare = func.regexp_replace(Agency.identifier, "^[A-Za-z]+ ", "")
    number = func.upper(func.regexp_replace(bare, "[^A-Za-z0-9]", "", "g"))
    wanted = "".join(character for character in text.upper() if character.isalnum())[:20]
    named = or_(*(Agency.name[language].astext.icontains(text, autoescape=True) for language in LANGUAGES))
    query = (
        select(bare.label("number"), Agency.name)
        .join(AgencyApproval, AgencyApproval.agency_id == Agency.id)
        .where(AgencyApproval.state == "approved", Agency.kind.in_(KINDS.get(kind, ())), Agency.identifier != "")
        .order_by(Agency.key)
        .limit(MOST)
    )
    found = db.session().execute(query.where(number == wanted)).all() if wanted else []
    if not found and len(text) >= SHORTEST:
        found = db.session().execute(query.where(named)).all()
    return [Entry(row.number, row.name) for row in found]
