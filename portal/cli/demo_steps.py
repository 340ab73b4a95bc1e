"""What happens to a sent report in a story of the demonstration: one step, by one person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.cli import demo_hub, demo_messages, demo_transfers
from portal.earlyhelp.commands import answering, offering
from portal.earlyhelp.queries.offers import offers
from portal.handover.commands.people import say_copied
from portal.handover.queries.contents import ready_on
from portal.handover.queries.parcels import of_report
from portal.handover.states import WAITING
from portal.kernel import scope
from portal.kernel.scope import Actor
from portal.letters import commands as letters
from portal.letters.queries import people
from portal.messaging import commands as messages
from portal.messaging.commands import adding, correcting
from portal.messaging.queries import heard
from portal.onward.commands import challenges
from portal.onward.queries.challenges import steps as levels
from portal.referrals.commands import following
from portal.referrals.places import place_of
from portal.referrals.queries.corrections import count
from portal.referrals.queries.record import Found, find
from portal.screening.commands import approving, decisions, holding
from portal.screening.commands.judging import standard_words
from portal.screening.commands.notes import write_note
from portal.screening.deciding import wanted
from portal.screening.given import Given
from portal.screening.grounds import Consulted, Grounds
from portal.stages import commands as stages
from portal.stages.queries import visits
from portal.tenants.settings import Council, Outcome

Step = Mapping[str, Any]


def take(actor: Actor, step: Step, reference: str) -> None:
    """Take one step in the actor's scope; raises KeyError for a step that is not known, and what commands raise."""
    if step["do"] in demo_hub.STEPS:
        demo_hub.take(actor, step, reference)
        return
    permission, act = STEPS[step["do"]]
    act(actor, step, find(actor, permission, reference))


def _claim(actor: Actor, _step: Step, found: Found) -> None:
    holding.claim(actor, found)


def _priority(actor: Actor, step: Step, found: Found) -> None:
    holding.change_priority(actor, found, step["priority"], step["why"])


def _note(actor: Actor, step: Step, found: Found) -> None:
    write_note(actor, found, step["text"], uuid4())


def _tick(actor: Actor, step: Step, found: Found) -> None:
    stages.tick(actor, found, visits(actor, found)[0].stage, step["items"], ())


def _stage(actor: Actor, step: Step, found: Found) -> None:
    stages.move_on(actor, found, step["to"], visits(actor, found)[0].stage, all_the_same=True)


def _give(actor: Actor, step: Step, found: Found) -> None:
    heir = next(one.account_id for one in who_may(Permission.CLAIM) if one.name == step["to"])
    holding.give(actor, found, heir, step.get("text", ""), owner_id=found.owner_id)


def _decide(actor: Actor, step: Step, found: Found) -> None:
    decisions.decide(actor, found, _given(actor, step, found))


def _propose(actor: Actor, step: Step, found: Found) -> None:
    approving.propose(actor, found, _given(actor, step, found))


def _given(actor: Actor, step: Step, found: Found) -> Given:
    council = scope.council()
    outcome = next(one for one in council.settings.outcomes if one.key == step["outcome"])
    seen, _read = heard(actor, Permission.DECIDE, found)
    return Given(
        outcome=outcome.key,
        route=found.route,
        rationale=step["text"],
        told=standard_words(found, outcome),
        seen=seen,
        once=uuid4(),
        grounds=_grounds(council.settings, outcome, step),
    )


def _grounds(council: Council, outcome: Outcome, step: Step) -> Grounds:
    """What stands beside the rationale: the first reason of the list where the story names none, and whom it says."""
    asked = wanted(council, outcome)
    people = tuple(Consulted(**one) for one in step.get("consulted", ()))
    return Grounds(
        reasons=tuple(step.get("reasons", asked.reasons[:1])),
        need=step.get("need", next(iter(asked.needs), "")),
        consulted=people,
        nobody="" if people else step["nobody"],
        consent=step.get("consent", "given"),
        consent_reason=step.get("because", ""),
        consent_words=step.get("consent_words", ""),
    )


