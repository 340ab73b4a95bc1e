"""For whom we are acting: one council and one person (or the system), frozen, in one ContextVar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from portal.kernel.errors import NotFound
from portal.kernel.language import Text


@dataclass(frozen=True)
class Council:
    """What every request knows of its council; `settings` is `portal.tenants.settings.CouncilSettings`."""

    id: UUID
    slug: str
    name: Text
    nation: str
    languages: tuple[str, ...]
    settings: Any = None


@dataclass(frozen=True)
class Actor:
    """A person in one council, in the role and agency of the membership they act under.

    `role` is "" for someone without a membership here; `state` is the membership's (pending, active).
    `strength` is how they proved who they are in this session (email, totp, passkey, sso; "elsewhere" for an
    outside sign-in that this council does not trust; "" outside a session).
    `agency_may` is what this council lets people of that kind of agency do.
    `instance`: who runs the instance, outside every council, and reaches nothing of any.
    `reach` is what row-level security lets the connection see: council, agency or "" (nothing).
    """

    account_id: UUID
    name: str = ""
    email: str = ""
    language: str = ""
    membership_id: UUID | None = None
    role: str = ""
    state: str = ""
    agency_id: UUID | None = None
    # A mapping has no hash; two people who differ in this only are still two.
    agency_name: Text = field(default_factory=dict, hash=False)
    agency_may: frozenset[str] = frozenset()
    job_title: str = ""
    system: bool = False
    instance: bool = False
    strength: str = ""
    # Whether this council lets the role in with a passkey or a sign-on that it trusts, and not with an app's code.
    passkey_role: bool = False
    # The council's permission (its id) under which an operator reads here for a while; everything they ask for is kept.
    support: UUID | None = None
    # Restricted records that they opened with a reason and may read for a while.
    opened: frozenset[UUID] = frozenset()
    # Whether the council lets this person of an agency take part in its hub.
    hub: bool = False
    # Since they signed in they have not accepted the council's terms of use: they report, and read nothing.
    terms_due: bool = False

    @property
    def weak(self) -> bool:
        """Whether only a code in an email proves who this is: enough to write, never to read."""
        return self.strength in ("email", "elsewhere")

    @property
    def short(self) -> bool:
        """Whether the council asks more of this role than the app's code that was all they proved."""
        return self.passkey_role and self.strength == "totp"

    @property
    def outside(self) -> bool:
        """Whether an organisation said who this is: it speaks for one council, and what a person signs in with
        opens all of them."""
        return self.strength in ("sso", "elsewhere")

    @property
    def reach(self) -> str:
        """Which rows the database connection may touch: the second wall behind the policy."""
        if self.instance:
            return ""
        strong = self.state == "active" and not self.weak and not self.short and not self.terms_due
        if self.system or (strong and self.agency_id is None and self.role):
            return "council"
        return "agency" if self.agency_id else ""


SYSTEM = Actor(account_id=UUID(int=0), name="system", role="system", state="active", system=True)


@dataclass(frozen=True)
class Scope:
    """One council (None outside every council) and one actor (None before sign-in)."""

    council: Council | None = None
    actor: Actor | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


NOWHERE = Scope()
_current: ContextVar[Scope] = ContextVar("scope", default=NOWHERE)


def current() -> Scope:
    """The scope in force; outside a request or job it is NOWHERE, which sees no tenant row."""
    return _current.get()


def council() -> Council:
    """The council in force; raises NotFound outside every council."""
    found = current().council
    if found is None:
        raise NotFound("no council in scope")
    return found


def council_id() -> UUID:
    """The id of the council in force; raises NotFound outside every council."""
    return council().id


def actor() -> Actor:
    """The person in force; raises NotFound where nobody is."""
    found = current().actor
    if found is None:
        raise NotFound("nobody in scope")
    return found


def enter(scope: Scope) -> None:
    """Make `scope` the one in force for this context (a request, a job)."""
    _current.set(scope)


def act_as(actor: Actor | None) -> Scope:
    """Keep the council, change the actor."""
    scope = replace(current(), actor=actor)
    _current.set(scope)
    return scope


@contextmanager
def within(scope: Scope) -> Iterator[Scope]:
    """Run a block in `scope` and restore what was before."""
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)
