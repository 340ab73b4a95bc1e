"""Every form of the product, found on its pages, refuses what it cannot take, and never fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response, g, request
from flask.testing import FlaskClient

from portal.kernel import db
from portal.web import security
from portal.web.limits import limiter
from tests.auth.walking import Walker as Registering
from tests.factories.people import make_person, sign_in
from tests.factories.templates import Admin, add_template
from tests.faults import hostile
from tests.fixtures.councils import Councils
from tests.forms.contents import shipped_contents
from tests.matrix import stages, walk, world
from tests.matrix.access import AGENCY
from tests.matrix.world import World

REFUSED = {400, 413, 422}
FAILED = 500
FORM = "application/x-www-form-urlencoded"
EMAIL = "nia@oakfield.avonmere.sch.uk"
PEOPLE = ("anonymous", "author", "waiting", "screener", "practice manager", "form designer", "council admin", "ended")
# Shown only after other forms: those of registering and signing in are walked below, the others made by hand.
WALKED = {
    "/register/agency",
    "/register/code",
    "/register/resend",
    "/register/password",
    "/sign-in/code",
    "/sign-in/resend",
}
BY_HAND = {
    "/report/<uuid:draft_id>/disagree": ("author", ("reason",), ()),
    "/report/<uuid:draft_id>/agree": ("author", (), ()),
    "/report/restart/<uuid:draft_id>": ("author", (), ()),
    "/join": ("ended", ("job",), ("agency", "lead")),
    "/forms/try/<uuid:trial_id>/disagree": ("form designer", ("reason",), ()),
    "/forms/try/<uuid:trial_id>/agree": ("form designer", (), ()),
    "/forms/try/<uuid:trial_id>/urgent": ("form designer", (), ()),
}
# Open only once another answer says so; tests/referrals/test_people.py posts to them.
SEVERAL = {
    f"{start}/people/<key>/<int:place>/<group>{rest}"
    for start in ("/report/<uuid:draft_id>", "/forms/try/<uuid:trial_id>")
    for rest in ("", "/<int:number>", "/<int:number>/remove")
}


@dataclass
class Filled(World):
    """The world, with drafts of a form at every stage."""

    more: list[str] = field(default_factory=list)
    stages: stages.Stages | None = None


@pytest.fixture
def filled(app: Flask, councils: Councils, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> Filled:
    """Both councils; what a POST does is undone, so that each form is tried on the same page."""
    del app
    add_template(admin, shipped_contents()[0])
    plain = world.make(councils)
    made = Filled(plain.people, plain.things, plain.here, plain.there, plain.first_page)
    designer = plain.people["form designer"]
    assert designer is not None
    second = make_person(plain.here, role="form_designer")
    approver = plain.people["practice manager"]
    assert approver is not None
    made.stages = stages.make(designer, second, approver, admin)
    made.more = made.stages.pages()
    line = f"/forms/drafts/{plain.things.form[AGENCY]}/condition-line/rule/A01/when?add=yes&at="
    made.more += [line, f"{line}&about=always"]
    finish = security.finish

    def undo(response: Response) -> None:
        if request.method == "POST" and not g.get("finished"):
            g.finished = True
            db.rollback()
        finish(response)

    monkeypatch.setattr(security, "finish", undo)
    monkeypatch.setattr(limiter, "enabled", False)
    return made


def try_all(client: FlaskClient, page: str, found: hostile.Form) -> list[str]:
    """What went wrong with one form: a failure of ours, or something accepted that must be refused."""
    path = urlsplit(found.action).path or urlsplit(page).path
    wrong = []

    def post(body: str, kind: str) -> int:
        return client.post(path, data=body.encode("utf-8", "surrogatepass"), content_type=kind).status_code

    if post(found.body(), FORM) == 400:  # its token would not be taken
        wrong.append(f"{path}: refused as it stands")
    for name, body in hostile.attacks(found):
        status = post(body, FORM)
        if status not in REFUSED:
            wrong.append(f"{path}: {name}: {status}")
    for name, kind, body in hostile.oddities(found):
        status = post(body, kind)
        if status >= FAILED:
            wrong.append(f"{path}: {name}: {status}")
    return wrong


def pages(app: Flask, filled: Filled, client: FlaskClient) -> dict[str, str]:
    """Every page that this person reads, by its path."""
    found = {}
    paths = [walk.address(app, filled, rule, AGENCY) for rule in walk.rules(app) if "GET" in walk.methods(rule)]
    outcome = filled.here.settings.outcomes[0].key
    report, fresh = filled.things.report[AGENCY], filled.things.fresh[AGENCY]
    paths += [f"/screening/{fresh}", f"/screening/{report}/decide?outcome={outcome}"]
    for path in [*paths, *filled.more]:
        answer = client.get(f"/{filled.here.slug}{path}")
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found[f"/{filled.here.slug}{path}"] = answer.get_data(as_text=True)
    return found


def own_forms(app: Flask, filled: Filled, client: FlaskClient) -> dict[str, tuple[str, hostile.Form]]:
    """The forms of all pages, once for each address and set of fields."""
    found = {}
    for page, text in pages(app, filled, client).items():
        for form in hostile.forms(text):
            path = urlsplit(form.action).path or urlsplit(page).path
            found[f"{path} {sorted({name for name, _ in form.fields} | set(form.chosen))}"] = (page, form)
    return found


@pytest.mark.parametrize("person", PEOPLE)
def test_every_form_of_every_page(app: Flask, filled: Filled, person: str) -> None:
    client = app.test_client()
    somebody = filled.people[person]
    if somebody is not None:
        sign_in(client, somebody)
    found = own_forms(app, filled, client)
    assert found
    wrong = []
    for page, form in found.values():
        if not form.action.endswith(("/sign-out", "/sign-out-everywhere")):
            wrong += try_all(client, page, form)
    assert wrong == []


@pytest.mark.parametrize("address", BY_HAND)
def test_the_forms_that_are_made_by_hand(app: Flask, filled: Filled, address: str) -> None:
    person, typed, chosen = BY_HAND[address]
    walker = walk.Walker(app, filled, filled.people[person], filled.here.slug)
    things = {"<uuid:draft_id>": filled.things.draft[AGENCY], "<uuid:trial_id>": filled.things.trial[AGENCY]}
    path = f"/{filled.here.slug}{address}"
    for name, thing in things.items():
        path = path.replace(name, thing)
    form = hostile.Form(path, (("csrf_token", walker.csrf()), ("seen_version", "1")), typed, chosen, ())
    assert try_all(walker.client, path, form) == []


def test_the_forms_of_registering_and_signing_in(
    app: Flask, councils: Councils, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    walker = Registering(app.test_client(), councils.england, run_jobs)
    wrong = []

    def look(page: str) -> None:
        answer = walker.get(page)
        assert answer.status_code == 200, page
        for form in hostile.forms(answer.get_data(as_text=True)):
            wrong.extend(try_all(walker.client, f"/avonmere{page}", form))

    typed = {"name": "Nia CNRY", "job": "Head", "lead": "no", "email": EMAIL}
    look("/register")
    walker.where(walker.post("/register", typed))
    look("/register/agency")
    walker.to_code(EMAIL)
    look("/register/code")
    walker.to_code(EMAIL)
    walker.where(walker.post("/register/code", {"code": walker.code(EMAIL)}))
    look("/register/password")
    look("/sign-in")
    assert wrong == []


def test_every_address_that_takes_a_form_is_on_a_page(app: Flask, filled: Filled) -> None:
    posts = {rule.rule for rule in walk.rules(app) if "POST" in walk.methods(rule)}
    adapter = app.url_map.bind("localhost")
    reached: set[str] = set()
    for person in ("anonymous", "author", "waiting", "screener", "form designer", "council admin", "ended"):
        client = app.test_client()
        somebody = filled.people[person]
        if somebody is not None:
            sign_in(client, somebody)
        for key in own_forms(app, filled, client):
            path = key.split(" ", 1)[0].removeprefix(f"/{filled.here.slug}")
            rule, _ = adapter.match(path, method="POST", return_rule=True)
            reached.add(rule.rule)
    assert posts - reached - WALKED - SEVERAL - set(BY_HAND) == set()


def test_a_form_that_takes_anything_would_be_found(client: FlaskClient, councils: Councils) -> None:
    del councils
    form = hostile.Form("/live", (("csrf_token", "x"),), ("name",), ("choice",), ())
    found = try_all(client, "/live", form)  # answers 405 to every one of them
    too_large = 2  # those do not reach the page
    assert len(found) == len(list(hostile.attacks(form))) - too_large
