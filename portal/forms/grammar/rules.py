"""The JSON Schema of the thresholds document: routes, values, conditions, rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.forms.grammar.conditions import SHARED, VALUES
from portal.forms.grammar.parts import (
    COMMON,
    DRAFT,
    TRUE_OR_FALSE,
    Schema,
    keyed,
    keys,
    line,
    named,
    one_word,
    ref,
    several,
    told,
    whole,
)
from portal.forms.safety_reading import MOST_EXCEPTIONS
from portal.forms.threshold_reading import EXTRAS, MOST_RULES, PARTS
from portal.forms.thresholds import SAFETY_PROPERTIES
from portal.forms.topic_reading import PHONE, TEXTS

TEXT = ref("text")
WHEN = ref("condition")
LEVEL: Schema = {"anyOf": [{"type": "null"}, whole(1, 9), keyed({"value": ref("key")})]}
NOTICE_WHEN: Schema = {"anyOf": [ref("key"), keyed({"notice": ref("key")}, {"when": WHEN})]}
RULE: Mapping[str, Schema] = {
    "id": told(ref("key"), "What the rule is called; each once, overrides included."),
    "when": told(WHEN, "When the rule holds. Rules are tried in order and the first that holds decides."),
    "route": told(ref("key"), "Where the report goes: a key of `routes`."),
    "level": told(
        {"anyOf": [*LEVEL["anyOf"], several(keyed({"level": LEVEL}, {"when": WHEN}), 1, 20)]},
        "The level of need: a number, null, a derived value, or steps of which the first that holds is taken.",
    ),
    "why": told(TEXT, "The rule in plain words; the referrer reads it."),
}
SHOWN: Mapping[str, Schema] = {
    "notices": told(several(NOTICE_WHEN, 0, 100), "Notices of this rule: keys of `notices`, some with a condition."),
    "topics": told(
        {"anyOf": [TRUE_OR_FALSE, keys()]}, "true: the topics of `topic_rules`; a list: exactly these; else none."
    ),
}
SERVICE = keyed(
    {"name": TEXT, "what": TEXT},
    {
        "phone": line(20, "^" + PHONE.pattern.removesuffix(r"\Z") + "$"),
        "url": line(200, r"^https://[^\n]*$"),
    },
)
TOPIC = keyed(
    {
        **dict.fromkeys(TEXTS, TEXT),
        "services": several(SERVICE, 1, 10),
        "reviewed": told({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}, "The day of the last check."),
    }
)
EXCEPTION = keyed(
    {
        "rule": ref("key"),
        "properties": {**several(one_word(SAFETY_PROPERTIES), 1), "uniqueItems": True},
        "reason": TEXT,
    }
)
PROPERTIES: Mapping[str, Schema] = {
    "routes": told(
        named(keyed({"rank": whole(1, 20), "label": TEXT, "what": TEXT, "who": TEXT}), 20),
        "Where a report can go. The rank orders routes by urgency, 1 is the least; each rank once.",
    ),
    "levels": told(named(TEXT, 9, "^[0-9]{1,60}$"), "What each level of need is called."),
    "rules": told(several(ref("rule"), 1, MOST_RULES), "In order; the last, and no other, is `when: {always: true}`."),
    "notices": told(named(TEXT, 200), "What a referrer is told, by key."),
    "override_answer": told(ref("key"), "The key under which the answer to `override_question` is kept."),
    "override_question": told(TEXT, "What is asked beside “I disagree”."),
    "version_note": told({}, "A note for people."),
    "values": told(named(ref("value"), 100), "Derived values, in order; one may use only those above it."),
    "conditions": told(named(WHEN, 100), "Named conditions, in order; one may use only those above it."),
    "overrides": told(
        several(keyed({**RULE, "from": keys()}, {"except": keys(), **SHOWN}), 0, 20),
        "Ways up, tried after the rules: open `from` some routes, `except` after some rules; they only go up.",
    ),
    "always": told(
        several({"anyOf": [ref("key"), keyed({"notice": ref("key")}, {"when": WHEN, "routes": keys()})]}, 0, 100),
        "Notices for whichever rule decides.",
    ),
    "topics": told(named(TOPIC, 100), "The advice pages (in a council's folder, the file topics.yaml)."),
    "topic_rules": told(
        several(keyed({"topics": keys(), "when": WHEN}, {"drop": TRUE_OR_FALSE}), 0, 200),
        "Which advice pages are shown, or with `drop: true` left out again.",
    ),
    "safety": told(
        keyed({"hub": ref("key")}, {"exceptions": several(EXCEPTION, 0, MOST_EXCEPTIONS)}),
        "What the proof needs: the route from which people look, and the rules that are exceptions, with reasons.",
    ),
    "names": told(
        named(TEXT, 200),
        "What values and conditions are called in plain words: a count as “areas scored 3”, another value as "
        "“the score”, a condition as a clause.",
    ),
}


def rules_schema() -> dict[str, Any]:
    """The whole schema of the thresholds document."""
    may = {name: PROPERTIES[name] for name in EXTRAS}
    return {
        "$schema": DRAFT,
        "title": "A council's routing rules (thresholds document)",
        "description": "docs/rules.md explains every form. What only the reader can know, such as whether a question "
        "exists, is checked by `portal council check`.",
        **keyed({name: PROPERTIES[name] for name in PARTS}, may),
        "$defs": {
            **COMMON,
            **SHARED,
            "value": told({"oneOf": list(VALUES)}, "A derived value: a whole number, or missing."),
            "rule": keyed(RULE, {**SHOWN, "stands_alone": told(TRUE_OR_FALSE, "Leaves out the notices of `always`.")}),
        },
    }
