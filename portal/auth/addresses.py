"""Reads a work email address strictly: it is accepted exactly as it is, or refused, and never repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Reason = Literal["syntax", "learner", "role_mailbox"]

LONGEST: Final = 254
SHORTEST: Final = 6
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._'-]{0,62}[A-Za-z0-9])?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEARNER_LABELS: Final = _words(
    "student students pupil pupils learner learners stu disgybl disgyblion myfyrwyr alumni parents guest"
)

# Several people read a shared mailbox, so nobody can be told apart behind it.
ROLE_NAMES: Final = _words(
    """
    abuse admin administrator bursar contact derbynfa diogelu dsl dsp enquiries gwybodaeth head headteacher
    helpdesk hostmaster info mailer-daemon no-reply noreply office pennaeth postmaster reception root
    safeguarding secretary security support swyddfa webmaster ymholiadau
    """
)

# Public suffixes and shared tiers: whoever writes from one of these is not an agency because of it.
TIERS: Final = _words(
    """
    uk co.uk org.uk me.uk ltd.uk plc.uk net.uk gov.uk nhs.uk sch.uk ac.uk police.uk mod.uk
    com org net eu cymru wales scot london
    """
)

WEBMAIL: Final = _words(
    """
    gmail.com googlemail.com outlook.com outlook.co.uk msn.com ymail.com rocketmail.com icloud.com me.com
    mac.com proton.me protonmail.com pm.me mail.com zoho.com tutanota.com tuta.com btinternet.com
    btopenworld.com sky.com talktalk.net tiscali.co.uk virginmedia.com ntlworld.com blueyonder.co.uk
    virgin.net plusnet.com orange.net wanadoo.co.uk o2.co.uk ee.co.uk doctors.org.uk qq.com 163.com
    mailinator.com guerrillamail.com 10minutemail.com yopmail.com temp-mail.org
    """
)
_WEBMAIL_ANYWHERE = re.compile(r"(?:.+\.)?(?:hotmail|live|yahoo|aol|gmx|fastmail|yandex)\.(?:(?:co|com)\.)?[a-z]{2,}")


@dataclass(frozen=True)
class Address:
    """An accepted address: as it was typed, its parts (domain in lower case) and the key that is unique per mailbox."""

    as_typed: str
    local: str
    domain: str
    key: str


class BadAddress(ValueError):
    """Why an address was refused, as a stable code; the address itself is never part of the message."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def parse(address: object) -> Address:
    """Read one address of 6 to 254 printable ASCII characters.

    Raises BadAddress: "syntax" when it is not a plain mailbox, "learner" when a part of its domain is for
    pupils or guests, "role_mailbox" when a team shares it.
    """
    if not isinstance(address, str) or not SHORTEST <= len(address) <= LONGEST:
        raise BadAddress("syntax")
    if not _VISIBLE.fullmatch(address) or address.count("@") != 1:
        raise BadAddress("syntax")
    local, _, domain = address.partition("@")
    domain = domain.lower()
    if not _LOCAL.fullmatch(local) or ".." in local or not is_domain(domain):
        raise BadAddress("syntax")
    if LEARNER_LABELS.intersection(domain.split(".")):
        raise BadAddress("learner")
    if local.lower() in ROLE_NAMES:
        raise BadAddress("role_mailbox")
    return Address(address, local, domain, f"{local.lower()}@{domain}")


def key_of(address: str) -> str:
    """The key of an address that was accepted before, or one that nobody has (for looking accounts up)."""
    return address.strip().lower()


def is_domain(domain: str) -> bool:
    """Say whether the text is a lower-case host name of two or more labels, without punycode or a numeric end."""
    labels = domain.split(".")
    if "." not in domain or len(domain) > LONGEST:
        return False
    if not all(_LABEL.fullmatch(label) for label in labels):
        return False
    # "xn--" hides letters that look like others; the rest of "??--" is reserved for the same purpose.
    return not any(label[2:4] == "--" for label in labels) and labels[-1].isalpha()


def is_tier(domain: str) -> bool:
    """Say whether many unrelated organisations live directly below this domain (`nhs.uk`, `co.uk`)."""
    return domain in TIERS


def is_authority_tier(domain: str) -> bool:
    """Say whether this is an education authority's part of `sch.uk`, below which its schools live."""
    authority, _, rest = domain.partition(".")
    return bool(authority) and rest == "sch.uk"


def is_webmail(domain: str) -> bool:
    """Say whether anybody can get an address here: free, internet-provider or disposable mail."""
    labels = domain.split(".")
    endings = {".".join(labels[start:]) for start in range(len(labels) - 1)}
    if endings & WEBMAIL:
        return True
    return _WEBMAIL_ANYWHERE.fullmatch(domain) is not None and not domain.endswith((".sch.uk", ".nhs.uk", ".gov.uk"))
