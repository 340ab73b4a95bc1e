"""Two councils with somebody in every role, and reports, drafts and requests for membership of several agencies."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from portal.auth.models import Account, Agency, AgencyDomain, AgencySite
from portal.auth.policy import Permission
from portal.files.models import StoredFile
from portal.forms.commands import comments, drafting
from portal.forms.queries import newest
from portal.forms.queries.comments import of_draft as comments_of
from portal.forms.queries.drafts import find as find_form
from portal.kernel import db, scope
from portal.kernel.scope import Council, Scope
from portal.messaging import commands as messaging
from portal.referrals.commands import drafts, marks, short, trials, typed
from portal.referrals.commands.attaching import Paper, Target, attach
from portal.referrals.commands.connections import declare
from portal.referrals.queries.connections import Declared, declared_by
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.record import find
from portal.referrals.queries.trials import open_trial
from portal.screening.commands import approving, decisions, opening, restricting
from portal.screening.models import OpenedRecord
from portal.tenants.agency_files import Read
from portal.tenants.agency_layouts import Row
from portal.tenants.commands import agency_files
from tests.factories.challenges import add_challenge
from tests.factories.decisions import given
from tests.factories.early_help import offer_on
from tests.factories.hub import as_partner, open_hub
from tests.factories.invitations import make_invitation
from tests.factories.letters import letter_on
from tests.factories.passkeys import give_passkey
from tests.factories.people import Person, make_person
from tests.factories.pictures import png
from tests.factories.referrals import Child, make_referral
from tests.factories.terms import publish_terms
from tests.fixtures.councils import Councils
from tests.matrix.access import AGENCY, MISSING, OTHER_AGENCY, OTHER_COUNCIL, RESTRICTED, THINGS
from tests.matrix.transferred import arrivals, transfers
from tests.referrals.making import answers, begin_trial

# The same force reports to both councils: its people elsewhere are the nearest that another council's can be.
SHARED, OTHER_HERE, OTHER_THERE = "severn-vale-police", "ysgol-enghraifft", "oakfield-primary"
PARTNERS = "glan-yr-afon-health-visiting"
KEPT_HERE, KEPT_THERE = "dyffryn-health-board", "riverside-academy"
CHALLENGE = UUID("5f0c1d2e-0000-4000-8000-000000000002")  # of the decision on the author's report
PROPOSAL = UUID("5f0c1d2e-0000-4000-8000-000000000001")  # what waits on the author's report
HERE, THERE = "CNRYWALES", "CNRYENGLAND"


@dataclass
class Things:
    """What an address may name, each by whose it is (THINGS)."""

    report: dict[str, str] = field(default_factory=dict)
    fresh: dict[str, str] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    proposed: dict[str, str] = field(default_factory=dict)
    challenged: dict[str, str] = field(default_factory=dict)
    helped: dict[str, str] = field(default_factory=dict)
    draft: dict[str, str] = field(default_factory=dict)
    short: dict[str, str] = field(default_factory=dict)
    membership: dict[str, str] = field(default_factory=dict)
    candidate: dict[str, str] = field(default_factory=dict)
    topic: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    trial: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    comment: dict[str, str] = field(default_factory=dict)
    version: dict[str, str] = field(default_factory=dict)
    invitation: dict[str, str] = field(default_factory=dict)
    opening: dict[str, str] = field(default_factory=dict)
    connection: dict[str, str] = field(default_factory=dict)
    passkey: dict[str, str] = field(default_factory=dict)
    token: dict[str, str] = field(default_factory=dict)
    agency: dict[str, str] = field(default_factory=dict)
    domain: dict[str, str] = field(default_factory=dict)
    site: dict[str, str] = field(default_factory=dict)
    register: dict[str, str] = field(default_factory=dict)
    grant: dict[str, str] = field(default_factory=dict)
    file: dict[str, str] = field(default_factory=dict)
    letter: dict[str, str] = field(default_factory=dict)
    transfer: dict[str, str] = field(default_factory=dict)
    arrived: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """The people by their place in access.yaml, and the things."""

    people: dict[str, Person | None]
    things: Things
    here: Council
    there: Council
    first_page: str = ""


def make(councils: Councils) -> World:
    """Fill both councils."""
    here, there = councils.wales, councils.england
    publish_terms(here)
    people = _people_here(here) | _people_there(there)
    world = World(people, Things(), here, there)
    _suspend(people["suspended"])
    author, stranger, foreigner = (people[name] for name in ("author", "stranger", "other referrer"))
    assert author is not None
    assert stranger is not None
    assert foreigner is not None
    owners = {here.id: people["screener"], there.id: people["other screener"]}
    for whose, person in zip(THINGS, (author, stranger, foreigner), strict=False):
        mark = THERE if person is foreigner else HERE
        _reports(world, whose, person, owners[person.council.id], mark)
        _decisions(world, whose, person, owners[person.council.id], mark)
        world.things.draft[whose] = str(_draft(person, mark))
        world.things.short[whose] = str(_short_draft(person, mark))
        world.things.file[whose] = str(_file_on(person, world.things.report[whose], mark))
        world.things.membership[whose] = _near(person, f"Huw {mark} Wait", "pending")
        world.things.candidate[whose] = _near(person, f"Haf {mark} Ready", "active")
        world.things.invitation[whose], world.things.token[whose] = make_invitation(person)
    _restricted(world, author)
    for name in ("report", "fresh", "decided", "proposed", "challenged", "helped"):
        getattr(world.things, name)[MISSING] = "AAA-AAA-AAA"
    # An account is one in every council: whoever comes from the other one has their own passkey here, too.
    for whose, person in ((AGENCY, author), (OTHER_AGENCY, stranger), (OTHER_COUNCIL, make_person(there))):
        world.things.passkey[whose] = give_passkey(person.account_id)
    world.things.passkey[MISSING] = world.things.short[MISSING] = str(uuid4())
    world.things.draft[MISSING] = world.things.membership[MISSING] = world.things.invitation[MISSING] = str(uuid4())
    world.things.candidate[MISSING] = world.things.file[MISSING] = world.things.letter[MISSING] = str(uuid4())
    world.things.token[MISSING] = "nothing-opens-with-this"
    _designed(world)
    _agencies(world.things)
    admins = ((AGENCY, people["council admin"]), (OTHER_COUNCIL, people["other council admin"]))
    world.things.register = {whose: _file(admin) for whose, admin in admins} | {MISSING: str(uuid4())}
    with db.unit_of_work(Scope(there)):
        elsewhere = newest()
    with db.unit_of_work(Scope(here)):
        published = newest()
        known = next(iter(published.thresholds.topics))
        world.first_page = published.form.triage[0].key
    world.things.version = {AGENCY: str(published.id), OTHER_COUNCIL: str(elsewhere.id), MISSING: str(uuid4())}
    # What a council publishes is open to everybody, so only "does it exist" differs.
    world.things.topic = {AGENCY: known, OTHER_AGENCY: known, OTHER_COUNCIL: "no_such", MISSING: "nothing_here"}
    return world


def _open_to_partners(world: World) -> None:
    """The author's report is open to the hub's partners of a third agency."""
    partner, screener = world.people["hub partner"], world.people["screener"]
    assert partner is not None
    assert screener is not None
    open_hub(screener, world.things.report[AGENCY], partner.actor.agency_id, f"{HERE} beth wyddoch chi?")


def _find_each_other(world: World) -> None:
    """As sending does it: the reports of a council find each other."""
    for council in (world.here, world.there):
        with db.unit_of_work(Scope(council, scope.SYSTEM)):
            assert marks.fill()


def _file_on(person: Person, reference: str, mark: str) -> UUID:
    """A picture on a report, which may be opened and looked at."""
    with db.unit_of_work(person.scope) as session:
        found = find(person.actor, Permission.TRACK, reference)
        target = Target(found.id, found.agency_id, "agency", later=True)
        file_id = attach(person.actor, target, Paper(f"{mark} drawing.png", "image/png", BytesIO(png()), "png"))
        session.execute(update(StoredFile).where(StoredFile.id == file_id).values(state="ready"))
    return file_id


def _designed(world: World) -> None:
    """A draft of a form, a trial and what was said about it, of each council's designer."""
    people = world.people
    designers = ((AGENCY, people["form designer"]), (OTHER_COUNCIL, people["other form designer"]))
    world.things.form = {whose: _form_draft(designer) for whose, designer in designers} | {MISSING: str(uuid4())}
    world.things.trial = {whose: _trial(designer, _mark(whose), ended=False) for whose, designer in designers}
    world.things.ended = {whose: _trial(designer, _mark(whose), ended=True) for whose, designer in designers}
    world.things.trial[MISSING] = world.things.ended[MISSING] = world.things.comment[MISSING] = str(uuid4())
    for whose, designer in designers:
        assert designer is not None
        world.things.comment[whose] = _comment(designer, UUID(world.things.form[whose]))


