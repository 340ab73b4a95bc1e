"""What a council lets people of each kind of agency do."""

from __future__ import annotations

from collections.abc import Collection
from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert as upsert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.agency_types import MAY, REPORT, REQUEST
from portal.auth.models import AgencyKindPermission
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Actor, council_id
from portal.tenants.queries.agency_kinds import Kind


def allow(actor: Actor, kind: Kind, may: Collection[str], seen: int) -> None:
    """Say what people of that kind of agency may do, from their next request on; the same twice is once.

    Raises Invalid({"may": "request_alone"}) for requests without reports, which share their pages, and Conflict when
    somebody said otherwise first.
    """
    wanted = [one for one in MAY if one in may]
    if REQUEST in wanted and REPORT not in wanted:
        raise Invalid({"may": "request_alone"})
    if kind.decided and kind.may == set(wanted):
        return
    if kind.version != seen:
        raise Conflict("somebody decided first")
    stated = {"may": wanted, "version": seen + 1, "changed_at": clock.now(), "changed_by": actor.account_id}
    done = db.session().execute(
        upsert(AgencyKindPermission)
        .values(tenant_id=council_id(), id=uuid4(), kind=kind.key, **stated)
        .on_conflict_do_update(
            constraint="uq_agency_kind_permission_tenant_id_kind",
            set_=stated,
            where=AgencyKindPermission.version == seen,
        )
        .returning(AgencyKindPermission.id)
    )
    if done.scalar_one_or_none() is None:
        raise Conflict("somebody decided first")
    events.record(Event.KIND_DECIDED, kind=kind.key, may=" ".join(wanted))
