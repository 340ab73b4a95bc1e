"""The two councils' models written out by hand in Python, to hold the rules kept as data against."""

from __future__ import annotations

from typing import Any

Answers = dict[str, Any]
Told = tuple[str, str, int | None]

A_DOMAINS = [
    "health",
    "development",
    "safety",
    "basic_care",
    "parenting",
    "parent_issues",
    "home_money",
    "relationships",
]
A_ALWAYS = {"RF01", "RF02", "RF07", "RF09", "RF14", "RF16", "RF19"}
A_NOW = {"RF03", "RF04", "RF05", "RF06", "RF08", "RF12", "RF13", "RF15", "RF18", "RF20", "RF23"}
B_ALWAYS = {"RF02", "RF14", "RF16", "RF19"}
B_RECENT = {"RF01", "RF03", "RF04", "RF07", "RF08", "RF09", "RF12", "RF13", "RF18", "RF20", "RF23"}
B_HARM = {
    "physical_harm",
    "sexual_harm",
    "emotional_harm",
    "neglect",
    "domestic_abuse",
    "exploitation",
    "harmful_sexual_behaviour",
    "radicalisation",
}


def chosen(answers: Answers, key: str) -> set[str]:
    return set(answers[key]) - {"none"}


def model_a(a: Answers) -> Told:
    """Return (route, rule, level) of complete answers to the Welsh council's questions, before an override."""
    flags = chosen(a, "a_red_flags")
    if a["a_immediate_danger"] == "yes":
        return "MASH_URGENT", "A01", 4
    if a["a_age_band"] == "18_plus":
        return "ADVICE", "A02", None
    if flags & A_ALWAYS:
        return "MASH_URGENT", "A03", 4
    if flags & A_NOW and a["a_rf_now"] != "no":
        return "MASH_URGENT", "A04", 4
    for rule, met in (
        ("A05", flags),
        ("A06", chosen(a, "a_red_flags_unsure")),
        ("A07", a["a_about_practitioner"] == "yes"),
        ("A08", a["a_consent"] == "unsafe_to_seek"),
    ):
        if met:
            return "MASH", rule, 4
    return _model_a_scored(a)


def _model_a_scored(a: Answers) -> Told:
    scores = {name: 1 if a[f"a_d_{name}"] == "dk" else int(a[f"a_d_{name}"]) for name in A_DOMAINS}
    safety, care, parents = scores["safety"], scores["basic_care"], scores["parent_issues"]
    total = sum(scores.values()) + min(2, len(chosen(a, "a_vulnerability")))
    total += (a["a_duration"] == "over_6m") + 2 * (a["a_help_tried"] == "ff_ended_no_change")
    total = max(0, total - (a["a_strengths"] == "strong"))
    factors = chosen(a, "a_parent_factors") - {"physical_health", "offending"}
    baby, refused = a["a_age_band"] in {"unborn", "under_1"}, a["a_consent"] == "refused"
    small = baby or a["a_age_band"] == "1_4"
    for rule, met in (
        ("A09", safety == 3 or care == 3),
        ("A10", baby and max(safety, care, parents) >= 2),
        ("A11", len(factors) >= 2 and parents >= 2 and (small or safety >= 1)),
        ("A12", list(scores.values()).count(3) >= 2),
        ("A13", total >= 14),
        ("A14", total >= 10 and refused and max(safety, care) >= 2),
    ):
        if met:
            return "MASH", rule, 4
    if total >= 6 or max(scores.values()) >= 2:
        level = 3 if total >= 10 or max(scores.values()) == 3 else 2
        return ("ADVICE", "A15", level) if refused else ("EARLY_HELP", "A16", level)
    return "ADVICE", "A17", 1


def model_b(b: Answers) -> Told:
    """Return (route, rule, level) of complete answers to the English council's questions, before an override."""
    flags, levels, age = chosen(b, "b_red_flags"), b["b_concerns"], b["b_age"]
    years = -1 if age == "unborn" else age
    recent = b["b_when"] in {"now", "last_72h", "unknown"} or b["b_ongoing_access"] in {"yes", "unknown"}
    worst_now = any(levels.get(kind) == 4 for kind in B_HARM) and b["b_when"] in {"now", "last_72h"}
    for told, met in (
        (("MASH_URGENT", "B01", 4), b["b_danger_now"] == "yes"),
        (("ADVICE", "B02", None), years >= 18),
        (("MASH_URGENT", "B03", 4), flags & B_ALWAYS),
        (("MASH_URGENT", "B04", 4), flags & B_RECENT and recent),
        (("MASH_URGENT", "B07", 4), worst_now),
        (("MASH", "B05", 4), flags),
        (("MASH", "B06", 4), b["b_about_professional"] == "yes"),
    ):
        if met:
            return told
    return _model_b_levels(b, levels, years)


def _model_b_levels(b: Answers, levels: dict[str, int], years: int) -> Told:
    values, hard = list(levels.values()), chosen(b, "b_complicating")
    threes, twos, refused = values.count(3), values.count(2), b["b_consent"] == "not_agreed"
    adding = hard & {"under_2", "disability", "previous_cp_plan", "previous_referrals_2plus_12m"}
    adults = sum(levels.get(k, 0) >= 2 for k in ("domestic_abuse", "parental_mental_health", "parental_substance"))
    for rule, met in (
        ("B08", 4 in values),
        ("B09", b["b_consent"] == "not_asked_unsafe"),
        ("B10", threes >= 2),
        ("B11", adding and any(levels.get(kind) == 3 for kind in B_HARM)),
        ("B12", adults >= 2 and years < 5),
        ("B13", levels.get("sexual_harm", 0) >= 2 and years < 13),
        ("B14", threes and b["b_eh_tried"] == "yes_not_helping"),
        ("B15", threes and refused and b["b_impact"] in {"significant", "severe"}),
    ):
        if met:
            return "MASH", rule, 4
    repeated = b["b_frequency"] in {"repeated", "constant"}
    if threes or twos >= 3 or (twos and (repeated or hard or len(chosen(b, "b_protective")) < 2)):
        level = 3 if threes else 2
        return ("ADVICE", "B16", level) if refused else ("EARLY_HELP", "B17", level)
    return "ADVICE", "B18", max(1, *values)
