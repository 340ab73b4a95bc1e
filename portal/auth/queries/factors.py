"""What proves who a person is, beside their password; and whether they may change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal.auth import envelope, totp
from portal.auth.models import Account, Authenticator, CallBack, Passkey, RecoveryCode
from portal.kernel import clock, db
from portal.kernel.scope import Actor


@dataclass(frozen=True)
class App:
    """A person's authenticator app, opened: its seed never leaves the process."""

    seed: bytes
    last_step: int


@dataclass(frozen=True)
class Factors:
    """What a person has set up; `call_back_from` is when a recorded call-back lets them begin anew."""

    app_since: datetime | None
    passkeys: int
    codes_left: int
    call_back_from: datetime | None

    @property
    def strong(self) -> bool:
        """Whether anything stronger than an email is set up."""
        return self.app_since is not None or self.passkeys > 0

    @property
    def call_back_open(self) -> bool:
        """Whether the call-back may be used now."""
        return self.call_back_from is not None and self.call_back_from <= clock.now()

    def may_set_up(self, actor: Actor) -> bool:
        """Whether this session may add or replace a factor: with what is set up already; when there is nothing;
        or after a call-back. An email alone never replaces what somebody has; an organisation that signs somebody
        in speaks for one council, and a factor of one's own opens all of them."""
        if actor.outside:
            return False
        return not actor.weak or not self.strong or self.call_back_open


@dataclass(frozen=True)
class Shown:
    """The code that a fictional person's app would show now; "" until the next one."""

    email: str
    code: str


def offers_passkey(actor: Actor) -> bool:
    """Whether somebody who signed in with something weaker is to be offered a passkey: they have none, and may make
    one now or after signing in with the password that they have."""
    found = of(actor.account_id)
    if actor.strength == "passkey" or found.passkeys:
        return False
    return found.may_set_up(actor) or (actor.strength == "sso" and has_password(actor.account_id))


def has_password(account_id: UUID) -> bool:
    """Whether the account was given a password: one that single sign-on made has none."""
    query = select(Account.password_hash.startswith("$")).where(Account.id == account_id)
    return bool(db.session().execute(query).scalar_one_or_none())


def app_of(account_id: UUID) -> App | None:
    """The authenticator app of an account."""
    query = select(Authenticator.wrapped_key, Authenticator.seed, Authenticator.last_step)
    row = db.session().execute(query.where(Authenticator.account_id == account_id)).one_or_none()
    return App(_seed(row.wrapped_key, account_id, row.seed), row.last_step) if row else None


def _seed(wrapped: bytes, account_id: UUID, sealed: bytes) -> bytes:
    return envelope.unseal_secret(wrapped, account_id, Authenticator.__tablename__, sealed)


def of(account_id: UUID) -> Factors:
    """What an account has set up, and whether this council recorded a call-back for it."""
    app = select(Authenticator.confirmed_at).where(Authenticator.account_id == account_id).scalar_subquery()
    keys = select(func.count()).select_from(Passkey).where(Passkey.account_id == account_id).scalar_subquery()
    left = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    call_back = (
        select(func.min(CallBack.usable_at))
        .where(CallBack.account_id == account_id, CallBack.used_at.is_(None), CallBack.expires_at > clock.now())
        .scalar_subquery()
    )
    query = select(app.label("app"), keys.label("keys"), left.label("left"), call_back.label("call_back"))
    row = db.session().execute(query).one()
    return Factors(row.app, row.keys, row.left, row.call_back)


def password_mark(account_id: UUID) -> str | None:
    """Changes with the password of an active account; None when there is no such account."""
    query = select(func.md5(Account.password_hash)).where(Account.id == account_id, Account.state == "active")
    return db.session().execute(query).scalar_one_or_none()


def shown_codes() -> tuple[Shown, ...]:
    """What the apps of everybody show now. Only the demonstration's page asks: its people are made up."""
    now = totp.step_of(clock.now())
    rows = db.session().execute(
        select(Account.id, Account.email, Authenticator.wrapped_key, Authenticator.seed, Authenticator.last_step)
        .join(Authenticator, Authenticator.account_id == Account.id)
        .order_by(Account.email)
        .limit(200)
    )
    found = []
    for row in rows:
        # A code that was used is used up; the next one is good already, half a minute before its time.
        step = max(now, row.last_step + 1)
        code = totp.code_at(_seed(row.wrapped_key, row.id, row.seed), step) if step <= now + totp.DRIFT else ""
        found.append(Shown(row.email, code))
    return tuple(found)
