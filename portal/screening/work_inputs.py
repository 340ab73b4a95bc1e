"""What the pages accept on which the council's people share their work: a note, a priority, who takes a report."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField

from portal.kernel.language import say
from portal.messaging.inputs import one_kind_of_line
from portal.screening.commands.lists import MAX_NAME
from portal.screening.commands.notes import MAX_NOTE
from portal.tenants.settings import Council
from portal.web.inputs import Choice, Input, Once, as_uuid, longest, needed

_TOO_LONG = longest(MAX_NOTE, _l("This must be %(limit)s characters or fewer", limit=MAX_NOTE))
PEOPLE, NOBODY = "people", "nobody"


class NoteInput(Once):
    """A note for colleagues."""

    note = TextAreaField(
        _l("Write a note for colleagues"),
        description=_l("Only the council’s people read this. Nobody can change or delete it later."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_NOTE},
        validators=[needed(_l("Enter the note")), _TOO_LONG],
    )


class PriorityInput(Input):
    """Another priority, and why."""

    priority = Choice(_l("What is the priority now?"), message=_l("Choose a priority"))
    why = TextAreaField(
        _l("Why does the priority change?"),
        description=_l("Only the council’s people read this."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_NOTE},
        validators=[needed(_l("Enter why the priority changes")), _TOO_LONG],
    )

    def offer(self, council: Council, language: str) -> PriorityInput:
        """Offer the council's own priorities."""
        self.priority.choices = [(one.key, say(one.label, language)) for one in council.priorities]
        return self


class GiveInput(Input):
    """Who takes a report over, and what they should know."""

    heir = Choice(_l("Who takes this?"), message=_l("Choose who takes this"))
    words = TextAreaField(
        _l("What should they know? (optional)"),
        description=_l("Only the council’s people read this. It is kept with the notes."),
        filters=[one_kind_of_line],
        render_kw={"max_length": MAX_NOTE},
        validators=[_TOO_LONG],
    )
    owner_id = HiddenField()


class ReassignInput(Input):
    """Where several reports of one person go."""

    where = Choice(_l("Where do they go?"), message=_l("Choose where they go"))
    people = SelectMultipleField(
        _l("To whom?"),
        description=_l("If you tick several people, each one goes to whoever has least by then."),
        validate_choice=False,
    )

    def heirs(self) -> list[UUID] | None:
        """Whom they are dealt among, [] for nobody; None while nobody is ticked, or something that is no person."""
        if self.where.data == NOBODY:
            return []
        found = [as_uuid(one) for one in self.people.data or ()]
        return [one for one in found if one] if found and all(found) else None


class ListInput(Input):
    """What a list of the holding area is called."""

    name = StringField(
        _l("Name of this list"),
        [
            needed(_l("Enter a name for this list")),
            longest(MAX_NAME, _l("Use %(limit)s characters or fewer", limit=MAX_NAME)),
        ],
        description=_l("For example, urgent ones from schools. Do not use anybody’s name."),
        render_kw={"width": 20, "autocomplete": "off"},
    )


def uuids(texts: Iterable[str]) -> list[UUID]:
    """Those of the texts that are ids, each once."""
    found = (as_uuid(one) for one in texts)
    return list(dict.fromkeys(one for one in found if one))
