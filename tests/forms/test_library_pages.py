"""The shared library in the browser: start from a template, take its later changes, and forms as files."""

from __future__ import annotations

import copy
import io
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.forms.commands import drafting
from portal.forms.exporting import files, zipped
from portal.forms.importing import read
from portal.forms.queries import library
from portal.kernel import db
from portal.kernel.errors import Invalid
from tests.factories.pages import fields_of, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.templates import Admin, add_template
from tests.fixtures.councils import Councils
from tests.forms import designing
from tests.forms.contents import shipped_contents

FLAG = "question:a_red_flags"


@pytest.fixture
def content() -> dict[str, Any]:
    """A concern for Wales."""
    return shipped_contents()[1]


@pytest.fixture
def designer(client: FlaskClient, councils: Councils) -> Person:
    """A form designer in Wales, signed in."""
    person = make_person(councils.wales, role="form_designer", language="en")
    sign_in(client, person)
    return person


def started(client: FlaskClient, person: Person) -> UUID:
    """The draft that the button on the template's page begins."""
    address = "/forms/library/concern-shared"
    answer = submit(client, person.council, address, address)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["Location"].rsplit("/", 1)[1])


def label_of(content: dict[str, Any], key: str) -> dict[str, str]:
    """The words of a question, to be read or changed."""
    pages = [*content["form"]["triage"]["pages"], *content["form"]["sections"]]
    found: dict[str, str] = next(each for page in pages for each in page["questions"] if each["key"] == key)["label"]
    return found


def test_a_draft_starts_from_a_template_and_twice_is_one(
    client: FlaskClient, designer: Person, admin: Admin, content: dict[str, Any]
) -> None:
    """The draft remembers where it came from."""
    add_template(admin, content, locked=[FLAG, "safety"], note="First")
    shown = client.get(f"/{designer.council.slug}/forms/library").text
    assert "Shared concern" in shown
    draft_id = started(client, designer)
    assert started(client, designer) == draft_id
    draft = designing.read(designer, draft_id)
    assert (draft.template_key, draft.template_number) == ("concern-shared", 1)
    assert draft.content == content
    with db.unit_of_work(designer.scope):
        assert FLAG in library.locked(designer.actor, draft)


def test_a_template_of_the_other_nation_is_not_there(
    client: FlaskClient, designer: Person, admin: Admin, content: dict[str, Any]
) -> None:
    """It answers as one that does not exist."""
    add_template(admin, content, nation="england")
    here = f"/{designer.council.slug}/forms/library"
    assert "Shared concern" not in client.get(here).text
    assert client.get(f"{here}/concern-shared").status_code == client.get(f"{here}/nothing").status_code == 404


def test_a_locked_item_cannot_be_changed_in_a_draft(
    client: FlaskClient, designer: Person, admin: Admin, content: dict[str, Any]
) -> None:
    """Other items can."""
    add_template(admin, content, locked=[FLAG])
    draft_id = started(client, designer)
    designing.save(designer, draft_id, designing.other_words)

    def weaken(made: dict[str, Any]) -> None:
        label_of(made, "a_red_flags")["en"] = "Anything else?"

    with pytest.raises(Invalid, match="locked"):
        designing.save(designer, draft_id, weaken)


def newer(content: dict[str, Any]) -> dict[str, Any]:
    """The template's next number: other words for two questions."""
    made = copy.deepcopy(content)
    label_of(made, "ref_phone")["en"] = "Which number is best today?"
    label_of(made, "a_red_flags")["en"] = "Which of these signs are there?"
    label_of(made, "a_consent")["en"] = "Does the family agree with this report?"
    return made


def propose(client: FlaskClient, designer: Person, draft_id: UUID, accept: list[str], rest: str) -> TestResponse:
    """Take some proposals on the page."""
    address = f"/{designer.council.slug}/forms/drafts/{draft_id}/proposals"
    data: dict[str, Any] = fields_of(client.get(address), address) | {"accept": accept}
    return client.post(address, data=data | ({"rest": rest} if rest else {}))


def test_later_changes_are_proposed_taken_or_declined(
    client: FlaskClient, designer: Person, admin: Admin, content: dict[str, Any]
) -> None:
    """What is locked comes in any case; what we changed too is shown with both texts."""
    add_template(admin, content, locked=[FLAG])
    draft_id = started(client, designer)

    def own(made: dict[str, Any]) -> None:
        label_of(made, "a_consent")["en"] = "Our own words about consent"

    designing.save(designer, draft_id, own)
    add_template(admin, newer(content), number=2, locked=[FLAG], note="Clearer words")
    page = client.get(f"/{designer.council.slug}/forms/drafts/{draft_id}")
    assert "Edition 2 is new" in page.text
    shown = client.get(f"/{designer.council.slug}/forms/drafts/{draft_id}/proposals").text
    for words in ("Clearer words", "Our own words about consent", "Does the family agree", "You changed it too"):
        assert words in shown
    assert propose(client, designer, draft_id, [], "").status_code == 422
    answer = propose(client, designer, draft_id, ["changed question:ref_phone"], "later")
    assert answer.status_code == 303
    draft = designing.read(designer, draft_id)
    assert draft.template_number == 1
    assert label_of(draft.content, "ref_phone")["en"] == "Which number is best today?"
    assert label_of(draft.content, "a_red_flags") == label_of(content, "a_red_flags")
    assert label_of(draft.content, "a_consent")["en"] == "Our own words about consent"
    assert propose(client, designer, draft_id, [], "decline").status_code == 303
    draft = designing.read(designer, draft_id)
    assert draft.template_number == 2
    assert label_of(draft.content, "a_red_flags")["en"] == "Which of these signs are there?"
    assert label_of(draft.content, "a_consent")["en"] == "Our own words about consent"
    assert "has everything" in client.get(f"/{designer.council.slug}/forms/drafts/{draft_id}/proposals").text


