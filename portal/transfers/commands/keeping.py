"""What the sender's report has come to keep secret since it was accepted, the report that it became keeps, too."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from sqlalchemy import insert, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel import clock, db, scope
from portal.kernel.scope import council_id
from portal.messaging.commands import corrected
from portal.referrals.commands import facts
from portal.referrals.models import Correction
from portal.referrals.paths import TRIAGE
from portal.referrals.places import Place
from portal.referrals.queries.corrections import sealed_words
from portal.referrals.queries.record import Found, record_of
from portal.referrals.withholding import UNNAMED, YES
from portal.transfers.commands.arriving import SECRET
from portal.transfers.envelope import from_text
from portal.transfers.models import Transfer
from portal.transfers.queries.keeping import Kept, kept_now


def keep(theirs: Transfer, there: Found, kept: Kept) -> None:
    """Let the receiver's report keep what the sender's does now, before anything is passed on to it: as a correction,
    which everybody follows who has shared it. What is secret there stays so. The report must be locked."""
    now = kept_now(scope.SYSTEM, Permission.SCREEN, there)
    places, names = kept.places and not now.places, kept.names and not now.names
    if not places and not names:
        return
    _say_so(theirs, there, kept)
    if places:
        facts.hide_homes(there)
    for key in (*((SECRET,) if places else ()), *((UNNAMED,) if names else ())):
        _correct(there, key)


def _correct(there: Found, key: str) -> None:
    form, made = version(there.form_version_id).form, uuid4()
    place = Place(form.urgent[0].key if form.urgent else TRIAGE, key)
    db.session().execute(
        insert(Correction).values(
            tenant_id=council_id(), id=made, referral_id=there.id, agency_id=there.agency_id, place=place.text(),
            words=sealed_words(there, made, None, YES), corrected_at=clock.now(),
        )
    )  # fmt: skip
    events.record(Event.ANSWER_CORRECTED, there.id, section=place.section, question=key)
    corrected.follow(scope.SYSTEM, there)


def _say_so(theirs: Transfer, there: Found, kept: Kept) -> None:
    """The page of what came warns of it, too."""
    record, where = record_of(there), ("transfer", theirs.id, "record")
    envelope = from_text(record.open(theirs.record or b"", *where))
    now = replace(envelope, secret=envelope.secret or kept.places, unnamed=envelope.unnamed or kept.names)
    db.session().execute(
        update(Transfer)
        .where(Transfer.tenant_id == council_id(), Transfer.id == theirs.id)
        .values(record=record.seal(now.text(), *where))
        .execution_options(synchronize_session=False)
    )
