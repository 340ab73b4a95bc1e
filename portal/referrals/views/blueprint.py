"""The blueprint that the pages of reports share, and what their views ask again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, request
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.forms.queries import Published, version
from portal.kernel import scope
from portal.kernel.errors import Forbidden, NotFound
from portal.kernel.scope import Council
from portal.referrals.queries.drafts import Draft, find_draft, may_send_full
from portal.tenants.opening import numbers
from portal.web.shell import Phone

# A version number never has more: a longer one is not ours.
DIGITS = 8

blueprint = Blueprint("referrals", __name__)


def language() -> str:
    """The language of this page."""
    return str(get_locale() or "en")


def council() -> Council:
    """The council of this address; the guard has seen to it that there is one."""
    found = scope.current().council
    if found is None:
        raise NotFound("no council in scope")
    return found


def posted() -> Mapping[str, Sequence[str]]:
    """Every posted field with all of its values."""
    return request.form.to_dict(flat=False)


def number_posted(name: str) -> int:
    """A posted version number; anything else counts as 0, which then conflicts."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0


def key_posted(name: str = "submit_key") -> UUID:
    """A posted key; raises NotFound when it is not one, because no page of ours holds such a key."""
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise NotFound("no such key") from None


def open_draft(draft_id: UUID) -> tuple[Draft, Published]:
    """The person's own full draft and the version of the form that it began with."""
    actor = guard.actor()
    if not may_send_full(actor):
        raise Forbidden
    draft = find_draft(actor, draft_id)
    return draft, version(draft.form_version_id)


def phones_now() -> tuple[Phone, ...]:
    """The council's numbers, the one that is answered at this moment first and marked."""
    found = sorted(numbers(council(), language()), key=lambda one: not one.now)
    return tuple(
        Phone(one.name, one.number, _("%(when)s (answered now)", when=one.when) if one.now else one.when)
        for one in found
    )
