"""What is typed and not saved yet: kept as it was, shown again, never lost to another tab and never sent by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from portal.kernel.errors import Conflict
from portal.referrals.commands import drafts, typed
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.typed import typed_on
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Fields, Person, filled, main_form, soup
from tests.referrals.making import acting, make_draft, send_draft

Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def teacher(councils: Councils) -> Somebody:
    return make_person(councils.england)


@pytest.fixture
def person(client: FlaskClient, teacher: Somebody) -> Person:
    sign_in(client, teacher)
    return Person(client, "avonmere")


@pytest.fixture
def draft_id(teacher: Somebody) -> UUID:
    return make_draft(teacher)


def page_of(person: Person, path: str) -> tuple[Fields, str]:
    """What a browser would post of a page, and the address to which its script sends what is typed."""
    form = main_form(soup(person.get(path)))
    box = form.select_one("[data-autosave]")
    assert box is not None
    return filled(form), str(box["data-autosave"])


def type_into(person: Person, path: str, **values: str) -> tuple[Fields, TestResponse]:
    """Open a page, type, and let the script keep it; what stands in the form then."""
    fields, href = page_of(person, path)
    fields |= {name.replace("__", "-"): [value] for name, value in values.items()}
    answer = person.send(href, fields)
    if answer.status_code == 200:
        fields["typed_version"] = [str(answer.get_json()["version"])]
    return fields, answer


def test_unfinished_and_wrong_text_comes_back_exactly_as_it_was_typed(person: Person, draft_id: UUID) -> None:
    page = f"/report/{draft_id}/section/referrer"
    _fields, answer = type_into(person, page, ref_phone="0163 and then <b>")
    assert answer.status_code == 200
    assert answer.get_json()["said"].startswith("Saved at ")
    shown = soup(person.get(page))
    assert filled(main_form(shown))["ref_phone"] == ["0163 and then <b>"]
    assert not shown.select(".govuk-error-message")
    assert "You typed this on" in shown.text
    assert filled(main_form(soup(person.get(f"{page}?typed=no"))))["ref_phone"] != ["0163 and then <b>"]
    for path in ("", "/check"):
        assert "is no part of the report yet" in soup(person.get(f"/report/{draft_id}{path}")).text


def test_every_kind_of_page_keeps_what_is_typed(person: Person, draft_id: UUID) -> None:
    changes = soup(person.get(f"/report/{draft_id}/check")).select('a[href*="/questions/"]')
    first = str(changes[0]["href"]).partition("#")[0].removeprefix("/avonmere")
    for path in (first, f"/report/{draft_id}/several/children/0", f"/report/{draft_id}/several/children/1"):
        _fields, answer = type_into(person, path)
        assert answer.status_code == 200


def test_saving_settles_what_was_typed_and_late_text_of_the_same_page_counts_no_more(
    person: Person, teacher: Somebody, draft_id: UUID
) -> None:
    page = f"/report/{draft_id}/section/referrer"
    fields, _answer = type_into(person, page, ref_phone="01632 960111")
    _again, href = page_of(person, page)
    assert person.send(page, fields).status_code == 303
    late = person.send(href, fields | {"ref_phone": ["01632 96"]})
    assert late.status_code == 200
    with acting(teacher):
        assert typed_on(teacher.actor, find_draft(teacher.actor, draft_id), "section/referrer") is None
    assert filled(main_form(soup(person.get(page))))["ref_phone"] == ["01632 960111"]
    assert "You typed this on" not in soup(person.get(page)).text


def test_two_tabs_never_overwrite_each_other(person: Person, draft_id: UUID) -> None:
    page = f"/report/{draft_id}/section/referrer"
    first, href = page_of(person, page)
    second, _href = page_of(person, page)
    assert person.send(href, first | {"ref_phone": ["01632 960111"]}).status_code == 200
    refused = person.send(href, second | {"ref_phone": ["0163 nonsense"]})
    assert refused.status_code == 409
    assert "another tab" in refused.get_json()["said"]
    both = person.send(page, second | {"ref_phone": ["01632 960222"]})
    assert both.status_code == 409
    shown = soup(both)
    assert "01632 960111" in shown.text
    again = filled(main_form(shown))
    assert again["ref_phone"] == ["01632 960222"]
    assert person.send(page, again).status_code == 303
    assert filled(main_form(soup(person.get(page))))["ref_phone"] == ["01632 960222"]


def test_text_that_others_overtook_is_shown_beside_what_was_saved(person: Person, draft_id: UUID) -> None:
    page = f"/report/{draft_id}/section/referrer"
    saved, _href = page_of(person, page)
    _typed, href = page_of(person, page)
    assert person.send(page, saved | {"ref_phone": ["01632 960111"]}).status_code == 303
    answer = person.send(href, _typed | {"ref_phone": ["01632 960222"]})
    assert "you will see both" in answer.get_json()["said"]
    shown = soup(person.get(page)).text
    assert "01632 960111" in shown
    assert "01632 960222" in shown


def test_it_is_sealed_audited_once_a_stretch_and_gone_when_the_report_is_sent(
    person: Person, teacher: Somebody, draft_id: UUID, admin: Admin
) -> None:
    page = f"/report/{draft_id}/section/referrer"
    fields, _answer = type_into(person, page, ref_phone="Not a number at all")
    _now, href = page_of(person, page)
    person.send(href, fields | {"ref_phone": ["Not a number at all, still"]})
    bodies = admin.execute("select body from draft_typing").fetchall()
    assert len(bodies) == 1
    assert b"number" not in bytes(bodies[0][0])  # type: ignore[call-overload] # the column is bytea
    heard = "select count(*) from audit_event where event = 'referrals.typed'"
    assert admin.execute(heard).fetchone() == (1,)
    with acting(teacher):
        version = find_draft(teacher.actor, draft_id).version
    send_draft(teacher, draft_id)
    assert version
    assert admin.execute("select count(*) from draft_typing").fetchone() == (0,)
    assert person.send(href, fields).status_code == 410


def test_only_pages_of_the_form_and_only_ones_own(
    person: Person, draft_id: UUID, councils: Councils, client: FlaskClient
) -> None:
    fields, href = page_of(person, f"/report/{draft_id}/section/referrer")
    base = href.partition("/section/")[0]
    for page in ("section/nothing", "questions/nothing", "several/children", "people/x/0", "x"):
        assert person.send(f"{base}/{page}", fields).status_code == 404
    colleague = make_person(councils.england)
    sign_in(client, colleague)
    other, _href = page_of(person, f"/report/{make_draft(colleague)}/section/referrer")
    assert person.send(href, fields | {"csrf_token": other["csrf_token"]}).status_code == 404


def test_a_child_that_is_taken_out_takes_its_text_along(person: Person, draft_id: UUID, teacher: Somebody) -> None:
    with acting(teacher):
        draft = find_draft(teacher.actor, draft_id)
        stored = draft.of("children")
        drafts.save(teacher.actor, draft, "children", stored.body * 2, stored.version, complete=True)
    for place, name in ((0, "First"), (1, "Second")):
        type_into(person, f"/report/{draft_id}/several/children/{place}", child_first_name=name)
    person.post(f"/report/{draft_id}/several/children/0/remove")
    with acting(teacher):
        draft = find_draft(teacher.actor, draft_id)
        kept = typed_on(teacher.actor, draft, "several/children/0")
        assert kept is not None
        assert kept.fields["child_first_name"] == ["Second"]
        assert typed_on(teacher.actor, draft, "several/children/1") is None


@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from(["", "/adults/3"]))
def test_places_move_up_by_one_behind_what_is_taken_out(here: int, gone: int, rest: str) -> None:
    found = typed.moved(f"people/children/{here}{rest}", "people/children/", gone)
    expected = None if here == gone else f"people/children/{here - (here > gone)}{rest}"
    assert found == expected


def test_eight_tabs_at_once_leave_one_text_and_refuse_the_others(teacher: Somebody, draft_id: UUID) -> None:
    def tab(number: int) -> str:
        with acting(teacher):
            draft = find_draft(teacher.actor, draft_id)
            page = typed.Tab("section/other", uuid4(), 0, 0)
            try:
                typed.keep(teacher.actor, draft, page, {"oth_anything": [str(number)]}, "other")
            except Conflict as conflict:
                return str(conflict.now["typed"])
            return "kept"

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert sorted(pool.map(tab, range(8))) == ["elsewhere"] * 7 + ["kept"]
