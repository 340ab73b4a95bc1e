"""Making a letter once everybody said that it is safe, and what becomes of it; nothing here sends anything."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor, Council
from portal.letters.composing import About, Written, compose
from portal.letters.models import BOTH, WAYS, Letter
from portal.letters.queries import Made, letter, people
from portal.letters.safety import PLACE, Addressee, lines_of
from portal.messaging import protecting
from portal.messaging.queries import given_away
from portal.referrals.queries.record import Found, children_of, record_of

MOST_ADDRESS: Final = 500  # characters (code points)
YES, NO = "yes", "no"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Wanted:
    """A letter as somebody asks for it: the template's key, the number of a person of the report, a language or both,
    and where it goes. `safe`, `harmer` (yes or no) and `checked` (yes) are what was answered before."""

    template: str
    person: int
    language: str
    address: str
    safe: str = ""
    harmer: str = ""
    checked: str = ""


def make(actor: Actor, found: Found, wanted: Wanted, once: UUID) -> None:
    """Keep a letter with the report. The same `once` twice is one letter.

    Raises Invalid by field (template: unknown, or for another outcome; language: unknown; person: unknown, or why
    nobody writes to them; address: required, too_long, control, place; safe, harmer: required, unsafe; checked:
    required), Forbidden for somebody who may only read, and Conflict where `once` is another letter.
    """
    _check_writes(actor, found)
    written = _judged(actor, found, wanted)
    council, letter_id = scope.council(), once
    body = record_of(found).seal(written.text(), "letter", letter_id, "body")
    statement = (
        insert(Letter)
        .values(
            tenant_id=council.id, id=letter_id, referral_id=found.id, template=wanted.template,
            language=wanted.language, body=body, once=once, made_by=actor.account_id, made_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "once"])
        .returning(Letter.id)
    )  # fmt: skip
    if db.session().execute(statement).scalar_one_or_none() is not None:
        events.record(Event.LETTER_MADE, found.id, template=wanted.template, language=wanted.language)
    elif letter(actor, found, letter_id).written.text() != written.text():
        # "Back", and another letter on the same page: it would be lost without anybody noticing.
        raise Conflict("another letter was made of this page", state=found.state)


def preview(actor: Actor, found: Found, wanted: Wanted) -> Written | None:
    """The letter as it would be; None where its template or language is none, or nobody may write to that person."""
    person = _person(actor, found, wanted.person)
    if person is None or person.refused or not _known(scope.council(), found, wanted):
        return None
    return _composed(found, wanted, person)


def fits(found: Found, template: str) -> bool:
    """Whether the council has that letter, for a report as this one stands."""
    known = scope.council().settings.letters.get(template)
    return known is not None and known.goes_with(found.outcome)


def open_letter(actor: Actor, found: Found, letter_id: UUID) -> Made:
    """A letter to print; recorded. Raises NotFound, and Conflict when it was withdrawn or is not safe any more."""
    made = letter(actor, found, letter_id)
    _check_goes(actor, found, made)
    events.record(Event.LETTER_OPENED, found.id)
    return made


def mark_sent(actor: Actor, found: Found, letter_id: UUID, how: str) -> None:
    """Note that it went by post or by hand. The same twice is once.

    Raises Invalid({"how": "required"}), Conflict when it was withdrawn or is not safe any more, NotFound, Forbidden.
    """
    _check_writes(actor, found)
    made = letter(actor, found, letter_id)
    if made.sent_at is not None:
        return
    _check_goes(actor, found, made)
    if how not in WAYS:
        raise Invalid({"how": "required"})
    _end(letter_id, found, {"sent_at": clock.now(), "sent_by": actor.account_id, "sent_how": how})
    events.record(Event.LETTER_SENT, found.id, how=how)


def withdraw(actor: Actor, found: Found, letter_id: UUID) -> None:
    """Take back what was not sent. The same twice is once; raises Conflict when it was sent, NotFound, Forbidden."""
    _check_writes(actor, found)
    if letter(actor, found, letter_id).withdrawn_at is not None:
        return
    _end(letter_id, found, {"withdrawn_at": clock.now(), "withdrawn_by": actor.account_id})
    events.record(Event.LETTER_WITHDRAWN, found.id)


def _end(letter_id: UUID, found: Found, values: dict[str, object]) -> None:
    statement = (
        update(Letter)
        .where(Letter.tenant_id == scope.council().id, Letter.referral_id == found.id, Letter.id == letter_id)
        .where(Letter.sent_at.is_(None), Letter.withdrawn_at.is_(None))
        .values(values)
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(statement).scalar_one_or_none() is None:
        raise Conflict("ended otherwise meanwhile", state=found.state)


def _check_writes(actor: Actor, found: Found) -> None:
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")


def _check_goes(actor: Actor, found: Found, made: Made) -> None:
    """Raise Conflict unless the letter may go out now: what came since may say that it is not safe."""
    if made.withdrawn_at is not None:
        raise Conflict("withdrawn", state=found.state)
    same = [one for one in people(actor, found) if one.name == made.written.name]
    if made.sent_at is None and any(one.refused for one in same):
        raise Conflict("not safe any more", state=found.state)


def _judged(actor: Actor, found: Found, wanted: Wanted) -> Written:
    errors: dict[str, str] = {}
    person = _person(actor, found, wanted.person)
    if not _known(scope.council(), found, wanted):
        errors["template"] = "unknown"
    if person is None or person.refused:
        errors["person"] = "unknown" if person is None else person.refused[0]
    if wrong := _address_mistake(actor, found, wanted.address, person.address if person else ()):
        errors["address"] = wrong
    for name, good in (("safe", YES), ("harmer", NO)):
        said = getattr(wanted, name)
        if said != good:
            errors[name] = "unsafe" if said in (YES, NO) else "required"
    if wanted.checked != YES:
        errors["checked"] = "required"
    if errors or person is None:
        raise Invalid(errors)
    written = _composed(found, wanted, person)
    return replace(written, checked=("safe", "harmer", "checked"))


def _address_mistake(actor: Actor, found: Found, address: str, own: tuple[str, ...]) -> str:
    """What is wrong with an address; one that the report keeps from somebody is no place to write to, unless it is
    that person's `own`."""
    if not lines_of(address):
        return "required"
    if _CONTROL.search(address.replace("\r\n", "\n")):
        return "control"
    if len(address) > MOST_ADDRESS:
        return "too_long"
    secret = lines_of(address) != own and any(one.kind == protecting.PLACE for one in given_away(actor, found, address))
    return PLACE if secret else ""


def _known(council: Council, found: Found, wanted: Wanted) -> bool:
    return fits(found, wanted.template) and wanted.language in (*council.languages, BOTH)


def _person(actor: Actor, found: Found, number: int) -> Addressee | None:
    return next((one for one in people(actor, found) if one.number == number), None)


def _composed(found: Found, wanted: Wanted, person: Addressee) -> Written:
    council = scope.council()
    languages = council.languages if wanted.language == BOTH else (wanted.language,)
    children = tuple(one.first_name for one in children_of(found) if one.first_name)
    about = About(found.reference, person.name, lines_of(wanted.address), children, clock.today())
    return compose(council, council.settings.letters[wanted.template], languages, about)
