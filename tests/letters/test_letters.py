"""Letters: made once, sealed, only where it is safe, printed as tagged PDF, and sent or withdrawn by a person."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pikepdf
import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Council
from portal.letters import commands
from portal.letters.commands import Wanted
from portal.letters.inputs import ChooseInput
from portal.letters.models import Letter
from portal.letters.queries import Made, letters, people
from portal.referrals.queries.record import find
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made as Report
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.letters.test_safety import CHILD, DAD, MUM

SAFE = Wanted("no_further_action", 0, "en", "3 Mill Row\nAvonmere", "yes", "no", "yes")
SECTIONS = {"children": [CHILD], "people": [MUM, {**DAD, "person_lives_with": "no"}]}


@dataclass
class Case:
    """A report with a mother at home, and a father elsewhere who may have caused harm."""

    report: Report
    screener: Person

    def act(self, deed: Callable[..., Any], *words: Any, who: Person | None = None) -> Any:
        person = who or self.screener
        with db.unit_of_work(person.scope):
            return deed(person.actor, find(person.actor, Permission.DECIDE, self.report.reference), *words)

    def all(self) -> tuple[Made, ...]:
        return self.act(letters)  # type: ignore[no-any-return] # act does anything


def case_in(council: Council, **sections: Any) -> Case:
    author, screener = make_person(council), make_person(council, role="screener", name="Ali Screener")
    report = make_referral(council, author, state="screening", owner=screener, sections={**SECTIONS, **sections})
    return Case(report, screener)


@pytest.fixture
def case(councils: Councils) -> Case:
    return case_in(councils.england)


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"safe": "no"}, {"safe": "unsafe"}),
        ({"harmer": "yes"}, {"harmer": "unsafe"}),
        ({"safe": "", "harmer": "maybe", "checked": ""}, dict.fromkeys(("safe", "harmer", "checked"), "required")),
        ({"person": 1}, {"person": "harm"}),
        ({"person": 7}, {"person": "unknown"}),
        ({"template": "gone"}, {"template": "unknown"}),
        ({"language": "cy"}, {"template": "unknown"}),
        ({"address": " \n"}, {"address": "required"}),
        ({"address": "\x00"}, {"address": "control"}),
        ({"address": "x" * 501}, {"address": "too_long"}),
    ],
)
def test_no_letter_is_made_where_anything_is_wrong(case: Case, changed: dict[str, Any], errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        case.act(commands.make, replace(SAFE, **changed), uuid4())
    assert refused.value.errors == errors
    assert case.all() == ()


def test_an_address_that_is_kept_from_somebody_is_none_to_write_to(councils: Councils) -> None:
    away = {
        **MUM,
        "person_lives_with": "no",
        "person_address": {"lines": "1 High St", "town": "", "postcode": "AV2 1AA"},
    }
    case = case_in(councils.england, children=[CHILD | {"child_address_secret": "yes"}], people=[away])
    with pytest.raises(Invalid) as refused:
        case.act(commands.make, replace(SAFE, address="Flat 2, 3 Mill Row"), uuid4())
    assert refused.value.errors == {"address": "place"}
    case.act(commands.make, replace(SAFE, address="1 High St\nAV2 1AA"), uuid4())
    assert [one.written.address for one in case.all()] == [("1 High St", "AV2 1AA")]


def test_a_double_click_makes_one_and_another_letter_of_an_old_page_is_refused(case: Case) -> None:
    once = uuid4()
    for _click in range(2):
        case.act(commands.make, SAFE, once)
    with pytest.raises(Conflict):
        case.act(commands.make, replace(SAFE, address="4 Mill Row"), once)
    (one,) = case.all()
    assert (one.written.name, one.made_by, one.open) == ("Siân O'Brien", "Ali Screener", True)
    text = " ".join(line for part in one.written.parts for block in part["blocks"] for line in block["lines"])
    assert "((" not in text
    with db.unit_of_work(case.screener.scope) as session:
        (body,) = session.execute(select(Letter.body)).scalars()
        said = session.execute(select(AuditEvent.event).where(AuditEvent.event.like("letters.%"))).scalars().all()
    assert b"Brien" not in body
    assert said == ["letters.made"]


def test_it_is_sent_once_and_not_withdrawn_afterwards(case: Case) -> None:
    for _letter in range(2):
        case.act(commands.make, SAFE, uuid4())
    second, first = case.all()
    with pytest.raises(Invalid):
        case.act(commands.mark_sent, first.id, "email")
    for _click in range(2):
        case.act(commands.mark_sent, first.id, "post")
        case.act(commands.withdraw, second.id)
    for deed, words in ((commands.withdraw, (first.id,)), (commands.mark_sent, (second.id, "hand"))):
        with pytest.raises(Conflict):
            case.act(deed, *words)
    with pytest.raises(Conflict):
        case.act(commands.open_letter, second.id)
    now = {one.id: (one.sent_how, one.withdrawn_at is not None) for one in case.all()}
    assert now == {first.id: ("post", False), second.id: ("", True)}
    other = case_in(case.report.council)
    with pytest.raises(NotFound):
        other.act(commands.mark_sent, first.id, "post")


def test_what_is_not_safe_any_more_is_neither_printed_nor_sent(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.act(commands.make, SAFE, uuid4())
    (made,) = case.all()

    def corrected(actor: Any, found: Any) -> Any:
        return tuple(replace(one, refused=("unsafe",)) for one in people(actor, found))

    monkeypatch.setattr("portal.letters.commands.people", corrected)
    for deed, words in ((commands.open_letter, (made.id,)), (commands.mark_sent, (made.id, "post"))):
        with pytest.raises(Conflict):
            case.act(deed, *words)
    case.act(commands.withdraw, made.id)


def test_a_letter_in_both_languages_from_the_page_to_the_pdf(app: Flask, councils: Councils) -> None:
    case = case_in(councils.wales)
    client: FlaskClient = app.test_client()
    sign_in(client, case.screener)
    page = f"/glan-yr-afon/screening/{case.report.reference}/letters"
    first = client.get(page)
    assert "李 Wei" in soup(first).select("#refused")[0].text
    assert [str(one["value"]) for one in soup(first).select('input[name="person"]')] == ["0"]
    assert client.get(f"{page}/new?template=no_further_action").status_code == 422
    assert client.get(f"{page}/new?template=no_further_action&person=1&language=en").status_code == 422
    check = client.get(f"{page}/new?template=no_further_action&person=0&language=both")
    assert [str(one["lang"]) for one in soup(check).select(".govuk-inset-text[lang]")] == ["cy", "en"]
    typed = fields_of(check, "/letters/new")
    refused = client.post(f"{page}/new", data=typed | {"safe": "no", "harmer": "no", "address": "9 CNRY Row"})
    assert refused.status_code == 422
    assert "9 CNRY Row" in refused.text
    unsafe = client.post(f"{page}/new", data=typed | {"safe": "no", "harmer": "no", "checked": "y"})
    assert "ni fyddai’n ddiogel" in unsafe.text
    made = client.post(f"{page}/new", data=typed | {"safe": "yes", "harmer": "no", "checked": "y"})
    assert made.status_code == 303
    report = client.get(f"/glan-yr-afon/screening/{case.report.reference}")
    assert "1 i’w anfon" in soup(report).select("#beside")[0].text
    (one,) = case.all()
    pdf = client.get(f"{page}/{one.id}/pdf")
    document = pypdfium2.PdfDocument(pdf.data)
    text = "".join(each.get_textpage().get_text_range() for each in document)
    assert "Siân O'Brien" in text.replace("’", "'")

    tagged = pikepdf.open(io.BytesIO(pdf.data))
    assert "/StructTreeRoot" in tagged.Root
    assert str(tagged.Root.Lang).startswith("cy")
    button = fields_of(client.get(page), f"/letters/{one.id}")
    wrong = client.post(f"{page}/{one.id}", data=button | {"do": "email"})
    assert wrong.status_code == 422
    assert client.post(f"{page}/{one.id}", data=button | {"do": "hand"}).status_code == 303
    assert "Â llaw" in client.get(page).text
    told = client.get(f"/glan-yr-afon/screening/{case.report.reference}").text
    for words in ("Gwnaed llythyr at y teulu", "Anfonwyd llythyr at y teulu"):
        assert words in told
    with db.unit_of_work(case.screener.scope) as session:
        assert session.execute(select(func.count()).select_from(Letter)).scalar_one() == 1


def test_a_letter_for_an_outcome_is_offered_once_it_is_recorded(app: Flask, case: Case) -> None:
    settings = case.report.council.settings
    letters = dict(settings.letters)
    letters["no_further_action"] = replace(letters["no_further_action"], outcomes=("no_further_action",))
    council = replace(case.report.council, settings=replace(settings, letters=letters))
    here = replace(case.screener.scope, council=council)
    with app.test_request_context(), db.unit_of_work(here):
        found = find(case.screener.actor, Permission.DECIDE, case.report.reference)
        assert commands.preview(case.screener.actor, found, SAFE) is None
        with pytest.raises(Invalid) as refused:
            commands.make(case.screener.actor, found, SAFE, uuid4())
        assert refused.value.errors == {"template": "unknown"}
        offered = ChooseInput(formdata=None, meta={"csrf": False}).offer(council.settings, (), "en", found.outcome)
        assert "no_further_action" not in str(offered.template.choices)
        decided = replace(found, outcome="no_further_action")
        assert commands.preview(case.screener.actor, decided, SAFE) is not None
