"""An operator makes a council, all of it in one transaction, and changes later what is the operator's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, text, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.commands import invitations, terms
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor, Council, Scope
from portal.tenants import founding, nations, own_parts, vault
from portal.tenants.commands.folder_agencies import LOCK
from portal.tenants.commands.own_settings import keep_change, number_after
from portal.tenants.models import CouncilDraft, CouncilKey, CouncilRow
from portal.tenants.queries.founding import taken
from portal.tenants.reading import Place
from portal.tenants.settings import Council as Settings
from portal.tenants.settings import parse_council

# Slug and nation are never changed: addresses and law hang on them.
OPERATORS: Final = ("hostnames", "languages", "sender")


def begin(actor: Actor) -> UUID:
    """Begin to make a council."""
    _may(actor)
    draft_id = uuid4()
    db.session().execute(insert(CouncilDraft).values(id=draft_id, made_by=actor.account_id, made_at=clock.now()))
    return draft_id


def save(actor: Actor, draft_id: UUID, seen: int, values: Mapping[Place, object], email: str | None = None) -> None:
    """Keep what was typed on a page. Raises NotFound, and Conflict when it was changed since it was seen."""
    row = _locked(actor, draft_id)
    if row.council_id or row.version != seen:
        raise Conflict("changed elsewhere")
    made = own_parts.with_values(row.document, values)
    more = {} if email is None else {"email": email}
    db.session().execute(
        update(CouncilDraft)
        .where(CouncilDraft.id == draft_id)
        .values(document=made, version=CouncilDraft.version + 1, **more)
    )


def discard(actor: Actor, draft_id: UUID) -> None:
    """Throw away what was typed; twice is once, and a council that is made stays."""
    _may(actor)
    db.session().execute(delete(CouncilDraft).where(CouncilDraft.id == draft_id, CouncilDraft.council_id.is_(None)))


def make(actor: Actor, draft_id: UUID, seen: int) -> UUID:
    """Make the council: its settings, its key, its forms and the invitation of its first administrator.

    Twice is once. Raises NotFound, Conflict, SettingsMistakes, and Invalid({"slug" | "hostnames": "taken"},
    {"languages": "no_form"}, {"nation": "no_form"} or {"email": reason}); then nothing is made.
    """
    row = _locked(actor, draft_id)
    if row.council_id:
        found: UUID = row.council_id
        return found
    if row.version != seen:
        raise Conflict("changed elsewhere")
    document = nations.complete(row.document)
    settings = parse_council(document)
    _refuse(settings, None)
    council = Council(uuid4(), settings.slug, settings.name, settings.nation, settings.languages, settings)
    now = clock.now()
    db.session().execute(
        insert(CouncilRow).values(
            id=council.id, slug=council.slug, nation=council.nation, settings=document, changed_at=now
        )
    )
    with db.in_council(council) as session:
        wrapped = vault.new_council_key(council.id)
        session.execute(
            insert(CouncilKey).values(tenant_id=council.id, id=uuid4(), version=1, wrapped=wrapped, created_at=now)
        )
        founding.give(council)
        terms.publish(settings.pages["terms"], by=actor.account_id)
        invitations.invite_first(actor, row.email, settings.default_language)
        keep_change(council.id, 1, document, [], actor)
        events.record(Event.COUNCIL_FOUNDED, council.id)
    events.record(Event.COUNCIL_FOUNDED, council.id)
    db.session().execute(update(CouncilDraft).where(CouncilDraft.id == draft_id).values(council_id=council.id))
    return council.id


def change(actor: Actor, council_id: UUID, seen: int, values: Mapping[Place, object]) -> bool:
    """Change host names, languages or the sender of a council; False when that changes nothing.

    Raises Forbidden for anything else, NotFound, Conflict, SettingsMistakes (a new language wants every text of the
    council in it) and Invalid({"hostnames": "taken"}).
    """
    _may(actor)
    if any(place[0] not in OPERATORS for place in values):
        raise Forbidden("never, or by the council itself")
    _take_turns()
    columns = (CouncilRow.id, CouncilRow.slug, CouncilRow.nation, CouncilRow.settings)
    query = select(*columns, CouncilRow.version, CouncilRow.changed_at).where(CouncilRow.id == council_id)
    with db.in_council(Council(council_id, "", {}, "", ())) as session:
        row = session.execute(query.with_for_update()).one_or_none()
        if row is None:
            raise NotFound("no such council")
        if row.version != seen:
            raise Conflict("the settings have changed")
        document = own_parts.with_values(row.settings, values)
        _refuse(parse_council(document), council_id)
        parts = [part for part in OPERATORS if document.get(part) != row.settings.get(part)]
        if not parts:
            return False
        number = number_after(row)
        session.execute(
            update(CouncilRow)
            .where(CouncilRow.id == council_id)
            .values(settings=document, version=row.version + 1, changed_at=clock.now())
        )
        keep_change(council_id, number, document, parts, actor)
        events.record(Event.COUNCIL_CHANGED, council_id, parts=" ".join(parts))
    with scope.within(Scope(None, actor)):
        events.record(Event.COUNCIL_CHANGED, council_id, parts=" ".join(parts))
    return True


def _may(actor: Actor) -> None:
    if reach(actor, Permission.OPERATE) is Reach.NONE:
        raise Forbidden("only an operator makes councils")


def _locked(actor: Actor, draft_id: UUID) -> Any:
    _may(actor)
    _take_turns()
    columns = (CouncilDraft.document, CouncilDraft.email, CouncilDraft.version, CouncilDraft.council_id)
    query = select(*columns).where(CouncilDraft.id == draft_id).with_for_update()
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such draft")
    return row


def _take_turns() -> None:
    """Two operators at once would both find a slug or a host name free."""
    db.session().execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _refuse(settings: Settings, but: UUID | None) -> None:
    found = taken(settings.slug, settings.hostnames, but=but)
    if not nations.has_forms_in(settings.nation, settings.languages):
        found["languages"] = "no_form"
    if found:
        raise Invalid(found)