def _agencies(things: Things) -> None:
    """An agency that each council keeps for itself, with a domain and a site of it."""
    for name in ("agency", "domain", "site"):
        getattr(things, name)[MISSING] = str(uuid4())
    with db.unit_of_work(scope.NOWHERE) as session:
        for whose, key in ((AGENCY, KEPT_HERE), (OTHER_COUNCIL, KEPT_THERE)):
            agency_id = session.execute(select(Agency.id).where(Agency.key == key)).scalar_one()
            things.agency[whose] = str(agency_id)
            for name, table in (("domain", AgencyDomain), ("site", AgencySite)):
                query = select(table.id).where(table.agency_id == agency_id).order_by(table.id).limit(1)
                getattr(things, name)[whose] = str(session.execute(query).scalar_one())


def _file(admin: Person | None) -> str:
    """A published file that an administrator has looked at, and taken nothing from."""
    assert admin is not None
    row = Row(2, "Heron", "school", "urn", "999777")
    with db.unit_of_work(admin.scope):
        return str(agency_files.keep(admin.actor, "gias", Read((row,), ())))


def _people_here(here: Council) -> dict[str, Person | None]:
    def person(mark: str, **values: Any) -> Person:
        return make_person(here, name=f"{mark} {HERE} Prys", **values)

    found: dict[str, Person | None] = {"anonymous": None}
    found["waiting"] = person("Wil", agency=SHARED, state="pending")
    found["author"] = person("Nia", agency=SHARED)
    found["by email"] = person("Nest", agency=SHARED, strength="email")
    found["screener by email"] = person("Sel", role="screener", strength="email")
    found["colleague"] = person("Non", agency=SHARED)
    found["lead"] = person("Lowri", agency=SHARED, role="agency_lead")
    found["stranger"] = person("Ste", agency=OTHER_HERE)
    found["hub partner"] = as_partner(person("Hedd", agency=PARTNERS))
    found["newcomer"] = person("Nel", agency=SHARED, accepted=False)
    found["new screener"] = person("Sid", role="screener", accepted=False)
    for role in ("screener", "practice_manager", "form_designer", "council_admin", "early_help_worker"):
        found[role.replace("_", " ")] = person("Cai", role=role)
    found["listed screener"] = person("Lis", role="screener")
    found["suspended"] = person("Sul", agency=SHARED)
    found["ended"] = person("Eos", agency=SHARED, state="ended")
    return found


