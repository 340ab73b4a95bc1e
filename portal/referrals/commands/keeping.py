"""Where a draft's answers are kept: in a report that will be sent, or in a trial of a form that never is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from portal.forms.queries import Published, version
from portal.kernel.errors import Forbidden, TermsFirst
from portal.kernel.scope import Actor
from portal.referrals.commands import drafts, sending, sharing
from portal.referrals.projecting import project
from portal.referrals.queries.drafts import Draft, find_draft, may_send_full, sent_as
from portal.referrals.queries.duplicates import Earlier, earlier


class Keeper(Protocol):
    """What the pages of a draft ask of wherever it is kept; each method raises as the functions of `drafts` do."""

    def open(self, actor: Actor, draft_id: UUID) -> tuple[Draft, Published]:
        """The person's own draft, and the questions and rules that it began with."""

    def save(
        self,
        actor: Actor,
        draft: Draft,
        section: str,
        body: Any,
        seen: int,
        *,
        complete: bool,
        initials: str | None = None,
    ) -> int:
        """Save one section that was seen at version `seen`; returns its new version."""

    def note_route(self, actor: Actor, draft: Draft, route: str, rule: str) -> None:
        """Record where the finished first questions lead."""

    def throw_away(self, actor: Actor, draft: Draft) -> None:
        """Delete the draft with all that was written in it."""

    def key(self, actor: Actor, draft: Draft) -> UUID:
        """The key that makes sending it happen once."""

    def send(self, actor: Actor, draft_id: UUID, submit_key: UUID, seen: int) -> str:
        """Send it as it was at version `seen`; returns its reference."""

    def sent_as(self, actor: Actor, draft_id: UUID) -> str:
        """The reference under which it was sent meanwhile."""

    def earlier(
        self, actor: Actor, draft: Draft, published: Published, sections: Mapping[str, Any]
    ) -> tuple[Earlier, ...]:
        """Reports about the same child that the person may know of."""


class Reports:
    """Drafts of real reports."""

    def open(self, actor: Actor, draft_id: UUID) -> tuple[Draft, Published]:
        """The draft and its version of the form; raises Forbidden while the person's membership waits, and TermsFirst
        until they have accepted the terms of use."""
        _refuse_who_waits(actor)
        draft = find_draft(actor, draft_id)
        sharing.note_opening(actor, draft)
        return draft, version(draft.form_version_id)

    def send(self, actor: Actor, draft_id: UUID, submit_key: UUID, seen: int) -> str:
        """Send it; raises as `open` and `sending.send` do."""
        _refuse_who_waits(actor)
        return sending.send(actor, draft_id, submit_key, seen)

    save = staticmethod(drafts.save)
    note_route = staticmethod(drafts.note_route)
    throw_away = staticmethod(drafts.throw_away)
    key = staticmethod(sending.mint_key)
    sent_as = staticmethod(sent_as)

    def earlier(
        self, actor: Actor, draft: Draft, published: Published, sections: Mapping[str, Any]
    ) -> tuple[Earlier, ...]:
        """The person's, or for a lead their agency's, of the council's last weeks."""
        return earlier(actor, project(published.form, draft.kind, sections).children)


def _refuse_who_waits(actor: Actor) -> None:
    if not may_send_full(actor):
        raise TermsFirst if actor.terms_due else Forbidden
