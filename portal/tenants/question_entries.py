"""What a council's page about its ready words for questions asks for: each of them, and an empty one to add another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from portal.tenants import own_parts
from portal.tenants.question_templates import MOST, NAMES, PART, TEXT, TITLE
from portal.tenants.settings_entry import Entry, in_languages

PAGE = "questions"
_OWN = "own-"


def slots(document: Mapping[str, Any]) -> list[str]:
    """The keys of those that a document has, in order, and one that is free, unless there is one or there are enough.

    What was emptied on the page stays in the document as empty texts, and is the free one then.
    """
    found = own_parts.at(document, (PART,)) or {}
    # The database keeps no order of keys.
    keys = sorted(found, key=lambda key: (_empty(found[key]), str(key)))
    if len(keys) >= MOST or any(_empty(found[key]) for key in keys):
        return keys
    return [*keys, next(name for number in range(1, MOST + 2) if (name := f"{_OWN}{number}") not in found)]


def _empty(template: Any) -> bool:
    texts = template.values() if isinstance(template, Mapping) else ()
    return not any(words for text in texts if isinstance(text, Mapping) for words in text.values())


def questions(keys: Sequence[str], languages: Sequence[str]) -> list[Entry]:
    """The title and the text of each in each language."""
    gaps = ", ".join(f"(({name}))" for name in NAMES)
    hint = _(
        "Never a child’s name: the reference says which one it is. Gaps that you may use: %(gaps)s. "
        "((answer_by)) is filled in when the question is sent. To take words away, empty their title and text.",
        gaps=gaps,
    )
    found: list[Entry] = []
    for number, key in enumerate(keys, 1):
        title = Entry(
            f"title-{key}", (PART, key, TITLE), _("Question %(number)s: title", number=number),
            _("Enter the title and the text in each of your languages, the title up to 80 characters"),
            _("What a colleague chooses by; the referrer does not see it") if number == 1 else "",
        )  # fmt: skip
        text = Entry(
            f"text-{key}", (PART, key, TEXT), _("Question %(number)s: words", number=number),
            _("Enter the text in each of your languages, up to 2,000 characters, with gaps of the list only"),
            hint if number == 1 else "", "textarea",
        )  # fmt: skip
        found += [*in_languages(title, languages), *in_languages(text, languages)]
    return found
