"""What the pages of the hand-over accept: which parcel was seen, and the case system's own number."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from portal.handover.commands.people import MOST_NUMBER
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict
from portal.web.inputs import Input, as_uuid, longest, needed


class SeenInput(Input):
    """Which parcel, as it was seen."""

    parcel = HiddenField()
    version = HiddenField()

    def seen(self) -> tuple[UUID, int]:
        """The parcel's id and version; raises Conflict where the page does not say them."""
        parcel_id, version = as_uuid(self.parcel.data), whole(self.version.data)
        if parcel_id is None or version is None:
            raise Conflict("no such parcel")
        return parcel_id, version


class CopiedInput(SeenInput):
    """What the case system calls the record into which somebody copied it."""

    files = HiddenField()
    number = StringField(
        _l("Record number in the case system"),
        [
            needed(_l("Enter the record number in the case system")),
            longest(MOST_NUMBER, _l("This must be %(limit)s characters or fewer", limit=MOST_NUMBER)),
        ],
        description=_l("The number that the case system gave it, never a name."),
        render_kw={"width": 20, "autocomplete": "off"},
    )

    def show(self, files: Iterable[UUID]) -> None:
        """Keep which files the page shows as passed."""
        self.files.data = " ".join(str(one) for one in files)

    def shown(self) -> frozenset[UUID]:
        """The files that the page showed as passed; whatever is no file's id is left out."""
        found = (as_uuid(one) for one in str(self.files.data or "").split())
        return frozenset(one for one in found if one is not None)