def test_proposals_taken_on_an_old_page_conflict(
    client: FlaskClient, designer: Person, admin: Admin, content: dict[str, Any]
) -> None:
    """Somebody else changed the draft, or the library has a newer number, since the page was shown."""
    add_template(admin, content)
    draft_id = started(client, designer)
    add_template(admin, newer(content), number=2)
    address = f"/{designer.council.slug}/forms/drafts/{draft_id}/proposals"
    data: dict[str, Any] = fields_of(client.get(address), address) | {"rest": "decline"}
    add_template(admin, content, number=3)
    assert client.post(address, data=data).status_code == 409
    data = fields_of(client.get(address), address) | {"rest": "decline", "accept": []}
    designing.save(designer, draft_id, designing.other_words)
    assert client.post(address, data=data).status_code == 409
    assert designing.read(designer, draft_id).template_number == 1


def upload(client: FlaskClient, person: Person, data: bytes, name: str = "form.zip") -> TestResponse:
    """Send a file on the import page."""
    address = f"/{person.council.slug}/forms/import"
    fields = fields_of(client.get(address), address)
    return client.post(address, data=fields | {"form_file": (io.BytesIO(data), name)})


def test_export_and_import_is_the_same_form_and_twice_is_one_draft(client: FlaskClient, designer: Person) -> None:
    """The published version as a file, and back as a draft."""
    slug = designer.council.slug
    with db.unit_of_work(designer.scope):
        base = drafting.start(designer.actor, "concern")
    taken = client.get(f"/{slug}/forms/drafts/{base}/export")
    assert taken.mimetype == "application/zip"
    assert taken.headers["Content-Disposition"].startswith("attachment; ")
    draft = designing.read(designer, base)
    assert read("x.zip", taken.get_data()).content == draft.content
    assert designer.name not in taken.get_data().decode("latin-1")
    designing.save(designer, base, designing.other_words)
    first = upload(client, designer, taken.get_data())
    again = upload(client, designer, taken.get_data())
    assert first.status_code == 303
    assert first.headers["Location"] == again.headers["Location"] != f"/{slug}/forms/drafts/{base}"
    made = designing.read(designer, UUID(first.headers["Location"].rsplit("/", 1)[1]))
    assert made.content == draft.content


def test_a_published_version_is_exported_and_audited(client: FlaskClient, designer: Person, admin: Admin) -> None:
    """With its own number in the file's name."""
    (version_id,) = admin.execute(
        "select id from form_version where tenant_id = %s and form_key = 'concern'", (designer.council.id,)
    ).fetchone() or ("",)
    taken = client.get(f"/{designer.council.slug}/forms/versions/{version_id}/export")
    assert "concern-1.zip" in taken.headers["Content-Disposition"]
    found = read("x.zip", taken.get_data())
    assert found.family == "concern"
    recorded = admin.execute("select detail ->> 'form' from audit_event where event = 'forms.exported'").fetchall()
    assert recorded == [("concern",)]


def test_a_file_with_mistakes_makes_no_draft(client: FlaskClient, designer: Person, admin: Admin) -> None:
    """Mistakes are listed with file and line, and hostile files have their reason."""
    written = files(shipped_contents()[1], "concern")
    written["thresholds.yaml"] += "nonsense: <b>1</b>\n"
    answer = upload(client, designer, zipped(written))
    assert answer.status_code == 422
    assert "thresholds.yaml, line " in answer.text
    assert "unknown key" in answer.text
    assert "Choose a zip, YAML or JSON file" in upload(client, designer, b"%PDF", "form.pdf").text
    assert "is not a file of a form" in upload(client, designer, zipped({"<script>.sh": "x"})).text
    assert "<script>.sh" not in upload(client, designer, zipped({"<script>.sh": "x"})).text
    assert "Choose a file" in upload(client, designer, b"", "").text
    assert admin.execute("select count(*) from form_draft").fetchone() == (0,)


def test_an_import_cannot_get_around_a_lock(
    client: FlaskClient, designer: Person, admin: Admin, content: dict[str, Any]
) -> None:
    """What the published form's template has locked stays, whoever sends a file."""
    add_template(admin, content, locked=[FLAG])
    admin.execute("alter table form_version disable trigger user")
    admin.execute("update form_version set template_key = 'concern-shared', template_number = 1")
    admin.execute("alter table form_version enable trigger user")
    admin.commit()
    weak = copy.deepcopy(content)
    label_of(weak, "a_red_flags")["en"] = "Anything else?"
    answer = upload(client, designer, zipped(files(weak, "concern")))
    assert answer.status_code == 422
    assert "has locked" in answer.text
    assert upload(client, designer, zipped(files(content, "concern"))).status_code == 303
