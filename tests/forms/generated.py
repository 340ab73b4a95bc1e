"""Forms and rules made by code: one as large as a council's may become, and small random ones for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.forms.third_model import text

Document = dict[str, Any]
HUB, URGENT, HELP, ADVICE = "MASH", "MASH_URGENT", "EARLY_HELP", "ADVICE"
RANKS = {URGENT: 4, HUB: 3, HELP: 2, ADVICE: 1}
SIGNS = [f"S{number:02}" for number in range(1, 25)]
RECENT = {"answer": "when", "not_in": ["past"]}
WEIGHTS = ["0", "1", "2", "3", "dk"]


def options(*values: str) -> list[Document]:
    """Options of a question; `none` is exclusive."""
    return [
        {"value": value, "label": text(f"Answer {value}")} | ({"exclusive": True} if value == "none" else {})
        for value in values
    ]


def question(key: str, kind: str, **parts: Any) -> Document:
    """A question of a document, required."""
    return {"key": key, "type": kind, "label": text(f"What about {key}?"), "required": True, **parts}


def rule(rule_id: str, when: Any, route: str, level: Any = None) -> Document:
    """A rule of a document."""
    return {"id": rule_id, "when": when, "route": route, "level": level, "why": text(f"Because of {rule_id}.")}


def routes() -> Document:
    """The four routes."""
    return {
        key: {"rank": rank, "label": text(key), "what": text("What happens"), "who": text("Who decides")}
        for key, rank in RANKS.items()
    }


def large(questions: int = 60, rules: int = 40) -> tuple[Document, Document]:
    """A form with so many triage questions and its rules: signs, scored parts of life, counts, numbers, strengths.

    Rules go from the most urgent route down, and each holds for worse answers too, so that the proof holds.
    """
    scored = [f"part_{number}" for number in range(questions - 12)]
    asked = [
        question("danger", "radios", options=options("no", "yes"), severity=["no", "yes"]),
        question("age", "age", severity="lower", show_when={"answer": "danger", "is": "no"}),
        question("signs", "checkboxes", options=options(*SIGNS, "none"), flags=True, severity="more"),
        question("doubts", "checkboxes", options=options(*SIGNS, "none"), flags=True, severity="more",
                 unsure_of="signs"),
        question("when", "radios", options=options("past", "unknown", "now"), severity=["past", "unknown", "now"]),
        *(
            question(key, "radios", options=options(*WEIGHTS), severity=[["0"], ["1", "dk"], ["2"], ["3"]])
            for key in scored
        ),
        question("kinds", "levels", options=options(*(f"kind_{n}" for n in range(8))), severity="more",
                 levels=[{"value": level, "label": text(f"Level {level}")} for level in (1, 2, 3, 4)]),
        question("adding", "checkboxes", options=options(*(f"adds_{n}" for n in range(8)), "none"), severity="more"),
        question("comforts", "checkboxes", options=options(*(f"good_{n}" for n in range(5)), "none"), severity="fewer",
                 strengths=True),
        question("moves", "number", min=0, max=30, severity="higher"),
        question("tried", "radios", options=options("no", "helped", "failed"), severity=[["no", "helped"], "failed"]),
        question("consent", "radios", options=options("agreed", "refused", "unsafe")),
        question("words", "textarea", required=False),
    ]  # fmt: skip
    pages = [
        {"key": f"page_{start}", "title": text("Page"), "questions": asked[start : start + 5]}
        for start in range(0, len(asked), 5)
    ]
    form = {
        "key": "concern",
        "title": text("Tell us"),
        "triage": {"pages": pages},
        "sections": [{"key": "more", "title": text("More"), "questions": [question("more", "text", required=False)]}],
    }
    return form, _large_rules(scored, rules)


def _large_rules(scored: list[str], most: int) -> Document:
    values: Document = {key: {"answer": key, "points": {"1": 1, "2": 2, "3": 3, "dk": 1}} for key in scored}
    values["score"] = {
        "sum": [
            *({"value": key} for key in scored),
            {"count": {"answer": "adding"}, "no_more_than": 3},
            {"answer": "tried", "points": {"failed": 2}},
        ],
        "no_less_than": 0,
    }
    values["serious"] = {"how_many": [{"value": key, "at_least": 3} for key in scored]}
    four = {"count": {"answer": "kinds", "level_at_least": 4}, "at_least": 1}
    rules = [
        rule("R00", {"answer": "danger", "is": "yes"}, URGENT, 4),
        rule("R01", {"answer": "signs", "has_any": SIGNS[:8]}, URGENT, 4),
        rule("R02", {"all": [{"answer": "signs", "has_any": SIGNS[8:16]}, RECENT]}, URGENT, 4),
        rule("R03", {"all": [four, {"answer": "when", "is": "now"}]}, URGENT, 4),
        rule("R04", {"answer": "signs", "empty": False}, HUB, 4),
        rule("R05", {"answer": "doubts", "empty": False}, HUB, 4),
        rule("R06", {"answer": "consent", "is": "unsafe"}, HUB, 4),
        rule("R07", four, HUB, 4),
        rule("R08", {"value": "serious", "at_least": 5}, HUB, 4),
        rule("R09", {"value": "score", "at_least": 5 * len(scored) // 4}, HUB, 4),
    ]
    for number in range(10, most - 3):
        parts = [
            {"value": scored[number % len(scored)], "at_least": 3},
            {"value": scored[(3 * number) % len(scored)], "at_least": 2},
            {"any": [*younger(number % 17 + 1), {"answer": "moves", "at_least": number}]},
        ]
        rules.append(rule(f"R{number:02}", {"all": parts}, HUB if number < 2 * most // 3 else HELP, 3))
    rules += [
        rule(
            "R97",
            {"all": [{"value": "score", "at_least": 5 * len(scored) // 12}, {"answer": "comforts", "empty": True}]},
            HELP,
            2,
        ),
        rule("R98", {"value": "score", "at_least": 5 * len(scored) // 8}, HELP, 2),
        rule("R99", {"always": True}, ADVICE, 1),
    ]
    return thresholds(rules, values=values)


def younger(years: int) -> list[Document]:
    """Conditions for a child below an age; one not yet born is below none, and must be named."""
    return [{"answer": "age", "below": years}, {"answer": "age", "is": "unborn"}]


def thresholds(rules: list[Document], **parts: Any) -> Document:
    """A thresholds document with the four routes, a way up and the hub."""
    return {
        "routes": routes(),
        "levels": {str(level): text(f"Level {level}") for level in (1, 2, 3, 4)},
        "rules": rules,
        "notices": {"call": text("Call now.")},
        "override_answer": "disagree",
        "override_question": text("Do you disagree?"),
        "overrides": [rule("R_up", {"answer": "disagree", "is": "yes"}, HUB, 4) | {"from": [HELP, ADVICE]}],
        "safety": {"hub": HUB},
        **parts,
    }


# --- Small random ones --------------------------------------------------------------------------------------------

KEYS = ("q0", "q1", "q2", "q3")
WORDS = ("a", "b", "c")


@st.composite
def leaves(draw: Any, asked: list[Document]) -> Any:
    """A condition on one question that is asked already."""
    here = draw(st.sampled_from(asked))
    values = [option["value"] for option in here.get("options", ())]
    if here["type"] == "checkboxes":
        chosen = draw(st.sampled_from(values[:-1]))
        count = {"count": {"answer": here["key"]}, "at_least": draw(st.integers(1, 2))}
        return draw(
            st.sampled_from([{"answer": here["key"], "has": chosen}, {"answer": here["key"], "empty": False}, count])
        )
    if here["type"] == "number":
        return {"answer": here["key"], draw(st.sampled_from(["at_least", "below"])): draw(st.integers(0, 3))}
    wanted = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
    return {"answer": here["key"], draw(st.sampled_from(["in", "not_in"])): wanted}


@st.composite
def conditions(draw: Any, asked: list[Document], depth: int = 2) -> Any:
    """A condition of any form, on questions that are asked already."""
    if not depth or draw(st.booleans()):
        return draw(leaves(asked))
    inner = conditions(asked, depth - 1)
    several = draw(st.lists(inner, min_size=1, max_size=3))
    return draw(
        st.sampled_from(
            [{"all": several}, {"any": several}, {"not": several[0]}, {"at_least": len(several), "of": several}]
        )
    )


@st.composite
def small(draw: Any, *, whole: bool = True) -> tuple[Document, Document]:
    """A valid form of four triage questions with up to six rules; with `whole`, the last always holds."""
    asked: list[Document] = []
    for key in KEYS:
        kind = draw(st.sampled_from(["radios", "radios", "checkboxes", "number"]))
        made = question(key, kind, required=draw(st.booleans()))
        if kind == "radios":
            made |= {"options": options(*WORDS), "severity": list(WORDS)}
        elif kind == "checkboxes":
            made |= {"options": options("a", "b", "none"), "severity": "more", "flags": draw(st.booleans())}
        else:
            made |= {"min": 0, "max": 2, "severity": draw(st.sampled_from(["higher", "lower"]))}
        if asked and draw(st.booleans()):
            made["show_when"] = draw(conditions(asked, 1))
        asked.append(made)
    form = {
        "key": "concern",
        "title": text("Tell us"),
        "triage": {"pages": [{"key": "page", "title": text("Page"), "questions": asked}]},
        "sections": draw(sections(asked)),
    }
    rules = [
        rule(f"R{number}", draw(conditions(asked)), draw(st.sampled_from(list(RANKS))))
        for number in range(draw(st.integers(1, 5)))
    ]
    return form, thresholds([*rules, *([rule("R_last", {"always": True}, ADVICE)] if whole else [])])


@st.composite
def sections(draw: Any, asked: list[Document]) -> list[Document]:
    """Two sections, the second for several people; some of their questions depend on triage or on each other."""
    one = question("s0", "yes_no", required=draw(st.booleans()))
    two = question("s1", "text", show_when={"answer": "s0", "is": "yes"}, required=draw(st.booleans()))
    name = question("s2", "name", required=draw(st.booleans()))
    born = question("s3", "date", required=False, show_when={"answer": "s2", "empty": False})
    found: list[Document] = [
        {"key": "first", "title": text("First"), "questions": [one, two]},
        {
            "key": "people",
            "title": text("People"),
            "questions": [name, born],
            "repeat": {"min": 0, "max": 3, "item": text("Person"), "title_from": ["s2"]},
        },
    ]
    if draw(st.booleans()):
        found[draw(st.integers(0, 1))]["show_when"] = draw(conditions(asked, 1))
    return found
