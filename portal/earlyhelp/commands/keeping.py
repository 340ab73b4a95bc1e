"""What a report comes to keep secret is closed to the team at once, with the correction that says so."""

from __future__ import annotations

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.earlyhelp.commands.along import spoken
from portal.earlyhelp.commands.answering import tell_front_door
from portal.earlyhelp.models import EarlyHelpOffer
from portal.earlyhelp.queries.secrets import comes_to_keep
from portal.earlyhelp.states import OPEN
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.referrals.queries.corrections import corrections
from portal.referrals.queries.record import Found, answers_of, find


def follow(actor: Actor, found: Found) -> None:
    """A report was corrected: once that makes a place or a name secret, the team that has it opens no file until a
    screener has looked again and chosen. What is in a file cannot be searched. Whoever has the report is told of it,
    beside the correction itself."""
    del actor  # the events take the actor of the scope
    here = (
        EarlyHelpOffer.tenant_id == scope.council().id, EarlyHelpOffer.referral_id == found.id,
        EarlyHelpOffer.state.in_(OPEN), EarlyHelpOffer.files != [],
    )  # fmt: skip
    # Whoever corrects sees neither the offer nor, of a colleague's report, who brought it.
    with db.as_system():
        query = select(EarlyHelpOffer.id, EarlyHelpOffer.files).where(*here)
        open_now = db.session().execute(query.with_for_update()).one_or_none()
        whole = find(scope.SYSTEM, Permission.LOOK, found.reference) if open_now else None
        if open_now is None or whole is None or not _secret_now(whole):
            return
        closed = update(EarlyHelpOffer).where(*here, EarlyHelpOffer.id == open_now.id).values(files=[])
        db.session().execute(closed.execution_options(synchronize_session=False))
        tell_front_door(scope.SYSTEM, whole, "help_closed")
    events.record(Event.EARLY_HELP_FILES, found.id, added="", removed=spoken(open_now.files), why="secret")


def _secret_now(whole: Found) -> bool:
    try:
        answers = answers_of(whole)
    except NotFound:
        return False
    return comes_to_keep(whole, answers, corrections(scope.SYSTEM, Permission.LOOK, whole))
