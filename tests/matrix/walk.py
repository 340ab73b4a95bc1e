"""Asks for every address as one person, and says what came back in the words of access.yaml."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.auth.guard import door_of
from tests.factories.decisions import fields as decision_fields
from tests.factories.parcels import PARCEL
from tests.factories.people import Person, sign_in
from tests.matrix.access import AGENCY, MISSING, OTHER_COUNCIL, RESTRICTED, THINGS
from tests.matrix.world import CHALLENGE, PROPOSAL, World

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NONCE = re.compile(r"'nonce-([^']+)'")
METHODS = ("GET", "POST")

# Which of the world's things an address names, by the name of the part that varies.
NAMES = {
    "draft_id": "draft",
    "membership_id": "membership",
    "topic": "topic",
    "reference": "report",
    "other_reference": "fresh",
    "form_id": "form",
    "trial_id": "trial",
    "comment_id": "comment",
    "version_id": "version",
    "invitation_id": "invitation",
    "opening_id": "opening",
    "connection_id": "connection",
    "passkey_id": "passkey",
    "token": "token",
    "agency_id": "agency",
    "import_id": "register",
    "grant_id": "grant",
    "file_id": "file",
    "letter_id": "letter",
    "transfer_id": "transfer",
}
COUNCILS_OWN = (
    "opening", "connection", "topic", "form", "trial", "version", "token", "agency", "register", "grant", "transfer",
)  # fmt: skip
# What belongs to an agency, and is named beside it.
PARTS = {"domain_id": "domain", "site_id": "site"}
# Taking a report back is possible only before somebody at the council has it.
FRESH = ("referrals.withdraw", "screening.claim")
# Only who is in already, and not who waits, may become an agency's lead.
PROMOTED = ("auth.make_lead",)
# What only a decided report has, and one on which a decision waits for a second person.
DECIDED = (
    "screening.correct", "screening.record_correction", "handover.of_report", "handover.send_again", "handover.copied",
)  # fmt: skip
PROPOSED = ("screening.proposal", "screening.answer_proposal", "screening.take_back")
# What only a trial that has ended has.
# A decided report of which the decision was challenged.
CHALLENGED = (
    "onward.challenging", "onward.challenge", "onward.end_challenge", "onward.answering", "onward.answer",
)  # fmt: skip
# What an early-help team has.
HELPED = (
    "earlyhelp.show", "earlyhelp.ask", "earlyhelp.act", "earlyhelp.of_report", "earlyhelp.offer", "earlyhelp.go_on",
    "earlyhelp.along",
)  # fmt: skip
# What came from another council.
ARRIVED = ("transfers.arrived",)
ENDED = ("trials.receipt", "trials.council", "trials.urgent")
# A draft of the urgent form has a page of its own.
SHORT = ("referrals.urgent_draft",)
PARTICULAR = {FRESH: "fresh", SHORT: "short", PROMOTED: "candidate", ENDED: "ended"} | {
    DECIDED: "decided",
    PROPOSED: "proposed",
    CHALLENGED: "challenged",
    HELPED: "helped",
    ARRIVED: "arrived",
}
FIXED: dict[str, Any] = {"key": "referrer", "page_key": "", "place": 0, "form_key": "concern"} | {
    "group": "adults",
    "number": 0,
    "scenario_id": "GYA-01",
    "part": "notices",
    "named": "nrm",
    "where": "rule/A01/when",
    "item": "section/referrer",
    "kind": "section",
    "whom": "sponsored",
    "settings_page": "names",
    "list_key": "stages",
    "item_key": "contact",
    "digest": "0" * 64,
}
FIXED |= {"decision": "suspend", "agency_kind": "school"}
FIXED |= {"move": "accept", "do": "take-back"}
FIXED["typed_page"] = "section/referrer"
# A link that was never made leads back to the page that has good ones.
FIXED["lapsing"] = "lapsed"
# No message of the world has a file in the hub: tests/hub/test_files.py gives them out.
FIXED["hub_file_id"] = uuid4()
FIXED["sheet"] = 1
FIXED |= {"whose": "nobody", "list_id": uuid4()}
# No message of the world asks the form's questions: tests/messaging/test_chosen_questions.py does.
FIXED |= {"message_id": uuid4(), "message_form": "reply"}
FIXED["template_key"] = "concern-shared"
FIXED["answer"] = "referrer.-.-.-.ref_phone"
# None is set up: tests/tenants/test_identity_providers.py walks them.
FIXED["provider_key"] = "staff"
FIXED["link_id"] = uuid4()
FIXED |= {"council_id": uuid4(), "council_draft_id": uuid4(), "setup_page": "start"}
# Where somebody is led who has to do something else first.
LED = {"/sign-in": "sign-in", "/terms/accept": "terms"}
# Of a draft of a form, the pages about one question.
QUESTION = "section/referrer/ref_phone"
ABOUT_QUESTIONS = ("forms.question", "forms.change_question", "forms.question_type", "forms.move_item")
SEVERAL = tuple(f"{pages}.{name}" for pages in ("referrals", "trials") for name in ("items", "item", "remove"))
# The least that a form must say to be more than a mistake, where a mistake could hide who may use it.
BODIES = {
    "tenants.own_settings_page": {"version": "1"},
    "tenants.own_logo": {"version": "1"},
    "tenants.accept_terms": {"number": "1"},
    "referrals.send": {"submit_key": str(uuid4()), "seen_version": "1"},
    "trials.send": {"submit_key": str(uuid4()), "seen_version": "1"},
    "trials.try_draft": {"choice": "full-en", "once": str(uuid4())},
    "what_if.show": {"months": "12"},
    "trials.try_published": {"choice": "full-en", "once": str(uuid4())},
    "tenants.decide_support": {"version": "1", "do": "approve"},
    "auth.approve": {"version": "1"},
    "auth.refuse": {"version": "1"},
    "auth.end": {"version": "1", "reason": "left"},
    "auth.send_again": {"version": "1"},
    "auth.cancel_invitation": {"version": "1"},
    "forms.begin": {"form_key": "concern"},
    "forms.arrange": {"do": "move:0:call_999"},
    "forms.condition": {"do": "remove:"},
    "forms.scenario_remove": {"seen_version": "1"},
    "onward.challenge": {"why": "A", "wanted": "B", "level": "1"},
    "onward.end_challenge": {"step": str(CHALLENGE)},
    # Another offer than the one that the team has: whoever passes is told how it is now.
    "earlyhelp.act": {"offer": str(uuid4())},
    "onward.answer": {"verdict": "upheld", "words": "C", "step": str(CHALLENGE)},
    "messaging.ask": {"message": "When?"},
    "messaging.choose": {"message": "When?"},
    "messaging.reply": {"message": "Then."},
    "messaging.ask_typed": {"message": "Wh"},
    "messaging.typed": {"message": "Th"},
    "screening.seek_other": {"other": "AAA-AAA-AAA"},
    "screening.judge": {"undo": "yes"},
    "screening.link_reports": {"undo": "yes"},
    "screening.priority": {"priority": "urgent", "why": "It is worse"},
    "screening.note": {"note": "A note"},
    "stages.tick": {"at": "screening", "done": "history"},
    "stages.move": {"at": "screening", "stage": "screening"},
    "screening.kept_lists": {"name": "A list"},
    "letters.settle": {"do": "email"},
    "auth.change_hub_partner": {"do": "make"},
    "hub.write": {"message": "What do you know?"},
    "hub.answer": {"message": "This."},
    "screening.restrict": {"reason": "adoption"},
    "screening.lifting": {"do": "ask"},
    "screening.hold": {"words": "A court case"},
    "handover.copied": {"number": "12345", "parcel": str(PARCEL), "version": "1"},
    "handover.send_again": {"parcel": str(PARCEL), "version": "1"},
    "screening.lift_hold": {"words": "It is over"},
    "screening.agency_sight": {"sight": "author"},
    "screening.answer_proposal": {"do": "back", "words": "Ask the school", "proposal": str(PROPOSAL)},
    "screening.take_back": {"proposal": str(PROPOSAL)},
    "screening.record_correction": {"outcome": "advice", "told": "Thank you", "decision": str(uuid4())},
    "screening.record": {
        "route": "MASH",
        "rationale": "Because",
        "told": "Thank you",
        **decision_fields(),
        "seen": "0",
        "once": str(uuid4()),
    },
}


@dataclass(frozen=True)
class Answer:
    """What one person got: `page` is `METHOD /address` as in access.yaml, `same` all of it without the secrets."""

    page: str
    whose: str
    outcome: str
    status: int
    text: str
    same: tuple[int, str, bytes]


@dataclass
class Walker:
    """One person's browser in one council."""

    app: Flask
    world: World
    person: Person | None
    slug: str
    client: FlaskClient = field(init=False)
    token: str = ""

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.begin()

    def begin(self) -> None:
        """Sign in (again)."""
        self.token = ""
        if self.person is not None:
            sign_in(self.client, self.person)

    def ask(
        self, method: str, path: str, data: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> TestResponse:
        """One request; a form carries this browser's token."""
        if method not in ("GET", "HEAD"):
            data = {"csrf_token": self.csrf(), **(data or {})}
        answer = self.client.open(f"/{self.slug}{path}", method=method, data=data, headers=headers)
        if answer.headers.get("Set-Cookie") and self.person is not None:
            self.begin()  # signed out, or the session ended
        return answer

    def everything(self) -> Iterator[Answer]:
        """Every address, by every method, about everybody's things."""
        for rule in rules(self.app):
            for method, whose in itertools.product(methods(rule), whose_of(rule)):
                body = BODIES.get(rule.endpoint, {})
                if rule.endpoint == "screening.record":
                    body = body | {"outcome": self.world.here.settings.outcomes[0].key}
                answer = self.ask(
                    method, address(self.app, self.world, rule, whose), body if method == "POST" else None
                )
                same = masked(answer, self.token)
                text = answer.get_data().decode(errors="replace") + str(answer.headers)
                yield Answer(f"{method} {rule.rule}", whose, outcome(answer), answer.status_code, text, same)

    def csrf(self) -> str:
        """The token that this browser sends with every form."""
        for page in ("/account", "/sign-in", "/"):
            if self.token:
                break
            found = TOKEN.search(self.client.get(f"/{self.slug}{page}").get_data(as_text=True))
            self.token = found.group(1) if found else ""
        assert self.token
        return self.token


def rules(app: Flask) -> list[Rule]:
    """Every address of the application, in order."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def methods(rule: Rule) -> list[str]:
    """The methods that a person uses on it."""
    return [method for method in METHODS if method in (rule.methods or ())]


def thing_of(rule: Rule) -> str:
    """What the address names: report, draft, membership, topic, or "" for nothing that is somebody's."""
    return next((thing for name, thing in NAMES.items() if name in rule.arguments), "")


def address(app: Flask, world: World, rule: Rule, whose: str) -> str:
    """The path for the thing of that owner."""
    thing = thing_of(rule)
    values = {name: value for name, value in FIXED.items() if name in rule.arguments}
    if "page_key" in values:
        values["page_key"] = world.first_page
    if rule.endpoint in ABOUT_QUESTIONS:
        values["item"] = QUESTION
    if rule.endpoint in SEVERAL:
        values["key"] = "children"
    for name in rule.arguments - set(FIXED):
        own = PARTS.get(name) or NAMES.get(name, thing)
        named = next((thing for endpoints, thing in PARTICULAR.items() if rule.endpoint in endpoints), own)
        things = getattr(world.things, named)
        values[name] = things[whose]
    adapter = app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, values)


