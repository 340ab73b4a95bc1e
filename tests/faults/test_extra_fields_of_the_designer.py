"""Fields that a form of the designer does not have change nothing.

Each form is posted as its page has it, and again with every column of every table. What either POST wrote is read
before it is undone, with the same random numbers: it must be the same.
"""

from __future__ import annotations

import io
import json
import os
import random
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Response, g, request
from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from werkzeug.routing import Rule

from portal.audit.models import AuditEvent
from portal.forms.commands import comments
from portal.forms.exporting import files, zipped
from portal.forms.models import FormCheck, FormComment, FormDraft, FormTrial, FormVersion
from portal.forms.queries.drafts import Draft
from portal.kernel import db
from portal.kernel.scope import Actor
from portal.kernel.tables import Base
from portal.referrals.models import Referral
from portal.web import security
from tests.factories.people import sign_in
from tests.faults.form_pages import Filled
from tests.faults.test_extra_fields import FORGED, GENERIC
from tests.forms.contents import shipped_contents
from tests.matrix import walk
from tests.matrix.access import AGENCY
from tests.referrals.clicking import Fields, answer
from tests.referrals.clicking import filled as as_it_stands

MODELS: tuple[type[Base], ...] = (FormDraft, FormVersion, FormComment, FormCheck, FormTrial, Referral, AuditEvent)
# What a forger would write rather than an identifier.
TELLING = {
    "state": "published",
    "must_restart": "yes",
    "number": "77",
    "version": "77",
    "form_key": "service",
    "source": "folder",
    "kind": "urgent",
    "language": "cy",
    "done": "7",
    "total": "7",
    "template_number": "7",
    "content": '{"form": {}}',
    "accepted": '[{"id": "S1", "reason": "CNRY", "by": "CNRY"}]',
    "proof": '{"holds": true}',
    "result": '{"holds": true}',
    "writers": "[]",
    "locked": "[]",
    "scenarios": "[]",
}

# A line of a condition is written in steps; the others do what they are asked.
DONE, SHOWN = 303, 200


@dataclass(frozen=True)
class Case:
    """How the form of one address is reached and filled in, where that is not just its own page as it stands."""

    page: str = ""
    values: dict[str, str] = field(default_factory=dict)
    person: str = "form designer"
    complete: bool = False
    file: str = ""
    status: int = DONE


class Watch:
    """What each POST has written, as its own transaction sees it."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def look(self) -> None:
        """Every row of every table, without the moment."""
        session = db.session()
        tables = [inspect(model).local_table for model in MODELS]
        rows = [[_plain(row) for row in session.execute(select(table).order_by(table.c.id))] for table in tables]
        self.seen.append(json.dumps(rows))


def _plain(row: Any) -> list[str]:
    return ["a moment" if isinstance(value, datetime) else str(value) for value in row]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Looks before the world of forms undoes."""
    made, undo = Watch(), security.finish

    def look(response: Response) -> None:
        if request.method == "POST" and not g.get("finished"):
            made.look()
        undo(response)

    monkeypatch.setattr(security, "finish", look)
    return made


