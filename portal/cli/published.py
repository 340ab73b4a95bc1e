"""What the running instance has published, for `--published`: its councils' rules and domains, from the database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

import portal.models  # noqa: F401 - every table must be known, whichever package it belongs to
from config import settings as configuration
from portal.adapters import ports, root_keys, storage
from portal.auth.agency_rules import DomainRule
from portal.auth.queries import agencies
from portal.cli.instance import environment
from portal.forms import queries
from portal.forms.families import CONCERN
from portal.forms.questionnaire import Form
from portal.forms.thresholds import Thresholds
from portal.kernel import db, ring, scope
from portal.kernel.errors import NotFound, Unavailable
from portal.kernel.scope import Council, Scope
from portal.tenants import resolve  # noqa: F401 - it tells which councils there are
from portal.tenants.models import CouncilRow


class NoInstanceError(Exception):
    """There is no instance to ask; the message says why, without secrets."""


@contextmanager
def connected(*, owner: bool = False) -> Iterator[None]:
    """A block in which this process has the instance's database and root key; as the tables' owner if it must write.

    Raises NoInstanceError when the settings are wrong or do not say where the database is.
    """
    try:
        found = configuration.load(environment(os.environ))
    except configuration.SettingsMistakes as mistakes:
        raise NoInstanceError(str(mistakes)) from None
    address = found.database_url_owner if owner else found.database_url
    if not address:
        raise NoInstanceError("DATABASE_URL_OWNER is not set")
    try:
        keys = root_keys.ring_for(found.root_keys(), root_keys.service_for(found.kms, found.kms_region))
    except Unavailable as error:
        raise NoInstanceError(str(error)) from None
    engine = db.make_engine(address, pool_size=1)
    db.bind(engine)
    ring.hold(keys)
    ports.use_store(storage.store_for(found.storage, found.s3()))
    try:
        yield
    except ring.UnknownKey as error:
        raise NoInstanceError(str(error)) from None
    except (DBAPIError, Unavailable):
        raise NoInstanceError("the database does not answer, or is not migrated") from None
    finally:
        engine.dispose()


def rules(family: str = CONCERN) -> dict[str, tuple[Form, Thresholds]]:
    """The newest published form and rules of every council, of one family of forms; raises NoInstanceError."""
    with connected():
        found = {council.slug: _newest(council, family) for council in councils()}
    return {slug: published for slug, published in found.items() if published is not None}


def _newest(council: Council, family: str) -> tuple[Form, Thresholds] | None:
    with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)):
        try:
            newest = queries.newest(family)
        except NotFound:
            return None
        return newest.form, newest.thresholds


def domain_rules(slug: str) -> list[DomainRule] | None:
    """The domains of a council's approved agencies, or None if there is no such council; raises NoInstanceError."""
    with connected():
        found = council(slug)
        return None if found is None else _domain_rules(found)


def council(slug: str) -> Council | None:
    """The council with that slug, within `connected`."""
    return next((each for each in councils() if each.slug == slug), None)


def _domain_rules(council: Council) -> list[DomainRule]:
    with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)) as session:
        return [
            DomainRule(row.key, row.domain, row.match, row.kind, frozen=row.confirmation is None)
            for row in session.execute(agencies.rules())
        ]


def councils() -> list[Council]:
    """Every council, within `connected`."""
    query = select(CouncilRow.id, CouncilRow.slug, CouncilRow.nation).order_by(CouncilRow.slug)
    with db.unit_of_work(scope.NOWHERE) as session:
        return [Council(row.id, row.slug, {}, row.nation, ()) for row in session.execute(query)]
