"""Going back with rows in every table: what an older version does not know goes, or is what it was, in each council."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from portal.cli import migrate
from portal.cli.cluster import Addresses, Cluster
from portal.referrals.models import NOTICE_KINDS
from tests.migrations.test_migrations import schema
from tests.tenancy import rows

DATABASE = "portal_going_back"
# Changes rows without a council in scope, where row-level security shows none.
NOWHERE = re.compile(r"""op\.execute\(\s*f?["']+\s*(?:delete from|update) (\w+)""", re.IGNORECASE)
# The reports of tests/tenancy/rows.py: of two councils, through two agencies.
COPIES = 4
FIRST_KINDS = ("received", "question", "reply", "outcome")


@pytest.fixture
def filled(cluster: Cluster, migrated: str) -> Iterator[Addresses]:
    """A migrated database with a row in every table of two councils, and what only newer versions know of it."""
    addresses = cluster.create_database(DATABASE, template=migrated)
    try:
        with cluster.connect_admin(DATABASE) as connection:
            rows.fill(connection)
            _newer(connection)
        yield addresses
    finally:
        cluster.drop_database(DATABASE)


def _newer(connection: rows.Connection) -> None:
    for council, tenant in rows.COUNCILS.items():
        for agency in rows.AGENCIES:
            report = rows.row_id(council, agency, "referral")
            for kind in NOTICE_KINDS:
                _add(connection, "notice", tenant, kind=kind, account_id=rows.ACCOUNT, referral_id=report)
            _add(connection, "notice", tenant, kind="duty", mailbox="a@example.org", state="overtaken")
            child = {"referral_id": report, "agency_id": rows.AGENCIES[agency], "position": 1, "first_name": "Before"}
            _add(connection, "referral_child", tenant, **child, superseded_at=rows.NOW)
        # One report of each council was opened again after a decision, one came by telephone, the day before.
        opened, rang = rows.row_id(council, "school", "referral"), rows.row_id(council, "surgery", "referral")
        connection.execute("update decision set replaced_at = %s where referral_id = %s", [rows.NOW, opened])
        connection.execute("update referral set state = 'screening', clock_from = %s where id = %s", [rows.NOW, opened])
        connection.execute(
            "update referral set channel = 'telephone', author_only = true, received_at = %s where id = %s",
            [rows.NOW - timedelta(days=1), rang],
        )
        connection.execute("update parcel set reason = 'no_secret' where tenant_id = %s", [tenant])
        connection.execute("update parcel_attempt set outcome = 'no_secret' where tenant_id = %s", [tenant])
        _add(connection, "membership", tenant, account_id=rows.ACCOUNT, role="early_help_worker", state="active")


def _called(cluster: Cluster) -> None:
    """Settings that were, of a council that has since called a level otherwise: one challenge came while they counted,
    one before they said anything of levels, and the others before any that are known."""
    then = '{"challenging": {"levels": {"first": {"name": {"en": "Then"}}}}}'
    with cluster.connect_admin(DATABASE) as connection:
        connection.execute("update challenge set raised_at = %s", [rows.NOW - timedelta(days=900)])
        tenant = rows.COUNCILS[next(iter(rows.COUNCILS))]
        for number, document, days in ((901, "{}", 800), (902, then, 700)):
            _add(
                connection,
                "settings_change",
                tenant,
                number=number,
                settings=document,
                parts="[]",
                changed_at=rows.NOW - timedelta(days=days),
            )
        for agency, days in (("school", 750), ("surgery", 650)):
            report = rows.row_id(next(iter(rows.COUNCILS)), agency, "referral")
            at = rows.NOW - timedelta(days=days)
            connection.execute("update challenge set raised_at = %s where referral_id = %s", [at, report])


def _add(connection: rows.Connection, table: str, tenant: UUID, **columns: object) -> None:
    rows.insert(connection, table, {"tenant_id": tenant, "id": uuid4(), **columns})


def kinds(connection: rows.Connection) -> Counter[str]:
    return Counter(str(row[0]) for row in connection.execute("select kind from notice"))


def test_an_older_version_has_what_it_knows_and_a_newer_one_begins_with_that(
    cluster: Cluster, filled: Addresses
) -> None:
    with cluster.connect_admin(DATABASE) as connection:
        first = schema(connection)
        assert set(kinds(connection)) == set(NOTICE_KINDS)
    migrate.downgrade(filled.owner, "0005")
    with cluster.connect_admin(DATABASE) as connection:
        # Those of the reports that came by telephone went with them; what was news is a reply.
        left = kinds(connection)
        assert set(left) == set(FIRST_KINDS)
        assert (left["question"], left["reply"]) == (COPIES - 2, 2 * (COPIES - 2))
    migrate.upgrade(filled.owner)
    with cluster.connect_admin(DATABASE) as connection:
        assert schema(connection) == first
    migrate.downgrade(filled.owner)


def test_each_step_that_changes_rows_changes_those_of_every_council(cluster: Cluster, filled: Addresses) -> None:
    def count(query: str) -> int:
        with cluster.connect_admin(DATABASE) as connection:
            (found,) = connection.execute(query.encode()).fetchone() or (0,)
        return int(str(found))

    came = "select coalesce(sum(number), 0) from tally where kind = 'received' and day = date '2026-11-19'"
    assert count(came) == len(rows.COUNCILS)
    _called(cluster)
    migrate.downgrade(filled.owner, "0079")
    migrate.upgrade(filled.owner, "0080")
    named = "select count(*) from challenge where level_name ->> 'en' = "
    assert count(f"{named} 'A manager of the screening team'") == 1
    assert (count(f"{named} 'Then'"), count("select count(*) from challenge where level_name is null")) == (
        1,
        COPIES - 2,
    )
    migrate.downgrade(filled.owner, "0072")
    assert count(came) == 0
    migrate.downgrade(filled.owner, "0067")
    assert count("select count(*) from membership where role = 'screener' and state = 'ended'") == len(rows.COUNCILS)
    assert count("select count(*) from parcel where reason = 'unauthorised'") == COPIES
    migrate.downgrade(filled.owner, "0054")
    assert count("select count(*) from referral") == COPIES - len(rows.COUNCILS)
    migrate.downgrade(filled.owner, "0045")
    migrate.upgrade(filled.owner, "0046")
    assert count("select count(*) from referral where clock_from is not null") == len(rows.COUNCILS)
    migrate.downgrade(filled.owner, "0043")
    assert count("select count(*) from referral_child where first_name = 'Before'") == 0


def test_no_migration_changes_rows_of_a_council_without_a_council() -> None:
    tables = set(rows.TABLES)
    found = {
        file.name: named
        for file in sorted((migrate.MIGRATIONS / "versions").glob("*.py"))
        if (named := tables.intersection(NOWHERE.findall(file.read_text(encoding="utf-8"))))
    }
    assert found == {}
    assert NOWHERE.findall("""op.execute(f"DELETE FROM notice WHERE kind = 'hub'")""") == ["notice"]
