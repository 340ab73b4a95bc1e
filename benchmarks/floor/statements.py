"""The floor's statements: one that says who is asking, and the least that each page needs besides."""

from __future__ import annotations

# The setting is made before the membership is looked at: a lateral join has to wait for its left side.
_WHO = """
with here as materialized (select set_config('app.tenant_id', {tenant}, true)::uuid as tenant)
select s.account_id, a.name, c.slug, m.role, m.agency_id, here.tenant as tenant_id,
       set_config('app.agency_id', coalesce(m.agency_id::text, ''), true),
       set_config('app.reach', case when m.agency_id is null then 'council' else 'agency' end, true)
  from here
  join account_session s on s.id_hash = {id_hash}
  join account a on a.id = s.account_id
  join council c on c.id = here.tenant
  left join lateral (
       select m.role, m.agency_id from membership m
        where m.tenant_id = here.tenant and m.account_id = a.id and m.state = 'active' offset 0) m on true
"""
WHO = _WHO.format(tenant="%(tenant)s", id_hash="%(id_hash)s")
WHO_CORE = _WHO.format(tenant=":tenant", id_hash=":id_hash")

SAVE = """
update referral_section set body = :body, version = version + 1, changed_at = :now
 where tenant_id = :tenant and referral_id = :draft and section = 'signs'
"""
AUDIT_SAVE = """
insert into audit_event (id, tenant_id, at, event, actor_id, actor_role, agency_id, subject_id, detail)
values (:id, :tenant, :now, 'referrals.saved', :actor, :role, :agency, :draft, '{"section": "signs", "version": 1}')
"""
AUDIT_LIST = """
insert into audit_event (id, tenant_id, at, event, actor_id, actor_role, detail)
values (%(id)s, %(tenant)s, %(now)s, 'referrals.read', %(actor)s, 'screener', %(detail)s)
"""

ROWS = """
select r.reference, r.initials, r.route, r.outcome_of_rules -> 'why' ->> 'en' as why, r.state, r.priority,
       r.sent_at, r.due_at, g.name ->> 'en' as agency, a.name as owner, r.kind, r.attention,
       (select count(*) from referral_child k where k.tenant_id = r.tenant_id and k.referral_id = r.id
           and k.superseded_at is null) as children
  from referral r join agency g on g.id = r.agency_id left join account a on a.id = r.owner_id
 where r.state in ('sent', 'screening', 'asked', 'answered')
 order by r.queue_rank, r.due_at, r.id limit 26
"""
COUNTS = """
select count(*), count(*) filter (where owner_id = %(me)s), count(*) filter (where state = 'asked'),
       count(*) filter (where state = 'answered'),
       (select count(*) from (select 1 from referral where state = 'decided' limit 1000) d)
  from referral where state in ('sent', 'screening', 'asked', 'answered')
"""
AGENCIES = """
select g.id, g.name ->> 'en' from agency g join agency_approval p on p.agency_id = g.id order by g.key
"""
