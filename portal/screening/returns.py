"""What returns call an outcome: the codes of the English census and of the Standard Safeguarding Dataset. Pure.

The lists and their sources are in config/codes/england; Wales has no such codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

PRIMARY_NEED: Final = "england/primary_need@2026"
CONTACT_OUTCOME: Final = "england/contact_outcome@2026"
REFERRAL_OUTCOME: Final = "england/cin_referral_outcome@2026"
REFERRAL_NFA: Final = "england/referral_nfa@2026"


class Codes(NamedTuple):
    """The outcome of the contact, that of the referral, and whether nothing further was done ("1"); "" has none."""

    contact: str = ""
    referral: str = ""
    nfa: str = ""


# Sources: the children in need census 2025-26 (ReferralNFA: nothing further or advice only is 1, whatever starts an
# assessment is 0); the Standard Safeguarding Dataset's lists of outcomes. What goes back to its referrer, and what a
# worker has already, becomes no referral.
CODES: Final[Mapping[str, Codes]] = {
    "assessment": Codes("social_care", "assessment", "0"),
    "strategy": Codes("social_care", "strategy", "0"),
    "early_help": Codes("early_help", "early_help", "1"),
    "signpost": Codes("advice", "advice", "1"),
    "no_action": Codes("none", "none", "1"),
    "more_information": Codes("none"),
    "transfer": Codes("none", "other", "1"),
    "log_only": Codes("none"),
}


def codes_of(kind: str, nation: str) -> Codes:
    """The codes of a kind of outcome in that nation's returns."""
    return CODES.get(kind, Codes()) if nation == "england" else Codes()
