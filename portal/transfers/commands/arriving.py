"""What another council sent becomes a report here, with a reference, a key and a clock of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from portal.auth.agency_types import UNLISTED_ID
from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.forms.fitting import fits
from portal.forms.queries import Published, newest
from portal.forms.questionnaire import Question
from portal.kernel import clock, db, scope
from portal.kernel.errors import Unavailable
from portal.kernel.language import say, words
from portal.kernel.scope import Actor, Council
from portal.referrals.commands import duty, facts
from portal.referrals.commands.sending import TRIES, arrival
from portal.referrals.deadlines import URGENT_RANK
from portal.referrals.elsewhere import TRANSFER, Caller
from portal.referrals.elsewhere import questions as short_form
from portal.referrals.marking import Known
from portal.referrals.models import Referral
from portal.referrals.projecting import Projected
from portal.referrals.queries.connections import who_must_not_see
from portal.referrals.queries.record import Answers, find, sealed
from portal.referrals.references import new_reference
from portal.referrals.routing import DEFAULT_ROUTE, taken_down
from portal.referrals.withholding import UNNAMED, YES
from portal.screening.commands import restricting
from portal.tenants import vault
from portal.transfers.envelope import Envelope

KIND: Final = "urgent"
# No question of the short form asks it, and every place of the report is kept as if one had said yes: see withholding.
SECRET: Final = "transferred_secret"  # noqa: S105 - the key of an answer
_MOST: Final = 200


class Arrived(NamedTuple):
    """The report that was made, and what sealed it; `hidden` that whoever took it in must not see the family."""

    id: UUID
    reference: str
    record: vault.Record
    hidden: bool


def make(actor: Actor, envelope: Envelope, sender: Council) -> Arrived:
    """Make the report, in the holding area of the council in scope. Who accepted it is its author, as of a contact
    that was taken down. Raises Unavailable without a free reference."""
    form, made = newest(), uuid4()
    wrapped = vault.new_record_key("referral", made)
    record = vault.Record("referral", made, wrapped)
    answers = _answers(form, envelope)
    children = tuple(one.facts for one in envelope.children)
    unseen = who_must_not_see(children, UUID(int=0))
    routed = taken_down(form.thresholds, _route(form, envelope.route))
    projected = Projected(children, _category(form, envelope.category), envelope.initials)
    values = {
        "tenant_id": scope.council().id, "id": made, "agency_id": UNLISTED_ID, "author_id": actor.account_id,
        "author_only": True,
        "channel": TRANSFER, "caller": record.seal(_caller(envelope, sender).text(), "referral", made, "caller"),
        "form_version_id": form.id, "form_key": form.form.key, "kind": KIND, "state": "sent",
        "language": _language(envelope), "created_at": clock.now(), "wrapped_key": wrapped,
        "answers": sealed(record, made, answers), "unseen_by": sorted(unseen - {actor.account_id}),
        **arrival(routed, projected, clock.now()),
    }  # fmt: skip
    reference = _write(values)
    facts.write(
        made, UNLISTED_ID, [Known(one.facts, one.number, findable=not envelope.secret) for one in envelope.children]
    )
    if routed.rank >= URGENT_RANK:
        duty.raise_alert(made)
    return Arrived(made, reference, record, hidden=actor.account_id in unseen)


def restrict(actor: Actor, arrived: Arrived, envelope: Envelope, sender: Council) -> None:
    """What the other council restricted is restricted here from its first moment, for the same reason: to those who may
    restrict reports, who were the ones to see the offer. They name who else works on it."""
    found = find(actor, Permission.RESTRICT, arrived.reference)
    language = scope.council().languages[0]
    said = words(language, "%(council)s had restricted it.") % {"council": say(sender.name, language)}
    told = " ".join(filter(None, (said, envelope.restriction_words)))[: restricting.MAX_WORDS]
    people = {one.account_id for one in who_may(Permission.RESTRICT)}
    restricting.restrict(actor, found, envelope.restriction or "other", told, people)


def _write(values: dict[str, Any]) -> str:
    for _ in range(TRIES):
        reference = new_reference()
        statement = insert(Referral).values(reference=reference, **values).on_conflict_do_nothing()
        if db.session().execute(statement.returning(Referral.id)).scalar_one_or_none() is not None:
            return reference
    raise Unavailable("no free reference")


def _answers(form: Published, envelope: Envelope) -> Answers:
    """The answers of this council's short form that the other's facts give; the rest is in what came."""
    kept = {SECRET: YES} if envelope.secret else {}
    # Whoever asked the other council to stay unnamed has asked this one.
    kept |= {UNNAMED: YES} if envelope.unnamed else {}
    if not form.form.urgent:
        return Answers(kept, "", {})
    told = {one.key: said for one in short_form(form.form) if (said := _told(one, envelope))}
    return Answers({}, "", {form.form.urgent[0].key: told | kept})


def _told(question: Question, envelope: Envelope) -> str:
    """What the envelope says to one question: the first child's name as one text, or a fact that was told in words."""
    if question.fact == "child.name":
        first = envelope.children[0].facts if envelope.children else None
        said = " ".join(filter(None, (first.first_name, first.last_name))) if first else ""
    else:
        said = envelope.facts.get(question.fact or "", "")
    said = said[: question.max] if question.max else said
    return said if said and fits(question, said) else ""


def _route(form: Published, route: str) -> str:
    """The sender's route where this council has it: both have the codes of one list."""
    known: Mapping[str, Any] = form.thresholds.routes
    return next((key for key in (route, DEFAULT_ROUTE) if key in known), next(iter(known)))


def _category(form: Published, category: str) -> str:
    asked = (one for one in form.form.questions() if one.fact == "concern.main_category")
    return category if any(option.value == category for one in asked for option in one.options) else ""


def _language(envelope: Envelope) -> str:
    return envelope.language if envelope.language in scope.council().languages else scope.council().languages[0]


def _caller(envelope: Envelope, sender: Council) -> Caller:
    """Who brought it: the other council, and whose report it was there."""
    language = scope.council().languages[0]
    agency = words(language, "%(council)s, from %(agency)s") % {
        "council": say(sender.name, language),
        "agency": say(envelope.agency, language),
    }
    phone = sender.settings.phones.hub.number
    reach = words(language, "%(council)s: %(phone)s. Their reference: %(reference)s") % {
        "council": say(sender.name, language), "phone": phone, "reference": envelope.reference,
    }  # fmt: skip
    return Caller(envelope.referrer[:_MOST], agency, reach)
