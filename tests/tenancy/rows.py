"""One row of every tenant table for two councils, written by the administrator past all walls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid5

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

Connection = psycopg.Connection[tuple[object, ...]]
SPACE = UUID(int=7)
COUNCILS = {name: uuid5(SPACE, name) for name in ("one", "two")}
AGENCIES = {name: uuid5(SPACE, name) for name in ("school", "surgery")}
ACCOUNT = uuid5(SPACE, "account")
OTHER_ACCOUNT = uuid5(SPACE, "other account")
BLOB = b"sealed"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row_id(council: str, agency: str, table: str) -> UUID:
    """The id of the row of that table."""
    return uuid5(SPACE, f"{council} {agency} {table}")


def rows(council: str, agency: str) -> Mapping[str, Mapping[str, object]]:
    """A row for each tenant table, in an order that satisfies the links between them."""

    def here(table: str, **columns: object) -> dict[str, object]:
        return {"tenant_id": COUNCILS[council], "id": row_id(council, agency, table), **columns}

    report = {"referral_id": row_id(council, agency, "referral"), "agency_id": AGENCIES[agency]}
    parcel = {"referral_id": report["referral_id"], "parcel_id": row_id(council, agency, "parcel")}
    draft = {"draft_id": row_id(council, agency, "form_draft")}
    mark = f"{council}-{agency}"
    return {
        "council_key": here("council_key", version=1 if agency == "school" else 2, wrapped=BLOB),
        "agency_approval": here("agency_approval", agency_id=AGENCIES[agency]),
        "lead_check": here(
            "lead_check",
            membership_id=row_id(council, "school", "membership"),
            number="1",
            answered_by=mark,
            rang_on=NOW,
            recorded_by=ACCOUNT,
        ),
        "invitation": here(
            "invitation",
            agency_id=AGENCIES[agency],
            role="referrer",
            email=mark,
            email_key=mark,
            wrapped_key=BLOB,
            token_hash=mark,
            invited_by=ACCOUNT,
            expires_at=NOW,
        ),
        "domain_confirmation": here(
            "domain_confirmation", domain_id=uuid5(SPACE, f"{agency} domain"), confirmed_by=mark
        ),
        "agency_kind_permission": here("agency_kind_permission", kind=agency, may=Jsonb([])),
        "agency_decision": here(
            "agency_decision", agency_id=AGENCIES[agency], what="approved", decided_by=ACCOUNT, once=uuid5(SPACE, mark)
        ),
        "agency_import": here("agency_import", layout="gias", rows=Jsonb([]), made_by=ACCOUNT),
        "terms_version": here(
            "terms_version", number=1 if agency == "school" else 2, words=Jsonb({}), hash=mark, asks=True
        ),
        "terms_acceptance": here("terms_acceptance", account_id=ACCOUNT, number=1 if agency == "school" else 2),
        "settings_change": here(
            "settings_change", number=1 if agency == "school" else 2, settings=Jsonb({}), parts=Jsonb([])
        ),
        "sign_out": here("sign_out", issuer=mark, jti=mark),
        "case_system_key": here("case_system_key", wrapped_key=BLOB, private=BLOB, public=mark),
        "sign_on_check": here("sign_on_check", provider=mark, covers=mark),
        "form_version": here("form_version", form_key=mark, number=1, content=Jsonb({}), content_hash=mark),
        "form_draft": here(
            "form_draft",
            form_key="concern",
            content=Jsonb({}),
            content_hash=mark,
            author_id=ACCOUNT,
            changed_by=ACCOUNT,
        ),
        "form_comment": here(
            "form_comment", **draft, author_id=ACCOUNT, body=mark, once=row_id(council, agency, "said")
        ),
        "form_check": here("form_check", **draft, kind="proof", content_hash=mark, asked_by=ACCOUNT),
        "form_trial": here("form_trial", **draft, account_id=ACCOUNT, content=Jsonb({}), wrapped_key=BLOB),
        "referral": here(
            "referral",
            agency_id=AGENCIES[agency],
            author_id=ACCOUNT,
            wrapped_key=BLOB,
            state="sent",
            form_version_id=row_id(council, agency, "form_version"),
            reference=mark,
            sent_at=NOW,
            queued_at=NOW,
            due_at=NOW,
        ),
        "referral_section": here("referral_section", **report, section="children", body=BLOB),
        "draft_typing": here("draft_typing", **report, account_id=ACCOUNT, page=mark, tab=ACCOUNT, seen=0, body=BLOB),
        "draft_end": here(
            "draft_end", draft_id=report["referral_id"], agency_id=AGENCIES[agency], account_id=ACCOUNT, what="deleted"
        ),
        "referral_child": here("referral_child", **report, position=1, first_name=mark),
        "notice": here("notice", kind="received", account_id=ACCOUNT, referral_id=report["referral_id"]),
        "message": here(
            "message", **report, author_id=ACCOUNT, side="agency", body=BLOB, once=row_id(council, agency, "once")
        ),
        "stored_file": here(
            "stored_file",
            agency_id=AGENCIES[agency],
            added_by=ACCOUNT,
            wrapped_key=BLOB,
            name=BLOB,
            size=1,
            state="arriving",
        ),
        "file_part": here(
            "file_part", file_id=row_id(council, agency, "stored_file"), agency_id=AGENCIES[agency], number=0, size=1
        ),
        "gone_object": here("gone_object"),
        "attachment": here(
            "attachment",
            **report,
            file_id=row_id(council, agency, "stored_file"),
            added_by=ACCOUNT,
            side="agency",
            later=True,
        ),
        "presence": here("presence", referral_id=report["referral_id"], account_id=ACCOUNT, seen_at=NOW),
        "duty_alert": here("duty_alert", referral_id=report["referral_id"]),
        "note": here(
            "note",
            referral_id=report["referral_id"],
            author_id=ACCOUNT,
            body=BLOB,
            once=row_id(council, agency, "once"),
        ),
        "letter": here(
            "letter",
            referral_id=report["referral_id"],
            template="visit",
            language="en",
            body=BLOB,
            once=row_id(council, agency, "once"),
            made_by=ACCOUNT,
        ),
        "transfer": here(
            "transfer",
            side="out",
            other_id=ACCOUNT,
            referral_id=report["referral_id"],
            state="proposed",
            wrapped_key=BLOB,
            route="MASH",
            urgency=3,
            age="5_to_9",
            children=1,
            files=0,
            with_files=True,
            with_messages=True,
        ),
        "asked_question": here(
            "asked_question", **report, message_id=row_id(council, agency, "message"), place="a.-.-.-.b", position=0
        ),
        "message_sighting": here(
            "message_sighting", **report, message_id=row_id(council, agency, "message"), account_id=ACCOUNT
        ),
        "message_draft": here(
            "message_draft", **report, account_id=ACCOUNT, side="agency", page=mark, tab=ACCOUNT, body=BLOB
        ),
        "stage_visit": here("stage_visit", referral_id=report["referral_id"], stage="contact", how="arrival"),
        "stage_tick": here(
            "stage_tick", referral_id=report["referral_id"], stage="contact", item="history", ticked_by=ACCOUNT
        ),
        "saved_list": here("saved_list", account_id=ACCOUNT, name=f"{agency} list", address=Jsonb({})),
        "clock_pause": here("clock_pause", **report, why="question"),
        "restriction": here("restriction", referral_id=report["referral_id"], reason="adoption", marked_by=ACCOUNT),
        "opened_record": here(
            "opened_record",
            referral_id=report["referral_id"],
            account_id=ACCOUNT,
            reason="cover",
            wrapped_key=BLOB,
            words=BLOB,
            until=NOW,
        ),
        "proposal": here(
            "proposal",
            referral_id=report["referral_id"],
            outcome="advice",
            given=BLOB,
            seen=0,
            proposed_by=ACCOUNT,
        ),
        "connection": here("connection", account_id=ACCOUNT, wrapped_key=BLOB, words=BLOB, surname_mark=mark),
        "decision": here(
            "decision", **report, outcome="advice", route="MASH", rationale=BLOB, told=BLOB, decided_by=ACCOUNT
        ),
        "parcel": here(
            "parcel",
            referral_id=report["referral_id"],
            decision_id=row_id(council, agency, "decision"),
            event="decided",
        ),
        "parcel_attempt": here("parcel_attempt", **parcel, outcome="unavailable", took=1),
        "parcel_collected": here("parcel_collected", **parcel, name="package.json"),
        "early_help_offer": here(
            "early_help_offer",
            **report,
            decision_id=row_id(council, agency, "decision"),
            team="family_help",
            consent="given",
            said=BLOB,
            once=row_id(council, agency, "once"),
            offered_by=ACCOUNT,
            due_at=NOW,
        ),
        "early_help_member": here(
            "early_help_member", account_id=ACCOUNT if agency == "school" else OTHER_ACCOUNT, team="t", bound_by=ACCOUNT
        ),
        "collect_request": here("collect_request", mark=mark),
        "challenge": here(
            "challenge",
            **report,
            decision_id=row_id(council, agency, "decision"),
            level=1,
            raised_by=ACCOUNT,
            due_at=NOW,
            said=BLOB,
            once=row_id(council, agency, "once"),
        ),
        "hub_member": here("hub_member", account_id=ACCOUNT, agency_id=AGENCIES[agency], granted_by=ACCOUNT),
        "hub_room": here(
            "hub_room", referral_id=report["referral_id"], reference=mark, form_key="concern", wrapped_key=BLOB
        ),
        "hub_access": here(
            "hub_access",
            **report,
            room_id=row_id(council, agency, "hub_room"),
            what="summary",
            shared=BLOB,
            once=row_id(council, agency, "once"),
            opened_by=ACCOUNT,
            authors=[ACCOUNT],
        ),
        "hub_former": here(
            "hub_former",
            referral_id=report["referral_id"],
            access_id=row_id(council, agency, "hub_access"),
            shared=BLOB,
            why="anew",
        ),
        "hub_message": here(
            "hub_message",
            **report,
            room_id=row_id(council, agency, "hub_room"),
            author_id=ACCOUNT,
            body=BLOB,
            once=row_id(council, agency, "once"),
            read_by=[AGENCIES[agency]],
        ),
        "hub_release": here(
            "hub_release",
            referral_id=report["referral_id"],
            message_id=row_id(council, agency, "hub_message"),
            why=BLOB,
            released_by=ACCOUNT,
        ),
        "hub_file": here(
            "hub_file",
            **report,
            room_id=row_id(council, agency, "hub_room"),
            message_id=row_id(council, agency, "hub_message"),
            file_id=row_id(council, agency, "stored_file"),
            added_by=ACCOUNT,
        ),
    }


def insert(connection: Connection, table: str, values: Mapping[str, object]) -> None:
    """Insert one row."""
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in values)
    marks = sql.SQL(", ").join(sql.Placeholder() for _ in values)
    statement = sql.SQL("insert into {} ({}) values ({})").format(sql.Identifier(table), columns, marks)
    connection.execute(statement, list(values.values()))


def fill(connection: Connection) -> None:
    """Two councils, two agencies that report to both, one membership each, and all of their rows."""
    for name, council_id in COUNCILS.items():
        insert(connection, "council", {"id": council_id, "slug": name, "nation": "wales", "settings": Jsonb({})})
    for name, agency_id in AGENCIES.items():
        insert(connection, "agency", {"id": agency_id, "key": name, "name": Jsonb({"en": name}), "kind": "school"})
        domain = {"agency_id": agency_id, "domain": f"{name}.example.org", "match": "exact", "kind": "exclusive"}
        insert(connection, "agency_domain", {"id": uuid5(SPACE, f"{name} domain"), **domain})
        insert(
            connection, "agency_site", {"id": uuid5(SPACE, f"{name} site"), "agency_id": agency_id, "name": Jsonb({})}
        )
    account = {"id": ACCOUNT, "email": "a@example.org", "email_key": "a@example.org", "name": "A", "password_hash": "x"}
    insert(connection, "account", account)
    other = {"id": OTHER_ACCOUNT, "email": "b@example.org", "email_key": "b@example.org"}
    insert(connection, "account", account | other)
    for council, council_id in COUNCILS.items():
        membership = {
            "tenant_id": council_id,
            "id": row_id(council, "school", "membership"),
            "account_id": ACCOUNT,
            "agency_id": AGENCIES["school"],
            "role": "referrer",
        }
        insert(connection, "membership", membership)
        for agency in AGENCIES:
            for table, values in rows(council, agency).items():
                insert(connection, table, values)


TABLES = (*rows("one", "school"), "membership")
BEHIND_REPORT = (
    "referral_section", "draft_typing", "referral_child", "message", "decision", "notice", "restriction", "clock_pause",
    "duty_alert", "proposal", "note", "presence", "parcel", "parcel_attempt", "parcel_collected", "challenge",
    "letter", "stage_visit", "stage_tick", "asked_question", "hub_room", "hub_access", "hub_former", "hub_message",
    "hub_file", "hub_release",
    "early_help_offer", "message_sighting", "message_draft", "transfer",
)  # fmt: skip
WALLED_BY_AGENCY = (
    "referral", "referral_section", "draft_typing", "referral_child", "message", "decision", "stored_file", "file_part",
    "attachment", "draft_end", "clock_pause", "challenge", "asked_question", "early_help_offer",
    "message_sighting", "message_draft",
)  # fmt: skip
# What the council keeps to itself.
WALLED_BY_COUNCIL = (
    "early_help_member",
    "case_system_key", "hub_former", "hub_release", "letter", "note", "saved_list", "stage_visit", "stage_tick",
    "parcel", "parcel_attempt", "parcel_collected", "transfer",
    "case_system_key", "collect_request", "letter", "note", "saved_list", "stage_visit", "stage_tick",
    "parcel", "parcel_attempt", "parcel_collected",
)  # fmt: skip
