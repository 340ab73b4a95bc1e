"""Which files of a report a team can open: a screener chooses them, with the offer or later."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.earlyhelp.models import EarlyHelpOffer
from portal.earlyhelp.states import OPEN
from portal.files.states import READY
from portal.kernel import db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor
from portal.messaging.commands.touching import lock
from portal.referrals.queries.attachments import Attached, of_report
from portal.referrals.queries.record import Found


def clean(actor: Actor, found: Found) -> tuple[Attached, ...]:
    """The files of a report that may go along: what has passed its check, without those of messages."""
    return tuple(
        one for one in of_report(actor, found.id)
        if one.file.state == READY and one.file.object_key and one.message_id is None
    )  # fmt: skip


def chosen(actor: Actor, found: Found, wanted: Iterable[UUID]) -> list[UUID]:
    """These files in a steady order; raises Invalid (files: unknown) for one that may not go along."""
    files = sorted(set(wanted))
    if files and not set(files) <= {one.id for one in clean(actor, found)}:
        raise Invalid({"files": "unknown"})
    return files


def spoken(files: Iterable[UUID]) -> str:
    """Files as the audit names them: their ids in a steady order, a space between two."""
    return " ".join(str(one) for one in sorted(files))


def choose_files(actor: Actor, found: Found, offer_id: UUID, *, wanted: Iterable[UUID], seen: Iterable[UUID]) -> None:
    """Let the team that has it open these files and no others. `seen` are those that the page showed as chosen; the
    same twice is once.

    Raises Forbidden for who only reads it for a while, Invalid (files: unknown), and Conflict when no team has it by
    that offer any more, or somebody else has chosen otherwise meanwhile.
    """
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    # A correction that closes them at the same moment is waited for, or waits.
    lock(found)
    files, before = chosen(actor, found, wanted), set(seen)
    here = (
        EarlyHelpOffer.tenant_id == scope.council().id, EarlyHelpOffer.referral_id == found.id,
        EarlyHelpOffer.id == offer_id, EarlyHelpOffer.state.in_(OPEN),
    )  # fmt: skip
    changed = (
        update(EarlyHelpOffer)
        .where(*here, EarlyHelpOffer.files == sorted(before), EarlyHelpOffer.files != files)
        .values(files=files)
        .returning(EarlyHelpOffer.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(changed).scalar_one_or_none() is not None:
        added, removed = spoken(set(files) - before), spoken(before - set(files))
        events.record(Event.EARLY_HELP_FILES, found.id, added=added, removed=removed, why="hand")
        return
    if db.session().execute(select(EarlyHelpOffer.id).where(*here, EarlyHelpOffer.files == files)).first() is None:
        raise Conflict("answered or chosen otherwise meanwhile", state=found.state)
