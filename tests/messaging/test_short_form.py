"""The short form on a report's own page: it asks what was chosen on the whole form, and has the ready words."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging.queries import Said, thread
from portal.messaging.queries.drafts import drafts
from portal.referrals.queries.record import find
from tests.factories.pages import fields_of, soup, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made

WORST, IMPACT = "signs.-.-.-.sos_worst", "concern.-.-.-.sos_impact"
KEY = "family_knows"


def said(who: Person, made: Made) -> tuple[Said, ...]:
    with db.unit_of_work(who.scope):
        return thread(who.actor, Permission.LOOK, find(who.actor, Permission.LOOK, made.reference))


def choose(client: FlaskClient, made: Made, **typed: object) -> None:
    whole = f"/screening/{made.reference}/ask/questions"
    data = {"question": [WORST, IMPACT], "action": "draft", **typed}
    assert submit(client, made.council, whole, whole, data).status_code == 303


def test_it_asks_the_questions_that_were_chosen_in_the_draft(client: FlaskClient, ali: Person, made: Made) -> None:
    report = f"/screening/{made.reference}"
    sign_in(client, ali)
    choose(client, made)
    shown = soup(client.get(f"/avonmere{report}"))
    assert [str(one["value"]) for one in shown.select("#messages input[name=question]")] == [WORST, IMPACT]
    assert "2 questions of the form go along" in shown.select_one("#messages").get_text()  # type: ignore[union-attr]
    # Nothing need be written, as on the whole form.
    data = fields_of(client.get(f"/avonmere{report}"), "/ask") | {"question": [WORST, IMPACT]}
    assert [client.post(f"/avonmere{report}/ask", data=data).status_code for _ in range(2)] == [303, 303]
    (one,) = said(ali, made)
    assert [each.place for each in one.chosen] == [WORST, IMPACT]
    assert one.text == "Please answer the questions below."
    with db.unit_of_work(ali.scope):
        assert drafts(find(ali.actor, Permission.LOOK, made.reference)) == {}


def test_the_old_form_with_other_questions_is_another_message(client: FlaskClient, ali: Person, made: Made) -> None:
    """After "Back" the browser shows the form that was sent, with its mark: without words only the ticks differ."""
    report = f"/screening/{made.reference}"
    whole = f"{report}/ask/questions"
    sign_in(client, ali)
    form = fields_of(client.get(f"/avonmere{whole}"), whole)
    asked = ({"question": [WORST]}, {"question": [IMPACT]}, {"question": [WORST], "days": "9"})
    # Twice: the second click of each is one message with the first.
    for typed in (one for one in asked for _click in range(2)):
        assert client.post(f"/avonmere{whole}", data=form | typed).status_code == 303
    sent = said(ali, made)
    assert [[each.place for each in one.chosen] for one in sent] == [[WORST], [IMPACT], [WORST]]
    assert len({one.answer_by for one in sent}) > 1


def test_a_question_that_is_closed_leads_to_the_whole_form(
    client: FlaskClient, ali: Person, made: Made, admin: Any
) -> None:
    report = f"/screening/{made.reference}"
    sign_in(client, ali)
    typed = {"question": [WORST, "concern.-.-.-.nothing"], "message": "CNRY kept"}
    refused = submit(client, made.council, report, f"{report}/ask", typed)
    page = soup(refused)
    assert refused.status_code == 422
    assert page.select("h1")[0].get_text() == "Ask the referrer"
    assert "CNRY kept" in refused.text
    assert [str(one["value"]) for one in page.select("input[name=question][checked]")] == [WORST]
    assert said(ali, made) == ()
    # Somebody else's by now: the words stay, and nothing breaks.
    form = fields_of(client.get(f"/avonmere{report}"), "/ask")
    other = make_person(ali.council, role="screener")
    admin.execute("update referral set owner_id = %s where id = %s", (other.account_id, made.id))
    gone = client.post(f"/avonmere{report}/ask", data=form | typed)
    assert (gone.status_code, "CNRY kept" in gone.text) == (422, True)


def test_in_the_other_language_it_is_the_same_page_with_the_same_words(
    client: FlaskClient, ali: Person, made: Made
) -> None:
    report = f"/screening/{made.reference}"
    sign_in(client, ali)
    for question, title in ((f"{WORST[:-1]}x", "Ask the referrer"), (WORST, "")):
        typed = fields_of(client.get(f"/avonmere{report}"), "/ask") | {"question": [WORST, question], "message": ""}
        if title:
            refused = client.post(f"/avonmere{report}/ask", data=typed)
            assert (refused.status_code, heading(refused)) == (422, title)
        switched = client.post(f"/avonmere{report}/ask", data=typed | {"lang": "cy", "only_language": "yes"})
        page = soup(switched)
        assert page.select("html")[0].get("lang") == "cy"
        assert (heading(switched) == "Gofyn i'r atgyfeiriwr") is bool(title)
        assert (page.select_one("#questions .govuk-error-message") is not None) is bool(title)
        assert page.select("#message")[0].get_text().strip() == ""
        client.post(f"/avonmere{report}/ask", data=typed | {"lang": "en", "only_language": "yes"})
    assert said(ali, made) == ()


def heading(page: TestResponse) -> str:
    """The page's first heading."""
    found = soup(page).select_one("h1")
    return found.get_text().strip() if found else ""


def test_it_has_the_ready_words_with_the_same_gaps(client: FlaskClient, ali: Person, made: Made) -> None:
    report = f"/screening/{made.reference}"
    sign_in(client, ali)
    choose(client, made)
    use = {"action": "use", "template": KEY, "message": "CNRY typed first", "question": [WORST]}
    put = submit(client, made.council, report, f"{report}/ask", use)
    assert put.status_code == 200
    text = soup(put).select("#message")[0].get_text()
    assert text.strip().startswith("CNRY typed first")
    assert f"About {made.reference}: does the family know" in text
    assert [str(one["value"]) for one in soup(put).select("#messages input[name=question]")] == [WORST]
    nothing = submit(client, made.council, report, f"{report}/ask", use | {"template": ""})
    assert (nothing.status_code, "CNRY typed first" in nothing.text) == (422, True)
    assert soup(nothing).select_one(".govuk-error-summary a[href='#template']") is not None
    assert said(ali, made) == ()
    # A referrer has none.
    submit(client, made.council, report, f"{report}/ask", {"message": "CNRY when?"})
    sign_in(client, made.author)
    theirs = client.get(f"/avonmere/referrals/{made.reference}")
    assert soup(theirs).select_one("#message") is not None
    assert "Ready words" not in theirs.text
