"""Two councils with people, reports and secrets in a database of its own, to take one of them out of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from portal.auth import envelope
from portal.auth.models import Authenticator, Invitation
from portal.kernel import clock, db
from portal.kernel.scope import SYSTEM, Council, Scope
from portal.referrals.queries.record import opened
from portal.tenants import vault
from tests.factories.people import Person, make_person
from tests.factories.referrals import Made, make_referral
from tests.factories.terms import publish_terms

Admin = psycopg.Connection[tuple[object, ...]]
SECRET = b"correct horse battery staple"
TENANT_TABLES = """
select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
 where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped order by 1
"""
SHARED = ("account", "agency", "agency_domain", "authenticator", "recovery_code", "form_template")


@dataclass
class World:
    """An instance with both councils; `both` is a person who has a membership in each."""

    admin: Admin
    wales: Council
    england: Council
    author: Person
    both: Person
    neighbour: Person
    report: Made
    neighbours_report: Made

    def digests(self, council: Council) -> dict[str, str]:
        """An MD5 of each table's rows of one council."""
        found = {"council": self._md5("select t::text from council t where id = %s", council.id)}
        for (name,) in self.admin.execute(TENANT_TABLES).fetchall():
            found[str(name)] = self._md5(f"select t::text from {name} t where tenant_id = %s", council.id)
        return found

    def everything(self) -> dict[str, str]:
        """An MD5 of each table, whoever owns its rows."""
        tables = [str(name) for (name,) in self.admin.execute(TENANT_TABLES).fetchall()]
        return {name: self._md5(f"select t::text from {name} t") for name in ("council", *tables, *SHARED)}

    def _md5(self, query: str, *values: object) -> str:
        hashed = f"select count(*) || ' ' || coalesce(md5(string_agg(r, '|' order by r)), '') from ({query}) s(r)"
        return str(self.admin.execute(hashed.encode(), values).fetchall()[0][0])

    def count(self, query: str, *values: object) -> int:
        """How many rows a query finds."""
        return len(self.admin.execute(query.encode(), values).fetchall())


def populate(admin: Admin, wales: Council, england: Council) -> World:
    """People and reports in both councils; one account in both; a sealed seed and an open invitation."""
    for council in (wales, england):
        publish_terms(council)
    author, neighbour = make_person(wales), make_person(england)
    both = make_person(wales, role="screener")
    make_person(england, role="screener", account_id=both.account_id, email=both.email)
    report, other = make_referral(wales, author), make_referral(england, neighbour)
    for person in (author, neighbour):
        wrapped = envelope.new_key(person.account_id, "authenticator")
        seed = envelope.seal_secret(wrapped, person.account_id, "authenticator", b"s" * 20)
        with db.unit_of_work(Scope(person.council, SYSTEM)) as session:
            values = {"account_id": person.account_id, "wrapped_key": wrapped, "seed": seed, "last_step": 0}
            session.execute(insert(Authenticator).values(values))
    _invite(wales, both)
    return World(admin, wales, england, author, both, neighbour, report, other)


def _invite(council: Council, by: Person) -> None:
    made = uuid4()
    with db.unit_of_work(Scope(council, SYSTEM)) as session:
        session.execute(
            insert(Invitation).values(
                tenant_id=council.id, id=made, role="screener", email="new@example.org", email_key="new@example.org",
                wrapped_key=envelope.new_key(made), token_hash="t", invited_by=by.account_id, expires_at=clock.now(),
            )
        )  # fmt: skip


def rows(admin: Admin, query: LiteralString, *values: object) -> list[Any]:
    """What a query finds."""
    return list(admin.execute(query, values))


def read_report(made: Made, admin: Admin) -> str:
    """What the report says, opened with the keys that the database has now."""
    ((wrapped, answers),) = rows(admin, "select wrapped_key, answers from referral where id = %s", made.id)
    with db.unit_of_work(Scope(made.council, SYSTEM)):
        record = vault.Record("referral", made.id, bytes(wrapped))
        return str(opened(record, made.id, bytes(answers)).sections)


def seed_of(account_id: UUID, admin: Admin) -> bytes:
    """The seed of somebody's authenticator, opened with this process's root key."""
    ((wrapped, seed),) = rows(admin, "select wrapped_key, seed from authenticator where account_id = %s", account_id)
    return envelope.unseal_secret(bytes(wrapped), account_id, "authenticator", bytes(seed))


def signing_keys(folder: Path) -> tuple[Path, Path]:
    """A new Ed25519 key pair as PEM files: private, public."""
    key = Ed25519PrivateKey.generate()
    private, public = folder / "sign.pem", folder / "sign.pub.pem"
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, kind))
    return private, public
