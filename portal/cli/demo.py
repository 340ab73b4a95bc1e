"""Fills the demonstration with fictional people and their reports; safe to repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from config.settings import Settings
from portal.app import start
from portal.auth import addresses, envelope, passwords, totp
from portal.auth.agency_types import USUALLY
from portal.auth.models import Account, Agency, Authenticator, InstanceOperator, Membership, TermsAcceptance
from portal.auth.queries import operators as queries
from portal.auth.queries import terms
from portal.cli import published
from portal.cli.demo_accepting import accept
from portal.cli.demo_contacts import take_down
from portal.cli.demo_designing import design
from portal.cli.demo_hub import make_partner
from portal.cli.demo_stories import Cast, tell
from portal.cli.instance import ROOT
from portal.cli.signins import SignIn
from portal.forms.folder import load
from portal.kernel import clock, db, scope
from portal.kernel.language import say
from portal.kernel.scope import Actor, Council, Scope
from portal.tenants import documents, resolve
from portal.tenants.commands import own_settings
from portal.tenants.queries.own_settings import stored
from portal.tenants.reading import Place

FOLDER = ROOT / "config" / "demo"
# Everybody's, printed beside the address: these people are made up, and so is all that they know.
PASSWORD = "make-believe people only"  # noqa: S105 - meant to be known


class DemoMistakes(Exception):
    """A file of the demonstration cannot be read; the message names the lines."""


def seed(settings: Settings) -> list[SignIn]:
    """Make the people and tell the stories that are not there yet; who can sign in, council by council.

    Raises DemoMistakes, and PermissionError outside the demonstration.
    """
    if not settings.demo:
        raise PermissionError("fictional people belong in the demonstration only")
    start(settings)
    resolve.forget()
    people = _read(FOLDER, "people.yaml")["people"]
    usual = _read(FOLDER, "answers.yaml")
    known = {council.slug: council for council in resolve.everyone()}
    slugs = [slug for slug in known if (FOLDER / f"{slug}.yaml").is_file()]
    told = {slug: _read(FOLDER, f"{slug}.yaml") for slug in slugs}
    casts = {slug: _cast(known[slug], people, usual, told[slug], settings) for slug in slugs}
    for slug, cast in casts.items():
        for story in told[slug]["stories"]:
            tell(cast, story)
        for contact in told[slug].get("contacts", ()):
            take_down(cast, contact)
        for work in told[slug]["designing"]:
            design(cast, work)
    # Last: what one council accepts is a story that another has told.
    for slug, cast in casts.items():
        for offer in told[slug].get("accepted", ()):
            accept(casts, cast, offer)
    return [one for slug in slugs for one in _sign_ins(known[slug], people)]


def _cast(
    council: Council,
    people: Sequence[Mapping[str, Any]],
    usual: Mapping[str, Any],
    told: Mapping[str, Any],
    settings: Settings,
) -> Cast:
    cast_of = _people_of(council, people)
    return Cast(
        council=_settle(council, cast_of, told.get("settings", ())),
        people=cast_of,
        scenarios=_scenarios(ROOT / settings.councils / council.slug),
        usual=_usual(usual, told.get("usual", {})),
        posts=settings.mail == "outbox",
    )


def operators() -> list[SignIn]:
    """Make the people who run the demonstration, where they are missing; only the owner of the tables may."""
    people = _read(FOLDER, "people.yaml")["operators"]
    with published.connected(owner=True), db.unit_of_work(Scope(actor=scope.SYSTEM)) as session:
        known = {one.account_id for one in queries.live()}
        for person in people:
            account_id = _account(person)
            if account_id in known:
                continue
            made = uuid4()
            session.execute(
                insert(InstanceOperator).values(
                    id=made,
                    account_id=account_id,
                    added_by="The demonstration",
                    since=clock.now(),
                    wrapped_key=envelope.new_key(made),
                    token_hash=str(made),
                    link_expires_at=clock.now(),
                    link_used_at=clock.now(),
                )
            )
    return [SignIn("None: runs the portal", "Operator, at /operator", one["email"], PASSWORD) for one in people]


def _settle(council: Council, people: Mapping[str, Actor], changes: Sequence[Mapping[str, Any]]) -> Council:
    """The council after its administrators have changed its settings; a change that was made before changes nothing."""
    for one in changes:
        actor = people[one["by"]]
        with db.unit_of_work(Scope(council, actor)):
            own = one["values"].items()
            values: dict[Place, object] = {(part, key): value for part, all_ in own for key, value in all_.items()}
            own_settings.change(actor, values, stored().version)
    resolve.forget()
    return resolve.by_slug(council.slug)


def _usual(everywhere: Mapping[str, Any], here: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The usual answers of a council: its own before those of every council."""
    return {name: {**answers, **here.get(name, {})} for name, answers in everywhere.items()}