def _read(actor: Actor, _step: Step, found: Found) -> None:
    following.note_reading(actor, found)
    messages.mark_read(actor, found, "agency")
    decisions.see_outcome(actor, found)


def _withdraw(actor: Actor, step: Step, found: Found) -> None:
    following.withdraw(actor, found, step["reason"])


def _add(actor: Actor, step: Step, found: Found) -> None:
    adding.add(actor, found, step["text"], uuid4())


def _correct(actor: Actor, step: Step, found: Found) -> None:
    place = place_of(step["place"])
    if place is None:
        raise KeyError(step["place"])
    seen = count(found)
    correcting.correct(actor, found, correcting.Correcting(place, step["value"], step["text"], seen, uuid4()))


def _challenge(actor: Actor, step: Step, found: Found) -> None:
    level = challenges.may(actor, found, levels(actor, Permission.TRACK, found)).level
    challenges.challenge(actor, found, challenges.Objection(step["text"], step["wanted"], level, uuid4()))


def _answer_challenge(actor: Actor, step: Step, found: Found) -> None:
    last = levels(actor, Permission.APPROVE, found)[-1]
    challenges.answer(actor, found, last.id, challenges.Reply(step["verdict"], step["text"]))


def _copied(actor: Actor, step: Step, found: Found) -> None:
    parcel = next(one for one in of_report(actor, found) if one.state == WAITING)
    passed = {one.id for one in ready_on(found.id).values()}
    say_copied(actor, found, parcel.id, parcel.version, step["number"], shown=passed)


def _letter(actor: Actor, step: Step, found: Found) -> None:
    """A letter to the first person to whom one may write, sent where the story says how."""
    person = next(one for one in people(actor, found) if not one.refused)
    asked = letters.Wanted(step["template"], person.number, step.get("language", "en"), "\n".join(person.address),
                           letters.YES, letters.NO, letters.YES)  # fmt: skip
    made = uuid4()
    letters.make(actor, found, asked, made)
    if "sent" in step:
        letters.open_letter(actor, found, made)
        letters.mark_sent(actor, found, made, step["sent"])


def _offer_help(actor: Actor, step: Step, found: Found) -> None:
    offering.offer(actor, found, offering.Handing(step["team"], uuid4(), step.get("text", "")))


def _help(actor: Actor, step: Step, found: Found) -> None:
    what = answering.Answer(step["move"], step.get("code", ""), step.get("text", ""))
    answering.answer(actor, found, offers(actor, Permission.EARLY_HELP, found)[0].id, what)


STEPS: Mapping[str, tuple[Permission, Callable[[Actor, Step, Found], None]]] = {
    "claim": (Permission.CLAIM, _claim),
    "priority": (Permission.SCREEN, _priority),
    "note": (Permission.SCREEN, _note),
    "give": (Permission.CLAIM, _give),
    "tick": (Permission.SCREEN, _tick),
    "stage": (Permission.SCREEN, _stage),
    "ask": (Permission.ASK, demo_messages.ask),
    "reply": (Permission.REPLY, demo_messages.reply),
    "answer": (Permission.REPLY, demo_messages.answer_questions),
    "draft_question": (Permission.ASK, demo_messages.draft),
    "draft_reply": (Permission.REPLY, demo_messages.draft),
    "decide": (Permission.DECIDE, _decide),
    "copied": (Permission.DECIDE, _copied),
    "letter": (Permission.DECIDE, _letter),
    "offer_help": (Permission.DECIDE, _offer_help),
    "help": (Permission.EARLY_HELP, _help),
    "propose": (Permission.DECIDE, _propose),
    "read": (Permission.TRACK, _read),
    "withdraw": (Permission.TRACK, _withdraw),
    "add": (Permission.REPLY, _add),
    "challenge": (Permission.REPLY, _challenge),
    "answer_challenge": (Permission.APPROVE, _answer_challenge),
    "correct": (Permission.REPLY, _correct),
    "propose_transfer": (Permission.DECIDE, demo_transfers.propose),
    "send_transfer": (Permission.APPROVE, demo_transfers.send),
}
