"""Decides which agencies an email address may belong to, from the domains on the council's record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from portal.auth import addresses

MatchHow = Literal["exact", "below", "both"]
Kind = Literal["exclusive", "shared"]
Reason = Literal["ok", "shared", "syntax", "role_mailbox", "learner", "webmail", "tier", "no_agency"]


@dataclass(frozen=True)
class DomainRule:
    """One domain of one agency: the domain itself (exact), only what is below it, or both."""

    agency: str
    domain: str
    match: MatchHow = "exact"
    kind: Kind = "exclusive"


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
    agencies = tuple(sorted({rule.agency for rule in covering}))
    sure = len(agencies) == 1 and all(rule.kind == "exclusive" for rule in covering)
    return Match(True, agencies, "ok" if sure else "shared")


def covers(rule: DomainRule, domain: str) -> bool:
    """Say whether the rule reaches this lower-case domain, on the boundaries of its labels."""
    if rule.match != "below" and domain == rule.domain:
        return True
    return rule.match != "exact" and domain.endswith("." + rule.domain)


def mistake_in(rule: DomainRule) -> str | None:
    """Say what is wrong with a rule on a council's record, or None; in English, for whoever edits the file."""
    domain = rule.domain
    if not addresses.is_domain(domain):
        return f"“{domain}” is not a domain in lower case, such as oakfield.avonmere.sch.uk"
    if domain == "police.uk" and rule.match == "below":
        return None if rule.kind == "shared" else "every force is below police.uk, so its kind must be shared"
    for is_wrong, message in (
        (addresses.is_tier(domain), "many organisations share “{}”: name the agency's own domain"),
        (
            addresses.is_authority_tier(domain) and rule.match != "exact",
            "every school of the authority is below “{}”: name the agency's own domain",
        ),
        (addresses.is_webmail(domain), "anyone can get an address at “{}”"),
        (bool(addresses.LEARNER_LABELS.intersection(domain.split("."))), "“{}” is for learners or guests"),
    ):
        if is_wrong:
            return message.format(domain)
    return None
