"""How the designer's pages say things: the state of a check, a route, an answer, wherever they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext

from portal.forms.mistakes import SchemaMistakes
from portal.forms.queries.checks import Check
from portal.forms.questionnaire import Question
from portal.forms.questions import summary
from portal.forms.schema import parse_form
from portal.forms.views.blueprint import all_as_read, as_read, language
from portal.kernel.language import say
from portal.web.dates import datetime_words


def _(text: str, **details: object) -> str:
    """Return a text in the reader's language with its details filled in."""
    return str(gettext(text, **details))


class Badge(NamedTuple):
    """A state in words, and the colour of its tag; without one it is calm text."""

    text: str
    colour: str = ""


def check_badge(check: Check | None) -> Badge:
    """How a check stands."""
    if check is None:
        return Badge(_("Not run yet"), "grey")
    badges = {
        "waiting": Badge(_("Waiting to run"), "blue"),
        "running": Badge(_("Running"), "blue"),
        "passed": Badge(_("Passed")),
        "failed": Badge(_("Failed"), "red"),
        "done": Badge(_("Done")),
        "out_of_date": Badge(_("Out of date: the draft has changed"), "yellow"),
        "error": Badge(_("Could not be run"), "red"),
    }
    return badges[check.status]


def check_when(check: Check | None) -> str:
    """When a check was run, and whether it was of the draft as it is now; "" while it has not."""
    if check is None or check.finished_at is None:
        return ""
    when = datetime_words(check.finished_at)
    if check.current:
        return _("Run %(when)s, of the draft as it is now", when=when)
    return _("Run %(when)s, before the draft was changed", when=when)


def text_of(value: Any) -> str:
    """A text of the draft in the reader's language, whether it is one text or one for each language."""
    if isinstance(value, Mapping):
        return as_read(say({str(key): str(words) for key, words in value.items()}, language()))
    return "" if value is None else as_read(str(value))


def route_label(thresholds: Mapping[str, Any], key: Any) -> str:
    """What a route is called in these rules."""
    routes = thresholds.get("routes")
    route = routes.get(key) if isinstance(routes, Mapping) and isinstance(key, str) else None
    return (text_of(route.get("label")) if isinstance(route, Mapping) else "") or str(key or "")


class Answers:
    """The answers of a draft's questions in words; a draft that cannot be read shows its keys."""

    def __init__(self, form: Mapping[str, Any], thresholds: Mapping[str, Any]) -> None:
        self._override = str(thresholds.get("override_answer") or "")
        self._override_words = text_of(thresholds.get("override_question"))
        self._questions: dict[str, Question] = {}
        try:
            read = parse_form(all_as_read(form))
        except SchemaMistakes:
            return
        self._questions = {question.key: question for question in read.questions()}

    def label(self, key: str) -> str:
        """The words of a question."""
        if key == self._override:
            return self._override_words
        question = self._questions.get(key)
        return text_of(question.label) if question else key

    def words(self, key: str, value: Any) -> str:
        """An answer as people read it."""
        if key == self._override:
            return _("Yes") if value == "yes" else _("No")
        question = self._questions.get(key)
        return summary(question, value, language()) if question else str(value)

    def rows(self, answers: Any) -> list[dict[str, str]]:
        """Answers as rows of a summary list, in the order of the questions."""
        if not isinstance(answers, Mapping):
            return []
        order = {key: place for place, key in enumerate(self._questions)}
        keys = sorted(answers, key=lambda key: order.get(key, len(order)))
        return [{"key": self.label(key), "value": self.words(key, answers[key])} for key in keys]
