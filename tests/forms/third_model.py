"""A third council's model, quite unlike the other two: points with caps, a two-step question, and dates."""

from __future__ import annotations

from typing import Any


def text(words: str) -> dict[str, str]:
    """Return a text in English only."""
    return {"en": words}


def question(key: str, kind: str, **parts: Any) -> dict[str, Any]:
    """Return a question of a document."""
    return {"key": key, "type": kind, "label": text(f"The {key}?"), **parts}


def options(*values: str) -> list[dict[str, Any]]:
    """Return options of a question; `none` is exclusive."""
    return [
        {"value": value, "label": text(value)} | ({"exclusive": True} if value == "none" else {}) for value in values
    ]


def form() -> dict[str, Any]:
    """Return the document of the third model's form."""
    return {
        "key": "concern",
        "title": text("Tell us"),
        "triage": {
            "pages": [
                {
                    "key": "one",
                    "title": text("One"),
                    "questions": [
                        question("hurt", "radios", options=options("yes", "no", "maybe"), required=True),
                        question(
                            "how_hurt",
                            "radios",
                            options=options("mark", "wound"),
                            required=True,
                            show_when={"answer": "hurt", "in": ["yes", "maybe"]},
                        ),
                        question("signs", "checkboxes", options=options("quiet", "tired", "hungry", "thin", "none")),
                        question("born", "date"),
                        question("moves", "number", min=0, max=50),
                    ],
                }
            ]
        },
        "sections": [
            {
                "key": "people",
                "title": text("People"),
                "repeat": {"min": 0, "max": 3, "item": text("Person"), "title_from": ["name"]},
                "questions": [
                    question("name", "text", required=True),
                    question("nickname", "text", show_when={"answer": "name", "empty": False}),
                ],
            },
            {
                "key": "more",
                "title": text("More"),
                "show_when": {"answer": "hurt", "is": "yes"},
                "questions": [question("where", "textarea")],
            },
        ],
    }


def thresholds() -> dict[str, Any]:
    """Return the document of the third model's thresholds."""
    routes = {
        key: {"rank": rank, "label": text(key), "what": text("Then."), "who": text("Somebody.")}
        for rank, key in enumerate(("shelf", "desk", "door"), 1)
    }
    return {
        "routes": routes,
        "levels": {"1": text("Low"), "2": text("High")},
        "values": {
            "signs": {"answer": "signs", "points": {"quiet": 2, "tired": 1, "hungry": 3, "thin": 4}, "no_more_than": 6},
            "hurt": {
                "if": {"answer": "how_hurt", "is": "wound"},
                "then": 10,
                "else": {"answer": "hurt", "points": {"yes": 5, "maybe": 3}},
            },
            "moves": {"answer": "moves", "no_more_than": 2},
            "total": {"sum": [{"value": "signs"}, {"value": "hurt"}, {"value": "moves"}, -1], "no_less_than": 0},
            "worst": {"highest": [{"value": "signs"}, {"value": "hurt"}]},
            "least": {"lowest": [{"value": "signs"}, {"value": "moves"}]},
            "kinds": {"how_many": [{"value": "signs", "at_least": 1}, {"value": "hurt", "at_least": 1}]},
            "age": {"years_since": "born"},
            "days": {"days_since": "born"},
        },
        "conditions": {
            "infant": {"value": "age", "below": 1},
            "two_of_three": {
                "at_least": 2,
                "of": [{"met": "infant"}, {"value": "total", "at_least": 4}, {"answer": "signs", "has": "hungry"}],
            },
        },
        "rules": [
            {"id": "wound", "when": {"value": "worst", "at_least": 10}, "route": "door", "level": 2, "why": text("A")},
            {
                "id": "mix",
                "when": {"met": "two_of_three"},
                "route": "desk",
                "level": {"value": "kinds"},
                "why": text("B"),
            },
            {
                "id": "rest",
                "when": {"always": True},
                "route": "shelf",
                "level": None,
                "why": text("C"),
                "topics": ["rest"],
            },
        ],
        "override_answer": "disagree",
        "override_question": text("Do you disagree?"),
        "overrides": [
            {
                "id": "up",
                "when": {"answer": "disagree", "is": "yes"},
                "from": ["shelf"],
                "route": "desk",
                "level": 1,
                "why": text("D"),
            }
        ],
        "notices": {"ring": text("Ring.")},
        "always": [{"notice": "ring", "when": {"not": {"answer": "hurt", "is": "no"}}}],
        "topics": {
            "rest": {
                **{name: text(name) for name in ("title", "summary", "try_first", "come_back", "worse")},
                "services": [{"name": text("Somebody"), "what": text("Helps"), "phone": "111"}],
                "reviewed": "2026-01-31",
            }
        },
    }
