"""What the fields of a question, of a rule and of what the rules name are called where two versions are compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

NAMES: Mapping[str, Any] = {
    "": _l("What it says"),
    "label": _l("Question or name"),
    "title": _l("Title"),
    "hint": _l("Hint"),
    "intro": _l("Introduction"),
    "type": _l("Kind of question"),
    "required": _l("Must be answered"),
    "show_when": _l("When it is shown"),
    "options": _l("Option"),
    "options_order": _l("Order of the options"),
    "when": _l("When it holds"),
    "route": _l("Route"),
    "level": _l("Level"),
    "levels": _l("Level"),
    "why": _l("Why, in words"),
    "notice": _l("Notice"),
    "notices": _l("Notices"),
    "topics": _l("Advice pages"),
    "fact": _l("What the answer is"),
    "min": _l("Least"),
    "max": _l("Most"),
    "severity": _l("How worrying each answer is"),
    "answers": _l("Answers"),
    "expected": _l("Expected"),
    "summary": _l("Summary"),
    "not_known": _l("“Not known” is offered"),
    "sensitivity": _l("How sensitive the answer is"),
    "guidance": _l("Guidance"),
    "body": _l("Words"),
    "examples": _l("Examples of a good answer"),
    "format": _l("Format"),
    "decimals": _l("Decimals"),
    "forms": _l("How well may the date be known?"),
    "not_before": _l("Not before"),
    "not_after": _l("Not after"),
    "codes": _l("Code list"),
    "item": _l("What one of them is called"),
    "title_from": _l("Which answers name one of them?"),
    "flags": _l("The answers are signs of serious harm"),
    "strengths": _l("The question is about strengths"),
    "unsure_of": _l("Signs of which question is the person not sure about?"),
    "rank": _l("Urgency"),
    "what": _l("What happens next"),
    "who": _l("Who decides"),
    "try_first": _l("What to try first"),
    "come_back": _l("When to come back"),
    "worse": _l("What to do if it gets worse"),
    "services": _l("Service"),
    "reviewed": _l("When somebody last checked this page"),
    "name": _l("Name"),
    "phone": _l("Telephone number"),
    "url": _l("Website"),
    "stands_alone": _l("This rule stands alone"),
    "from": _l("Open from these routes"),
    "except": _l("But not after these rules"),
    "always": _l("Notices shown for every rule"),
    "topic_rules": _l("Rules for topics"),
    "safety": _l("Safety properties"),
    "hub": _l("The route that reaches the hub"),
    "exceptions": _l("Exceptions to the safety checks"),
    "names": _l("What it is called"),
    "override_question": _l("Question under “I disagree”"),
    "override_answer": _l("Name of the answer to it"),
    "version_note": _l("Note"),
    "out_of_hours": _l("Outside office hours"),
}


def field_words(name: str) -> str:
    """What a field is called; one without a name of ours keeps its own."""
    return str(NAMES.get(name, name))