def _people_there(there: Council) -> dict[str, Person | None]:
    return {
        f"other {role.replace('_', ' ')}": make_person(
            there,
            role=role,
            agency=SHARED if role == "referrer" else None,  # their own names they may read
        )
        for role in ("referrer", "screener", "form_designer", "council_admin")
    }


def _suspend(person: Person | None) -> None:
    """The account, not the membership: everywhere at once."""
    assert person is not None
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(update(Account).where(Account.id == person.account_id).values(state="suspended"))


def _sections(mark: str) -> dict[str, Any]:
    return {
        "referrer": {"ref_phone": "01632 960555", "ref_alt_contact": f"{mark} colleague"},
        "children": [{"child_first_name": "Cai", "child_last_name": f"{mark} Rhys"}],
        "concern": {"sos_what_happened": f"Told us {mark}"},
    }


def _reports(world: World, whose: str, author: Person, owner: Person | None, mark: str) -> None:
    children = (Child(first_name="Cai", last_name=f"{mark} Rhys"),)
    for name, state in (("report", "screening"), ("fresh", "sent")):
        told: Any = {"children": children, "sections": _sections(mark)}
        made = make_referral(author.council, author, state=state, owner=owner, **told)
        getattr(world.things, name)[whose] = made.reference
        if name == "report" and owner is not None:
            with db.unit_of_work(owner.scope):
                found = find(owner.actor, Permission.ASK, made.reference)
                messaging.ask(owner.actor, found, f"Where is {mark}?", uuid4())
    if whose == AGENCY:
        _open_to_partners(world)


def _decisions(world: World, whose: str, author: Person, owner: Person | None, mark: str, *sight: UUID) -> None:
    """A report that is decided, and one on which a decision waits for a second person."""
    assert owner is not None
    deeds: dict[str, Any] = {"proposed": (approving.propose, "transfer"), "helped": (decisions.decide, "early_help")}
    deeds |= dict.fromkeys(("decided", "challenged"), (decisions.decide, "assessment"))
    for name, (deed, outcome) in deeds.items():
        made = make_referral(
            author.council, author, state="screening", owner=owner, sections=_sections(mark), sight=list(sight) or None
        )
        once = PROPOSAL if (name, whose) == ("proposed", AGENCY) else uuid4()
        with db.unit_of_work(owner.scope):
            found = find(owner.actor, Permission.DECIDE, made.reference)
            deed(owner.actor, found, given(outcome, "MASH", f"{mark} because", f"{mark} thanks", 0, once))
        getattr(world.things, name)[whose] = made.reference
        if name == "challenged":
            add_challenge(author, made.reference, CHALLENGE if whose == AGENCY else uuid4(), f"{mark} why")
        if name == "helped":
            offer_on(owner, made.reference, f"{mark} help")
    world.things.letter[whose] = letter_on(owner, world.things.report[whose])


