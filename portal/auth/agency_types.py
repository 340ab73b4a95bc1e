"""The kinds of agency, and what a council may let the people of each kind do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from portal.kernel.language import N_

# In the order in which a list offers them.
TYPES: Final[Mapping[str, str]] = {
    "school": N_("School"),
    "school_wales": N_("School in Wales"),
    "academy_trust": N_("Academy trust"),
    "independent_school": N_("Independent school"),
    "college": N_("College"),
    "nursery": N_("Nursery or childminder"),
    "gp_practice": N_("GP practice"),
    "hospital_trust": N_("Hospital trust or health board"),
    "health_visiting": N_("Health visiting"),
    "school_nursing": N_("School nursing"),
    "midwifery": N_("Midwifery"),
    "camhs": N_("Child and adolescent mental health"),
    "other_primary": N_("Dentist, pharmacy or optician"),
    "ambulance": N_("Ambulance service"),
    "police": N_("Police"),
    "probation": N_("Probation"),
    "prison": N_("Prison"),
    "court": N_("Court"),
    "cafcass": "Cafcass",  # the same in both languages
    "yjs": N_("Youth justice service"),
    "housing_la": N_("Council housing"),
    "housing_association": N_("Housing association"),
    "fire": N_("Fire and rescue service"),
    "voluntary": N_("Charity or voluntary group"),
    "adult_services": N_("Adult services"),
    "other_la": N_("Another council"),
    "council_internal": N_("This council"),
    "hub": N_("Safeguarding hub"),
}

# Rows of the register that are no agency: a contact that the council took down itself names one of them where nobody of
# the register told of it. Nobody is of them, and no council approves them.
PUBLIC_ID: Final = UUID("00000000-0000-4000-8000-000000000001")
UNLISTED_ID: Final = UUID("00000000-0000-4000-8000-000000000002")
NOT_LISTED: Final = (PUBLIC_ID, UNLISTED_ID)

REPORT, REQUEST, SEE_FAMILY, ANSWER = MAY = ("report", "request_information", "see_family", "answer_enquiries")
# Seeing anything of a family is never given by default: a council must have decided it.
USUALLY: Final = frozenset({REPORT, REQUEST, ANSWER})


def allowed(stored: Collection[str] | None, *, sponsored: bool = False) -> frozenset[str]:
    """What people of a kind of agency may do: what the council stored, or what is usual when it decided nothing.

    Somebody whom the council vouched for sends reports and sees their own: no domain shows that they work there.
    """
    found = USUALLY if stored is None else frozenset(stored) & frozenset(MAY)
    return found & {REPORT} if sponsored else found
