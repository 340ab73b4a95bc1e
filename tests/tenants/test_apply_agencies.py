"""What agencies.yaml says of agencies is in the register, and what people decided in the portal stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from portal.auth.queries.agencies import judge
from portal.kernel import db
from portal.kernel.scope import Council, Scope
from tests.tenants.test_apply import Admin, apply, change, empty, folders, rows

__all__ = ["empty", "folders"]
AGENCIES = "avonmere/agencies.yaml"


def council_id(admin: Admin, slug: str = "avonmere") -> UUID:
    ((found,),) = rows(admin, "select id from council where slug = %s", slug)
    return UUID(str(found))


def judged(admin: Admin, address: str, slug: str = "avonmere") -> str:
    with db.unit_of_work(Scope(Council(council_id(admin, slug), slug, {}, "england", ()))):
        return judge(address).reason


def test_the_whole_entry_is_written(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    ((scheme, number, others, phone, keeper),) = rows(
        empty,
        "select identifier_scheme, identifier, other_identifiers, phone, managed_by from agency where key = %s",
        "riverside-academy",
    )
    assert (scheme, number, phone) == ("urn", "999102", "01632 960302")
    assert others == {"laestab": "8994001", "ukprn": "10999102"}
    assert keeper == council_id(empty)
    sites = rows(
        empty,
        "select s.name ->> 'en', s.postcode, s.phone from agency_site s join agency g on g.id = s.agency_id"
        " where g.key = %s order by 1",
        "riverside-academy",
    )
    assert sites == [("Sixth form centre", "ZZ99 3AB", "01632 960322"), ("Upper school", "ZZ99 3AB", "")]
    assert rows(empty, "select managed_by from agency where key = 'severn-vale-police'") == [(None,)]


def test_the_folder_says_who_confirmed_a_domain_and_when(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    found = dict(
        rows(
            empty,
            "select d.domain, c.confirmed_by || ' ' || c.confirmed_at::date from domain_confirmation c"
            " join agency_domain d on d.id = c.domain_id",
        )
    )
    assert found["boathouse.example.org"].endswith("the number in the charity register 2026-09-03")
    assert found["harboursidehomes.example.org"].startswith("agencies.yaml ")


def test_a_domain_added_later_waits_unless_the_folder_says_who_confirmed_it(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    assert judged(empty, "jo@boathouse.example.org") == "ok"
    path = folders / AGENCIES
    change(path, "harboursidehomes.example.org", "harbourside.example.net")
    apply(folders, "avonmere")
    assert judged(empty, "jo@harbourside.example.net") == "frozen"
    assert judged(empty, "jo@harboursidehomes.example.org") == "no_agency"
    today = datetime.now(UTC).date()
    noted = f'{{domain: harbourside.example.net, confirmed: {{by: "The clerk", on: {today}}}}}'
    change(path, "{domain: harbourside.example.net}", noted)
    apply(folders, "avonmere")
    assert judged(empty, "jo@harbourside.example.net") == "ok"


def test_an_old_note_does_not_confirm_what_came_after_it(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    path = folders / AGENCIES
    change(path, "{domain: harboursidehomes.example.org}", "{domain: harbourside.example.net}")
    apply(folders, "avonmere")
    noted = '{domain: harbourside.example.net, confirmed: {by: "The clerk", on: 2020-01-01}}'
    change(path, "{domain: harbourside.example.net}", noted)
    apply(folders, "avonmere")
    assert judged(empty, "jo@harbourside.example.net") == "frozen"


def test_one_claim_that_nobody_confirmed_freezes_the_domain_for_all(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    path = folders / AGENCIES
    claim = "- {domain: harboursidehomes.example.org}"
    change(path, claim, f"{claim}\n      - {{domain: oakfield.avonmere.sch.uk}}")
    apply(folders, "avonmere")
    assert judged(empty, "jo@oakfield.avonmere.sch.uk") == "frozen"
    assert judged(empty, "jo@riverside.avonmere.sch.uk") == "ok"


def test_a_council_confirms_a_shared_agency_for_itself(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    apply(folders, "glan-yr-afon")
    empty.execute(
        "delete from domain_confirmation c using agency_domain d where d.id = c.domain_id"
        " and d.domain = 'severnvale.police.uk' and c.tenant_id = %s",
        (council_id(empty),),
    )
    assert judged(empty, "jo@severnvale.police.uk") == "frozen"
    assert judged(empty, "jo@severnvale.police.uk", "glan-yr-afon") == "ok"


def test_what_a_person_decided_in_the_portal_stands(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    query = "update agency_approval a set state = %s, changed_at = now() from agency g where g.id = a.agency_id"
    for state, key in (("suspended", "the-boathouse"), ("ended", "mill-lane-surgery")):
        empty.execute(f"{query} and g.key = %s".encode(), (state, key))
    change(folders / AGENCIES, "Harbour Medical Practice", "Harbour Practice")
    apply(folders, "avonmere")
    states = dict(rows(empty, "select g.key, a.state from agency_approval a join agency g on g.id = a.agency_id"))
    assert (states["the-boathouse"], states["mill-lane-surgery"]) == ("suspended", "ended")
    assert {state for key, state in states.items() if key not in ("the-boathouse", "mill-lane-surgery")} == {"approved"}


def test_what_the_council_changed_in_the_portal_stays(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    empty.execute("update agency set phone = '01632 960999', version = 2 where key = 'the-boathouse'")
    for old, new in (("01632 960311", "01632 960888"), ("01632 960310", "01632 960777")):
        change(folders / AGENCIES, old, new)
    apply(folders, "avonmere")
    phones = dict(rows(empty, "select key, phone from agency"))
    assert (phones["the-boathouse"], phones["harbourside-homes"]) == ("01632 960999", "01632 960777")


def test_an_agency_added_in_the_portal_is_not_ended_by_the_folder(empty: Admin, folders: Path) -> None:
    apply(folders, "avonmere")
    here, agency = council_id(empty), uuid4()
    empty.execute(
        "insert into agency (id, key, name, kind, managed_by) values (%s, 'a-added', '{}', 'voluntary', %s)",
        (agency, here),
    )
    empty.execute(
        "insert into agency_approval (tenant_id, id, agency_id, changed_at) values (%s, %s, %s, now())",
        (here, uuid4(), agency),
    )
    change(folders / AGENCIES, "Harbour Medical Practice", "Harbour Practice")
    apply(folders, "avonmere")
    assert rows(empty, "select state from agency_approval where agency_id = %s", agency) == [("approved",)]


def test_numbers_of_before_are_split_by_their_register(empty: psycopg.Connection[tuple[object, ...]]) -> None:
    """The words of the migration itself, on rows as they were."""
    from migrations.versions import __name__ as package  # noqa: PLC0415 - a module whose name begins with a digit

    module = __import__(f"{package}.0014_agencies", fromlist=["SPLIT"])
    for key, kind, number in (("a", "school", "URN 999101"), ("b", "school_wales", "6609101"), ("c", "hub", "")):
        empty.execute(
            "insert into agency (id, key, name, kind, identifier) values (%s, %s, '{}', %s, %s)",
            (uuid4(), key, kind, number),
        )
    query = "select key, identifier_scheme, identifier from agency where key in ('a', 'b', 'c') order by key"
    empty.execute(module.SPLIT.encode())
    assert rows(empty, query) == [("a", "urn", "999101"), ("b", "welsh_school", "6609101"), ("c", "", "")]
