"""The words of a challenge for both sides."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import gettext as _

from portal.kernel.language import Text, say
from portal.onward.queries.challenges import Step
from portal.web.dates import datetime_words

Rows = list[dict[str, str]]


def level_words(level: int, name: Text | None) -> str:
    """A level with who answers it: "Level 2: the service manager"; its number alone where the name is not known."""
    if not name:
        return str(_("Level %(number)s", number=level))
    return str(_("Level %(number)s: %(name)s", number=level, name=say(name, str(get_locale()))))


def rows(step: Step) -> Rows:
    """One level in rows, without what was not said."""
    said = [
        (_("Challenged by"), step.raised_by),
        (_("Challenged on"), datetime_words(step.raised_at)),
        (_("Why they disagree"), step.why),
        (_("What they want instead"), step.wanted),
        (_("Answer due by"), "" if step.answer or step.ended else datetime_words(step.due_at)),
        (_("Answer"), _answer(step)),
        (_("Reasons for the answer"), step.reply),
        (_("Whose answer it is"), step.on_behalf),
        (_("Answered by"), step.answered_by),
        (_("Answered on"), datetime_words(step.answered_at) if step.answered_at else ""),
        (_("Then"), _ended(step)),
    ]
    return [{"key": key, "value": value} for key, value in said if value]


def _answer(step: Step) -> str:
    says = {"upheld": _("The decision stays"), "changed": _("The decision is to be changed")}
    return str(says.get(step.answer, ""))


def _ended(step: Step) -> str:
    when = datetime_words(step.ended_at) if step.ended_at else ""
    says = {
        "accepted": _("The answer was accepted on %(date)s", date=when),
        "taken_on": _("Taken to the next level on %(date)s", date=when),
        "withdrawn": _("The challenge was taken back on %(date)s", date=when),
    }
    return str(says.get(step.ended, ""))
