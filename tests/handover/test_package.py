"""The package: what it says of a report, that it is as its schema says, and that its tables run nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from portal.auth.agency_types import NOT_LISTED, TYPES
from portal.files.states import READY
from portal.forms.codes import codes_for
from portal.handover import tables
from portal.handover.package import Attached, Contents, package
from portal.handover.queries.contents import contents_of, parcel_of
from portal.handover.views.schema import FILE
from portal.kernel import db, scope
from portal.kernel.scope import Scope
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Paper, Target
from portal.referrals.queries.record import Answers
from portal.tenants.source_settings import CODES, USUAL, source_of
from tests.factories.referrals import Child, make_referral
from tests.fixtures.councils import Councils
from tests.handover.making import Case, handing, make_case
from tests.referrals.making import acting

Admin = psycopg.Connection[tuple[object, ...]]
SCHEMA = Draft202012Validator(json.loads(FILE.read_text()), format_checker=FormatChecker())
AT = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
CHILD = {
    "child_unborn": "no", "child_dob_known": "exact", "child_first_name": "Siân CNRY", "child_last_name": "ferch Llŷr",
    "child_dob": "2018-03-27", "child_sex": "female", "child_address": "1 CNRY Road\nCwmbrân",
    "child_postcode": "NP44 1XX", "child_address_secret": "yes", "child_more": "yes", "child_nhs": "9434765919",
}  # fmt: skip


def wrong(document: Mapping[str, Any]) -> list[str]:
    return [f"{list(one.absolute_path)}: {one.validator}" for one in SCHEMA.iter_errors(document)]


def contents(case: Case) -> Contents:
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)):
        return contents_of(case.parcel().id)[0]


@pytest.fixture
def case(councils: Councils) -> Case:
    case = make_case(councils.wales)
    case.made = make_referral(
        councils.wales, case.author, state="screening", owner=case.screener, language="cy",
        children=(Child("Siân CNRY", "ferch Llŷr"),),
        sections={"referrer": {"ref_phone": "01632 960555"}, "children": [CHILD, {}]},
    )  # fmt: skip
    case.decide()
    return case


def test_the_schema_itself_is_good_and_public(app: Flask) -> None:
    Draft202012Validator.check_schema(SCHEMA.schema)
    answer = app.test_client().get("/schemas/contact-package/1-0")
    assert (answer.status_code, answer.mimetype, answer.get_json()) == (200, "application/schema+json", SCHEMA.schema)


def test_a_report_as_its_package(case: Case) -> None:
    found = contents(case)
    document = package(found)
    assert wrong(json.loads(json.dumps(document))) == []
    child = document["subjects"][0]
    assert (child["name"]["given"], child["name"]["family"]) == (["Siân CNRY"], "ferch Llŷr")
    assert (child["dob"], child["dob_accuracy"], child["sex"]["code"]) == ("2018-03-27", "exact", "F")
    assert child["nhs_number"] == "9434765919"
    assert child["addresses"] == [
        {"type": None, "lines": ["1 CNRY Road", "Cwmbrân"], "postcode": "NP44 1XX", "confidential": True}
    ]
    assert document["submission"]["reference"] == case.made.reference
    assert document["parcel"]["id"] == str(case.parcel().id)
    assert document["decision"]["rationale"] == "CNRY we visit the family"
    assert document["referrer"]["anonymity_requested"] is False
    # The council's own form is in it whole, in both of its languages.
    told = {one["key"]: one["words"] for part in document["answers"] for one in part["questions"]}
    assert set(told["child_address_secret"]) == {"en", "cy"}
    assert told["child_address_secret"]["cy"] != told["child_address_secret"]["en"]


def test_census_codes_are_those_of_the_nation(councils: Councils, case: Case) -> None:
    english = make_case(councils.england)
    english.decide()
    codes = package(contents(english))["decision"]["codes"]
    assert codes == {
        "contact_outcome": "social_care", "referral_outcome": "assessment", "referral_nfa": "0", "primary_need": "N1",
    }  # fmt: skip
    assert package(contents(case))["decision"]["codes"]["contact_outcome"] is None


def test_the_census_is_told_where_a_contact_came_from(councils: Councils, case: Case) -> None:
    """By the kind of agency, as the council chose or as is usual; of nobody's agency by whether they are named."""
    listed = codes_for("england/referral_source@2026")
    assert listed is not None
    assert [one.code for one in listed.entries] == list(CODES)
    assert set(USUAL) == set(TYPES)
    assert set(USUAL.values()) <= set(CODES)
    english = make_case(councils.england)
    english.decide()
    agency = package(contents(english))["referrer"]["agency"]
    assert agency["cin_referral_source"] == USUAL[agency["type"]]
    chosen = {agency["type"]: "5D"}
    english.council = handing(councils.england, "push", sources=chosen)
    document = package(contents(english))
    assert (document["referrer"]["agency"]["cin_referral_source"], wrong(json.loads(json.dumps(document)))) == (
        "5D",
        [],
    )
    assert b",5D," in tables.contact(document)
    assert package(contents(case))["referrer"]["agency"]["cin_referral_source"] is None
    told = [source_of({}, one, "school", named=named) for one in NOT_LISTED for named in (True, False)]
    assert told == ["1D", "9", "10", "10"]


