"""What types, facts, formats and the like are called on the designer's pages, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

TYPE_WORDS: Mapping[str, Any] = {
    "text": _l("Short text"),
    "textarea": _l("Long text"),
    "radios": _l("One answer of several"),
    "checkboxes": _l("Several answers"),
    "select": _l("One answer from a list"),
    "search": _l("One answer from a long list, with search"),
    "yes_no": _l("Yes or no"),
    "date": _l("Date"),
    "number": _l("Number"),
    "age": _l("Age"),
    "name": _l("Name of a person"),
    "address": _l("Address"),
    "postcode": _l("Postcode"),
    "tel": _l("Telephone number"),
    "email": _l("Email address"),
    "nhs_number": _l("NHS number"),
    "upn": _l("Unique pupil number"),
    "school": _l("School"),
    "practice": _l("GP practice"),
    "levels": _l("Several kinds of worry, each with a level"),
    "documents": _l("Documents that the person has"),
    "group": _l("Several people, each with the same questions"),
}
FACT_WORDS: Mapping[str, Any] = {
    "child.first_name": _l("The child’s first name"),
    "child.last_name": _l("The child’s last name"),
    "child.name": _l("The child’s whole name"),
    "child.date_of_birth": _l("The child’s date of birth"),
    "child.age": _l("The child’s age"),
    "child.unborn": _l("Whether the child is not born yet"),
    "child.due_date": _l("When the baby is due"),
    "child.postcode": _l("The child’s postcode"),
    "child.school": _l("The child’s school"),
    "now.danger": _l("Whether a child is in danger now"),
    "now.place": _l("Where the child is now"),
    "now.until": _l("Until when the child is there"),
    "now.reach": _l("How to reach the child"),
    "now.visit": _l("Whether a visit is safe"),
    "now.visit_risk": _l("What makes a visit unsafe"),
    "concern.happened": _l("What happened"),
    "concern.main_category": _l("The main kind of worry"),
    "consent.family": _l("Whether the family agrees"),
    "consent.told": _l("Whether the family knows of the report"),
    "consent.who": _l("Who in the family was asked"),
    "consent.agreed": _l("What the family agreed to"),
    "consent.reasons": _l("Why the family was not asked"),
    "consent.why": _l("Why the family was not asked, in words"),
    "referrer.phone": _l("The referrer’s telephone number"),
    "referrer.until": _l("Until when the referrer can be reached"),
    "referrer.rang": _l("Whether the referrer has phoned"),
    "referrer.rang_when": _l("When the referrer phoned"),
}
SENSITIVITY_WORDS: Mapping[str, Any] = {
    "P": _l("Personal"),
    "SC": _l("Special category (health, ethnicity, religion)"),
    "CO": _l("Criminal offences"),
    "CONF": _l("Confidential: seen by few people"),
    "N": _l("Not personal"),
}
FORM_WORDS: Mapping[str, Any] = {
    "exact": _l("The exact day"),
    "month": _l("Month and year"),
    "year": _l("Year"),
    "estimated": _l("An estimate"),
    "due": _l("The day a baby is due"),
}
FORMAT_WORDS: Mapping[str, Any] = {
    "police_reference": _l("Police reference"),
    "case_number": _l("Case number"),
    "percent": _l("Percentage"),
    "time": _l("Time of day"),
    "urn": _l("School number (URN)"),
    "laestab": _l("School number (LAESTAB)"),
    "welsh_school": _l("School number in Wales"),
    "ods": _l("NHS organisation code (ODS)"),
    "ukprn": _l("Provider number (UKPRN)"),
    "uprn": _l("Property number (UPRN)"),
}
ORDER_WORDS: Mapping[str, Any] = {
    "more": _l("Each answer chosen, or each level higher, is more worrying"),
    "fewer": _l("Each answer chosen is less worrying"),
    "higher": _l("A higher number is more worrying"),
    "lower": _l("A lower number is more worrying"),
}


def words_of(known: Mapping[str, Any], key: object) -> str:
    """What a key is called; the key itself when it has no words, shortened."""
    return str(known[key]) if isinstance(key, str) and key in known else str(key)[:80]
