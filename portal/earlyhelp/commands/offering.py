"""The front door's part: offering a decided report to a team, taking that back, and going on after an answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.earlyhelp.commands.along import chosen, spoken
from portal.earlyhelp.models import EarlyHelpOffer
from portal.earlyhelp.queries.members import WORKER, bound
from portal.earlyhelp.queries.offers import Offer, offers
from portal.earlyhelp.queries.readers import who_see
from portal.earlyhelp.queries.standing import Standing, standing
from portal.earlyhelp.states import DECLINED, OFFERED, OPEN, TAKEN_BACK, consent_for
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor
from portal.messaging.commands import guarding
from portal.messaging.commands.touching import lock
from portal.messaging.commands.writing import checked
from portal.messaging.queries import given_away
from portal.referrals.commands import notices
from portal.referrals.queries.record import Found, record_of
from portal.screening.models import Decision
from portal.tenants.early_help_settings import Team
from portal.tenants.opening import hours_of

MAX_WORDS = 4000  # characters (code points) of each text
QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True)
class Handing:
    """To which team, what it should know (may be empty), and the mark of the form. `consent` (states.SAID_LATER) and
    `consent_words` are asked only where the decision does not say that the family agrees or is overridden. `confirmed`
    is the mark of words that give away what the report keeps secret; `files` are those that the team can open."""

    team: str
    once: UUID
    words: str = ""
    consent: str = ""
    consent_words: str = ""
    confirmed: str = ""
    files: tuple[UUID, ...] = ()

    def told(self) -> str:
        """All that the team reads of what was typed."""
        return "\n".join(filter(None, (self.words.strip(), self.consent_words.strip())))

    def says(self, one: Offer) -> bool:
        """Whether an offer stands as this form has it. Of consent it says nothing once the decision says enough."""
        words, consent = one.said.get("words", ""), one.said.get("consent", "")
        same = words == self.words.strip() and self.consent_words.strip() in ("", consent)
        return same and sorted(set(self.files)) == sorted(one.files) and self.consent in ("", one.consent)


def teams() -> tuple[Team, ...]:
    """The early-help teams that the council has now."""
    found: tuple[Team, ...] = scope.council().settings.early_help
    return found


def follow(actor: Actor, found: Found, decision_id: UUID) -> None:
    """With a decision, or a correction of one: what a team had declined is settled by it, what no team has accepted yet
    is taken back where the outcome is no early help now, or where consent went with this decision (somebody then says
    how to go on), and early help is offered to the council's only team (of a restricted report somebody chooses what
    the team hears)."""
    now = standing(found)
    if now is None or now.id != decision_id:
        return
    _settle(actor, found, "decided")
    if now.kind != "early_help":
        _withdraw(actor, found, why="outcome")
    elif not now.agreed:
        _withdraw(actor, found, why="consent", which=_agreed_otherwise(now))
    elif len(teams()) == 1 and now.agreed and found.sight is None and not _has_open(found):
        _insert(actor, found, now, teams()[0], Handing(teams()[0].key, uuid4()))


def offer(actor: Actor, found: Found, what: Handing) -> None:
    """Offer a decided report to a team. The same `what.once` twice is one offer, if it says the same.

    Raises Invalid (team, consent, files: unknown; consent_words: required; words, consent_words: too_long, control,
    protected), Forbidden
    for who only reads it for a while, and Conflict when a team has it already, or it is not decided any more.
    """
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    # A correction at the same moment is waited for, or waits: it closes what gives away what it makes secret.
    lock(found)
    asked = _unless_done(actor, found, what)
    if asked is None:
        return
    what, now = asked, standing(found)
    if now is None or found.state != "decided" or _has_open(found):
        raise Conflict("nothing to offer now", state=found.state)
    team = next((one for one in teams() if one.key == what.team), None)
    errors = {} if team else {"team": "unknown"}
    errors |= _mistakes(what, now)
    if errors or team is None:
        raise Invalid(errors)
    what = replace(what, files=tuple(chosen(actor, found, what.files)))
    secrets = _held(actor, found, what)
    declined = _settle(actor, found, "offered")
    _insert(actor, found, now, team, what)
    guarding.note(found, secrets)
    if declined:
        # Whoever reported it reads now that one team could not take it on, and that another was asked.
        notices.tell(actor, "outcome", found.author_id, found.id)


def take_back(actor: Actor, found: Found, offer_id: UUID) -> None:
    """Take back what a team has not answered yet; twice is once. Raises Conflict when it has answered meanwhile."""
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    one = next((one for one in offers(actor, Permission.DECIDE, found) if one.id == offer_id), None)
    if one is not None and one.state == TAKEN_BACK:
        return
    if one is None or not _withdraw(actor, found, why="hand", which=EarlyHelpOffer.id == offer_id):
        raise Conflict("answered meanwhile", state=found.state)


def settle(actor: Actor, found: Found) -> None:
    """Nobody else is asked after a team declined, or nothing more is done after it stepped up; twice is once."""
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    if _settle(actor, found, "left"):
        notices.tell(actor, "outcome", found.author_id, found.id)


def tell_team(actor: Actor, found: Found, team: Team, kind: str = "help_offered") -> None:
    """The team's mailbox, or where it has none its people of early help who may see the report; never nobody."""
    readers = [] if team.email else who_see(found, _people(team))
    for account_id in readers:
        notices.tell(actor, kind, account_id, found.id)
    if not readers:
        notices.tell_mailbox(kind, team.email or scope.council().settings.email, found.id)


def _people(team: Team) -> list[UUID]:
    """Its own people, and those who are of every team."""
    workers = [one.account_id for one in who_may(Permission.EARLY_HELP) if one.role == WORKER]
    of_one = bound(workers)
    return [account_id for account_id in workers if of_one.get(account_id, team.key) == team.key]


