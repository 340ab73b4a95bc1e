"""What the pages of a scenario accept: its name, why it is as it is, and what is expected of its answers."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.web.inputs import Choice, Input, longest, needed

LONGEST_TITLE, LONGEST_WORDS = 120, 2_000


class ScenarioInput(Input):
    """A scenario without its answers; the view fills in routes, levels, rules, notices and topics."""

    title = StringField(
        _l("Name of the scenario"),
        description=_l("For example: Bruise on a baby. Invent it: name no real child or family."),
        validators=[
            needed(_l("Enter a name for the scenario")),
            longest(LONGEST_TITLE, _l("The name must be %(limit)s characters or fewer", limit=LONGEST_TITLE)),
        ],
    )
    summary = TextAreaField(
        _l("What has happened (optional)"),
        validators=[
            Optional(),
            longest(LONGEST_WORDS, _l("What has happened must be %(limit)s characters or fewer", limit=LONGEST_WORDS)),
        ],
        render_kw={"max_length": LONGEST_WORDS},
    )
    route = Choice(_l("Which route do you expect?"), message=_l("Choose the route that you expect"))
    level = SelectField(_l("Which level do you expect?"), validate_choice=False)
    rule = SelectField(_l("Which rule do you expect to decide?"), validate_choice=False)
    compare_notices = BooleanField(_l("Compare the notices too"))
    notices = SelectMultipleField(_l("Which notices do you expect?"), validate_choice=False)
    compare_topics = BooleanField(_l("Compare the advice pages too"))
    topics = SelectMultipleField(_l("Which advice pages do you expect?"), validate_choice=False)
    why = TextAreaField(
        _l("Why should it come out like this? (optional)"),
        validators=[
            Optional(),
            longest(LONGEST_WORDS, _l("Your reason must be %(limit)s characters or fewer", limit=LONGEST_WORDS)),
        ],
        render_kw={"max_length": LONGEST_WORDS},
    )

    def expected(self) -> dict[str, Any]:
        """What is expected, as a scenario holds it; what is not compared is left out. Unknown names are dropped."""
        found: dict[str, Any] = {"route": self.route.data}
        if self.rule.data in _offered(self.rule) and self.rule.data:
            found["rule"] = self.rule.data
        if self.level.data == "none":
            found["level"] = None
        elif self.level.data in _offered(self.level) and self.level.data:
            found["level"] = int(self.level.data)
        for compare, names in (("compare_notices", "notices"), ("compare_topics", "topics")):
            if self[compare].data:
                known = _offered(self[names])
                found[names] = [one for one in self[names].data or [] if one in known]
        return found


def _offered(field: Any) -> set[str]:
    return {str(value) for value, _label, *_more in field.choices or ()}
