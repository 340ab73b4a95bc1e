"""Who loses access by itself: not here for long, an address never proved or that takes no mail, a sponsorship over.

Every step names the state that it starts from, so that a run that is repeated changes nothing more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.commands import standing
from portal.auth.models import Account, Membership
from portal.kernel import clock, db, jobs

IDLE: Final = timedelta(days=90)
NOTICE: Final = timedelta(days=14)
GONE: Final = timedelta(days=365)
# A mailbox that is not there is enough. Where several go missing within the hour, somebody's mail server is in trouble:
# then it takes a second refusal a day later.
AGAIN: Final = timedelta(days=1)
HICCUP, WITHIN = 3, timedelta(hours=1)

_COLUMNS = (Membership.id, Membership.account_id, Membership.agency_id, Membership.role)


def look_after(now: datetime) -> int:
    """Warn, suspend and end whoever is away for too long, in the council of the scope; how many."""
    return _end_sponsored(now) + _end_gone(now) + _suspend_idle(now) + _warn(now)


def _away_since(moment: datetime) -> ColumnElement[bool]:
    """Not here since then; whoever never proved their address is never here."""
    seen = func.greatest(Membership.used_at, Membership.decided_at, Membership.asked_at)
    return or_(seen <= moment, and_(Account.email_proved_at.is_(None), Membership.asked_at <= moment))


def _rows(*where: ColumnElement[bool]) -> list[Any]:
    query = select(*_COLUMNS).join(Account, Account.id == Membership.account_id).where(*where).order_by(Membership.id)
    return list(db.session().execute(query))


def _warn(now: datetime) -> int:
    rows = _rows(Membership.state == "active", Membership.warned_at.is_(None), _away_since(now - IDLE + NOTICE))
    for row in rows:
        db.session().execute(update(Membership).where(Membership.id == row.id).values(warned_at=now))
        events.record(Event.IDLE_WARNED, row.id)
        jobs.enqueue("auth.warn_idle", membership_id=row.id)
    return len(rows)


def _suspend_idle(now: datetime) -> int:
    rows = _rows(Membership.state == "active", Membership.warned_at <= now - NOTICE, _away_since(now - IDLE))
    return sum(_stop(row, "suspended", "idle", now) for row in rows if not _last_administrator(row))


def _last_administrator(row: Any) -> bool:
    """The council's last administrator stays: nobody else could let anybody in again."""
    if row.role != "council_admin":
        return False
    others = select(Membership.id).where(
        Membership.role == "council_admin", Membership.state == "active", Membership.id != row.id
    )
    return db.session().execute(others.limit(1)).first() is None


def _end_gone(now: datetime) -> int:
    seen = func.coalesce(Membership.used_at, Membership.asked_at)
    rows = _rows(Membership.state == "suspended", Membership.why.in_(("idle", "mail")), seen <= now - GONE)
    return sum(_stop(row, "ended", "idle", now) for row in rows)


def _end_sponsored(now: datetime) -> int:
    rows = _rows(Membership.state.in_(("active", "suspended")), Membership.ends_at <= now)
    return sum(_stop(row, "ended", "expired", now) for row in rows)


def _stop(row: Any, state: str, why: str, now: datetime) -> bool:
    changed = db.session().execute(
        update(Membership)
        .where(Membership.id == row.id, Membership.state.in_(("active", "suspended")), Membership.state != state)
        .values(state=state, why=why, decided_at=now, decided_by=None, version=Membership.version + 1)
        .returning(Membership.id)
    )
    if changed.one_or_none() is None:
        return False
    event = Event.MEMBERSHIP_ENDED if state == "ended" else Event.MEMBERSHIP_SUSPENDED
    standing.finish(standing.Left(row.id, row.account_id, row.agency_id, row.role), event, why)
    jobs.enqueue("auth.send_membership", membership_id=row.id)
    return True


def mail_taken(email: str) -> None:
    """An address takes mail: an earlier refusal of it no longer counts."""
    taken = update(Account).where(Account.email == email, Account.mail_failed_at.is_not(None))
    db.session().execute(taken.values(mail_failed_at=None))


def mail_refused(email: str, sent_at: datetime | None = None) -> None:
    """There is no such mailbox: its person's memberships here are suspended and those who look after them told. The
    council's own people are not: they would hear of nothing. An email that was sent (`sent_at`) before somebody decided
    about a membership says nothing of it: they were let in again since.
    """
    now = clock.now()
    first = update(Account).where(Account.email == email, Account.mail_failed_at.is_(None))
    db.session().execute(first.values(mail_failed_at=now))
    others = select(func.count()).where(Account.email != email, Account.mail_failed_at > now - WITHIN)
    hiccup = db.session().execute(others).scalar_one() >= HICCUP
    rows = _rows(
        Account.email == email,
        Account.mail_failed_at <= (now - AGAIN if hiccup else now),
        Membership.state == "active",
        Membership.agency_id.is_not(None),
        func.coalesce(Membership.decided_at, Membership.asked_at) <= (sent_at or now),
    )
    for row in rows:
        if _stop(row, "suspended", "mail", now):
            jobs.enqueue("auth.tell_suspended", membership_id=row.id)