def last_of(made: tuple[Offer, ...]) -> Offer | None:
    """The last offer that was not taken back."""
    return next((one for one in made if one.state != TAKEN_BACK), None)


def _insert(actor: Actor, found: Found, now: Standing, team: Team, what: Handing) -> None:
    council, made, at = scope.council(), uuid4(), clock.now()
    due = clock.due_after_working_days(at, team.working_days, council.nation, hours_of(council))
    consent = consent_for(now.consent, what.consent)
    said = {"words": what.words.strip(), "consent": "" if now.agreed else what.consent_words.strip()}
    sealed = record_of(found).seal(json.dumps(said, ensure_ascii=False), "early_help_offer", made, "said")
    statement = (
        insert(EarlyHelpOffer)
        .values(
            tenant_id=council.id, id=made, referral_id=found.id, agency_id=found.agency_id, decision_id=now.id,
            team=team.key, consent=consent, said=sealed, once=what.once, offered_by=actor.account_id, offered_at=at,
            due_at=due, files=list(what.files),
        )
        .on_conflict_do_nothing()
        .returning(EarlyHelpOffer.id)
    )  # fmt: skip
    if db.session().execute(statement).scalar_one_or_none() is None:
        if _unless_done(actor, found, what) is None:
            return
        raise Conflict("offered meanwhile", state=found.state)
    told = {"team": team.key, "consent": consent, "due": due.isoformat(), "files": spoken(what.files)}
    events.record(Event.EARLY_HELP_OFFERED, found.id, **told)
    tell_team(actor, found, team)


def _held(actor: Actor, found: Found, what: Handing) -> int:
    """How many secrets the words for the team give away, all confirmed; raises Invalid (protected) beside the words
    that do."""
    try:
        return guarding.held(actor, found, what.told(), what.confirmed, "words")
    except Invalid as error:
        typed = {"words": what.words, "consent_words": what.consent_words}
        beside = {name: "protected" for name, text in typed.items() if given_away(actor, found, text)}
        raise Invalid(beside or error.errors) from None


def _agreed_otherwise(now: Standing) -> ColumnElement[bool]:
    """Offers made on another consent than what the decision that counts says now."""
    before = select(func.coalesce(Decision.consent, "")).where(
        Decision.tenant_id == EarlyHelpOffer.tenant_id, Decision.id == EarlyHelpOffer.decision_id
    )
    return before.correlate(EarlyHelpOffer).scalar_subquery() != now.consent


def _withdraw(actor: Actor, found: Found, *, why: str, which: ColumnElement[bool] | None = None) -> bool:
    """Take back what waits for an answer, of `which` if that is said; `why` is outcome, consent or hand."""
    mine = () if which is None else (which,)
    statement = (
        update(EarlyHelpOffer)
        .where(
            EarlyHelpOffer.tenant_id == scope.council().id, EarlyHelpOffer.referral_id == found.id,
            EarlyHelpOffer.state == OFFERED, *mine,
        )
        .values(state=TAKEN_BACK, ended_by=actor.account_id, ended_at=clock.now(), taken_why=why)
        .returning(EarlyHelpOffer.id)
    )  # fmt: skip
    done = db.session().execute(statement.execution_options(**QUIETLY)).scalars().all()
    if done:
        events.record(Event.EARLY_HELP_TAKEN_BACK, found.id, why=why)
    return bool(done)


def _settle(actor: Actor, found: Found, how: str) -> bool:
    """Note that the front door went on after a team had answered, and `how` (decided, offered, left); whether one had
    declined."""
    statement = (
        update(EarlyHelpOffer)
        .where(
            EarlyHelpOffer.tenant_id == scope.council().id, EarlyHelpOffer.referral_id == found.id,
            EarlyHelpOffer.state.in_((DECLINED, "done")), EarlyHelpOffer.settled_at.is_(None),
        )
        .values(settled_by=actor.account_id, settled_at=clock.now())
        .returning(EarlyHelpOffer.state)
    )  # fmt: skip
    done = db.session().execute(statement.execution_options(**QUIETLY)).scalars().all()
    if done:
        events.record(Event.EARLY_HELP_SETTLED, found.id, how=how)
    return DECLINED in done


def _has_open(found: Found) -> bool:
    query = select(EarlyHelpOffer.id).where(
        EarlyHelpOffer.tenant_id == scope.council().id, EarlyHelpOffer.referral_id == found.id,
        EarlyHelpOffer.state.in_(OPEN),
    )  # fmt: skip
    return db.session().execute(query).first() is not None


def _unless_done(actor: Actor, found: Found, what: Handing) -> Handing | None:
    """The form, or None where it was sent before and stands; raises Conflict where what stands by it is another."""
    before = next((one for one in offers(actor, Permission.DECIDE, found) if one.once == what.once), None)
    if before is None:
        return what
    if before.team != what.team or before.state == TAKEN_BACK:
        # The same form with another team, or after what it had offered was taken back, asks for something new.
        return replace(what, once=uuid4())
    if not what.says(before):
        raise Conflict("offered with other words or files", state=found.state)
    return None


def _mistakes(what: Handing, now: Standing) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not consent_for(now.consent, what.consent):
        errors["consent"] = "unknown"
    if not now.agreed:
        errors |= mistakes_of("consent_words", what.consent_words)
    return errors | (mistakes_of("words", what.words) if what.words.strip() else {})


def mistakes_of(name: str, text: str) -> dict[str, str]:
    """What is wrong with a text that must be there, under its name: required, too_long, control."""
    try:
        checked(text, MAX_WORDS)
    except Invalid as error:
        return {name: error.errors["message"]}
    return {}