DRAFT, TRIAL = "/forms/drafts/<uuid:form_id>", "/forms/try/<uuid:trial_id>"
CASES = {
    "/forms": Case(values={"form_key": "service"}),
    f"{DRAFT}/condition-line/<path:where>": Case(
        "{draft}/condition-line/rule/A01/when?add=yes&at=&about=always", complete=True, status=SHOWN
    ),
    f"{DRAFT}/condition/<path:where>": Case(values={"do": "remove:"}),
    f"{DRAFT}/move/<path:item>": Case(complete=True),
    f"{DRAFT}/new-part/<kind>": Case(complete=True),
    f"{DRAFT}/new-question/<path:item>": Case(complete=True),
    f"{DRAFT}/question-type/<path:item>": Case(complete=True),
    f"{DRAFT}/structure": Case(values={"action": "copy section/referrer/ref_phone"}),
    f"{DRAFT}/translate": Case("/forms/drafts/{overtaken}/translate", complete=True),
    f"{DRAFT}/try": Case(complete=True),
    f"{DRAFT}/what-if": Case(complete=True),
    "/forms/published/<form_key>/try": Case(complete=True),
    f"{TRIAL}/questions/<page_key>": Case(complete=True),
    f"{TRIAL}/section/<key>": Case(complete=True),
    f"{TRIAL}/several/<key>": Case(complete=True),
    f"{TRIAL}/several/<key>/<int:place>": Case(complete=True),
    f"{DRAFT}/comments": Case(complete=True),
    f"{DRAFT}/comments/<uuid:comment_id>/resolve": Case("{draft}/comments"),
    f"{DRAFT}/go-on": Case("/forms/drafts/{overtaken}/submit"),
    f"{DRAFT}/publish": Case("/forms/drafts/{submitted}/review", person="practice manager"),
    f"{DRAFT}/send-back": Case("/forms/drafts/{submitted}/review", person="practice manager", complete=True),
    f"{DRAFT}/scenarios/new": Case(complete=True),
    f"{DRAFT}/submit": Case("/forms/drafts/{failing}/submit", complete=True),
    "/forms/versions/<uuid:version_id>/restore": Case("/forms/versions/{version}"),
    f"{DRAFT}/rules/<part>": Case("{draft}/rules/notices", values={"do": "move:0:call_999"}),
    f"{DRAFT}/rules/add/<part>": Case(values={"key": "more"}, complete=True),
    f"{DRAFT}/proposals": Case("/forms/drafts/{proposed}/proposals", complete=True),
    f"{DRAFT}/newer": Case("/forms/drafts/{overtaken}/newer", complete=True),
    "/forms/import": Case(file="form_file"),
    f"{TRIAL}/agree": Case("/forms/try/{disagreed}/route"),
    f"{TRIAL}/disagree": Case("/forms/try/{answered}/route", complete=True),
    f"{TRIAL}/check": Case("/forms/try/{answered}/check"),
    f"{TRIAL}/urgent": Case("/forms/try/{short}/urgent", complete=True),
    f"{TRIAL}/people/<key>/<int:place>/<group>": Case("{workers}"),
    f"{TRIAL}/people/<key>/<int:place>/<group>/<int:number>": Case("{workers}/0"),
    f"{TRIAL}/people/<key>/<int:place>/<group>/<int:number>/remove": Case("{workers}/0/remove"),
}


@dataclass
class Forms:
    """The pages of the world, read by two people, and the forms on them."""

    world: Filled
    clients: dict[str, FlaskClient]

    def page(self, rule: Rule, case: Case) -> str:
        """The page that shows the form of an address."""
        ids = vars(self.world.stages) | vars(self.world.trials)
        names = {name: str(value) for name, value in ids.items()} | {"workers": self.world.trials.workers}
        names |= {"version": self.world.things.version[AGENCY]}
        names |= {"draft": f"/forms/drafts/{self.world.things.form[AGENCY]}"}
        names |= {"trial": f"/forms/try/{self.world.things.trial[AGENCY]}"}
        own = case.page.format(**names) or walk.address(self.world.app, self.world, rule, AGENCY)
        return f"/{self.world.here.slug}{own}"

    def find(self, rule: Rule, case: Case) -> tuple[str, Tag]:
        """Where it posts to, and the form."""
        adapter, page, slug = (
            self.world.app.url_map.bind("localhost"),
            self.page(rule, case),
            f"/{self.world.here.slug}",
        )
        shown = self.clients[case.person].get(page)
        for form in BeautifulSoup(shown.get_data(as_text=True), "html.parser").find_all("form"):
            path = urlsplit(str(form.get("action", ""))).path or urlsplit(page).path
            if str(form.get("method", "")).lower() == "post" and path.startswith(f"{slug}/forms"):
                match = adapter.match(path.removeprefix(slug), method="POST", return_rule=True)
                if match[0].rule == rule.rule:
                    return path, form
        raise AssertionError(f"no form of {rule.rule} on {page}: {shown.status_code}")


