"""The demonstration's people and stories: every state is there, twice is once, and everybody could have registered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select, text

from config.settings import Settings
from portal.adapters import outbox
from portal.auth import passwords
from portal.auth.agency_rules import match
from portal.auth.models import Account, Membership
from portal.cli import demo, demo_stories
from portal.cli.folders import COUNCILS
from portal.files.models import StoredFile
from portal.files.states import CHECKING
from portal.forms.families import CONCERN, INFORMATION, SERVICE
from portal.forms.folder import load_agencies
from portal.forms.models import FormCheck, FormComment, FormDraft, FormVersion
from portal.forms.rehearsing import rehearse
from portal.forms.rules import parse_thresholds
from portal.forms.schema import parse_form
from portal.forms.untranslated import untranslated
from portal.forms.verify.proving import verify
from portal.hub.models import HubAccess, HubFile
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.letters.models import Letter
from portal.referrals.models import ROUTES, Attachment, Notice, Referral, ReferralChild
from portal.referrals.states import STATES
from portal.screening.models import Decision, Pairing
from portal.tenants.agency_list import rules_of
from portal.transfers.models import Transfer
from tests.fixtures.councils import Councils, put_back
from tests.matrix.conftest import admin, app, database

# The database is emptied once for the module: its tests only look.
__all__ = ["admin", "app", "database"]

Admin = psycopg.Connection[tuple[object, ...]]
PEOPLE = demo._read(demo.FOLDER, "people.yaml")["people"]


@pytest.fixture(scope="module")
def seeded(app: Flask, admin: Admin, settings: Settings) -> Iterator[Settings]:
    """A demonstration, for all tests of this module; the application of this process is started already."""
    del app
    with put_back(admin), pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "start", lambda _settings: None)
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        demo.seed(settings)
        yield settings


def of(council: Council, query: Any) -> list[Any]:
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        return list(session.execute(query).all())


def count() -> dict[str, int]:
    tables = (Account, Membership, Referral, ReferralChild, Notice, Decision, FormVersion, FormDraft, FormComment)
    return {table.__tablename__: _number(table) for table in tables}


def _number(table: Any) -> int:
    with db.unit_of_work(scope.NOWHERE) as session:
        slugs = session.execute(text("select id, slug, nation from council")).all()
    here = [Council(row.id, row.slug, {}, row.nation, ()) for row in slugs]
    return sum(of(council, select(func.count()).select_from(table))[0][0] for council in here)


def test_every_state_and_route_is_there_in_both_councils(seeded: Settings, councils: Councils) -> None:
    for council in councils:
        query = select(
            Referral.state, Referral.route, Referral.kind, Referral.attention, Referral.sent_at, Referral.form_key
        )
        rows = of(council, query)
        assert {row.state for row in rows} == set(STATES)
        concerns = [row for row in rows if row.form_key == CONCERN]
        # A request for information is no concern: its own form leads there.
        assert {row.route for row in concerns if row.state == "sent"} >= set(ROUTES) - {"INFORMATION"}
        assert {row.state for row in rows if row.form_key == INFORMATION} >= {"sent", "asked"}
        assert {row.route for row in rows if row.form_key == INFORMATION} >= {"INFORMATION", "MASH"}
        assert {row.state for row in rows if row.form_key == SERVICE} >= {"sent", "decided"}
        assert Counter(row.kind for row in rows)["urgent"] >= 1
        assert not any(row.attention for row in rows)
        assert all(row.sent_at < clock.now() for row in rows if row.sent_at)
        days = {row.sent_at.astimezone(clock.LONDON).date() for row in rows if row.sent_at}
        assert len(days) >= 4


def test_a_letter_was_sent_and_a_call_hangs_together_with_a_report(seeded: Settings, councils: Councils) -> None:
    assert [row.sent_how for row in of(councils.england, select(Letter.sent_how))] == ["post"]
    (pair,) = of(
        councils.england, select(Pairing.kind, Referral.channel).join(Referral, Referral.id == Pairing.referral_id)
    )
    assert tuple(pair) == ("incident", "telephone")


def test_reports_and_a_reply_have_files_that_wait_for_their_check(seeded: Settings, councils: Councils) -> None:
    for council in councils:
        with_report = select(StoredFile.kind, StoredFile.state).join(Attachment, Attachment.file_id == StoredFile.id)
        files = of(council, with_report)
        assert sorted(tuple(row) for row in files) == [("pdf", CHECKING), ("pdf", CHECKING), ("png", CHECKING)]
        query = select(Attachment.later, Attachment.message_id)
        assert sorted(bool(row.message_id) for row in of(council, query) if row.later) == [True]


def test_partners_in_the_hub_have_a_report_as_it_is_now_and_one_sent_a_file(
    seeded: Settings, councils: Councils
) -> None:
    assert [row.corrections for row in of(councils.england, select(HubAccess.corrections))] == [1, 1]
    sent = select(StoredFile.kind).join(HubFile, HubFile.file_id == StoredFile.id)
    assert [row.kind for row in of(councils.england, sent)] == ["pdf"]


def test_each_council_has_a_form_that_two_people_published_and_one_that_is_worked_on(
    seeded: Settings, councils: Councils
) -> None:
    for council in councils:
        (version,) = of(
            council,
            select(
                FormVersion.form_key, FormVersion.number, FormVersion.note, FormVersion.author_id,
                FormVersion.approver_id, FormVersion.proof,
            ).where(FormVersion.source == "designer"),
        )  # fmt: skip
        assert (version.form_key, version.number) == (SERVICE, 2)
        assert version.note
        assert version.author_id != version.approver_id
        assert version.proof["holds"]
        (draft,) = of(council, select(FormDraft.id, FormDraft.form_key).where(FormDraft.state == "open"))
        assert draft.form_key == CONCERN
        asked = of(council, select(FormCheck.kind, FormCheck.state).where(FormCheck.draft_id == draft.id))
        assert {tuple(row) for row in asked} == {("proof", "waiting"), ("scenarios", "waiting")}
        assert of(council, select(func.count()).select_from(FormComment))[0][0] >= 1


def test_what_is_worked_on_has_a_counterexample_and_scenarios_that_come_out_otherwise(
    seeded: Settings, councils: Councils
) -> None:
    failing = {}
    for council in councils:
        ((content,),) = of(council, select(FormDraft.content).where(FormDraft.state == "open"))
        thresholds = parse_thresholds(content["thresholds"], parse_form(content["form"]))
        results = rehearse(content["scenarios"], thresholds, clock.now())
        failing[council.slug] = {one.id for one in results if not one.passed}
        proof = verify(content["form"], content["thresholds"], only=("red_flags_reach_the_hub",))
        # The second draft is sound, and lacks its Welsh.
        assert proof.holds is (council.slug != "avonmere")
        lacking = [one.text for one in untranslated(content, ("en", "cy")) if one.lacks]
        assert council.slug == "avonmere" or len(lacking) == 1
    assert failing["avonmere"]
    assert failing["glan-yr-afon"] == {"GYA-12"}


def test_seeding_again_adds_nothing(seeded: Settings) -> None:
    before = count()
    people = demo.seed(seeded)
    assert count() == before
    assert len(people) == sum(len(person["in"]) for person in PEOPLE)
    assert len({one.email for one in people}) == before["account"] // 2  # counted once in each council's scope


def test_its_mail_arrives_when_it_happened_and_names_nobody(seeded: Settings) -> None:
    with db.unit_of_work(scope.NOWHERE):
        mails = outbox.kept()
    assert len(mails) >= 20
    assert len({mail.sent_at.date() for mail in mails}) >= 4
    with db.unit_of_work(scope.NOWHERE) as session:
        slugs = session.execute(text("select id, slug, nation from council")).all()
    names = {
        name
        for row in slugs
        for child in of(
            Council(row.id, row.slug, {}, row.nation, ()), select(ReferralChild.first_name, ReferralChild.last_name)
        )
        for name in child
        # A shorter one stands in any sentence: "A girl of six" is a name in the short form.
        if len(name) > 2
    }
    assert len(names) > 20
    for mail in mails:
        assert not [name for name in names if name in mail.subject + mail.body]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["key"])
def test_everybody_could_have_registered(person: dict[str, Any]) -> None:
    for place in person["in"]:
        found = match(person["email"], rules_of(load_agencies(COUNCILS / place["council"])))
        assert found.accepted
        if "agency" in place:
            assert place["agency"] in found.agencies


def test_the_password_would_be_accepted() -> None:
    own = passwords.words_of(*(person[key] for person in PEOPLE for key in ("name", "email")))
    assert passwords.weakness(demo.PASSWORD, own) is None


def test_no_fictional_people_outside_the_demonstration(settings: Settings) -> None:
    with pytest.raises(PermissionError):
        demo.seed(settings.model_copy(update={"demo": False}))


def test_no_answer_of_the_demonstration_is_a_day_that_will_have_passed() -> None:
    """What must lie ahead is a distance from the day of the story; `make run` works in any year."""
    usual = demo._read(demo.FOLDER, "answers.yaml")["answers"]
    day = datetime(2031, 3, 3, 12, tzinfo=UTC)
    with demo_stories.at(day):
        dated = demo_stories._dated(usual)
    assert dated["rfi_when"] == "2031-04-22"
    assert dated["rfi_period_from"] < dated["rfi_period_to"] < "2031-03-03"
    assert not [value for value in usual.values() if re.match("[0-9]{4}-", str(value))]


def test_one_council_has_what_the_other_sent_it_and_one_offer_waits(seeded: Settings, councils: Councils) -> None:
    query = select(Transfer.id, Transfer.side, Transfer.state, Transfer.other_reference, Referral.reference).outerjoin(
        Referral, Referral.id == Transfer.referral_id
    )
    here, there = (
        {(row.side, row.state): row for row in of(council, query)} for council in (councils.england, councils.wales)
    )
    went, came = there["out", "accepted"], here["in", "accepted"]
    assert went.id == came.id
    # Each side says what the report is called at the other.
    assert (went.other_reference, came.other_reference) == (came.reference, went.reference)
    assert set(here) == {("out", "offered"), ("in", "accepted")}
    assert set(there) == {("in", "offered"), ("out", "accepted")}
    channel = select(Referral.channel, Referral.state).where(Referral.reference == came.reference)
    assert [tuple(row) for row in of(councils.england, channel)] == [("transfer", "screening")]
    outcome = select(Referral.state, Referral.outcome).where(Referral.reference == went.reference)
    assert [tuple(row) for row in of(councils.wales, outcome)] == [("decided", "transfer")]
