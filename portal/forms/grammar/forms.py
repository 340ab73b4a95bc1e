"""The JSON Schema of the form document: pages, sections and questions."""

from __future__ import annotations

from typing import Any

from portal.forms.grammar.conditions import SHARED
from portal.forms.grammar.parts import COMMON, DRAFT, keyed, keys, ref, several, told, whole
from portal.forms.grammar.questions import question
from portal.forms.question_reading import MOST_QUESTIONS
from portal.forms.questionnaire import TYPES
from portal.forms.schema import MOST_PAGES

TEXT = ref("text")
AROUND = {"intro": TEXT, "inset": told(TEXT, "Shown as inset text."), "show_when": ref("condition")}
REPEAT = keyed({"min": whole(0, 50), "max": whole(1, 50), "item": TEXT, "title_from": keys(1)})


def form_schema() -> dict[str, Any]:
    """The whole schema of the form document."""
    of_triage, of_sections = several(ref("first"), 1, MOST_QUESTIONS), several(ref("question"), 1, MOST_QUESTIONS)
    section = keyed(
        {"key": ref("key"), "title": TEXT, "questions": of_sections},
        {**AROUND, "repeat": told(REPEAT, "The section is given once for each of several people.")},
    )
    sections = several(ref("section"), 1, MOST_PAGES)
    return {
        "$schema": DRAFT,
        "title": "A council's questions (form document)",
        "description": "docs/rules.md explains every key. What only the reader can know, such as whether a condition "
        "speaks of a question asked earlier, is checked by `portal council check`.",
        **keyed(
            {
                "key": told(ref("key"), "The family of the form: concern, information or service."),
                "title": TEXT,
                "triage": keyed({"pages": told(several(ref("page"), 0, MOST_PAGES), "The questions asked first.")}),
                "sections": told(sections, "The report itself."),
            },
            {
                "urgent": told(keyed({"sections": sections}), "The short urgent form."),
                "inset": TEXT,
                "out_of_hours": told(TEXT, "What is said while the office is closed."),
            },
        ),
        "$defs": {
            **COMMON,
            **{name: SHARED[name] for name in ("condition", "count")},
            "page": keyed({"key": ref("key"), "title": TEXT, "questions": of_triage}, AROUND),
            "section": section,
            "first": told(question(TYPES - {"group"}, triage=True), "A question of triage."),
            "question": told(question(TYPES, triage=False), "A question of a section."),
            "inner": told(question(TYPES - {"group"}, triage=False), "A question inside a group."),
        },
    }
