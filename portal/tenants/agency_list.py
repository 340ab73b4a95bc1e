"""A council's agencies and their email domains, read from its agencies.yaml with every mistake named at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from portal.auth.addresses import is_tier
from portal.auth.agency_rules import DomainRule, Kind, MatchHow, mistake_in
from portal.kernel.language import Text
from portal.tenants.reading import Found, Reader, twice
from portal.tenants.settings import SettingsMistakes

_TYPES = """
    school school_wales academy_trust independent_school college nursery gp_practice hospital_trust
    health_visiting school_nursing midwifery camhs other_primary ambulance police probation prison court
    cafcass yjs housing_la housing_association fire voluntary adult_services other_la council_internal hub
"""
TYPES: Final = tuple(_TYPES.split())


@dataclass(frozen=True)
class Agency:
    """An organisation whose people may report to the council; its key means the same agency in every council."""

    key: str
    name: Text
    type: str
    identifier: str
    domains: tuple[DomainRule, ...]


def parse_agencies(document: object, languages: Sequence[str]) -> tuple[Agency, ...]:
    """Read the document of an agencies.yaml (plain data); raises SettingsMistakes with all of its mistakes.

    A domain whose kind is not said is shared when several agencies have it, and otherwise proves its agency.
    """
    mistakes: list[Found] = []
    top = Reader(document, (), mistakes, languages)
    groups = list(top.groups("agencies"))
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
    agency = Agency(
        key=key,
        name=group.text("name", 200),
        type=group.choice("type", TYPES),
        identifier=group.words("identifier", required=False),
        domains=tuple(_rule(key, each, owners) for each in group.groups("domains", required=False)),
    )
    group.finish()
    places = [((*group.place, "domains", i), rule.domain) for i, rule in enumerate(agency.domains)]
    group.mistakes.extend(twice(places, "domain"))
    return agency


def _rule(agency: str, group: Reader, owners: Counter[object]) -> DomainRule:
    domain = group.words("domain")
    unsaid = "shared" if owners[domain] > 1 or is_tier(domain) else "exclusive"
    rule = DomainRule(
        agency=agency,
        domain=domain,
        match=cast("MatchHow", group.choice("match", ("exact", "below", "both"), "exact")),
        kind=cast("Kind", group.choice("kind", ("exclusive", "shared"), unsaid)),
    )
    group.finish()
    trouble = mistake_in(rule) if domain else None
    if trouble:
        group.wrong("domain", trouble)
    elif rule.kind == "exclusive" and owners[domain] > 1:
        group.wrong("domain", f"“{domain}” is on the record of another agency too: its kind must be shared")
    return rule