_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_any = st.one_of(_words, st.integers(), st.lists(_words, max_size=3), st.dictionaries(_words, _words, max_size=3))


@pytest.fixture
def whole(case: Case) -> Contents:
    return contents(case)


def test_whatever_was_answered_the_package_is_as_its_schema_says(whole: Contents) -> None:
    form = whole.published.form
    keys = [question.key for section in form.sections for question in section.questions if section.key == "children"]

    @given(
        st.lists(st.dictionaries(st.sampled_from(keys), _any, max_size=12), max_size=4),
        st.lists(st.tuples(_words, st.sampled_from((READY, "harmful", "checking"))), max_size=3),
        _words,
    )
    def holds(children: list[dict[str, Any]], files: list[tuple[str, str]], phone: str) -> None:
        answers = Answers(whole.answers.triage, "", {"referrer": {"ref_phone": phone}, "children": children})
        attached = tuple(
            Attached(f"attachment-{number}.pdf" if state == READY else "", name, "application/pdf", 1, "", state,
                     "agency", AT)
            for number, (name, state) in enumerate(files)
        )  # fmt: skip
        document = json.loads(json.dumps(package(replace(whole, answers=answers, attachments=attached))))
        assert wrong(document) == []
        for made in (tables.contact(document), tables.people(document)):
            rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
            assert all(len(row) == len(rows[0]) for row in rows)
            assert not any(cell.lstrip(" \n").startswith(tables.RISKY) for row in rows for cell in row)

    holds()


@pytest.mark.parametrize("risky", ["=1+1", "+44", "-1", "@x", "\t=1", " =1", "\r=1", "＝1"])
def test_no_cell_is_a_formula(risky: str) -> None:
    assert tables.cell(risky) == f"'{risky}"
    assert (tables.cell("O'Brien"), tables.cell(None), tables.cell(value=True)) == ("O'Brien", "", "true")


def test_what_passed_the_scan_is_in_it_under_names_that_tell_nothing(case: Case, admin: Admin) -> None:
    content, agency = b"%PDF-1.7 CNRY", case.author.actor.agency_id
    assert agency is not None
    for name in ("CNRY Siân’s letter.pdf", "CNRY still checked.pdf"):
        with acting(case.author):
            paper = Paper(name, "application/pdf", io.BytesIO(content + name.encode()))
            attaching.attach(case.author.actor, Target(case.made.id, agency, "agency", later=True), paper)
    content += "CNRY Siân’s letter.pdf".encode()
    admin.execute(
        "update stored_file set state = 'ready', kind = 'pdf' where id = (select file_id from attachment"
        " order by added_at, file_id limit 1)"
    )
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)):
        sent = parcel_of(case.parcel().id)
        names = [one.name for one in sent.files]
        with sent.files[-1].open() as opened:
            assert opened.read() == content
    assert names == ["package.json", "contact.csv", "people.csv", "report.pdf", "attachment-1.pdf"]
    with sent.files[0].open() as opened:
        document = json.loads(opened.read())
    told, other = document["attachments"]
    assert (other["name"], other["scanned"]) == (None, "checking")
    assert (told["name"], told["original_name"]) == ("attachment-1.pdf", "CNRY Siân’s letter.pdf")
    assert (told["sha256"], told["size"]) == (sent.files[-1].sha256, len(content))
    assert isinstance(sent.id, UUID)