def _read(folder: Path, file: str) -> Any:
    found = documents.read(folder, file)
    if found.mistakes:
        raise DemoMistakes("; ".join(map(str, found.mistakes)))
    return found.data


def _scenarios(folder: Path) -> dict[str, Mapping[str, Any]]:
    """The answers of the council's scenarios, of all its forms, by id."""
    return {str(one["id"]): one["answers"] for family in load(folder).families for one in family.scenarios}


def _people_of(council: Council, people: Sequence[Mapping[str, Any]]) -> dict[str, Actor]:
    """The people of one council with their memberships, made where they are missing."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        agencies = {row.key: row for row in db.session().execute(select(Agency.id, Agency.key, Agency.name))}
        return {
            person["key"]: _person(council, person, place, agencies)
            for person in people
            for place in person["in"]
            if place["council"] == council.slug
        }


def _person(
    council: Council, person: Mapping[str, Any], place: Mapping[str, Any], agencies: Mapping[str, Any]
) -> Actor:
    account_id = _account(person)
    agency = agencies[place["agency"]] if "agency" in place else None
    state = place.get("state", "active")
    query = select(Membership.id).where(Membership.tenant_id == council.id, Membership.account_id == account_id)
    membership_id = db.session().execute(query).scalar_one_or_none()
    if membership_id is None:
        membership_id = uuid4()
        db.session().execute(
            insert(Membership).values(
                tenant_id=council.id,
                id=membership_id,
                account_id=account_id,
                agency_id=agency.id if agency else None,
                role=place["role"],
                state=state,
                why=place.get("why", ""),
                job_title=place["job"],
                asked_at=clock.now(),
                decided_at=None if state == "pending" else clock.now(),
            )
        )
    if place.get("terms") != "unread":
        _accept_terms(council, account_id)
    return Actor(
        account_id=account_id,
        name=person["name"],
        email=person["email"],
        language=person["language"],
        membership_id=membership_id,
        role=place["role"],
        state=state,
        agency_id=agency.id if agency else None,
        agency_name=agency.name if agency else {},
        agency_may=USUALLY if agency else frozenset(),
        job_title=place["job"],
        hub=make_partner(council, account_id, agency.id if agency and place.get("hub") else None),
    )


def _accept_terms(council: Council, account_id: UUID) -> None:
    now = terms.current()
    if now is not None:
        db.session().execute(
            upsert(TermsAcceptance)
            .values(tenant_id=council.id, id=uuid4(), account_id=account_id, number=now.number)
            .on_conflict_do_nothing()
        )


def _account(person: Mapping[str, Any]) -> UUID:
    address = addresses.parse(person["email"])
    found = db.session().execute(select(Account.id).where(Account.email_key == address.key)).scalar_one_or_none()
    if found is not None:
        give_app(found)
        return found
    account_id = uuid4()
    db.session().execute(
        insert(Account).values(
            id=account_id,
            email=address.as_typed,
            email_key=address.key,
            name=person["name"],
            password_hash=passwords.hashed(PASSWORD),
            language=person["language"],
            email_proved_at=clock.now(),
        )
    )
    give_app(account_id)
    return account_id


def give_app(account_id: UUID) -> None:
    """An authenticator app, if there is none yet: /outbox shows its code, since nobody holds the telephone."""
    wrapped = envelope.new_key(account_id, Authenticator.__tablename__)
    sealed = envelope.seal_secret(wrapped, account_id, Authenticator.__tablename__, totp.new_seed())
    db.session().execute(
        upsert(Authenticator)
        .values(account_id=account_id, wrapped_key=wrapped, seed=sealed, last_step=0, confirmed_at=clock.now())
        .on_conflict_do_nothing()
    )


def _sign_ins(council: Council, people: Sequence[Mapping[str, Any]]) -> list[SignIn]:
    return [
        SignIn(say(council.name, "en"), person["label"], person["email"], PASSWORD)
        for person in people
        if any(place["council"] == council.slug for place in person["in"])
    ]
