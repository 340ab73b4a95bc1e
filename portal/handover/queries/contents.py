"""What is in a parcel: made from the report whenever it is sent or collected, so that nothing of it is kept twice."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from sqlalchemy import select

from portal.adapters.ports import Parcel as Sent
from portal.adapters.ports import ParcelFile
from portal.auth.models import Agency as AgencyRow
from portal.auth.policy import Permission
from portal.files.kinds import KINDS
from portal.files.queries import Stored, bytes_of
from portal.files.states import ARRIVING, CHECKING, READY
from portal.forms.queries import version
from portal.forms.questionnaire import Question
from portal.forms.summaries import summary
from portal.handover import papers, tables
from portal.handover.models import Parcel
from portal.handover.package import Agency, Attached, Contents, package
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.referrals.elsewhere import TRANSFER, Caller
from portal.referrals.models import Referral
from portal.referrals.queries.attachments import Attached as OnReport
from portal.referrals.queries.attachments import of_report
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Found, answers_of, caller_of, find
from portal.screening.deciding import deciding_of, outcome_of
from portal.screening.queries.decision import decisions
from portal.tenants.source_settings import source_of
from portal.web.speaking import speaking

PACKAGE: Final = "package.json"
MADE: Final = {
    PACKAGE: "application/json", "contact.csv": "text/csv", "people.csv": "text/csv", "report.pdf": "application/pdf",
}  # fmt: skip
"""What is made of the report itself, with its kind; attachments come beside it."""
AWAITED: Final = (ARRIVING, CHECKING)
"""The states of a file that is not in a parcel yet, and may be in a later one."""


def parcel_of(parcel_id: UUID) -> Sent:
    """A parcel as it is sent now, whoever asks: the caller has found out that they may. Raises NotFound."""
    row, reference = _row(parcel_id)
    with db.as_system():
        contents, attached = contents_of(parcel_id)
        document = package(contents)
        files = [_made(name, contents, document) for name in MADE]
    return Sent(
        id=row.id,
        council=scope.council().slug,
        reference=reference,
        event=row.event,
        made_at=row.created_at,
        files=(*files, *(_attachment(name, one.file) for name, one in attached if name)),
        awaited=_awaited(attached),
    )


def file_of(parcel_id: UUID, name: str) -> ParcelFile:
    """One file of a parcel as it is now, and nothing else of it is made. Raises NotFound."""
    row, _reference = _row(parcel_id)
    with db.as_system():
        if name in MADE:
            contents, _attached_files = contents_of(parcel_id)
            return _made(name, contents, package(contents))
        found = next((one.file for safe, one in _attached(row.referral_id) if safe and safe == name), None)
    if found is None:
        raise NotFound("no such file")
    return _attachment(name, found)


def awaited_on(referral_id: UUID) -> tuple[UUID, ...]:
    """The files of a report that are still being checked."""
    with db.as_system():
        return _awaited(_attached(referral_id))


def ready_on(referral_id: UUID) -> Mapping[str, OnReport]:
    """The files of a report that a parcel made now has, by their names in it."""
    with db.as_system():
        return {name: one for name, one in _attached(referral_id) if name}


def names_of(referral_id: UUID) -> frozenset[str]:
    """The names of the files that a parcel of this report has now."""
    return frozenset({*MADE, *ready_on(referral_id)})


def contents_of(parcel_id: UUID) -> tuple[Contents, tuple[tuple[str, OnReport], ...]]:
    """What a package is made from, and the report's files by their safe names ("": not in the parcel).

    Raises NotFound where the parcel, its decision or the answers are gone.
    """
    row, reference = _row(parcel_id)
    found = find(scope.SYSTEM, Permission.DECIDE, reference)
    return contents_for(found, row.decision_id, row)


def contents_for(
    found: Found, decision_id: UUID, row: Parcel | None = None
) -> tuple[Contents, tuple[tuple[str, OnReport], ...]]:
    """The same for a report that is at hand, also where no parcel was made of that decision."""
    council = scope.council()
    made = decisions(scope.SYSTEM, Permission.DECIDE, found)
    decided = next((one for one in made if one.id == decision_id), None)
    if decided is None:
        raise NotFound("no such decision")
    changed = corrections(scope.SYSTEM, Permission.DECIDE, found)
    attached = _attached(found.id)
    caller = caller_of(found)
    outcome = outcome_of(council.settings, decided.outcome)
    contents = Contents(
        parcel_id=row.id if row else decision_id,
        event=row.event if row else "decided",
        made_at=row.created_at if row else decided.decided_at,
        council=council.slug,
        nation=council.nation,
        languages=council.languages,
        found=found,
        published=version(found.form_version_id),
        answers=as_now(answers_of(found), changed),
        corrected=len(changed),
        agency=_agency(found, caller),
        caller=caller,
        decided=decided,
        kind=outcome.kind if outcome else "",
        label=outcome.label if outcome else {"en": decided.outcome},
        reasons={one.code: one.label for one in deciding_of(council.settings, decided.outcome).reasons},
        attachments=tuple(_told_of(name, one) for name, one in attached),
        told=_told,
    )
    return contents, attached


def _told(question: Question, answer: Any, language: str) -> str:
    with speaking(language):
        return summary(question, answer, language)


def _row(parcel_id: UUID) -> tuple[Parcel, str]:
    on_report = (Referral.tenant_id == Parcel.tenant_id) & (Referral.id == Parcel.referral_id)
    query = select(Parcel, Referral.reference).join(Referral, on_report)
    with db.as_system():
        row = (
            db.session()
            .execute(query.where(Parcel.tenant_id == scope.council().id, Parcel.id == parcel_id))
            .one_or_none()
        )  # fmt: skip
    if row is None or row[1] is None:
        raise NotFound("no such parcel")
    return row[0], row[1]


def _agency(found: Found, caller: Caller) -> Agency:
    query = select(
        AgencyRow.name, AgencyRow.kind, AgencyRow.identifier_scheme, AgencyRow.identifier, AgencyRow.other_identifiers
    ).where(AgencyRow.id == found.agency_id)
    row = db.session().execute(query).one()
    own = {row.identifier_scheme: row.identifier} if row.identifier_scheme and row.identifier else {}
    council = scope.council()
    source = ""
    if council.nation == "england":
        came = {"named": bool(caller.name), "transferred": found.channel == TRANSFER}
        source = source_of(council.settings.hand_over.sources, found.agency_id, row.kind, **came)
    return Agency(row.name, row.kind, {**row.other_identifiers, **own}, source)


def _attached(referral_id: UUID) -> tuple[tuple[str, OnReport], ...]:
    """The report's files in the order in which they came; those that passed the scan with a name that tells nothing."""
    found = of_report(scope.SYSTEM, referral_id)
    return tuple((_safe(number, one.file), one) for number, one in enumerate(found, 1))


