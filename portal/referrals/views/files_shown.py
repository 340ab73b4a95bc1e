"""Files as a page lists them, on drafts, reports and messages, each with a link that gives it out for a while."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app, g, session, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.auth.sessions import hashed
from portal.files import previewing, states
from portal.files.kinds import KINDS
from portal.files.wording import kind_words
from portal.kernel.scope import Actor
from portal.referrals.file_words import about_state, size_words, state_badge
from portal.referrals.queries.attachments import Attached, of_report

# A page is read, and then a file opened: after that the page is asked for again.
LINK_SECONDS = 15 * 60


@dataclass(frozen=True)
class FileRow:
    """One file in a list. `href` gives it out, `look` shows it, `remove` takes it away: "" where that cannot be."""

    name: str
    about: str
    state: str
    colour: str
    what: str
    href: str
    look: str
    remove: str
    who: str
    added_at: datetime
    later: bool
    message_id: UUID | None
    waits: bool
    arriving: bool


def rows(found: Iterable[Attached], actor: Actor, *, removable: bool = False) -> list[FileRow]:
    """The files that a person is shown: of uploads that have not finished, their own."""
    return [_row(one, actor, removable=removable) for one in found if _shown(one, actor)]


def on_report(actor: Actor, report_id: UUID) -> tuple[Attached, ...]:
    """The files on a report that this person may see; several parts of one page ask for them."""
    known: dict[UUID, tuple[Attached, ...]] = g.setdefault("files_on_report", {})
    if report_id not in known:
        known[report_id] = of_report(actor, report_id)
    return known[report_id]


def told_later(actor: Actor, report_id: UUID) -> dict[str, str]:
    """What a timeline says of each file that was added after sending: its name and how far it is, by the file's id."""
    later = [one for one in on_report(actor, report_id) if one.later and _shown(one, actor)]
    return {str(one.id): f"{one.file.name} ({state_badge(one.file.state)[0]})" for one in later}


def _shown(one: Attached, actor: Actor) -> bool:
    return one.file.state != states.ARRIVING or one.added_by == actor.account_id


def _row(one: Attached, actor: Actor, *, removable: bool) -> FileRow:
    file = one.file
    state, colour = state_badge(file.state)
    own_upload = file.state == states.ARRIVING
    kind = [kind_words(file.kind)] if file.kind in KINDS else []
    theirs = one.side == "council" and actor.reach != "council"
    return FileRow(
        name=file.name,
        about=", ".join([*kind, size_words(file.size)]),
        state=state,
        colour=colour,
        what=about_state(file.state, file.reason),
        href=link(file.id) if states.may_open(file.state) else "",
        look=url_for("previews.show", file_id=file.id, sheet=1) if previewing.has_pages(file) else "",
        remove=url_for("attachments.remove", file_id=file.id) if removable or own_upload else "",
        who=_("The council") if theirs else one.added_by_name,
        added_at=one.added_at,
        later=one.later,
        message_id=one.message_id,
        waits=file.state == states.CHECKING,
        arriving=own_upload,
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="download")


def link(file_id: UUID) -> str:
    """An address that gives the file to this session alone, and not for long."""
    return url_for("attachments.download", file_id=file_id, lapsing=lapsing(file_id))


def lapsing(file_id: UUID) -> str:
    """What makes an address give a file to this session alone, and not for long."""
    return str(_signer().dumps([str(file_id), hashed(session.key)]))  # type: ignore[attr-defined] # our own session


def lapsed(file_id: UUID, token: str) -> bool:
    """Whether a link was not made for this file and this session a moment ago."""
    try:
        found = _signer().loads(token, max_age=LINK_SECONDS)
    except BadSignature:
        return True
    return bool(found != [str(file_id), hashed(session.key)])  # type: ignore[attr-defined] # our own session
