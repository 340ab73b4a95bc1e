"""One statement that says who is asking: session, account, membership, agency and council."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from portal.auth import operators
from portal.auth.agency_types import allowed
from portal.auth.queries import providers
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor

# A membership counts only while the council approves its agency, and until it ends. Of several, the one chosen at
# sign-in (the hat in the session) speaks, else an approved one, else the newest.
# A council trusts an outside sign-in only while it has that very provider, and an agency's for that agency's people
# only: elsewhere it proves no more than an address.
# Whoever runs the instance is nothing else while they do: a membership of theirs does not count.
# With a council's permission, and until its time is over, they look there: in a transaction that writes nothing.
# Terms of use are accepted at sign-in: what is published while somebody works asks them the next time.
# Row-level security lets the membership through because the transaction began in the council's scope. The
# agency settings of the second wall are set by this same statement: later statements run behind it without
# another round trip.
WHO = text("""
select s.data, s.created_at, s.seen_at, s.signed_in_at, s.issuer, s.sid, s.strength as session_strength, t.strength,
       a.id as account_id, a.name, a.email, a.language, a.state as account_state,
       m.id as membership_id, m.role, m.state, m.agency_id, m.job_title, m.used_at, m.sponsored,
       g.name as agency_name,
       (select p.may from agency_kind_permission p where p.tenant_id = :council and p.kind = g.kind) as agency_may,
       exists (select from hub_member h where h.tenant_id = :council and h.account_id = a.id
                  and h.agency_id = m.agency_id and h.ended_at is null) as hub,
       c.changed_at as council_changed_at, op.id as operator_id, sg.id as support_id,
       set_config('app.agency_id', coalesce(case
           when a.state = 'active' and m.state in ('pending', 'active') then m.agency_id end::text, ''), true),
       set_config('app.reach', case
           when a.state <> 'active' then ''
           when sg.id is not null then 'council'
           when m.state not in ('pending', 'active') then ''
           when m.agency_id is not null then 'agency'
           when terms.due then ''
           when m.state = 'active' and t.strength not in ('', 'email', 'elsewhere')
                and not (t.strength = 'totp' and m.role = any(cast(:passkey_roles as text[]))) then 'council'
           else '' end, true),
       set_config('app.actor_id', case when a.state = 'active' then a.id::text else '' end, true),
       opened.ids as opened, terms.due as terms_due,
       set_config('app.opened', coalesce(opened.ids::text, ''), true),
       case when sg.id is not null then set_config('transaction_read_only', 'on', true) end
  from account_session s
  left join account a on a.id = s.account_id
  left join instance_operator op on op.account_id = a.id and op.ended_at is null
  left join lateral (
       select x.id, x.role, x.agency_id, x.job_title, x.used_at, x.sponsored,
              case when x.ends_at <= :now then 'ended' else x.state end as state
         from membership x
        where x.account_id = a.id and x.tenant_id = :council and op.id is null
          and (x.agency_id is null or exists (
               select from agency_approval p
                where p.tenant_id = :council and p.agency_id = x.agency_id and p.state = 'approved'))
        order by x.state in ('pending', 'active') and coalesce(x.ends_at > :now, true) desc,
              coalesce(x.id::text = s.data ->> 'hat', false) desc, x.state = 'active' desc,
              coalesce(x.decided_at, x.asked_at) desc, x.id
        limit 1) m on true
  left join lateral (
       select array_agg(o.referral_id) as ids
         from opened_record o
        where o.tenant_id = :council and o.account_id = a.id and o.ended_at is null and o.until > :now) opened on true
  left join lateral (
       select f.id
         from support_grant f
        where f.tenant_id = :council and f.account_id = a.id and f.state = 'approved' and f.until > :now
          and f.asked_at >= op.since
        limit 1) sg on a.state = 'active' and s.strength = any (cast(:operators as text[]))
  cross join lateral (
       select exists (
              select from terms_version v
               where v.tenant_id = :council and v.asks and v.published_at <= coalesce(s.signed_in_at, s.created_at)
                 and not exists (
                     select from terms_acceptance c
                      where c.tenant_id = :council and c.account_id = a.id and c.number >= v.number)) as due) terms
  left join agency g on g.id = m.agency_id
 cross join lateral (
       select case when s.strength <> 'sso' or s.issuer = any(cast(:issuers as text[]))
                     or g.key || ' ' || s.issuer = any(cast(:agencies as text[])) then s.strength
              else 'elsewhere' end as strength) t
  left join council c on c.id = :council
 where s.id_hash = :id_hash
""")


@dataclass(frozen=True)
class Found:
    """A stored session and the person it belongs to, if anyone."""

    data: dict[str, Any]
    created_at: datetime
    seen_at: datetime
    signed_in_at: datetime | None
    actor: Actor | None
    suspended: bool
    used_at: datetime | None = None
    strength: str = ""
    issuer: str = ""
    sid: str = ""


def whoami(id_hash: str) -> Found | None:
    """The session with that hashed id and its person in the council of the scope; None if there is none."""
    council = scope.current().council
    council_id: UUID | None = council.id if council else None
    asked = {
        "id_hash": id_hash,
        "council": council_id,
        "now": clock.now(),
        "issuers": providers.issuers(),
        "agencies": providers.agency_issuers(),
        "passkey_roles": list(providers.passkey_roles()),
        "operators": list(operators.strengths()),
    }
    row = db.session().execute(WHO, asked).one_or_none()
    if row is None:
        return None
    actor = None
    if row.account_id is not None:
        actor = _operator(row) if row.operator_id else _member(row)
    return Found(
        row.data,
        row.created_at,
        row.seen_at,
        row.signed_in_at,
        actor,
        row.account_state == "suspended",
        row.used_at,
        row.session_strength,
        row.issuer,
        row.sid,
    )


def _member(row: Any) -> Actor:
    live = row.state in ("pending", "active")
    return Actor(
        account_id=row.account_id,
        name=row.name,
        email=row.email,
        language=row.language,
        membership_id=row.membership_id,
        role=row.role if live else "",
        state=row.state or "",
        agency_id=row.agency_id if live else None,
        agency_name=row.agency_name or {},
        agency_may=allowed(row.agency_may, sponsored=row.sponsored) if live and row.agency_id else frozenset(),
        job_title=row.job_title or "",
        # A session from before strengths were kept proves no more than an address.
        strength=row.strength or "email",
        passkey_role=live and row.role in providers.passkey_roles(),
        opened=frozenset(row.opened or ()),
        terms_due=live and row.terms_due,
        hub=bool(live and row.hub),
    )


def _operator(row: Any) -> Actor:
    """Somebody who signed in with less than an operator must is nobody, anywhere."""
    enough = row.strength in operators.strengths()
    looking = row.support_id is not None
    return Actor(
        account_id=row.account_id,
        name=row.name,
        email=row.email,
        language=row.language,
        role="support" if looking else "operator",
        state="active" if enough else "",
        instance=not looking,
        support=row.support_id,
        strength=row.strength or "email",
    )
