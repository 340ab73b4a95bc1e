"""A draft that a newer published version has overtaken: what that version changed, and what of it meets the draft."""

from __future__ import annotations

from dataclasses import dataclass

from portal.forms.merging import Merge, merge
from portal.forms.queries import history, library
from portal.forms.queries.drafts import Draft
from portal.forms.queries.history import PublishedVersion
from portal.kernel.scope import Actor

MadeFrom = tuple[str, int | None]


@dataclass(frozen=True)
class Overtaken:
    """The version that a draft began with, the newest one, and how the three meet.

    `made_from` is the template that the draft counts as made from with both; `take_over` says that it is the newest
    version's own, so that what it locks is there as it must be.
    """

    base: PublishedVersion
    newest: PublishedVersion
    merge: Merge
    made_from: MadeFrom
    take_over: bool


def overtaken(actor: Actor, draft: Draft) -> Overtaken | None:
    """What a newer version means for a draft; None when there is none, or the draft began from no version."""
    newest = history.newest(actor, draft.form_key)
    if newest is None or draft.base_id is None or newest.id == draft.base_id:
        return None
    base = history.version(actor, draft.base_id)
    made_from = _made_from(draft, base, newest)
    template = library.numbered(*made_from)
    # Without a template there is nothing to take over, and nothing that a newer version could have unlocked.
    locked = template.locked if template else ()
    found = merge(base.whole, newest.whole, draft.content, locked)
    return Overtaken(base, newest, found, made_from, take_over=made_from == _of(newest))


def _made_from(draft: Draft, base: PublishedVersion, newest: PublishedVersion) -> MadeFrom:
    """The newest version's template where only that one moved on, else the draft's; of one template the later."""
    ours: MadeFrom = (draft.template_key, draft.template_number)
    theirs = _of(newest)
    if ours == _of(base):
        return theirs
    return theirs if ours[0] == theirs[0] and (theirs[1] or 0) > (ours[1] or 0) else ours


def _of(version: PublishedVersion) -> MadeFrom:
    return version.template_key, version.template_number