def _safe(number: int, file: Stored) -> str:
    if file.state != READY or file.object_key is None:
        return ""
    return f"attachment-{number}.{KINDS[file.kind].ending if file.kind in KINDS else 'bin'}"


def _media(file: Stored) -> str:
    return KINDS[file.kind].media_type if file.kind in KINDS else "application/octet-stream"


def _told_of(name: str, one: OnReport) -> Attached:
    file = one.file
    return Attached(name, file.name, _media(file), file.size, file.sha256, file.state, one.side, one.added_at)


def _awaited(attached: tuple[tuple[str, OnReport], ...]) -> tuple[UUID, ...]:
    return tuple(one.id for _name, one in attached if one.file.state in AWAITED)


def _made(name: str, contents: Contents, document: Mapping[str, Any]) -> ParcelFile:
    """One of MADE."""
    if name == PACKAGE:
        content = json.dumps(document, ensure_ascii=False, indent=1).encode()
    elif name == "report.pdf":
        content = papers.report(contents, document, scope.council())
    else:
        content = tables.contact(document) if name == "contact.csv" else tables.people(document)
    return ParcelFile(name, MADE[name], len(content), hashlib.sha256(content).hexdigest(), lambda: io.BytesIO(content))


def _attachment(name: str, file: Stored) -> ParcelFile:
    return ParcelFile(name, _media(file), file.size, file.sha256, _opening(file))


def _opening(file: Stored) -> Callable[[], BinaryIO]:
    """Opens the plain bytes anew, in a file without a name; raises Damaged and Unavailable."""

    def opened() -> BinaryIO:
        into = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - whoever sends it closes it
        try:
            for piece in bytes_of(file):
                into.write(piece)
        except BaseException:
            # A store that goes away in the midst leaves no half of a file behind.
            into.close()
            raise
        into.seek(0)
        return into

    return opened
