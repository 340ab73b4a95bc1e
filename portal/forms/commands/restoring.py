"""Takes an earlier version up again: as a new draft, which is proved and published like any other."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.auth.policy import Permission, Reach, reach
from portal.forms.commands import drafting
from portal.forms.digests import digest
from portal.forms.models import FormDraft
from portal.forms.queries.history import PublishedVersion
from portal.kernel import db, scope
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Actor


def restore(actor: Actor, version: PublishedVersion) -> UUID:
    """Begin a draft with the content of that version and return its id; a second click finds the first one's draft.

    Raises Forbidden for those who do not design.
    """
    if reach(actor, Permission.DESIGN) is not Reach.COUNCIL:
        raise Forbidden
    return _untouched(actor, version) or drafting.start(
        actor, version.form_key, content=version.whole, source="restored", restored_from=version.number
    )


def _untouched(actor: Actor, version: PublishedVersion) -> UUID | None:
    """The same person's draft of the same version that nobody has changed since."""
    council = scope.council()
    query = (
        select(FormDraft.id)
        .where(
            FormDraft.tenant_id == council.id,
            FormDraft.form_key == version.form_key,
            FormDraft.author_id == actor.account_id,
            FormDraft.restored_from == version.number,
            FormDraft.state == "open",
            FormDraft.version == 1,
            FormDraft.content_hash == digest(version.whole),
        )
        .limit(1)
    )
    return db.session().execute(query).scalar_one_or_none()
