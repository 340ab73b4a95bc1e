"""The ready words that a council has for asking a referrer: a title for its own people and a text with gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.kernel.language import Text
from portal.tenants.reading import Reader
from portal.tenants.telling_settings import optional_text

PART: Final = "question_templates"
MOST: Final = 12
LONGEST_TITLE: Final = 80
LONGEST: Final = 2000
# Every name that a text may have in double brackets. No child is among them: the reference says which report it is.
NAMES: Final = (
    "reference", "answer_by", "council", "hub", "hub_phone", "out_of_hours", "out_of_hours_phone", "hours",
)  # fmt: skip
TITLE, TEXT = "title", "text"


@dataclass(frozen=True)
class QuestionTemplate:
    """Ready words; both are in all of the council's languages."""

    title: Text
    text: Text


def read_question_templates(top: Reader) -> Mapping[str, QuestionTemplate]:
    """The group `question_templates` of a council.yaml, by key; it may be missing. One that is empty in every language
    was taken away on the council's page, and is none."""
    if not top.has(PART):
        top.value(PART, required=False)
        return {}
    group = top.group(PART)
    if len(group.data) > MOST:
        top.wrong(PART, f"“{PART}” has more than {MOST}")
    read = {str(key): _template(group.group(str(key))) for key in group.data}
    return {key: one for key, one in read.items() if one is not None}


def _template(group: Reader) -> QuestionTemplate | None:
    mistakes = len(group.mistakes)
    title = optional_text(group, TITLE, (), LONGEST_TITLE)
    text = optional_text(group, TEXT, NAMES, LONGEST)
    if bool(title) != bool(text) and len(group.mistakes) == mistakes:
        missing = TEXT if title else TITLE
        group.wrong(missing, f"“{missing}” has no text")
    group.finish()
    return QuestionTemplate(title, text) if title and text else None
