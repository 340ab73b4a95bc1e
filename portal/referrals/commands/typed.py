"""Keeps what is being typed in a draft, beside the answers that were saved, until it is saved too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import aliased

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict
from portal.kernel.scope import Actor
from portal.referrals.models import DraftTyping, Referral
from portal.referrals.queries.drafts import Draft
from portal.referrals.queries.typed import sealed, theirs


@dataclass(frozen=True)
class Tab:
    """The page in which somebody types: its name, its own key, the version of what was typed that it was made with
    (0: nothing), and of the section that it saw."""

    page: str
    key: UUID
    version: int
    seen: int


def keep(actor: Actor, draft: Draft, tab: Tab, fields: Mapping[str, Sequence[str]], section: str) -> int | None:
    """Keep what stands in the fields of a page; returns the version of what is kept.

    The same page's later text replaces its earlier one, whatever got lost on the way. Text of another tab that this
    one has not shown is never replaced: Conflict(typed="elsewhere"). None when the page has saved its text already
    and this comes late. Raises Conflict(state="sent") once the report was sent. The audit hears of the first text
    only: who typed last is in the row, and saving is recorded for itself.
    """
    _touch(draft)
    here = (theirs(actor, draft.id), DraftTyping.page == tab.page)
    row = db.session().execute(select(DraftTyping).where(*here).with_for_update()).scalar_one_or_none()
    if row is None:
        _insert(actor, draft, tab, fields)
        events.record(Event.REFERRAL_TYPED, draft.id, section=section)
        return 1
    if row.body is None:
        if row.tab == tab.key:
            return None
        events.record(Event.REFERRAL_TYPED, draft.id, section=section)
    elif row.tab != tab.key and row.version != tab.version:
        raise Conflict("typed in another tab", typed="elsewhere")
    values = {"tab": tab.key, "seen": tab.seen, "version": row.version + 1, "changed_at": clock.now()}
    db.session().execute(
        update(DraftTyping)
        .where(*here)
        .values(body=sealed(draft, row.id, fields), **values)
        .execution_options(synchronize_session=False)
    )
    return row.version + 1


def _insert(actor: Actor, draft: Draft, tab: Tab, fields: Mapping[str, Sequence[str]] | None) -> None:
    row_id = uuid4()
    values = {
        "tenant_id": scope.council().id,
        "id": row_id,
        "referral_id": draft.id,
        "agency_id": draft.agency_id,
        "account_id": actor.account_id,
        "page": tab.page,
        "tab": tab.key,
        "seen": tab.seen,
        "body": None if fields is None else sealed(draft, row_id, fields),
        "changed_at": clock.now(),
    }
    db.session().execute(insert(DraftTyping).values(**values))


def _touch(draft: Draft) -> None:
    """Say that the draft was worked on, under the lock that makes two tabs, and sending, take turns. Its version stays:
    what is only typed is no answer yet, and the page that sends need not be read again for it."""
    found = db.session().execute(
        update(Referral)
        .where(Referral.tenant_id == scope.council().id, Referral.id == draft.id, Referral.state == "draft")
        .values(changed_at=clock.now())
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )
    if found.scalar_one_or_none() is None:
        raise Conflict("the report was sent meanwhile", state="sent")


def settle(actor: Actor, draft: Draft, tab: Tab) -> None:
    """The page was saved: forget what was typed on it, and remember in which tab, whose late text counts no more."""
    found = db.session().execute(
        update(DraftTyping)
        .where(theirs(actor, draft.id), DraftTyping.page == tab.page)
        .values(body=None, tab=tab.key, version=DraftTyping.version + 1)
        .returning(DraftTyping.id)
        .execution_options(synchronize_session=False)
    )
    if found.scalar_one_or_none() is None:
        _insert(actor, draft, tab, None)


def forget_same(draft: Draft, rows: Sequence[UUID]) -> None:
    """Forget what others typed (by row), because the same is saved now. Whoever goes on typing begins anew."""
    if rows:
        here = (DraftTyping.tenant_id == scope.council().id, DraftTyping.referral_id == draft.id)
        gone = delete(DraftTyping).where(*here, DraftTyping.id.in_(rows))
        db.session().execute(gone.execution_options(synchronize_session=False))


def forget(draft_id: UUID) -> None:
    """Forget everything that was typed in a draft; it was sent."""
    db.session().execute(
        delete(DraftTyping)
        .where(DraftTyping.tenant_id == scope.council().id, DraftTyping.referral_id == draft_id)
        .execution_options(synchronize_session=False)
    )


def give(draft_id: UUID, was: UUID, heir: UUID) -> None:
    """What somebody typed and did not save goes to whoever goes on with the draft; where both typed on one page, each
    keeps their own."""
    both = aliased(DraftTyping)
    taken = select(both.page).where(
        both.tenant_id == DraftTyping.tenant_id, both.referral_id == draft_id, both.account_id == heir
    )
    db.session().execute(
        update(DraftTyping)
        .where(
            DraftTyping.tenant_id == scope.council().id,
            DraftTyping.referral_id == draft_id,
            DraftTyping.account_id == was,
            DraftTyping.page.not_in(taken),
        )
        .values(account_id=heir)
        .execution_options(synchronize_session=False)
    )


def take_out(draft: Draft, before: str, place: int) -> None:
    """One of several (children, people) is taken out: what was typed about it goes, and about those after it moves up.

    `before` is what their pages begin with ("several/children/"); everybody's text moves.
    """
    here = (DraftTyping.tenant_id == scope.council().id, DraftTyping.referral_id == draft.id)
    query = select(DraftTyping.id, DraftTyping.page).where(*here, DraftTyping.page.startswith(before, autoescape=True))
    found = {row.id: moved(row.page, before, place) for row in db.session().execute(query)}
    gone = [row_id for row_id, page in found.items() if page is None]
    db.session().execute(
        delete(DraftTyping).where(*here, DraftTyping.id.in_(gone)).execution_options(synchronize_session=False)
    )
    for row_id, page in sorted(found.items(), key=lambda one: place_of(one[1], before)):
        if page is not None:
            change = update(DraftTyping).where(*here, DraftTyping.id == row_id).values(page=page)
            db.session().execute(change.execution_options(synchronize_session=False))


def place_of(page: str | None, before: str) -> int:
    """Which of several a page is about; -1 for none."""
    return int((page or "").removeprefix(before).partition("/")[0] or -1) if page else -1


def moved(page: str, before: str, place: int) -> str | None:
    """The name of a page after the one at `place` was taken out; None for its own page."""
    number, slash, rest = page.removeprefix(before).partition("/")
    if int(number) == place:
        return None
    return page if int(number) < place else f"{before}{int(number) - 1}{slash}{rest}"
