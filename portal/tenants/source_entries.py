"""The page on which a council says what the census calls where its contacts come from."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.auth.agency_types import TYPES
from portal.tenants.settings_entry import Entry
from portal.tenants.source_settings import SOURCES, USUAL


def entries(languages: Sequence[str]) -> list[Entry]:
    """A code for each kind of agency."""
    del languages
    wrong = _("Enter a code of the census, such as 2A")
    hint = _("The code of the children in need census for where a referral comes from. Empty: the one that is usual.")
    first = next(iter(TYPES))
    return [
        Entry(kind, ("hand_over", SOURCES, kind), _(words), wrong, hint if kind == first else "", "maybe", 5,
              usual=(USUAL[kind],))
        for kind, words in TYPES.items()
    ]  # fmt: skip
