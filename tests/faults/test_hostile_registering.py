"""The forms that only registering and signing in show; and that a form which takes anything would be found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web.limits import limiter
from tests.auth.walking import Walker
from tests.faults import hostile
from tests.faults.attacking import try_all
from tests.fixtures.councils import Councils

EMAIL = "nia@oakfield.avonmere.sch.uk"


def test_the_forms_of_registering_and_signing_in(
    app: Flask, councils: Councils, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    walker = Walker(app.test_client(), councils.england, run_jobs)
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


def test_a_form_that_takes_anything_would_be_found(client: FlaskClient, councils: Councils) -> None:
    del councils
    form = hostile.Form("/live", (("csrf_token", "x"),), ("name",), ("choice",), ())
    found = try_all(client, "/live", form)  # answers 405 to every one of them
    too_large = 2  # those do not reach the page
    assert len(found) == len(list(hostile.attacks(form))) - too_large
