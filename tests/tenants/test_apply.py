"""Applying a council's folder: new, again, changed, at odds with another council's, and failing half way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from portal.cli.cluster import Addresses
from portal.cli.folders import COUNCILS
from portal.forms.commands import apply as applying
from portal.forms.commands.apply import AgencyDisagreement, Applied
from portal.forms.folder import load
from portal.kernel import db, ring, scope
from portal.kernel.scope import Council, Scope
from portal.tenants import vault
from portal.tenants.settings import SettingsMistakes
from tests.factories.pictures import png

Admin = psycopg.Connection[tuple[object, ...]]
ASKED = "select g.key, a.state from agency_approval a join agency g on g.id = a.agency_id where a.tenant_id = %s"


@pytest.fixture
def empty(fresh_database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Iterator[Admin]:
    """An empty database of one's own, this process being its owner's; a superuser's connection to look into it."""
    monkeypatch.setattr(db, "_factory", None)
    monkeypatch.setattr(ring, "_held", [ring.Ring(b"r" * 32)])
    vault.forget()
    engine = db.make_engine(fresh_database.owner, pool_size=2)
    db.bind(engine)
    with psycopg.connect(fresh_database.admin.replace("+psycopg", ""), autocommit=True) as admin:
        yield admin
    engine.dispose()
    vault.forget()


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """A copy of both councils' folders, to be changed."""
    return shutil.copytree(COUNCILS, tmp_path / "councils")


def apply(folders: Path, slug: str) -> Applied:
    return applying.apply(load(folders / slug))


def rows(admin: Admin, query: LiteralString, *values: object) -> list[Any]:
    return list(admin.execute(query, values))


def everything(admin: Admin) -> dict[str, list[Any]]:
    tables: tuple[LiteralString, ...] = (
        "council", "council_key", "agency", "agency_domain", "agency_approval", "form_version", "audit_event",
    )  # fmt: skip
    return {table: sorted(rows(admin, f"select t::text from {table} t"), key=str) for table in tables}


def change(path: Path, old: str, new: str) -> None:
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new))


def test_a_new_council(empty: Admin, folders: Path) -> None:
    done = apply(folders, "avonmere")
    assert (done.changed, done.new, done.form_number) == (True, True, 1)
    ((council_id, slug, nation),) = rows(empty, "select id, slug, nation from council")
    assert (slug, nation) == ("avonmere", "england")
    events = rows(empty, "select event, detail ->> 'number' from audit_event order by event")
    assert events == [("auth.terms_published", "1")] + [("forms.published", "1")] * 3 + [("tenants.applied", None)]
    assert len(rows(empty, ASKED, council_id)) == done.agencies == len(load(folders / "avonmere").agencies)