def outside(app: Flask, rule: Rule) -> bool:
    """Whether a page is the instance's own, outside every council."""
    door = door_of(app.view_functions[rule.endpoint])
    return door is not None and door.instance


def for_machines(app: Flask, rule: Rule) -> bool:
    """Whether no page of ours leads there: who posts proves with the message itself who they are."""
    door = door_of(app.view_functions[rule.endpoint])
    return door is not None and door.kind == "machine"


def whose_of(rule: Rule) -> Iterator[str]:
    """The owners to ask about: all of them, or just one where the address names nothing."""
    thing = thing_of(rule)
    if thing == "report":
        yield RESTRICTED
    # What a council publishes or designs belongs to no agency.
    of_no_agency = thing in COUNCILS_OWN
    yield from (AGENCY, OTHER_COUNCIL, MISSING) if of_no_agency else THINGS if thing else (AGENCY,)


def outcome(answer: TestResponse) -> str:
    """What came back, in the words of access.yaml; another status is itself."""
    if answer.status_code == 303:
        found = next((words for end, words in LED.items() if answer.headers["Location"].endswith(end)), "")
        return found or "redirect"
    known = {200: "page", 403: "forbidden", 404: "not-found", 409: "conflict", 422: "refused"}
    return known.get(answer.status_code, str(answer.status_code))


def masked(answer: TestResponse, token: str) -> tuple[int, str, bytes]:
    """All of an answer, without what differs between any two answers of the same page."""
    nonce = NONCE.search(answer.headers.get("Content-Security-Policy", ""))
    body = answer.get_data()
    headers = str(answer.headers)
    for secret in (nonce.group(1) if nonce else "", token):
        if secret:
            body = body.replace(secret.encode(), b"*")
            headers = headers.replace(secret, "*")
    body = TOKEN.sub('name="csrf_token" value="*"', body.decode(errors="replace")).encode()
    return answer.status_code, re.sub(r"Set-Cookie: .*", "Set-Cookie", headers), body
