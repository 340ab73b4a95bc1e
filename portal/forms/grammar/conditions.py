"""The schema of conditions and derived values: the same in both documents."""

from __future__ import annotations

from collections.abc import Mapping

from portal.forms.conditions import LIMIT
from portal.forms.grammar.parts import TRUE_OR_FALSE, Schema, keyed, keys, named, ref, several, told, whole

NUMBER = whole(-LIMIT, LIMIT)
COMPARED: Mapping[str, Schema] = {"at_least": NUMBER, "below": NUMBER, "is": NUMBER}
TWO = {"minProperties": 2, "maxProperties": 2}
"""What is compared, and exactly one comparison."""
OF_ANSWERS: Mapping[str, Schema] = {
    "is": told({"anyOf": [ref("key"), NUMBER]}, "This option, or this number (for number and age)."),
    "in": told(keys(1), "One of these options."),
    "not_in": told(keys(1), "None of these, or no answer: use it where doubt counts upwards."),
    "at_least": told(NUMBER, "A number that is this or more."),
    "below": told(NUMBER, "A number that is less than this."),
    "has": told(ref("key"), "This option (or category of levels) is chosen."),
    "has_any": told(keys(1), "At least one of these is chosen."),
    "empty": told(TRUE_OR_FALSE, "true: nothing is chosen or typed; false: something is."),
}
SEVERAL = several(ref("condition"), 1)
CONDITIONS: tuple[Schema, ...] = (
    told(keyed({"always": {"const": True}}), "Always."),
    told(keyed({"all": SEVERAL}), "All of these hold."),
    told(keyed({"any": SEVERAL}), "At least one of these holds."),
    told(keyed({"not": ref("condition")}), "It does not hold."),
    told(keyed({"at_least": whole(1, 400), "of": SEVERAL}), "At least so many of these hold."),
    told(keyed({"met": ref("key")}), "A condition named earlier under `conditions` holds."),
    told(keyed({"value": ref("key")}, COMPARED, **TWO), "A derived value is so."),
    told(keyed({"count": ref("count")}, COMPARED, **TWO), "So many are chosen."),
    told(keyed({"answer": ref("key")}, OF_ANSWERS, **TWO), "An answer is so; exactly one comparison."),
)
CAPS: Mapping[str, Schema] = {
    "no_more_than": told(NUMBER, "The value counts as no more than this."),
    "no_less_than": told(NUMBER, "The value counts as no less than this."),
}
VALUES: tuple[Schema, ...] = (
    told(NUMBER, "That number."),
    told(keyed({"sum": several(ref("value"), 1)}, CAPS), "All added up; missing ones are left out."),
    told(keyed({"highest": several(ref("value"), 1)}, CAPS), "The highest of these."),
    told(keyed({"lowest": several(ref("value"), 1)}, CAPS), "The lowest of these."),
    told(keyed({"how_many": SEVERAL}, CAPS), "How many of the conditions hold."),
    told(
        keyed({"if": ref("condition"), "then": ref("value")}, {"else": ref("value"), **CAPS}),
        "One or the other; `else` is 0 when left out.",
    ),
    told(keyed({"count": ref("count")}, CAPS), "How many are chosen."),
    told(
        keyed({"highest_level": keyed({"answer": ref("key")}, {"of": keys(1)})}, CAPS),
        "The highest level chosen, 0 if none.",
    ),
    told(keyed({"value": ref("key")}, CAPS), "A value that comes earlier."),
    told(
        keyed({"answer": ref("key")}, {"points": named(NUMBER, 200, least=1), **CAPS}),
        "The number answered; with `points`, the points of what is chosen.",
    ),
    told(keyed({"years_since": ref("key")}, CAPS), "Whole years since a date."),
    told(keyed({"days_since": ref("key")}, CAPS), "Days since a date."),
)
SHARED: Mapping[str, Schema] = {
    "condition": told(
        {"oneOf": list(CONDITIONS)},
        "A condition over the answers. A missing answer is never an error: it fits no comparison, it is `empty`, "
        "and it is `not_in` any list. At most 8 deep, at most 400 parts.",
    ),
    "count": told(
        keyed(
            {"answer": ref("key")},
            {
                "of": told(keys(1), "Only these options or categories count."),
                "level_at_least": told(whole(1, 9), "Only categories at this level or above count."),
                "level_is": told(whole(1, 9), "Only categories at exactly this level count."),
            },
        ),
        "How many options of checkboxes, or categories of levels, are chosen.",
    ),
}
