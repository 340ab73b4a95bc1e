"""A council's agencies and their email domains, read from its agencies.yaml with every mistake named at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, cast

from portal.auth import identifiers
from portal.auth.addresses import is_tier
from portal.auth.agency_rules import DomainRule, Kind, MatchHow, mistake_in
from portal.auth.agency_types import TYPES as KINDS
from portal.kernel.language import Text
from portal.tenants.reading import Found, Reader, twice
from portal.tenants.settings import TELEPHONE, SettingsMistakes

TYPES: Final = tuple(KINDS)
OPERATOR, COUNCIL = KEEPERS = ("operator", "council")
ADDRESS_LONGEST: Final = 300
POSTCODE: Final = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}")


@dataclass(frozen=True)
class Confirmed:
    """Who said that a domain is the agency's, in words, and on which day."""

    by: str
    on: date


@dataclass(frozen=True)
class Site:
    """A place where an agency's people work; `code` is its own number on the agency's register."""

    name: Text
    address: str = ""
    postcode: str = ""
    phone: str = ""
    code: str = ""


@dataclass(frozen=True)
class Agency:
    """An organisation whose people may report to the council; its key means the same agency in every council.

    `identifier` is bare, on the register `scheme`; `others` are its numbers on other registers. `managed_by` says who
    may change it in the portal: the operator, or the council's administrators. `confirmed` is by domain.
    """

    key: str
    name: Text
    type: str
    identifier: str
    domains: tuple[DomainRule, ...]
    scheme: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    managed_by: str = OPERATOR
    sites: tuple[Site, ...] = ()
    confirmed: Mapping[str, Confirmed] = field(default_factory=dict)


def parse_agencies(document: object, languages: Sequence[str]) -> tuple[Agency, ...]:
    """Read the document of an agencies.yaml (plain data); raises SettingsMistakes with all of its mistakes.

    A domain whose kind is not said is shared when several agencies have it, and otherwise proves its agency.
    """
    mistakes: list[Found] = []
    top = Reader(document, (), mistakes, languages)
    top.value("agencies")
    # A council may begin with none, and add them in the portal.
    groups = list(top.groups("agencies", required=False))
    owners = _owners(groups)
    found = [_agency(group, owners) for group in groups]
    top.finish()
    mistakes.extend(twice([(("agencies", i), agency.key) for i, agency in enumerate(found)], "agency"))
    if mistakes:
        raise SettingsMistakes(mistakes)
    return tuple(found)


def rules_of(agencies: Sequence[Agency]) -> tuple[DomainRule, ...]:
    """The domain rules of all the agencies, in one sequence."""
    return tuple(rule for agency in agencies for rule in agency.domains)


def _owners(groups: Sequence[Reader]) -> Counter[object]:
    owners: Counter[object] = Counter()
    for group in groups:
        domains = group.data.get("domains")
        entries = domains if isinstance(domains, list) else []
        owners.update({str(entry.get("domain")) for entry in entries if isinstance(entry, Mapping)})
    return owners


def _agency(group: Reader, owners: Counter[object]) -> Agency:
    key = group.key()
    kind = group.choice("type", TYPES)
    scheme, identifier = _number(group, "identifier", group.words("identifier", required=False), kind)
    confirmed: dict[str, Confirmed] = {}
    agency = Agency(
        key=key,
        name=group.text("name", 200),
        type=kind,
        identifier=identifier,
        domains=tuple(_rule(key, each, owners, confirmed) for each in group.groups("domains", required=False)),
        scheme=scheme,
        others=_others(group, kind, scheme),
        phone=_phone(group),
        managed_by=group.choice("managed_by", KEEPERS, OPERATOR),
        sites=tuple(_site(each) for each in group.groups("sites", required=False)),
        confirmed=confirmed,
    )
    group.finish()
    places = [((*group.place, "domains", i), rule.domain) for i, rule in enumerate(agency.domains)]
    group.mistakes.extend(twice(places, "domain"))
    return agency


def _number(group: Reader, at: str | int, text: str, kind: str) -> tuple[str, str]:
    """A register and a number on it, from "URN 999101"; nothing from nothing."""
    if not text:
        return identifiers.NO_SCHEME, ""
    scheme, number = identifiers.split(text, kind)
    try:
        return scheme, identifiers.read(scheme, number, kind)
    except identifiers.BadIdentifier:
        known = ", ".join(f"{one} {identifiers.SCHEMES[one].example}" for one in identifiers.OF_TYPE[kind])
        group.wrong(at, f"“{text}” is not a number of the type {kind}; such as: {known or 'none'}")
        return identifiers.NO_SCHEME, ""


def _others(group: Reader, kind: str, first: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in group.items("other_identifiers", required=False):
        scheme, number = _number(group, "other_identifiers", str(text), kind)
        if scheme == first or scheme in found:
            group.wrong("other_identifiers", f"“{text}” is of a register that is there already")
        found[scheme] = number
    return {scheme: number for scheme, number in found.items() if scheme}


def _phone(group: Reader) -> str:
    return group.words("phone", TELEPHONE, "must be a telephone number such as 01632 960210", required=False)


def _site(group: Reader) -> Site:
    site = Site(
        name=group.text("name", 200),
        address=group.words("address", required=False),
        postcode=group.words("postcode", POSTCODE, "must be a postcode such as NP4 5AB", required=False),
        phone=_phone(group),
        code=group.words("code", re.compile(r"[A-Za-z0-9/]{1,20}"), "must be letters and digits", required=False),
    )
    group.finish()
    return site


def _confirmed(group: Reader) -> Confirmed | None:
    if not group.has("confirmed"):
        return None
    said = group.group("confirmed")
    by, on = said.words("by"), said.value("on")
    day = None if on is None else said.day("on", 0, on)
    said.finish()
    return Confirmed(by, day) if by and day else None


def _rule(agency: str, group: Reader, owners: Counter[object], confirmed: dict[str, Confirmed]) -> DomainRule:
    domain = group.words("domain")
    unsaid = "shared" if owners[domain] > 1 or is_tier(domain) else "exclusive"
    rule = DomainRule(
        agency=agency,
        domain=domain,
        match=cast("MatchHow", group.choice("match", ("exact", "below", "both"), "exact")),
        kind=cast("Kind", group.choice("kind", ("exclusive", "shared"), unsaid)),
    )
    note = _confirmed(group)
    if note is not None:
        confirmed[domain] = note
    group.finish()
    trouble = mistake_in(rule) if domain else None
    if trouble:
        group.wrong("domain", trouble)
    elif rule.kind == "exclusive" and owners[domain] > 1:
        group.wrong("domain", f"“{domain}” is on the record of another agency too: its kind must be shared")
    return rule
