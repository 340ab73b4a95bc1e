"""The notes among colleagues as the page of a report shows them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission
from portal.referrals.queries.record import Found
from portal.screening import presenting
from portal.screening.queries.kept import has
from portal.screening.queries.notes import Written, notes
from portal.screening.work_inputs import NoteInput
from portal.web.fields import from_form


def noted(found: Found, form: NoteInput | None) -> dict[str, Any]:
    """The notes with their titles, and the field to write another (no fields for somebody who may only read)."""
    actor = guard.actor()
    form = form or NoteInput(formdata=None)
    form.once.data = form.once.data or str(uuid4())
    writes = guard.may(Permission.SCREEN) and not found.reads_only(actor)
    return {
        "notes": [(one, _titled(one)) for one in (notes(actor, found) if has(found, "notes") else ())],
        "note_views": list(from_form(form).values()) if writes else [],
    }


def _titled(one: Written) -> str:
    """What a note is about; "" for a plain one."""
    if one.kind == "priority":
        was, became = presenting.priority_badge(one.was).text, presenting.priority_badge(one.became).text
        return str(_("Priority changed from %(was)s to %(became)s", was=was, became=became))
    if one.kind == "given":
        return str(_("Given to %(name)s", name=one.given_to) if one.given_to else _("Given back to the holding area"))
    return ""
