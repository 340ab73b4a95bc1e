"""Brings a newer published version into a draft that began before it, so that neither's changes are lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from portal.auth.policy import Permission, Reach, reach
from portal.forms.commands import drafting
from portal.forms.queries import overtaken as queries
from portal.forms.queries.drafts import Draft
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor

OURS: Final = "ours"
THEIRS: Final = "theirs"
WHAT: Final = "newer_taken"


def bring_in(actor: Actor, draft: Draft, seen: int, newest_id: UUID, picked: Mapping[str, str]) -> int:
    """Bring the newest version into a draft and return its new version; twice is once.

    What only the newer version changed comes in; `picked` says OURS or THEIRS for each proposal (by its id) where both
    changed the same. From then on the draft counts as begun from the newest version. Raises Forbidden for those who do
    not design; Invalid with "required" for each id that is not decided, or {"content": "locked" | "too_large"};
    Conflict when the draft changed (state) or when `newest_id` is not the newest any more (newer).
    """
    if reach(actor, Permission.DESIGN) is not Reach.COUNCIL:
        raise Forbidden
    found = queries.overtaken(actor, draft)
    if found is None and draft.base_id == newest_id and draft.version == seen + 1:
        return draft.version
    if found is None or draft.version != seen:
        raise Conflict("the draft was changed elsewhere", state=draft.state)
    if found.newest.id != newest_id:
        raise Conflict("another version was published", newer=str(found.newest.number))
    both = [each.id for each in found.merge.proposals if each.conflict]
    undecided = {each: "required" for each in both if picked.get(each) not in (OURS, THEIRS)}
    if undecided:
        raise Invalid(undecided)
    kept = {each for each in both if picked[each] == OURS}
    accepted = {each.id for each in found.merge.proposals} - kept
    content = found.merge.content(accepted, kept=kept, take_over=found.take_over)
    key, number = found.made_from
    columns = {"base_id": newest_id, "template_key": key, "template_number": number}
    return drafting.save(actor, draft, content, seen, WHAT, **columns)