def test_its_key_opens_what_it_seals(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    ((council_id,),) = rows(empty, "select id from council")
    with db.unit_of_work(Scope(Council(council_id, "avonmere", {}, "england", ()), scope.SYSTEM)):
        record = vault.Record("referral", council_id, vault.new_record_key("referral", council_id))
        blob = record.seal("Siân", "referral", council_id, "answers")
        assert record.open(blob, "referral", council_id, "answers") == "Siân"


def test_again_changes_nothing(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    apply(folders, "glan-yr-afon")
    before = everything(empty)
    for slug in ("glan-yr-afon", "avonmere"):
        assert not apply(folders, slug).changed
    assert everything(empty) == before


def test_other_terms_are_a_new_version_that_people_accept(empty: Admin, folders: Path) -> None:
    versions: LiteralString = "select number, asks, words ->> 'en' like %s from terms_version order by number"
    apply(folders, "avonmere")
    assert rows(empty, versions, "%to anybody%") == [(1, True, False)]
    change(folders / "avonmere/council.yaml", "Do not share your password", "Do not give to anybody your password")
    apply(folders, "avonmere")
    assert rows(empty, versions, "%to anybody%") == [(1, True, False), (2, True, True)]


def test_other_settings_keep_the_form_and_the_key(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    before = everything(empty)
    change(folders / "avonmere/council.yaml", "01632 960210", "01632 960299")
    done = apply(folders, "avonmere")
    after = everything(empty)
    assert (done.changed, done.new, done.form_number) == (True, False, 1)
    assert after["council"] != before["council"]
    assert "01632 960299" in str(after["council"])
    assert [after[t] for t in ("council_key", "form_version")] == [before[t] for t in ("council_key", "form_version")]


def test_other_rules_are_a_new_version_and_the_old_one_stays(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    before = everything(empty)["form_version"]
    change(folders / "avonmere/thresholds.yaml", "Family Help can work on", "Family Help may work on")
    assert apply(folders, "avonmere").form_number == 2
    versions = everything(empty)["form_version"]
    assert len(versions) == len(before) + 1
    assert set(before) < set(versions)
    with pytest.raises(psycopg.errors.RaiseException):
        empty.execute("update form_version set number = 9")


def test_an_agency_that_leaves_the_folder_is_not_approved_any_more(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    ((council_id,),) = rows(empty, "select id from council")
    path = folders / "avonmere/agencies.yaml"
    whole = path.read_text()
    begin = whole.index("  - key: the-boathouse")
    path.write_text(whole[:begin] + whole[whole.index("  - key:", begin + 10) :])
    apply(folders, "avonmere")
    assert ("the-boathouse", "ended") in rows(empty, ASKED, council_id)
    path.write_text(whole)
    apply(folders, "avonmere")
    assert ("the-boathouse", "approved") in rows(empty, ASKED, council_id)
    assert len(rows(empty, "select 1 from agency where key = 'the-boathouse'")) == 1


def test_an_agencys_new_domain_replaces_the_old(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    change(folders / "avonmere/agencies.yaml", "boathouse.example.org", "boathouse.example.net")
    apply(folders, "avonmere")
    query = "select d.domain from agency_domain d join agency g on g.id = d.agency_id where g.key = 'the-boathouse'"
    assert rows(empty, query) == [("boathouse.example.net",)]


def _another_type(folders: Path) -> None:
    path = folders / "glan-yr-afon/agencies.yaml"
    change(path, 'type: police\n    identifier: "Force 99"', 'type: probation\n    identifier: "PDU 99"')


def _another_domain(folders: Path) -> None:
    change(folders / "glan-yr-afon/agencies.yaml", "severnvale.police.uk", "severnvale.pnn.police.uk")


@pytest.mark.parametrize("differ", [_another_type, _another_domain])
def test_councils_must_agree_on_an_agency_they_share(
    empty: Admin, folders: Path, differ: Callable[[Path], None]
) -> None:
    apply(folders, "avonmere")
    differ(folders)
    before = everything(empty)
    with pytest.raises(AgencyDisagreement) as error:
        apply(folders, "glan-yr-afon")
    assert ["severn-vale-police" in mistake for mistake in error.value.mistakes] == [True]
    assert everything(empty) == before


def test_a_shared_agency_is_one_row_with_both_councils_names(empty: Admin, folders: Path) -> None:
    apply(folders, "glan-yr-afon")
    change(
        folders / "avonmere/agencies.yaml",
        'name: {en: "Severn Vale Police", cy: "Heddlu Severn Vale"}',
        'name: {en: "Severn Vale Constabulary"}',
    )
    apply(folders, "avonmere")
    ((name,),) = rows(empty, "select name from agency where key = 'severn-vale-police'")
    assert name == {"en": "Severn Vale Constabulary", "cy": "Heddlu Severn Vale"}


def test_a_failure_half_way_changes_nothing(empty: Admin, folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(folders, "glan-yr-afon")
    before = everything(empty)

    def fail(*_arguments: object, **_wishes: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(applying, "bring", fail)
    with pytest.raises(ZeroDivisionError):
        apply(folders, "avonmere")
    assert everything(empty) == before


def test_the_three_families_keep_their_scenarios(empty: Admin, folders: Path) -> None:
    done = apply(folders, "avonmere")
    kept = dict(rows(empty, "select form_key, json_array_length(scenarios) from form_version"))
    assert kept == {family.key: len(family.scenarios) for family in load(folders / "avonmere").families}
    assert [(form.key, form.number, form.left_alone) for form in done.forms] == [
        ("concern", 1, False), ("information", 1, False), ("service", 1, False),
    ]  # fmt: skip


def test_one_familys_change_publishes_that_family_alone(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    change(folders / "avonmere" / "forms" / "service" / "form.yaml", "Why now?", "Why today?")
    assert [form.number for form in apply(folders, "avonmere").forms] == [1, 1, 2]


def test_changed_scenarios_are_a_new_version(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    change(folders / "avonmere" / "forms" / "service" / "scenarios.json", "S-level-2", "S-level-two")
    assert [form.number for form in apply(folders, "avonmere").forms] == [1, 1, 2]


def _designed(admin: Admin) -> None:
    """As if designers had published a second version of the request for service."""
    admin.execute(
        "insert into form_version (tenant_id, id, form_key, number, content, content_hash, source, published_at)"
        " select tenant_id, gen_random_uuid(), form_key, 2, content, 'designed', 'designer', now()"
        " from form_version where form_key = 'service'"
    )


def test_a_version_made_in_the_portal_is_left_alone(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    _designed(empty)
    again = apply(folders, "avonmere")
    assert (again.changed, [form.key for form in again.forms if form.left_alone]) == (False, ["service"])
    change(folders / "avonmere" / "forms" / "service" / "form.yaml", "Why now?", "Why today?")
    changed = apply(folders, "avonmere")
    assert [(form.number, form.left_alone) for form in changed.forms] == [(1, False), (1, False), (2, True)]


def test_a_version_made_in_the_portal_is_replaced_on_wish(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    _designed(empty)
    for _ in range(2):
        done = applying.apply(load(folders / "avonmere"), replace_designed=True)
        assert [(form.number, form.left_alone) for form in done.forms] == [(1, False), (1, False), (3, False)]
    assert rows(empty, "select source from form_version where form_key = 'service' and number = 3") == [("folder",)]


def _set_in_the_portal(admin: Admin) -> None:
    """As if the council's administrators had changed a number and a page."""
    admin.execute(
        'update council set own_parts = \'["phones", "pages.terms"]\', settings ='
        " jsonb_set(jsonb_set(settings, '{phones,hub,number}', '\"01632 960777\"'), '{pages,terms,en}', '\"Ours\"')"
    )


def _settings(admin: Admin) -> Any:
    return rows(admin, "select settings from council")[0][0]


def test_what_was_set_in_the_portal_stays_and_the_rest_is_as_the_folder_says(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    _set_in_the_portal(empty)
    assert (apply(folders, "avonmere").changed, apply(folders, "avonmere").kept) == (False, ("phones", "pages.terms"))
    change(folders / "avonmere/council.yaml", "draft_days: 30", "draft_days: 31")
    done = apply(folders, "avonmere")
    found = _settings(empty)
    assert (done.changed, done.kept, found["draft_days"]) == (True, ("phones", "pages.terms"), 31)
    assert (found["phones"]["hub"]["number"], found["pages"]["terms"]["en"]) == ("01632 960777", "Ours")
    assert rows(empty, "select version from council") == [(2,)]


def test_what_was_set_in_the_portal_is_replaced_on_wish(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    before = _settings(empty)
    _set_in_the_portal(empty)
    for changed in (True, False):
        done = applying.apply(load(folders / "avonmere"), replace_settings=True)
        assert (done.changed, done.kept) == (changed, ())
    assert _settings(empty) == before
    assert rows(empty, "select own_parts from council") == [([],)]


def test_what_was_set_in_the_portal_must_fit_the_folder(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    _set_in_the_portal(empty)
    empty.execute("update council set settings = jsonb_set(settings, '{phones,hub,number}', '\"none\"')")
    change(folders / "avonmere/council.yaml", "draft_days: 30", "draft_days: 31")
    before = everything(empty)
    with pytest.raises(SettingsMistakes):
        apply(folders, "avonmere")
    assert everything(empty) == before


def test_a_folders_logo_is_kept_once_and_a_new_one_beside_it(empty: Admin, folders: Path) -> None:
    kept = "select digest from council_logo where tenant_id = (select id from council) order by created_at"
    assert [apply(folders, "glan-yr-afon").changed for _ in range(2)] == [True, False]
    first = rows(empty, kept)
    assert first == [(_settings(empty)["brand"]["logo"]["digest"],)]
    (folders / "glan-yr-afon/logo.png").write_bytes(png())
    assert apply(folders, "glan-yr-afon").changed
    assert rows(empty, kept) == [*first, (_settings(empty)["brand"]["logo"]["digest"],)]


def test_a_logo_that_the_council_uploaded_stays(empty: Admin, folders: Path) -> None:
    apply(folders, "glan-yr-afon")
    empty.execute("update council set own_parts = '[\"brand\"]', settings = settings #- '{brand,logo}'")
    (folders / "glan-yr-afon/logo.png").write_bytes(png())
    assert apply(folders, "glan-yr-afon").kept == ("brand",)
    assert "logo" not in _settings(empty)["brand"]
