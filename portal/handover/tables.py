"""The package as two tables, for whoever reads no JSON: one row of the contact, one for each person. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from portal.kernel.language import say

# What a spreadsheet would run as a formula, and what it would take for one after the first blank.
RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CONTACT: Final = (
    "reference", "submitted_at", "form", "form_version", "route", "rule", "level", "priority", "channel", "language",
    "referrer_name", "referrer_role", "agency", "agency_type", "cin_referral_source", "anonymity_requested",
    "main_category", "outcome", "outcome_kind", "decided_at", "decided_by", "primary_need", "contact_outcome",
    "referral_outcome", "referral_nfa", "decision_due", "event",
)  # fmt: skip
_PEOPLE: Final = (
    "reference", "id", "part", "given_names", "family_name", "known_as", "date_of_birth", "date_of_birth_accuracy",
    "unborn", "due_on", "sex", "ethnicity_code", "nhs_number", "upn", "relationship", "address", "postcode",
    "address_confidential", "school", "gp",
)  # fmt: skip


def contact(document: Mapping[str, Any], language: str = "en") -> bytes:
    """One row of the contact and its outcome."""
    sent, referrer, decision = document["submission"], document["referrer"], document["decision"]
    codes, agency = decision["codes"], referrer["agency"]
    row = {
        **{name: sent[name] for name in _CONTACT if name in sent},
        "referrer_name": referrer["name"],
        "referrer_role": referrer["role"],
        "agency": say(agency["name"], language),
        "agency_type": agency["type"],
        "cin_referral_source": agency["cin_referral_source"],
        "anonymity_requested": referrer["anonymity_requested"],
        "main_category": _labelled(document["concern"]["main"], language),
        "outcome": decision["outcome"],
        "outcome_kind": decision["kind"],
        "decided_at": decision["decided_at"],
        "decided_by": decision["decided_by"],
        **{name: codes[name] for name in codes},
        "decision_due": document["clocks"]["decision_due"],
        "event": document["parcel"]["event"],
    }
    return _written(_CONTACT, [row])


def people(document: Mapping[str, Any], language: str = "en") -> bytes:
    """One row for each child and each other person."""
    reference = document["submission"]["reference"]
    told = [("subject", one) for one in document["subjects"]] + [("person", one) for one in document["people"]]
    return _written(_PEOPLE, (_person(reference, part, one, language) for part, one in told))


def _person(reference: str, part: str, one: Mapping[str, Any], language: str) -> dict[str, Any]:
    address = next(iter(one["addresses"]), None) or {"lines": [], "postcode": None, "confidential": None}
    ethnicity = one.get("ethnicity")
    return {
        "reference": reference,
        "id": one["id"],
        "part": part,
        "given_names": " ".join(one["name"]["given"]),
        "family_name": one["name"]["family"],
        "known_as": one["name"]["known_as"],
        "date_of_birth": one["dob"],
        "date_of_birth_accuracy": one["dob_accuracy"],
        **{name: one.get(name) for name in ("unborn", "due_on", "nhs_number", "upn")},
        "sex": _labelled(one.get("sex"), language),
        "ethnicity_code": ethnicity.get("code") if isinstance(ethnicity, Mapping) else ethnicity,
        "relationship": _labelled(one.get("relationship"), language),
        "address": ", ".join(address["lines"]),
        "postcode": address["postcode"],
        "address_confidential": address["confidential"],
        "school": _place(one.get("school")),
        "gp": _place(one.get("gp")),
    }


def _labelled(told: Any, language: str) -> Any:
    return say(told["label"], language) if isinstance(told, Mapping) and "label" in told else told


def _place(told: Any) -> str:
    return " ".join(filter(None, (told["name"], told["number"]))) if isinstance(told, Mapping) else ""


def cell(value: Any) -> str:
    """One value as a cell that no spreadsheet runs as a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \n").startswith(RISKY) else text


def _written(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A table in UTF-8 with a mark by which spreadsheets know that it is."""
    into = io.StringIO(newline="")
    writer = csv.writer(into)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(name)) for name in columns])
    return into.getvalue().encode("utf-8-sig")
