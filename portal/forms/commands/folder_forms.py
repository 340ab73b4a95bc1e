"""Publishes a folder's forms, each family alone, and leaves alone what designers have published since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.forms.commands.publish import publish
from portal.forms.family_reading import FamilyFolder
from portal.forms.models import FormVersion
from portal.kernel import db


@dataclass(frozen=True)
class AppliedForm:
    """What became of one family: its newest number, and whether a designer's version of it was left alone."""

    key: str
    number: int
    left_alone: bool = False


def bring(council_id: UUID, family: FamilyFolder, *, replace_designed: bool = False) -> AppliedForm:
    """Publish a family of a folder as a new version if the folder says something else than its last version did.

    A version that was made in the portal is newer knowledge than the folder: it is replaced only on wish.
    """
    newest = _newest(council_id, family.key)
    if newest is not None and newest.source != "folder" and not replace_designed:
        return AppliedForm(family.key, newest.number, left_alone=True)
    publish(family.form_document, family.thresholds_document, family.scenarios)
    return AppliedForm(family.key, _newest(council_id, family.key).number)


def _newest(council_id: UUID, key: str) -> Any:
    """Number and source of the newest version of a family; None without any."""
    query = (
        select(FormVersion.number, FormVersion.source)
        .where(FormVersion.tenant_id == council_id, FormVersion.form_key == key)
        .order_by(FormVersion.number.desc())
        .limit(1)
    )
    return db.session().execute(query).one_or_none()
