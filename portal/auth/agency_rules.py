"""Decides which agencies an email address may belong to, from the domains on the council's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from portal.auth import addresses

MatchHow = Literal["exact", "below", "both"]
Kind = Literal["exclusive", "shared"]
Reason = Literal["ok", "shared", "syntax", "role_mailbox", "learner", "webmail", "tier", "no_agency", "frozen"]


@dataclass(frozen=True)
class DomainRule:
    """One domain of one agency: the domain itself (exact), only what is below it, or both.

    `frozen` says that nobody has confirmed it since it was added: until then nobody registers by it.
    """

    agency: str
    domain: str
    match: MatchHow = "exact"
    kind: Kind = "exclusive"
    frozen: bool = False


@dataclass(frozen=True)
class Match:
    """What an address proves: accepted or not, the agencies it may belong to (keys, sorted), and a stable reason."""

    accepted: bool
    agencies: tuple[str, ...]
    reason: Reason


def match(address_text: object, rules: Sequence[DomainRule]) -> Match:
    """Judge one address against every rule; a domain of several agencies is accepted with all of them."""
    try:
        address = addresses.parse(address_text)
    except addresses.BadAddress as refusal:
        return Match(False, (), refusal.reason)
    if addresses.is_webmail(address.domain):
        return Match(False, (), "webmail")
    # No rule can turn a tier into an agency, however it is written.
    if addresses.is_tier(address.domain):
        return Match(False, (), "tier")
    covering = [rule for rule in rules if covers(rule, address.domain)]
    if not covering:
        return Match(False, (), "tier" if addresses.is_authority_tier(address.domain) else "no_agency")
    live = [rule for rule in covering if not rule.frozen]
    # Where the domain was somebody's alone, one claim that nobody has confirmed is enough: it may be from whoever
    # took the domain over. A domain that several share never proved anything: the new claim alone waits.
    alone = len({rule.agency for rule in live}) <= 1 or any(rule.kind == "exclusive" for rule in covering)
    if len(live) < len(covering) and alone:
        return Match(False, (), "frozen")
    covering = live
    agencies = tuple(sorted({rule.agency for rule in covering}))
    sure = len(agencies) == 1 and all(rule.kind == "exclusive" for rule in covering)
    return Match(True, agencies, "ok" if sure else "shared")


def covers(rule: DomainRule, domain: str) -> bool:
    """Say whether the rule reaches this lower-case domain, on the boundaries of its labels."""
    if rule.match != "below" and domain == rule.domain:
        return True
    return rule.match != "exact" and domain.endswith("." + rule.domain)


def overlap(one: DomainRule, other: DomainRule) -> bool:
    """Say whether some address is covered by both rules."""
    if one.domain == other.domain:
        return "both" in (one.match, other.match) or one.match == other.match
    upper, lower = (one, other) if other.domain.endswith("." + one.domain) else (other, one)
    # Whatever the lower one covers is below the upper one's domain.
    return upper.match != "exact" and lower.domain.endswith("." + upper.domain)


Fault = Literal["format", "police", "tier", "authority", "webmail", "learner"]
_MISTAKES: Mapping[Fault, str] = {
    "format": "“{}” is not a domain in lower case, such as oakfield.avonmere.sch.uk",
    "police": "every force is below police.uk, so its kind must be shared",
    "tier": "many organisations share “{}”: name the agency's own domain",
    "authority": "every school of the authority is below “{}”: name the agency's own domain",
    "webmail": "anyone can get an address at “{}”",
    "learner": "“{}” is for learners or guests",
}


def fault_in(rule: DomainRule) -> Fault | None:
    """Why a rule may not be on a council's record, as a stable code, or None."""
    domain = rule.domain
    if not addresses.is_domain(domain):
        return "format"
    if domain == "police.uk" and rule.match == "below":
        return None if rule.kind == "shared" else "police"
    if addresses.is_tier(domain):
        return "tier"
    if addresses.is_authority_tier(domain) and rule.match != "exact":
        return "authority"
    if addresses.is_webmail(domain):
        return "webmail"
    return "learner" if addresses.LEARNER_LABELS.intersection(domain.split(".")) else None


def mistake_in(rule: DomainRule) -> str | None:
    """Say what is wrong with a rule on a council's record, or None; in English, for whoever edits the file."""
    fault = fault_in(rule)
    return None if fault is None else _MISTAKES[fault].format(rule.domain)
