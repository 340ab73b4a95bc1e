"""What a council sets about the people it lets in: the domains of its own staff, and whom it may vouch for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.auth.addresses import is_domain, is_tier, is_webmail
from portal.auth.policy import COUNCIL_ROLES
from portal.tenants.reading import Found, Reader

ROLES: Final = ("referrer", "agency_lead", *COUNCIL_ROLES)


@dataclass(frozen=True)
class People:
    """`staff_domains` are those of the council's own people (exact; none: that of its mailbox). `sponsored_webmail`
    lets it vouch for somebody who has only a private address, such as a childminder."""

    staff_domains: tuple[str, ...] = ()
    sponsored_webmail: bool = False


# An administrator of a council can let anybody in and change what everybody sees.
PASSKEY_ROLES: Final = ("council_admin",)


def read_passkey_roles(top: Reader) -> tuple[str, ...]:
    """The roles that sign in with a passkey or the council's single sign-on, from the group `sign_in`, which may be
    missing."""
    if not top.has("sign_in"):
        top.value("sign_in", required=False)
        return PASSKEY_ROLES
    group = top.group("sign_in")
    if not group.has("passkey_roles"):
        group.finish()
        return PASSKEY_ROLES
    roles = group.items("passkey_roles", required=False)
    for index, role in enumerate(roles):
        if role not in ROLES:
            message = f"must be one of: {', '.join(ROLES)}"
            group.mistakes.append(Found((*group.place, "passkey_roles", index), message))
    group.finish()
    return tuple(role for role in ROLES if role in roles)


def read_people(top: Reader) -> People:
    """The group `people` of a council.yaml, which may be missing."""
    if not top.has("people"):
        top.value("people", required=False)
        return People()
    group = top.group("people")
    domains = group.items("staff_domains", required=False)
    for index, domain in enumerate(domains):
        if not isinstance(domain, str) or not is_domain(domain) or is_tier(domain) or is_webmail(domain):
            message = "must be the council's own domain in lower case, such as avonmere.gov.uk"
            group.mistakes.append(Found((*group.place, "staff_domains", index), message))
    people = People(
        staff_domains=tuple(domain for domain in domains if isinstance(domain, str)),
        sponsored_webmail=group.flag("sponsored_webmail") if group.has("sponsored_webmail") else False,
    )
    group.finish()
    return people
