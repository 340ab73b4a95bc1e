"""The designer's pages for questions: shown from any draft, saved, or refused with what was typed; nothing is lost."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from portal.forms.commands import drafting
from portal.forms.editing.form_parts import Place, all_parts, all_questions, find
from portal.forms.models import FormDraft
from portal.forms.queries import drafts
from portal.forms.views.preview import shown_question
from portal.kernel import db
from portal.kernel.scope import Council
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import Councils
from tests.forms.typed_pages import of_each_kind, typed_in

REF = "section/referrer/ref_relationship"


@pytest.fixture(params=["wales", "england"])
def council(councils: Councils, request: pytest.FixtureRequest) -> Council:
    found: Council = getattr(councils, request.param)
    return found


@pytest.fixture
def designer(council: Council) -> Person:
    return make_person(council, role="form_designer", language="en")


@pytest.fixture
def draft_id(designer: Person) -> UUID:
    with db.unit_of_work(designer.scope):
        return drafting.start(designer.actor, "concern")


Go = Callable[..., TestResponse]


@pytest.fixture
def go(client: FlaskClient, designer: Person, draft_id: UUID) -> Go:
    """GET a page of the draft, or POST the form of that page with what is typed."""
    sign_in(client, designer)

    def ask(path: str, typed: dict[str, Any] | None = None, *, page: str = "", without: tuple[str, ...] = ()) -> Any:
        base = f"/{designer.council.slug}/forms/drafts/{draft_id}"
        if typed is None:
            return client.get(f"{base}/{path}".rstrip("/"))
        shown = client.get(f"{base}/{page or path}")
        fields = {name: value for name, value in typed_in(shown).items() if name not in without}
        return client.post(f"{base}/{path}", data=fields | typed)

    return ask


def form_of(designer: Person, draft_id: UUID) -> dict[str, Any]:
    with db.unit_of_work(designer.scope):
        return copy.deepcopy(drafts.find(designer.actor, draft_id).form)


def node(designer: Person, draft_id: UUID, item: str) -> dict[str, Any]:
    found = find(form_of(designer, draft_id), Place(*item.split("/")))
    assert found is not None, item
    return found.document


def write(designer: Person, draft_id: UUID, form: Any) -> None:
    """Put any form into the draft, as an import could."""
    with db.unit_of_work(designer.scope) as session:
        content = {**drafts.find(designer.actor, draft_id).content, "form": form}
        session.execute(update(FormDraft).where(FormDraft.id == draft_id).values(content=content, content_hash="x"))


def test_every_page_of_a_real_draft_is_shown(go: Go, designer: Person, draft_id: UUID) -> None:
    form = form_of(designer, draft_id)
    for path in ("", "structure", "untranslated", "translate"):
        assert go(path).status_code == 200, path
    for entry in of_each_kind([*all_parts(form), *all_questions(form)]):
        kind = "question" if entry.place.question else "part"
        for page in (f"{kind}/{entry.place.text}", f"preview/{entry.place.text}", f"remove/{entry.place.text}"):
            shown = go(page)
            assert shown.status_code == 200, page
            assert "error-summary" not in shown.get_data(as_text=True), page
    assert b"No mistakes" in go("").data


def test_saving_a_question_as_it_is_shown_changes_nothing(go: Go, designer: Person, draft_id: UUID) -> None:
    before = form_of(designer, draft_id)
    for entry in of_each_kind(all_questions(before)):
        answer = go(f"question/{entry.place.text}", {})
        assert answer.status_code == 303, (entry.place.text, soup(answer).select(".govuk-error-message"))
    assert form_of(designer, draft_id) == before


def test_saving_a_part_as_it_is_shown_changes_nothing(go: Go, designer: Person, draft_id: UUID) -> None:
    before = form_of(designer, draft_id)
    for entry in of_each_kind(all_parts(before)):
        answer = go(f"part/{entry.place.text}", {})
        assert answer.status_code == 303, (entry.place.text, soup(answer).select(".govuk-error-message"))
    assert form_of(designer, draft_id) == before


def test_words_options_and_weights_are_saved(go: Go, designer: Person, draft_id: UUID) -> None:
    typed = {"label-en": "How do you know them?", "option-0-en": "We work together", "guidance-title-en": "Help"}
    typed |= {"guidance-body-en": "Say how", "option-0-weight": "0", "option-1-weight": "1", "option-2-weight": "1"}
    before = node(designer, draft_id, REF)
    assert go(f"question/{REF}", typed).status_code == 303
    after = node(designer, draft_id, REF)
    assert after["label"]["en"] == "How do you know them?"
    assert [one["value"] for one in after["options"]] == [one["value"] for one in before["options"]]
    assert after["options"][0]["label"]["en"] == "We work together"
    first, second, third = (one["value"] for one in before["options"][:3])
    assert after["severity"] == [first, [second, third]]
    assert after["guidance"]["body"]["en"] == "Say how"


def test_rows_are_added_moved_and_removed_without_scripts_and_nothing_is_saved_before(
    go: Go, designer: Person, draft_id: UUID
) -> None:
    before = node(designer, draft_id, REF)
    shown = go(f"question/{REF}", {"label-en": "Typed <b>", "action": "option-1-up"})
    assert shown.status_code == 200
    fields = typed_in(shown)
    assert fields["label-en"] == "Typed <b>"
    assert fields["option-0-was"] == before["options"][1]["value"]
    assert node(designer, draft_id, REF) == before
    removed = typed_in(go(f"question/{REF}", {"action": "option-0-remove"}))
    assert removed["options"] == str(len(before["options"]) - 1)
    assert removed["option-0-was"] == before["options"][1]["value"]
    count = len(before["options"])
    added = {"options": str(count + 1), f"option-{count}-en": "Another way?"}
    assert go(f"question/{REF}", added).status_code == 303
    assert node(designer, draft_id, REF)["options"][-1]["value"] == "another_way"


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"label-en": ""}, "label-en"),
        ({"label-en": "x" * 7000}, "label-en"),
        ({"hint-en": "a\x07b"}, "hint-en"),
        ({"hint-en": "Ring ((nobody))"}, "hint-en"),
        ({"option-0-en": ""}, "option-0-en"),
        ({"option-0-weight": "many"}, "option-0-weight"),
        ({"guidance-title-en": "Only a title"}, "guidance-body-en"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field_with_the_typed_text(
    go: Go, council: Council, designer: Person, draft_id: UUID, typed: dict[str, str], where: str
) -> None:
    before = node(designer, draft_id, REF)
    every = (
        typed
        if len(council.languages) < 2
        else typed | {name.replace("-en", "-cy"): "" for name, value in typed.items() if not value}
    )
    answer = go(f"question/{REF}", {"label-en": "Kept words?"} | every)
    assert answer.status_code == 422
    page = soup(answer)
    assert page.select_one(f"#{where}-error"), [one.get("id") for one in page.select(".govuk-error-message")]
    assert page.select_one(f'.govuk-error-summary a[href="#{where}"]')
    for name, value in typed.items():
        assert typed_in(answer)[name] == value
    assert node(designer, draft_id, REF) == before


def test_two_designers_see_both_texts_and_the_second_chooses(go: Go, designer: Person, draft_id: UUID) -> None:
    stale = typed_in(go(f"question/{REF}"))
    assert go(f"question/{REF}", {"hint-en": "The first"}).status_code == 303
    met = go(f"question/{REF}", stale | {"hint-en": "The second"})
    assert met.status_code == 409
    words = soup(met).get_text(" ", strip=True)
    assert "The first" in words
    assert typed_in(met)["hint-en"] == "The second"
    assert node(designer, draft_id, REF)["hint"]["en"] == "The first"
    again = go(f"question/{REF}", typed_in(met))
    assert again.status_code == 303
    assert node(designer, draft_id, REF)["hint"]["en"] == "The second"


def test_two_designers_on_two_questions_do_not_meet(go: Go, designer: Person, draft_id: UUID) -> None:
    stale = typed_in(go(f"question/{REF}"))
    assert go("question/section/referrer/ref_phone", {"hint-en": "Another question"}).status_code == 303
    assert go(f"question/{REF}", stale | {"hint-en": "Mine"}).status_code == 303
    assert node(designer, draft_id, "section/referrer/ref_phone")["hint"]["en"] == "Another question"


def test_a_part_that_somebody_else_changed_shows_both_texts(go: Go) -> None:
    stale = typed_in(go("part/section/referrer"))
    assert go("part/section/referrer", {"title-en": "First title"}).status_code == 303
    met = go("part/section/referrer", stale | {"title-en": "Second title"})
    assert met.status_code == 409
    assert "First title" in soup(met).get_text()
    assert typed_in(met)["title-en"] == "Second title"


def test_moving_is_done_once_however_often_the_button_is_pressed(go: Go, designer: Person, draft_id: UUID) -> None:
    before = [one["key"] for one in form_of(designer, draft_id)["sections"][0]["questions"]]
    act = f"move section/referrer/{before[0]} 1"
    for _press in range(2):
        assert go("structure", {"act": act}).status_code == 303
    after = [one["key"] for one in form_of(designer, draft_id)["sections"][0]["questions"]]
    assert after == [before[1], before[0], *before[2:]]
    assert go("structure", {"act": "move section/referrer/gone 1"}).status_code == 409
    assert go("structure", {"act": "nonsense"}).status_code == 409


def test_adding_copying_moving_and_removing(go: Go, designer: Person, draft_id: UUID) -> None:
    typed = {"label-en": "Is there a dog?", "type": "radios"}
    for _press in range(2):
        made = go("new-question/section/referrer", typed)
        assert made.status_code == 303
    place = "section/referrer/is_there_a_dog"
    assert made.headers["Location"].endswith(f"/question/{place}")
    count = len(form_of(designer, draft_id)["sections"][0]["questions"])
    refused = go(f"question/{place}", {})
    assert refused.status_code == 422
    assert soup(refused).select_one('a[href="#options"]')
    for _press in range(2):
        copied = go("structure", {"act": f"copy {place} is_there_a_dog_2"})
        assert copied.status_code == 303
    assert len(form_of(designer, draft_id)["sections"][0]["questions"]) == count + 1
    assert go(f"move/{place}_2", {"target": "section/concern"}).status_code == 303
    assert find(form_of(designer, draft_id), Place("section", "concern", "is_there_a_dog_2"))
    assert go(f"move/{place}", {}).status_code == 422
    assert go(f"remove/{place}", {}).status_code == 303
    assert find(form_of(designer, draft_id), Place(*place.split("/"))) is None
    for kind in ("page", "section", "urgent"):
        assert go(f"new-part/{kind}", {"title-en": f"About the {kind}"}).status_code == 303
        assert find(form_of(designer, draft_id), Place(kind, f"about_the_{kind}"))


def test_removing_says_where_a_question_is_used(go: Go, designer: Person, draft_id: UUID) -> None:
    first = next(all_questions(form_of(designer, draft_id)))
    page = soup(go(f"remove/{first.place.text}"))
    items = [one.get_text(" ", strip=True) for one in page.select("main li")]
    assert any(one.startswith("Rule:") for one in items), items
    stale = typed_in(go(f"remove/{REF}"))
    assert go(f"question/{REF}", {"hint-en": "Changed"}).status_code == 303
    assert go(f"remove/{REF}", stale).status_code == 409


def test_another_type_leaves_out_what_it_does_not_have(go: Go, designer: Person, draft_id: UUID) -> None:
    assert go(f"question-type/{REF}", {"type": "textarea"}).status_code == 303
    after = node(designer, draft_id, REF)
    assert after["type"] == "textarea"
    assert "options" not in after
    assert go(f"question-type/{REF}", {"type": "made_up"}).status_code == 422


WRONG: list[Any] = [
    {},
    {"triage": "words", "sections": {"a": 1}, "urgent": []},
    {"key": 1, "title": [], "triage": {"pages": [None, 5, {"key": "x", "questions": [[], {"type": "radios"}]}]},
     "sections": [{"questions": [{"key": "no good", "label": {"en": 5}, "options": [1, {"value": {}}]}]}]},
    {"sections": [{"key": "s", "title": {"en": "S"}, "repeat": 5, "show_when": {"answer": []}, "questions": [
        {"key": "q", "type": "checkboxes", "label": "words", "options": {"a": 1}, "severity": {"x": 1}, "guidance": 3},
        {"key": "q", "type": {}, "label": {}, "required": [1], "min": "many", "forms": 4},
        {"key": "g", "type": "group", "questions": [{"key": "i", "type": "text"}, 7]}]}]},
]  # fmt: skip


@pytest.mark.parametrize("form", WRONG)
def test_a_draft_that_cannot_be_read_is_still_shown_and_can_be_mended(
    go: Go, designer: Person, draft_id: UUID, form: Any
) -> None:
    write(designer, draft_id, form)
    shown = go("structure")
    assert shown.status_code == 200
    assert "Mistakes" in shown.get_data(as_text=True)
    for path in ("", "untranslated", "translate"):
        assert go(path).status_code == 200, path
    for entry in [*all_parts(form), *all_questions(form)]:
        text = entry.place.text
        kind = "question" if entry.place.question else "part"
        for page in (f"{kind}/{text}", f"preview/{text}", f"remove/{text}"):
            assert go(page).status_code == 200, page
        saved = go(f"{kind}/{text}", {"label-en": "Words", "title-en": "Words"})
        assert saved.status_code in (303, 422)
    assert go("new-part/section", {"title-en": "Mended"}).status_code == 303


def test_a_locked_question_is_shown_and_not_changed(
    go: Go, designer: Person, draft_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = typed_in(go(f"question/{REF}"))
    monkeypatch.setattr(
        "portal.forms.queries.library.locked", lambda _actor, _draft: frozenset({"question:ref_relationship"})
    )
    page = soup(go(f"question/{REF}"))
    assert "cannot be changed here" in page.get_text()
    assert not [one for one in page.select("main button") if "Save" in one.get_text()]
    assert "Locked" in soup(go("structure")).get_text()
    before = form_of(designer, draft_id)
    for path in (f"question/{REF}", f"remove/{REF}"):
        assert go(path, stale, page="new-part/page").status_code == 403
    assert go("remove/section/referrer", {}, page="new-part/page").status_code == 409
    assert form_of(designer, draft_id) == before


def test_the_preview_is_of_what_is_typed_and_saves_nothing(go: Go, designer: Person, draft_id: UUID) -> None:
    shown = go(f"question/{REF}", {"label-en": "A new <question>?", "action": "preview"})
    assert shown.status_code == 200
    pane = soup(shown).select_one("[data-live-preview]")
    assert pane is not None
    assert "A new <question>?" in pane.get_text()
    assert node(designer, draft_id, REF)["label"]["en"] != "A new <question>?"


def test_guidance_is_in_the_preview_once(app: Flask) -> None:
    words = {"title": {"en": "When in doubt"}, "body": {"en": "Ring us"}, "examples": [{"en": "A call"}]}
    node = {"key": "told", "type": "text", "label": {"en": "Who knows?"}, "guidance": words}
    with app.test_request_context():
        html = str(shown_question(node, "section", "en").html)
    assert html.count("When in doubt") == html.count("A call") == 1


def test_the_list_is_folded_and_a_part_opens_by_its_link(go: Go) -> None:
    page = soup(go("structure"))
    assert not page.select("details[open]")
    link = next(one for one in page.select("nav.app-form-contents a") if "open=section" in str(one["href"]))
    query = str(link["href"]).partition("?")[2].partition("#")
    opened = soup(go(f"structure?{query[0]}"))
    assert len(opened.select("details[open]")) == 1
    assert opened.select_one(f"#{query[2]} details[open]")
    every = soup(go("structure?open=all"))
    assert len(every.select("details[open]")) == len(every.select("details"))


def test_the_forms_own_words_are_changed_side_by_side(go: Go, designer: Person, draft_id: UUID) -> None:
    stale = typed_in(go("words"))
    assert go("words", stale | {"title-en": "", "title-cy": ""}).status_code == 422
    typed = stale | {"out_of_hours-en": "Call ((out_of_hours_phone))", "out_of_hours-cy": "Ffoniwch"}
    assert go("words", typed).status_code == 303
    assert form_of(designer, draft_id)["out_of_hours"]["en"] == "Call ((out_of_hours_phone))"
    met = go("words", stale | {"title-en": "Another title"})
    assert met.status_code == 409
    assert "Another title" in soup(met).get_text()
    assert go("words", typed_in(met)).status_code == 303
    assert form_of(designer, draft_id)["title"]["en"] == "Another title"


def test_mistakes_lead_to_where_they_are_mended(go: Go, designer: Person, draft_id: UUID) -> None:
    form = form_of(designer, draft_id)
    form["title"] = {}
    form["sections"][0]["questions"][0]["type"] = "telepathy"
    form["sections"][1]["show_when"] = {"question": "nobody"}
    write(designer, draft_id, form)
    links = [str(one["href"]) for one in soup(go("structure")).select("section[aria-labelledby=mistakes] a")]
    first, second = (form["sections"][place]["key"] for place in (0, 1))
    asked = form["sections"][0]["questions"][0]["key"]
    for end in ("/words", f"/question/section/{first}/{asked}", f"/condition/section/{second}/show_when"):
        assert any(one.endswith(end) for one in links), (end, links)
    hub = soup(go(""))
    assert "Mend" in hub.get_text()
    assert any("Run the proof" in one.get_text() for one in hub.select("ol a"))


def test_the_preview_is_the_referrers_page_with_the_councils_words(go: Go, designer: Person, draft_id: UUID) -> None:
    form = form_of(designer, draft_id)
    section = next(one for one in form["sections"] if one.get("repeat"))
    section["intro"] = {"en": "Ring ((hub_phone))", "cy": "Ffoniwch ((hub_phone))"}
    asked = {"key": "zz_name", "type": "text", "label": {"en": "A name", "cy": "Enw"}}
    help_given = {"title": {"en": "Good help", "cy": "Cymorth"}, "body": {"en": "Words", "cy": "Geiriau"}}
    section["questions"].append(asked | {"key": "zz_other", "guidance": help_given})
    item = {"en": "person", "cy": "person"}
    group = {"type": "group", "min": 0, "max": 3, "item": item, "title_from": ["zz_name"], "questions": [asked]}
    section["questions"].append({"key": "zz_group", "label": {"en": "At home", "cy": "Gartref"}, **group})
    write(designer, draft_id, form)
    page = soup(go(f"preview/section/{section['key']}"))
    frame = page.select_one(".app-preview-frame")
    assert frame
    assert "((" not in frame.get_text()
    assert "01632" in frame.get_text()
    buttons = frame.select("button")
    assert all("disabled" in one.attrs for one in buttons)
    words = [one.get_text(strip=True) for one in buttons]
    assert "Add: person" in words
    assert "Add another: person" in words
    assert "Save and continue" in words
    assert frame.get_text().count("Good help") == 1