def _restricted(world: World, author: Person) -> None:
    """Reports of the author that a manager and one screener see, and one of them opened by a colleague for an hour."""
    people = world.people
    manager, opener = people["practice manager"], make_person(world.here, name=f"Ola {HERE} Prys", role="screener")
    foreigner, other, listed = (people[name] for name in ("other referrer", "other screener", "listed screener"))
    assert manager is not None
    assert foreigner is not None
    assert other is not None
    assert listed is not None
    for name, state in (("report", "screening"), ("fresh", "sent")):
        made = make_referral(world.here, author, state=state, owner=manager, sections=_sections(HERE))
        with db.unit_of_work(manager.scope):
            found = find(manager.actor, Permission.RESTRICT, made.reference)
            restricting.restrict(manager.actor, found, "adoption", "", (listed.account_id,))
        getattr(world.things, name)[RESTRICTED] = made.reference
    _decisions(world, RESTRICTED, author, manager, HERE, manager.account_id, listed.account_id)
    world.things.connection = {
        AGENCY: _connected(people["lead"]),
        OTHER_COUNCIL: _connected(people["other screener"]),
        MISSING: str(uuid4()),
    }
    world.things.opening = {
        AGENCY: _opened(opener, world.things.report[RESTRICTED]),
        OTHER_COUNCIL: _opened(other, make_referral(world.there, foreigner, sight=[foreigner.account_id]).reference),
        MISSING: str(uuid4()),
    }
    world.things.transfer = transfers(world.there, world.here)
    world.things.arrived = arrivals(world.there, manager, listed, world.things.report[OTHER_COUNCIL])
    _find_each_other(world)


def _connected(person: Person | None) -> str:
    """A connection to a family of whom there is no report."""
    assert person is not None
    with db.unit_of_work(person.scope):
        declare(person.actor, Declared("", "Neb", None))
        return str(declared_by(person.actor)[0].id)


def _opened(person: Person, reference: str) -> str:
    with db.unit_of_work(person.scope) as session:
        opening.open_record(person.actor, reference, "cover", "Because")
        return str(session.execute(select(OpenedRecord.id)).scalar_one())


def _draft(author: Person, mark: str) -> UUID:
    with db.unit_of_work(author.scope):
        draft_id = drafts.start(author.actor, "full", "en")
        assert draft_id is not None
        for section, body in _sections(mark).items():
            drafts.save(author.actor, find_draft(author.actor, draft_id), section, body, 0, complete=False)
    return draft_id


def _short_draft(author: Person, mark: str) -> UUID:
    """An urgent report that was begun by typing in it, and not sent."""
    with db.unit_of_work(author.scope):
        draft_id = short.begin(author.actor, uuid4(), newest(), "en")
        tab = typed.Tab("section/urgent", uuid4(), 0, 0)
        fields = {"sos_what_happened": [f"Told us {mark}"]}
        typed.keep(author.actor, find_draft(author.actor, draft_id), tab, fields, "urgent")
    return draft_id


def _form_draft(designer: Person | None) -> str:
    """A draft of the council's form; somebody else of the council has said nothing about it yet."""
    assert designer is not None
    with db.unit_of_work(designer.scope):
        return str(drafting.start(designer.actor, "concern"))


def _mark(whose: str) -> str:
    return THERE if whose == OTHER_COUNCIL else HERE


def _trial(designer: Person | None, mark: str, *, ended: bool) -> str:
    """A trial of the published form: one with some answers, or a short one that has ended."""
    assert designer is not None
    trial_id = begin_trial(designer, kind="urgent" if ended else "full")
    with db.unit_of_work(designer.scope):
        draft, form = open_trial(designer.actor, trial_id)
        if ended:
            asked = form.form.urgent[0]
            trials.end(designer.actor, draft, form, {asked.key: answers(form.form, asked.questions, {}, {})})
        for section, body in {} if ended else _sections(mark).items():
            trials.Trials().save(designer.actor, draft, section, body, 0, complete=False)
    return str(trial_id)


def _comment(designer: Person, form_id: UUID) -> str:
    """What somebody said about the draft of a form."""
    with db.unit_of_work(designer.scope):
        draft = find_form(designer.actor, form_id)
        comments.add(designer.actor, draft, "A yw hyn yn glir?", uuid4())
        return str(comments_of(designer.actor, form_id)[0].id)


def _near(near: Person, name: str, state: str) -> str:
    """Somebody of the agency of `near`, or who asked to be."""
    with db.unit_of_work(scope.NOWHERE) as session:
        agency = session.execute(select(Agency.key).where(Agency.id == near.actor.agency_id)).scalar_one()
    person = make_person(near.council, name=name, agency=agency, state=state)
    return str(person.actor.membership_id)
