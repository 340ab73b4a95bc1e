"""Adding, using, naming and removing passkeys."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import and_, delete, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.auth import ceremonies
from portal.auth.ceremonies import New, Place, Refused
from portal.auth.commands.factors import begin_change, end_change
from portal.auth.models import Account, Passkey
from portal.auth.queries import factors, passkeys
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Forbidden, NotFound
from portal.kernel.scope import Actor


def add(actor: Actor, new: New, name: str, *, here: str) -> bool:
    """Keep a passkey that the actor's browser made; every session but `here` (its hashed id) ends.

    Whether recovery codes are to be made. Raises Forbidden when this session may not change what is set up, Conflict
    when the passkey is known already.
    """
    first = begin_change(actor)
    made = db.session().execute(
        insert(Passkey)
        .values(
            id=uuid4(),
            account_id=actor.account_id,
            credential_id=new.credential_id,
            public_key=new.public_key,
            sign_count=new.sign_count,
            backed_up=new.backed_up,
            name=name,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["credential_id"])
        .returning(Passkey.id)
    )
    if made.one_or_none() is None:
        raise Conflict("the passkey is known already")
    end_change(actor, "passkey", here=here)
    return first


def use(answer: str, challenge: bytes, place: Place) -> UUID:
    """The account whose passkey gave the answer; its count of uses grows by one atomic UPDATE. Raises Refused."""
    said = ceremonies.named(answer)
    found = passkeys.stored(said.credential_id)
    if found is None or found.account_id != said.account_id:
        raise Refused
    count = place.used(answer, challenge, found.public_key, found.sign_count)
    won = db.session().execute(
        update(Passkey)
        .where(
            Passkey.id == found.id,
            # Passkeys that wander between devices do not count: theirs stays nought.
            or_(Passkey.sign_count < count, and_(Passkey.sign_count == 0, literal(count) == 0)),
        )
        .values(sign_count=count, used_at=clock.now())
        .returning(Passkey.id)
    )
    if won.one_or_none() is None:
        raise Refused
    return found.account_id


def rename(actor: Actor, passkey_id: UUID, name: str) -> None:
    """Call a passkey something else. Raises NotFound."""
    mine = and_(Passkey.id == passkey_id, Passkey.account_id == actor.account_id)
    changed = db.session().execute(update(Passkey).where(mine).values(name=name).returning(Passkey.id))
    if changed.one_or_none() is None:
        raise NotFound


def remove(actor: Actor, passkey_id: UUID, *, here: str) -> None:
    """Forget a passkey; every session but `here` ends.

    Raises NotFound, Forbidden for a session of an emailed code or of single sign-on, Conflict for the last thing
    stronger than an email.
    """
    if actor.weak or actor.outside:
        raise Forbidden("this session removes nothing")
    db.session().execute(select(Account.id).where(Account.id == actor.account_id).with_for_update())
    if not any(one.id == passkey_id for one in passkeys.mine(actor)):
        raise NotFound
    found = factors.of(actor.account_id)
    if found.app_since is None and found.passkeys == 1:
        raise Conflict("nothing stronger than an email would be left")
    db.session().execute(delete(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == actor.account_id))
    end_change(actor, "passkey_removed", here=here)
