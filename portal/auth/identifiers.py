"""Official numbers of agencies: whose register each is from, what it looks like, and which kinds of agency have it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.kernel.language import N_

NO_SCHEME: Final = ""
LONGEST: Final = 20
_BETWEEN = re.compile(r"[ ./-]")
# Local education authorities of Wales; the four digits after them are the school's own.
_WELSH_AUTHORITY = "66[0-9]|67[0-9]|68[01]"


@dataclass(frozen=True)
class Scheme:
    """One register: the word that names it, its number's pattern without separators, and a number as an example."""

    key: str
    label: str
    pattern: str
    example: str


SCHEMES: Final[Mapping[str, Scheme]] = {
    scheme.key: scheme
    for scheme in (
        Scheme("urn", N_("Unique reference number (URN)"), r"[1-9][0-9]{5}", "123456"),
        Scheme("laestab", N_("LAESTAB (authority and establishment number)"), r"[2-9][0-9]{6}", "800/2001"),
        Scheme("welsh_school", N_("Welsh school number"), rf"(?:{_WELSH_AUTHORITY})[0-9]{{4}}", "6782001"),
        Scheme("ukprn", N_("UK provider reference number (UKPRN)"), r"1[0-9]{7}", "10012345"),
        Scheme("ofsted", N_("Ofsted reference"), r"(?:EY|RP)?[0-9]{6,7}", "EY123456"),
        Scheme("ciw", N_("Care Inspectorate Wales reference"), r"[A-Z]{0,3}[0-9]{4,12}", "W123456"),
        Scheme("ods", N_("NHS organisation code (ODS)"), r"[A-Z0-9]{3,9}", "A12345"),
        Scheme("force", N_("Police force code"), r"[0-9]{1,3}", "22"),
        Scheme("pdu", N_("Probation delivery unit code"), r"[A-Z0-9]{1,12}", "W12"),
        Scheme("yjb", N_("Youth Justice Board code"), r"[A-Z0-9]{1,12}", "123"),
        Scheme("frs", N_("Fire and rescue service code"), r"[A-Z0-9]{1,12}", "E31000001"),
        Scheme("rsh", N_("Regulator of Social Housing number"), r"[A-Z]{0,2}[0-9]{4,5}", "L1234"),
        Scheme("rsl", N_("Registered social landlord number"), r"[A-Z]{0,2}[0-9]{3,5}", "L123"),
        Scheme("charity", N_("Charity number"), r"[0-9]{6,8}", "1234567"),
        Scheme("company", N_("Company number"), r"(?:[0-9]{8}|[A-Z]{2}[0-9]{6})", "01234567"),
        Scheme("ons", N_("ONS code of the authority"), r"[EW](?:0[6-9]|10)[0-9]{6}", "E06000022"),
    )
}

_HEALTH = ("ods",)
# The first is the one that most of them have.
OF_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    "school": ("urn", "laestab", "ukprn"),
    "school_wales": ("welsh_school",),
    "academy_trust": ("ukprn", "company"),
    "independent_school": ("urn", "laestab", "ukprn"),
    "college": ("ukprn", "urn"),
    "nursery": ("ofsted", "ciw", "urn", "company"),
    "gp_practice": _HEALTH,
    "hospital_trust": _HEALTH,
    "health_visiting": _HEALTH,
    "school_nursing": _HEALTH,
    "midwifery": _HEALTH,
    "camhs": _HEALTH,
    "other_primary": _HEALTH,
    "ambulance": _HEALTH,
    "police": ("force",),
    "probation": ("pdu",),
    "prison": (),
    "court": (),
    "cafcass": (),
    "yjs": ("yjb",),
    "housing_la": ("rsh", "ons"),
    "housing_association": ("rsh", "rsl", "company"),
    "fire": ("frs", "ons"),
    "voluntary": ("charity", "company"),
    "adult_services": ("ods", "ons"),
    "other_la": ("ons",),
    "council_internal": ("ons",),
    "hub": ("ons",),
}
# What an ODS code looks like where the kind of organisation says more than the register does.
_OF_KIND: Final[Mapping[tuple[str, str], str]] = {
    ("ods", "gp_practice"): r"[A-Z][0-9]{5}",
    ("ods", "hospital_trust"): r"[A-Z0-9]{3}",
}


class BadIdentifier(ValueError):
    """Why a number was refused, as a stable code: "scheme", "other_type" or "format"."""


def read(scheme: str, text: str, kind: str) -> str:
    """The number bare, as it is stored (no separators, capitals), for an agency of that kind.

    Raises BadIdentifier: "scheme" when there is no such register, "other_type" when agencies of that kind are not in
    it, "format" when its numbers look otherwise.
    """
    known = SCHEMES.get(scheme)
    if known is None:
        raise BadIdentifier("scheme")
    if scheme not in OF_TYPE.get(kind, ()):
        raise BadIdentifier("other_type")
    bare = _BETWEEN.sub("", text).upper()
    if not bare.isascii() or not re.fullmatch(_OF_KIND.get((scheme, kind), known.pattern), bare):
        raise BadIdentifier("format")
    return bare


def shown(scheme: str, bare: str) -> str:
    """The number as people write it: LAESTAB with its stroke."""
    return f"{bare[:3]}/{bare[3:]}" if scheme == "laestab" else bare


def split(text: str, kind: str) -> tuple[str, str]:
    """A register's word and a number ("URN 999101"); a bare number is of the register that is usual for the kind."""
    word, _, rest = text.strip().partition(" ")
    if rest and word.lower() in SCHEMES:
        return word.lower(), rest.strip()
    usual = OF_TYPE.get(kind, ())
    return (usual[0] if usual else NO_SCHEME), text.strip()
