"""The blueprint that the pages of reports share, and what their views ask again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.forms.queries import Published
from portal.forms.schema import Form
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.errors import NotFound
from portal.kernel.language import say
from portal.referrals.commands.keeping import Keeper, Reports
from portal.referrals.commands.trials import Trials
from portal.referrals.queries.drafts import Draft
from portal.tenants.opening import is_open, numbers
from portal.web.shell import Phone

blueprint = Blueprint("referrals", __name__)
# The same pages of a draft, at addresses of their own, about trials of a form (views/trying.py).
trials = Blueprint("trials", __name__)

_KEEPERS: dict[str, Keeper] = {blueprint.name: Reports(), trials.name: Trials()}


def keeper() -> Keeper:
    """Where the drafts of this address are kept."""
    return _KEEPERS[request.blueprint or blueprint.name]


def is_trial() -> bool:
    """Whether this address is about a trial."""
    return request.blueprint == trials.name


def language() -> str:
    """The language of this page."""
    return str(get_locale() or "en")


def posted() -> Mapping[str, Sequence[str]]:
    """Every posted field with all of its values."""
    return request.form.to_dict(flat=False)


def number_posted(name: str) -> int:
    """A posted version number; anything else counts as 0, which then conflicts."""
    return whole(request.form.get(name)) or 0


def key_posted(name: str = "submit_key") -> UUID:
    """A posted key; raises NotFound when it is not one, because no page of ours holds such a key."""
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise NotFound("no such key") from None


class MustRestartError(Exception):
    """The draft's form was replaced for drafts too: its pages lead to the one that explains it."""

    def __init__(self, draft_id: UUID) -> None:
        super().__init__("must restart")
        self.draft_id = draft_id


class ShortFormError(Exception):
    """The draft is one of the urgent short form, which has one page of its own."""

    def __init__(self, draft_id: UUID) -> None:
        super().__init__("short form")
        self.draft_id = draft_id


def open_draft(draft_id: UUID, *, any_version: bool = False, any_kind: bool = False) -> tuple[Draft, Published]:
    """The person's own full draft (or trial) and the version of the form that it began with.

    Raises MustRestartError where that version was replaced for drafts too, and ShortFormError for the short form's.
    """
    draft, published = keeper().open(guard.actor(), draft_id)
    if draft.kind == "urgent" and not (any_kind or is_trial()):
        raise ShortFormError(draft_id)
    if draft.must_restart and request.method != "POST" and not any_version:
        # What is posted from an older page is saved first: nothing that was typed is lost.
        raise MustRestartError(draft_id)
    return draft, published


def receipt_of(draft_id: UUID, reference: str) -> str:
    """Where the receipt of a draft is that was just sent."""
    if is_trial():
        return url_for("trials.receipt", draft_id=draft_id)
    return url_for("referrals.receipt", reference=reference)


def closed_words(form: Form) -> str:
    """What the form says while the office is closed, "" while it is open or where the form says nothing."""
    return say(form.out_of_hours, language()) if form.out_of_hours and not is_open(scope.council()) else ""


def phones_now() -> tuple[Phone, ...]:
    """The council's numbers, the one that is answered at this moment first and marked."""
    found = sorted(numbers(scope.council(), language()), key=lambda one: not one.now)
    return tuple(
        Phone(one.name, one.number, _("%(when)s (answered now)", when=one.when) if one.now else one.when)
        for one in found
    )
