"""What the English census calls where a contact came from, by the kind of agency; a council may choose otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from portal.auth.agency_types import PUBLIC_ID, TYPES, UNLISTED_ID
from portal.tenants.reading import Reader

SOURCES: Final = "sources"
CODES: Final = (
    "1A", "1B", "1C", "1D", "2A", "2B", "3A", "3B", "3C", "3D", "3E", "3F", "4", "5A", "5B", "5C", "5D", "6", "7", "8",
    "9", "10",
)  # fmt: skip
"""Those of config/codes/england/referral_source.yaml."""
INDIVIDUAL, ANONYMOUS, UNKNOWN = "1D", "9", "10"
OTHER_COUNCIL: Final = "other_la"
# Schools' trusts as schools, nurseries with independent providers, and all that is health but none of the named
# services as other health: readings of the labels, which a council can change.
USUAL: Final[Mapping[str, str]] = {
    "school": "2A", "school_wales": "2A", "academy_trust": "2A", "independent_school": "2A", "college": "2B",
    "nursery": "8", "gp_practice": "3A", "hospital_trust": "3F", "health_visiting": "3B", "school_nursing": "3C",
    "midwifery": "3F", "camhs": "3F", "other_primary": "3D", "ambulance": "3F", "police": "6", "probation": "7",
    "prison": "7", "court": "7", "cafcass": "7", "yjs": "5B", "housing_la": "4", "housing_association": "4",
    "fire": "8", "voluntary": "8", "adult_services": "5A", "other_la": "5C", "council_internal": "5B", "hub": "5B",
}  # fmt: skip


def source_of(chosen: Mapping[str, str], agency_id: UUID, kind: str, *, named: bool, transferred: bool = False) -> str:
    """The code of an agency of that kind; of somebody of no agency, by whether they are `named`. What another council
    has `transferred` came from a council, whoever had told it."""
    if transferred:
        return chosen.get(OTHER_COUNCIL) or USUAL[OTHER_COUNCIL]
    if agency_id == PUBLIC_ID:
        return INDIVIDUAL if named else ANONYMOUS
    if agency_id == UNLISTED_ID:
        return UNKNOWN
    return chosen.get(kind) or USUAL.get(kind, UNKNOWN)


def read_sources(around: Reader) -> Mapping[str, str]:
    """The group `sources` of hand_over, which may be missing: kinds of agencies with the council's codes."""
    said = around.value(SOURCES, required=False)
    group = Reader({} if said is None else said, (*around.place, SOURCES), around.mistakes, around.languages)
    found = {kind: group.choice(kind, CODES, USUAL[kind]) for kind in TYPES if group.has(kind)}
    # What is empty is as usual.
    group.asked.update(TYPES)
    group.finish()
    return found
