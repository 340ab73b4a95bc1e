"""A form that asks one question of every type, with every key that a question may have."""

from __future__ import annotations

from typing import Any


def say(words: str) -> dict[str, str]:
    return {"en": words, "cy": f"{words} yn Gymraeg"}


def options(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": say(f"Option {value}")} for value in values]


def _ask(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": say(f"The {key}"), **more}


def triage() -> list[dict[str, Any]]:
    """Return the triage questions: those that rules may compare."""
    return [
        _ask("danger", "yes_no", not_known=True, severity=["no", "not_known", "yes"], required=True),
        _ask("signs", "checkboxes", options=options("burn", "bruise"), flags=True, severity="more"),
        _ask("signs_unsure", "checkboxes", options=options("burn", "bruise"), flags=True, unsure_of="signs"),
        _ask("coping", "checkboxes", options=options("sleep", "food"), strengths=True, severity="fewer"),
        _ask("when", "radios", options=options("now", "week", "ago", "dk"), severity=["ago", ["week", "dk"], "now"]),
        _ask("times", "number", min=0, max=50, severity="higher"),
        _ask("years", "age", severity="lower"),
    ]


def details() -> list[dict[str, Any]]:
    """Return questions of every other type."""
    return [
        _ask("words", "text", guidance={"title": say("Help"), "body": say("Say it"), "examples": [say("Like so")]}),
        _ask("story", "textarea", required=True),
        _ask("one", "select", options=options("a", "b")),
        _ask("language", "search", codes="uk/language@2026", not_known=True),
        _ask("ethnicity", "radios", codes="england/ethnicity@2026"),
        _ask("disability", "checkboxes", codes="england/disability@2026"),
        _ask("sex", "radios", codes="england/sex@2026", options=[{**options("girl")[0], "code": "F"}]),
        _ask(
            "born", "date", forms=["exact", "month", "year", "estimated", "due"], not_known=True, not_after="today+9m"
        ),
        _ask("seen", "date", not_before="today-2y", not_after="today"),
        _ask("met", "date", forms=["month"]),
        _ask("attendance", "number", decimals=1, min=0, max=100),
        _ask("called", "name", not_known=True),
        _ask("home", "address"),
        _ask("phone", "tel"),
        _ask("mail", "email"),
        _ask("area", "postcode"),
        _ask("nhs", "nhs_number", fact="child.nhs_number"),
        _ask("pupil", "upn"),
        _ask("school", "school", not_known=True),
        _ask("doctor", "practice"),
        _ask("papers", "documents", options=options("plan", "letter")),
        _ask("incident", "text", format="police_reference"),
        _ask("worries", "levels", options=options("home", "play"), levels=levels()),
    ]


def levels() -> list[dict[str, Any]]:
    return [{"value": value, "label": say(f"Level {value}")} for value in (1, 2, 3)]


def people() -> dict[str, Any]:
    """Return a group: the people of a household."""
    return _ask(
        "people",
        "group",
        min=0,
        max=4,
        item=say("Person"),
        title_from=["person"],
        questions=[
            _ask("person", "name", required=True),
            _ask("adult", "yes_no"),
            _ask("job", "text", show_when={"answer": "adult", "is": "yes"}, required={"answer": "danger", "is": "yes"}),
        ],
    )


def form() -> dict[str, Any]:
    """Return the whole form document."""
    return {
        "key": "concern",
        "title": say("Everything"),
        "inset": say("((council)) reads this"),
        "out_of_hours": say("Ring ((out_of_hours)) on ((out_of_hours_phone))"),
        "triage": {
            "pages": [{"key": "first", "title": say("First"), "inset": say("Ring ((hub))"), "questions": triage()}]
        },
        "sections": [
            {"key": "all", "title": say("All"), "inset": say("Take care"), "questions": [*details(), people()]},
            {
                "key": "children",
                "title": say("Children"),
                "repeat": {"min": 1, "max": 3, "item": say("Child"), "title_from": ["child"]},
                "questions": [
                    _ask("child", "name"),
                    {**people(), "key": "friends", "title_from": ["friend"], "questions": [_ask("friend", "text")]},
                ],
            },
        ],
    }
