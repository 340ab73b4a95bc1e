"""Every nasty address is refused, and every good one accepted, at every place where an address comes in.

A new place (a change of address, say) adds a line to ENTRIES.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from portal.auth.commands import changing as new_addresses
from portal.auth.commands import invitations, newcomers
from portal.auth.commands.invitations import Typed
from portal.auth.providers import Provider
from portal.auth.queries.agencies import judge
from portal.cli import agencies as command
from portal.cli import published
from portal.kernel import db
from portal.kernel.errors import Invalid
from portal.kernel.scope import SYSTEM, Scope
from tests.auth.corpus_addresses import BAD, GOOD, MORE_BAD, RULES
from tests.auth.walking import TYPED, Walker, make_account
from tests.factories import people
from tests.factories.people import Person

Admin = psycopg.Connection[tuple[object, ...]]
# Whether each address is accepted there.
Entry = Callable[[Walker, Iterable[str]], list[bool]]
NASTY = sorted({*BAD, *MORE_BAD})


@pytest.fixture
def tenant(walker: Walker, admin: Admin) -> Walker:
    """A browser in a council whose agencies have the domains of the corpus, confirmed."""
    known: dict[str, UUID] = {}
    for rule in RULES:
        if rule.agency not in known:
            known[rule.agency] = uuid4()
            admin.execute(
                "insert into agency (id, key, name, kind) values (%s, %s, %s, 'school')",
                (known[rule.agency], rule.agency, Jsonb({"en": rule.agency})),
            )
            admin.execute(
                "insert into agency_approval (tenant_id, id, agency_id) values (%s, gen_random_uuid(), %s)",
                (walker.council.id, known[rule.agency]),
            )
        domain_id = uuid4()
        admin.execute(
            "insert into agency_domain (id, agency_id, domain, match, kind) values (%s, %s, %s, %s, %s)",
            (domain_id, known[rule.agency], rule.domain, rule.match, rule.kind),
        )
        admin.execute(
            "insert into domain_confirmation (tenant_id, id, domain_id, confirmed_by)"
            " values (%s, gen_random_uuid(), %s, 'x')",
            (walker.council.id, domain_id),
        )
    return walker


def registering(walker: Walker, addresses: Iterable[str]) -> list[bool]:
    """The first page of registration."""
    data = TYPED | {"csrf_token": walker.token("/register")}
    found = []
    for number, address in enumerate(addresses):
        # Tries are limited by network.
        walker.network = f"192.0.2.{number // 50 + 1}"
        answer = walker.send("/register", data | {"email": address})
        assert answer.status_code in (303, 422), ascii(address)
        found.append(answer.status_code == 303)
    return found


def joining(walker: Walker, addresses: Iterable[str]) -> list[bool]:
    """Somebody whose account was made elsewhere with that address asks for access here."""
    found: list[bool] = []
    mailboxes: set[str] = set()
    for address in addresses:
        if "\x00" in address or address.lower() in mailboxes:
            found.append(False)  # no column can hold the one, no second account the other
            continue
        mailboxes.add(address.lower())
        person = people.make_person(walker.council, state="refused", email=address)
        people.sign_in(walker.client, person)
        answer = walker.get("/join")
        assert answer.status_code == 200, ascii(address)
        found.append('name="agency"' in answer.text)
    return found


def judging(walker: Walker, addresses: Iterable[str]) -> list[bool]:
    """What every command asks."""
    with db.unit_of_work(Scope(walker.council)):
        return [judge(address).accepted for address in addresses]


def matching(walker: Walker, addresses: Iterable[str]) -> list[bool]:
    """`portal agencies match --published`, by the rules that the instance has."""
    rules, target = published._domain_rules(walker.council), io.StringIO()
    assert command.answer(rules, walker.council.slug, io.StringIO(json.dumps(list(addresses))), target) == 0
    return [one["accepted"] for one in json.loads(target.getvalue())]


def inviting(walker: Walker, addresses: Iterable[str]) -> list[bool]:
    """An administrator invites the lead of whichever agency takes the address."""
    admin = people.make_person(walker.council, role="council_admin")
    keys = sorted({rule.agency for rule in RULES})
    with db.unit_of_work(admin.scope):
        agency_ids = [str(people.agency_id(key)) for key in keys]
        return [_invited(admin, address, agency_ids) for address in addresses]


def _invited(admin: Person, address: str, agency_ids: Iterable[str]) -> bool:
    for agency_id in agency_ids:
        try:
            invitations.invite(admin.actor, "lead", Typed(address, agency_id), "en")
        except Invalid:
            continue
        return True
    return False


def claiming(walker: Walker, addresses: Iterable[str]) -> list[bool]:
    """The address that an agency's identity provider claims for somebody who has no account."""
    keys = sorted({rule.agency for rule in RULES})
    agencies = [Provider(key, {}, "https://id.example.org", "portal", agency=key) for key in keys]
    with db.unit_of_work(Scope(walker.council)):
        return [any(not newcomers._mistake(one, address) for one in agencies) for address in addresses]


def changing(walker: Walker, addresses: Iterable[str]) -> list[bool]:
    """Somebody's new address, whichever agency they work for."""
    mine = [people.make_person(walker.council, agency=key) for key in sorted({rule.agency for rule in RULES})]
    with db.unit_of_work(Scope(walker.council, SYSTEM)):
        return [any(not new_addresses.refusal(one.actor, address) for one in mine) for address in addresses]


ENTRIES: tuple[Entry, ...] = (registering, joining, judging, matching, inviting, claiming, changing)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.__name__)
def test_every_nasty_address_is_refused(tenant: Walker, admin: Admin, entry: Entry) -> None:
    found = entry(tenant, NASTY)
    assert [ascii(address) for address, accepted in zip(NASTY, found, strict=True) if accepted] == []
    assert len(found) >= 125
    assert admin.execute("select count(*) from one_time_code").fetchone() == (0,)
    tenant.jobs()
    assert admin.execute("select count(*) from outbox_mail").fetchone() == (0,)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.__name__)
def test_every_good_address_is_accepted(tenant: Walker, entry: Entry) -> None:
    found = entry(tenant, [address for address in GOOD if address != "J.Smith@OAKFIELD.Worcs.Sch.UK"])
    assert all(found)


def test_a_good_address_in_capitals_is_the_same_mailbox(tenant: Walker) -> None:
    make_account("j.smith@oakfield.worcs.sch.uk")
    assert registering(tenant, ["J.Smith@OAKFIELD.Worcs.Sch.UK"]) == [True]
    assert matching(tenant, ["J.Smith@OAKFIELD.Worcs.Sch.UK"]) == [True]