def _forged(form: Tag, data: Fields) -> Fields:
    """The fields, and every column of every table that no control of the form is called."""
    own = {str(control.get("name", "")) for control in form.find_all(["input", "textarea", "select", "button"])}
    columns = [column.key for model in MODELS for column in inspect(model).columns]
    more = {name: [TELLING.get(name, FORGED)] for name in (*columns, *GENERIC) if name not in own | set(data)}
    assert len(more) > 40
    return {**data, **more}


def _post(client: FlaskClient, path: str, data: Fields, case: Case, patch: pytest.MonkeyPatch) -> tuple[int, str]:
    """The status and where it leads, with the same random numbers each time."""
    numbers = random.Random(7)  # noqa: S311 - the point is that they are the same
    sent: dict[str, Any] = dict(data)
    if case.file:
        sent[case.file] = (io.BytesIO(zipped(files(shipped_contents()[1], "concern"))), "form.zip")
    with patch.context() as same:
        same.setattr(os, "urandom", numbers.randbytes)
        same.setattr(secrets, "token_bytes", numbers.randbytes)
        answered = client.post(path, data=sent)
    return answered.status_code, answered.headers.get("Location", "")


def _tried(forms: Forms, rule: Rule, watch: Watch, patch: pytest.MonkeyPatch) -> str:
    """What is wrong with one address, "" for nothing."""
    case = CASES.get(rule.rule, Case())
    path, form = forms.find(rule, case)
    data = as_it_stands(form)
    if case.complete:
        answer(form, data, {})
    data |= {name: [value] for name, value in case.values.items()}
    watch.seen.clear()
    plain = _post(forms.clients[case.person], path, data, case, patch)
    forged = _post(forms.clients[case.person], path, _forged(form, data), case, patch)
    if plain[0] != case.status:
        return f"{rule.rule}: the form itself is refused: {plain}"
    if plain != forged:
        return f"{rule.rule}: {plain} became {forged}"
    assert len(watch.seen) == 2  # the watch saw both
    return "" if watch.seen[0] == watch.seen[1] else f"{rule.rule}: something else is written"


@pytest.fixture
def forms(world_of_forms: Filled) -> Forms:
    """A designer and a second person, signed in."""
    clients = {}
    for name in ("form designer", "practice manager"):
        person = world_of_forms.people[name]
        assert person is not None
        clients[name] = world_of_forms.app.test_client()
        sign_in(clients[name], person)
    return Forms(world_of_forms, clients)


def test_no_form_of_the_designer_takes_a_field_that_it_does_not_have(
    forms: Forms, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = {rule.rule: rule for rule in walk.rules(forms.world.app) if "POST" in walk.methods(rule)}
    own = {name: rule for name, rule in addresses.items() if name.startswith("/forms")}
    assert set(CASES) <= set(own)
    wrong = [_tried(forms, rule, watch, monkeypatch) for rule in own.values()]
    assert [each for each in wrong if each] == []


def test_a_field_that_is_taken_would_be_found(forms: Forms, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that takes what is posted for the state of a draft."""
    taking = comments.add

    def careless(actor: Actor, draft: Draft, body: str, once: UUID, place: str = "") -> None:
        taking(actor, draft, f"{body} {request.form.get('state', '')}", once, place)

    monkeypatch.setattr(comments, "add", careless)
    (rule,) = (
        one for one in walk.rules(forms.world.app) if one.rule == f"{DRAFT}/comments" and "POST" in walk.methods(one)
    )
    assert _tried(forms, rule, watch, monkeypatch) == f"{rule.rule}: something else is written"
