"""One's own copy: tagged, complete, in either language, nothing in it read as markup, and no protected place in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pikepdf
import pypdfium2
import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.messaging.commands import adding, correcting
from portal.messaging.commands.correcting import Correcting
from portal.referrals.places import Place
from portal.referrals.queries.record import find
from portal.screening.commands import decisions, holding
from portal.web import typesetting
from tests.factories.decisions import given as decision_given
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.clicking import soup
from tests.referrals.making import make_draft, send_draft

PAYLOADS = (
    '#read("/etc/passwd")', '#import "@preview/cetz:0.3.0"', '#include "own_copy.typ"', "#panic()", '#eval("1+1")',
    "#sys.inputs", "*strong*", "_emph_", "`raw`", "```rust\nfn```", "$ x^2 $", "= Heading", "- item", "+ number",
    "/ Term: words", "<label>", "@reference", "\\u{41}", "\\", "// comment", "/* comment */", "https://example.org.uk",
    '"quoted" it\'s', "---", "~", "#let x = 1", "#set page(width: 1pt)", "[content]", "{code}", "%(name)s {{ 7*7 }}",
    "O'Brien Siân 李小龙 ŵŷ", "<script>alert(1)</script>",
)  # fmt: skip
SECRET = {"lines": "4 Hidden Row", "postcode": "AA3 1AB"}


def pdf_of(answer: TestResponse) -> pikepdf.Pdf:
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return pikepdf.open(io.BytesIO(answer.data))


def words_of(content: bytes) -> str:
    """All that a PDF says, without the blanks at which its lines break."""
    pages = pypdfium2.PdfDocument(content)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


def plain(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def author(client: FlaskClient, councils: Councils) -> Person:
    found = make_person(councils.wales, name="Siân O'Brien")
    sign_in(client, found)
    return found


@pytest.fixture
def english(client: FlaskClient, councils: Councils) -> Person:
    found = make_person(councils.england, name="Siân O'Brien")
    sign_in(client, found)
    return found


def sent(author: Person, **given: Any) -> str:
    return send_draft(author, make_draft(author, b_danger_now="no", **given))


def test_it_is_tagged_and_says_what_it_is_and_in_which_language(client: FlaskClient, author: Person) -> None:
    reference = sent(author)
    for language in ("en", "cy"):
        answer = client.get(f"/glan-yr-afon/referrals/{reference}/copy-pdf?in={language}")
        pdf = pdf_of(answer)
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang).startswith(language)
        assert reference in str(pdf.docinfo["/Title"])
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert f"{reference}-{language}.pdf" in answer.headers["Content-Disposition"]
        assert "/JavaScript" not in pdf.Root.get("/Names", {})


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_question_and_answer_is_in_it(client: FlaskClient, author: Person, language: str) -> None:
    reference = sent(author, oth_anything="A\nsecond line 李")
    client.set_cookie("language", language, domain="localhost")
    page = soup(client.get(f"/glan-yr-afon/referrals/{reference}/copy"))
    said = words_of(client.get(f"/glan-yr-afon/referrals/{reference}/copy-pdf").data)
    unbroken = page.select("h1 .app-reference")  # at 320 pixels too
    assert [tag.text for tag in unbroken] == [reference]
    told = [tag.text for tag in page.select("main dt, main dd li, main dd .app-typed, main h2, main h3")]
    assert len(told) > 100
    # The copies are made a moment apart.
    missing = [words for words in told if plain(words) not in said and str(clock.today().year) not in words]
    assert missing == []
    everything = {tag.text for tag in soup(client.get(f"/glan-yr-afon/referrals/{reference}")).select("dl dt")}
    assert {plain(one) for one in everything if one.endswith("?")} <= {plain(one) for one in told}


def test_nothing_that_somebody_wrote_is_read_as_markup(client: FlaskClient, author: Person) -> None:
    reference = sent(author, oth_anything="\n".join(PAYLOADS))
    said = words_of(client.get(f"/glan-yr-afon/referrals/{reference}/copy-pdf").data)
    assert [payload for payload in PAYLOADS if plain(payload) not in said] == []
    assert "root:" not in said


@pytest.mark.parametrize(("answer", "hidden"), [("yes", True), ("not_known", True), ("no", False)])
def test_a_protected_address_is_never_in_it(client: FlaskClient, english: Person, answer: str, *, hidden: bool) -> None:
    reference = sent(
        english, child_unborn="no", child_address=SECRET, child_address_secret=answer,
        child_address_secret_from="Somebody Dangerous", cfc_child_now="Hidden House",
    )  # fmt: skip
    page = client.get(f"/avonmere/referrals/{reference}/copy").text
    said = words_of(client.get(f"/avonmere/referrals/{reference}/copy-pdf?in=en").data)
    for words in ("4 Hidden Row", "AA3 1AB", "Hidden House"):
        assert (plain(words) not in said) is hidden
        assert (words not in page) is hidden
    assert ("Leftoutofthiscopy" in said) is hidden
    assert "SomebodyDangerous" not in said or not hidden


def test_what_came_after_sending_is_in_it_and_a_corrected_address_is_kept_back(
    client: FlaskClient, english: Person
) -> None:
    reference = sent(english, child_unborn="no", child_address=SECRET, child_address_secret="no")
    with db.unit_of_work(english.scope):
        found = find(english.actor, Permission.REPLY, reference)
        adding.add(english.actor, found, "She told me more", uuid4())
        given = Correcting(Place("children", "child_address_secret", 0), "yes", "Her father looks for her", 0, uuid4())
        correcting.correct(english.actor, found, given)
    said = words_of(client.get(f"/avonmere/referrals/{reference}/copy-pdf?in=en").data)
    for words in ("She told me more", "Her father looks for her", "Correctedaftersending", "Siân O'Brien"):
        assert plain(words) in said
    assert "4HiddenRow" not in said


def test_the_councils_answer_is_in_it_with_its_reasons(client: FlaskClient, english: Person) -> None:
    reference = sent(english, child_unborn="no", child_address=SECRET, child_address_secret="yes")
    screener = make_person(english.council, role="screener")
    with db.unit_of_work(screener.scope):
        holding.claim(screener.actor, find(screener.actor, Permission.CLAIM, reference))
    with db.unit_of_work(screener.scope):
        given = decision_given(
            "assessment", "MASH", "CNRY rationale", "We visit on Monday, because you saw it.", 0, uuid4()
        )
        decisions.decide(screener.actor, find(screener.actor, Permission.DECIDE, reference), given)
    said = words_of(client.get(f"/avonmere/referrals/{reference}/copy-pdf?in=en").data)
    page = soup(client.get(f"/avonmere/referrals/{reference}/copy")).text
    for words in ("We visit on Monday, because you saw it.", "The council’s answer"):
        assert plain(words) in said
        assert words in page
    for words in ("CNRY rationale", "4 Hidden Row", screener.name):
        assert plain(words) not in said
    before = sent(english, child_unborn="no")
    assert plain("The council’s answer") not in words_of(client.get(f"/avonmere/referrals/{before}/copy-pdf").data)


def test_a_logo_is_in_it_with_its_words() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "navy").save(picture, "PNG")
    data = {
        "title": "T",
        "language": "en",
        "footer": "F",
        "page": "Page",
        "logo_alt": "A bridge",
        "facts": [],
        "parts": [],
    }
    made = typesetting.pdf("own_copy", data, clock.now(), picture.getvalue())
    pdf = pikepdf.open(io.BytesIO(made))
    assert len(list(pdf.pages[0].get_images())) == 1
    assert any("A bridge" in str(one.get("/Alt", "")) for one in pdf.objects if isinstance(one, pikepdf.Dictionary))


def tags(node: Any) -> Iterator[str]:
    """The kinds of a PDF's tags, in the order in which they are read."""
    if "/S" in node:
        yield str(node.S)
    inside = node.get("/K", [])
    for one in inside if isinstance(inside, pikepdf.Array) else [inside]:
        if isinstance(one, pikepdf.Dictionary):
            yield from tags(one)


def test_it_is_read_in_the_order_of_the_page_and_speaks_of_nobody_else(client: FlaskClient, author: Person) -> None:
    sent(author, child_unborn="no", child_first_name="Otherchild", oth_anything="Words of another report")
    reference = sent(author, child_unborn="no", child_first_name="Ifan")
    client.set_cookie("language", "en", domain="localhost")
    page = soup(client.get(f"/glan-yr-afon/referrals/{reference}/copy"))
    answer = client.get(f"/glan-yr-afon/referrals/{reference}/copy-pdf?in=en")
    said, place = words_of(answer.data), 0
    for heading in page.select("main h2, main h3"):
        place = said.find(plain(heading.text), place) + 1
        assert place, heading.text
    pdf = pdf_of(answer)
    levels = [int(tag[2:]) for tag in tags(pdf.Root.StructTreeRoot) if tag.startswith("/H")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert "Ifan" in said
    assert "Otherchild" not in said
    assert plain("Words of another report") not in said
