"""A world whose POSTs are undone, and every form that its pages show, each by the first person who reads it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask, Response, g, request
from flask.testing import FlaskClient

from portal.kernel import db
from portal.referrals.commands import drafts, trials
from portal.referrals.paths import TRIAGE
from portal.referrals.queries.trials import open_trial
from portal.web import security
from portal.web.limits import limiter
from tests.factories.people import Person, make_person, sign_in
from tests.factories.templates import Admin, add_template
from tests.faults import hostile
from tests.fixtures.councils import Councils
from tests.forms.contents import shipped_contents
from tests.matrix import stages, walk, world
from tests.matrix.access import AGENCY
from tests.matrix.operators import add_operators
from tests.matrix.world import World
from tests.referrals.making import fill_trial
from tests.referrals.test_people import ONE, WORKERS

PEOPLE = (
    "anonymous", "author", "waiting", "screener", "practice manager", "form designer", "council admin", "ended",
    "hub partner",
)  # fmt: skip
# Groups of pages, which processes share; those that take longest come first.
DRAFT = "/forms/drafts/<uuid:form_id>"
AREAS = (
    f"{DRAFT}/scenarios", f"{DRAFT}/question", f"{DRAFT}/rules", f"{DRAFT}/condition", DRAFT, "/forms/try", "/forms",
    "/report", "/screening", "/people", "/",
)  # fmt: skip


@dataclass(frozen=True)
class Trials:
    """The ids of trials whose answers show what the world's does not."""

    answered: UUID
    disagreed: UUID
    short: UUID

    @property
    def workers(self) -> str:
        """The people of a group, of whom one is there."""
        return f"/forms/try/{self.answered}/people/support/0/sup_workers"

    def pages(self) -> list[str]:
        """The pages that show a form only because of those answers."""
        starts = [f"/forms/try/{one}/route" for one in (self.answered, self.disagreed)]
        people = [f"{self.workers}{rest}" for rest in ("", "/0", "/0/remove")]
        return [*starts, f"/forms/try/{self.answered}/check", f"/forms/try/{self.short}/urgent", *people]


@dataclass(kw_only=True)
class Filled(World):
    """The world, with drafts of a form at every stage and trials of every kind."""

    app: Flask
    stages: stages.Stages
    trials: Trials
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    more: list[str] = field(default_factory=list)


def _trials(designer: Person) -> Trials:
    """Trials of a form with people in a group, answered so that the person may disagree."""
    content = copy.deepcopy(shipped_contents()[1])
    (support,) = (section for section in content["form"]["sections"] if section["key"] == "support")
    support["questions"].append(WORKERS)
    advice = next(one["answers"] for one in content["scenarios"] if one["expected"].get("route") == "ADVICE")

    def begun(kind: str) -> UUID:
        trial_id = uuid4()
        with db.unit_of_work(designer.scope):
            trials.begin(designer.actor, content, kind, "en", trial_id=trial_id)
        if kind == "full":
            fill_trial(designer, trial_id, **{**advice, "sup_workers": [ONE]})
        return trial_id

    made = Trials(begun("full"), begun("full"), begun("urgent"))
    with db.unit_of_work(designer.scope):
        draft, form = open_trial(designer.actor, made.disagreed)
        key, seen = form.thresholds.override_answer, draft.of(TRIAGE).version
        drafts.disagree(designer.actor, draft, key, "I saw him today", seen, keep=trials.Trials().save)
    return made


@contextmanager
def filled(app: Flask, councils: Councils, admin: Admin) -> Iterator[Filled]:
    """Both councils; what a POST does is undone, so that each form is tried on the same page."""
    add_template(admin, shipped_contents()[0])
    plain = world.make(councils)
    add_operators(plain, admin)
    designer, approver = plain.people["form designer"], plain.people["practice manager"]
    assert designer is not None
    assert approver is not None
    staged = stages.make(designer, make_person(plain.here, role="form_designer"), approver, admin)
    made = Filled(**vars(plain), app=app, stages=staged, trials=_trials(designer))
    line = f"/forms/drafts/{plain.things.form[AGENCY]}/condition-line/rule/A01/when?add=yes&at="
    made.more += [*staged.pages(), *made.trials.pages(), line, f"{line}&about=always"]
    finish = security.finish

    def undo(response: Response) -> None:
        if request.method == "POST" and not g.get("finished"):
            g.finished = True
            db.rollback()
        finish(response)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(security, "finish", undo)
        patch.setattr(limiter, "enabled", False)
        for name in PEOPLE:
            made.browsers[name] = app.test_client()
            person = made.people[name]
            if person is not None:
                sign_in(made.browsers[name], person)
        yield made


@dataclass(frozen=True)
class Found:
    """A form, the address that it posts to, the page that shows it, and the browser of somebody who reads that page."""

    rule: str
    path: str
    form: hostile.Form
    client: FlaskClient

    @property
    def shape(self) -> str:
        """What the same code reads in the same way: the address and the fields, whatever they are about."""
        return f"{self.rule} {sorted({name for name, _ in self.form.fields} | set(self.form.chosen))}"


def area_of(address: str) -> str:
    """The first area that the address begins with."""
    return next(area for area in AREAS if address.startswith(area))


def crawl(made: Filled, area: str) -> list[Found]:
    """Each person reads every page of the area once; of forms of one shape the first is kept."""
    found: dict[str, Found] = {}
    pages = [path for address, path in _pages(made) if area_of(address) == area]
    for client in made.browsers.values():
        for page in pages:
            for one in _read(made, client, page):
                found.setdefault(one.shape, one)
    return list(found.values())


def _read(made: Filled, client: FlaskClient, page: str) -> Iterator[Found]:
    """The forms of a page, if this person reads it."""
    slug = f"/{made.here.slug}"
    answer = client.get(f"{slug}{page}")
    if answer.status_code == 200 and answer.mimetype == "text/html":
        for form in hostile.forms(answer.get_data(as_text=True)):
            path = urlsplit(form.action).path or urlsplit(f"{slug}{page}").path
            yield Found(_rule(made, path.removeprefix(slug), "POST"), path, form, client)


def _rule(made: Filled, path: str, method: str) -> str:
    rule, _ = made.app.url_map.bind("localhost").match(path, method=method, return_rule=True)
    return rule.rule


def _pages(made: Filled) -> Iterator[tuple[str, str]]:
    """Every page, as the address that the application has and as the path to read."""
    for rule in walk.rules(made.app):
        if "GET" in walk.methods(rule):
            yield rule.rule, walk.address(made.app, made, rule, AGENCY)
    outcome = made.here.settings.outcomes[0].key
    report, fresh = made.things.report[AGENCY], made.things.fresh[AGENCY]
    decided = f"/screening/{made.things.decided[AGENCY]}/correct?outcome={outcome}"
    for path in (f"/screening/{fresh}", f"/screening/{report}/decide?outcome={outcome}", decided, *made.more):
        yield _rule(made, urlsplit(path).path, "GET"), path
