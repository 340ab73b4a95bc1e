"""The hub: who takes part, what is opened to which agency, what is written there, and the walls around it."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

BEFORE = (
    "'received', 'question', 'reminder', 'reply', 'news', 'outcome', 'opened', 'connection', 'file', 'file_in',"
    " 'harmful', 'harmful_in', 'handed', 'helping', 'joined', 'moved', 'expiring', 'duty', 'unseen', 'undelivered',"
    " 'challenged', 'approval', 'challenge_due'"
)
_ACTOR = "(select nullif(current_setting('app.actor_id', true), '')::uuid)"
_AGENCY = "(select nullif(current_setting('app.agency_id', true), '')::uuid)"
_COUNCIL = "(select coalesce(current_setting('app.reach', true), '') = 'council')"
# A partner, of an agency to which it is open, who neither wrote the report nor must not see it.
_OPEN = f"""
    agency_id = {_AGENCY} and withdrawn_at is null and not hidden
    and {_ACTOR} <> all (authors) and {_ACTOR} <> all (unseen_by)
    and exists (select from hub_member h where h.tenant_id = hub_access.tenant_id and h.account_id = {_ACTOR}
                   and h.agency_id = hub_access.agency_id and h.ended_at is null)
"""
# Whoever changes the report, and whatever they may see here themselves: else a row would keep what was.
_FOLLOW = """
CREATE FUNCTION hub_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
declare
    reach text := coalesce(current_setting('app.reach', true), '');
    actor text := coalesce(current_setting('app.actor_id', true), '');
begin
    perform set_config('app.reach', 'council', true),
            set_config('app.actor_id', '00000000-0000-0000-0000-000000000000', true);
    update hub_access
       set hidden = new.sight is not null or (new.author_only and agency_id = new.agency_id),
           authors = array_remove(array[new.author_id, new.first_author_id], null),
           unseen_by = new.unseen_by
     where tenant_id = new.tenant_id and referral_id = new.id;
    perform set_config('app.reach', reach, true), set_config('app.actor_id', actor, true);
    return null;
end $$
"""


def upgrade() -> None:
    """An agency's people have rows here only where it is open to them, and no new row of a report."""
    _members()
    _rooms()
    _accesses()
    _messages()
    _walls()
    op.execute(_FOLLOW)
    op.execute("""
        CREATE TRIGGER referral_hub AFTER UPDATE OF sight, author_only, unseen_by, author_id, first_author_id ON referral
        FOR EACH ROW WHEN (old.sight is distinct from new.sight or old.author_only <> new.author_only
            or old.unseen_by <> new.unseen_by or old.author_id <> new.author_id
            or old.first_author_id is distinct from new.first_author_id)
        EXECUTE FUNCTION hub_follow()
    """)
    _kinds(f"{BEFORE}, 'hub', 'hub_in'")


def _members() -> None:
    op.execute("""
        CREATE TABLE hub_member (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            granted_by UUID NOT NULL,
            granted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            ended_by UUID,
            ended_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_hub_member PRIMARY KEY (tenant_id, id),
            CONSTRAINT ck_hub_member_end CHECK (ended_by is null or ended_at is not null),
            CONSTRAINT fk_hub_member_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_hub_member_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_hub_member_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_hub_member_granted_by FOREIGN KEY(granted_by) REFERENCES account (id),
            CONSTRAINT fk_hub_member_ended_by FOREIGN KEY(ended_by) REFERENCES account (id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX ix_hub_member_now ON hub_member (tenant_id, account_id, agency_id) WHERE ended_at is null"
    )
    op.execute("CREATE INDEX ix_hub_member_agency ON hub_member (tenant_id, agency_id) WHERE ended_at is null")


def _rooms() -> None:
    op.execute("""
        CREATE TABLE hub_room (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            reference VARCHAR NOT NULL,
            form_key VARCHAR NOT NULL,
            wrapped_key BYTEA NOT NULL,
            made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_hub_room PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_hub_room_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_hub_room_tenant_id_referral_id UNIQUE (tenant_id, referral_id),
            CONSTRAINT fk_hub_room_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    op.execute("CREATE INDEX ix_hub_room_reference ON hub_room (tenant_id, reference)")


def _accesses() -> None:
    op.execute("""
        CREATE TABLE hub_access (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            room_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            what VARCHAR NOT NULL,
            shared BYTEA NOT NULL,
            once UUID NOT NULL,
            opened_by UUID NOT NULL,
            opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            read_at TIMESTAMP WITH TIME ZONE,
            withdrawn_by UUID,
            withdrawn_at TIMESTAMP WITH TIME ZONE,
            hidden BOOLEAN DEFAULT false NOT NULL,
            authors UUID[] NOT NULL,
            unseen_by UUID[] DEFAULT '{}' NOT NULL,
            CONSTRAINT pk_hub_access PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_hub_access_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_hub_access_tenant_id_room_id FOREIGN KEY(tenant_id, room_id)
                REFERENCES hub_room (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_hub_access_tenant_id_once UNIQUE (tenant_id, once),
            CONSTRAINT ck_hub_access_what CHECK (what in ('summary', 'answers')),
            CONSTRAINT ck_hub_access_withdrawn CHECK ((withdrawn_at is null) = (withdrawn_by is null)),
            CONSTRAINT fk_hub_access_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_hub_access_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_hub_access_opened_by FOREIGN KEY(opened_by) REFERENCES account (id),
            CONSTRAINT fk_hub_access_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES account (id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX ix_hub_access_open ON hub_access (tenant_id, referral_id, agency_id)"
        " WHERE withdrawn_at is null"
    )
    op.execute("CREATE INDEX ix_hub_access_agency ON hub_access (tenant_id, agency_id) WHERE withdrawn_at is null")


def _messages() -> None:
    op.execute("""
        CREATE TABLE hub_message (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            room_id UUID NOT NULL,
            agency_id UUID,
            author_id UUID NOT NULL,
            body BYTEA NOT NULL,
            once UUID NOT NULL,
            sent_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            read_by UUID[] NOT NULL,
            CONSTRAINT pk_hub_message PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_hub_message_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_hub_message_tenant_id_room_id FOREIGN KEY(tenant_id, room_id)
                REFERENCES hub_room (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_hub_message_tenant_id_once UNIQUE (tenant_id, once),
            CONSTRAINT fk_hub_message_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_hub_message_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_hub_message_author_id FOREIGN KEY(author_id) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_hub_message_thread ON hub_message (tenant_id, room_id, sent_at)")


def _walls() -> None:
    rls.protect("hub_member", "select, insert, update")
    for table in ("hub_room", "hub_access", "hub_message"):
        rls.protect(table, "select, insert, update")
        report = f"select from referral r where r.tenant_id = {table}.tenant_id and r.id = {table}.referral_id"
        opened = (
            f"exists (select from hub_access o where o.tenant_id = {table}.tenant_id"
            f" and o.referral_id = {table}.referral_id)"
        )
        there = _OPEN if table == "hub_access" else opened
        seen = f"case when {_COUNCIL} then exists ({report}) else {there} end"
        op.execute(f"create policy {table}_hub on {table} as restrictive for all using ({seen}) with check ({seen})")
    # Nobody writes in the name of the council, or of another agency, and no agency opens or makes anything.
    own = f"{_COUNCIL} or (agency_id = {_AGENCY} and author_id = {_ACTOR})"
    op.execute(f"create policy hub_message_own on hub_message as restrictive for insert with check ({own})")
    for table in ("hub_room", "hub_access"):
        op.execute(f"create policy {table}_own on {table} as restrictive for insert with check ({_COUNCIL})")


def _kinds(values: str) -> None:
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({values}))")


def downgrade() -> None:
    """No hub."""
    rls.in_each_council("DELETE FROM notice WHERE kind in ('hub', 'hub_in')")
    _kinds(BEFORE)
    op.execute("DROP TRIGGER referral_hub ON referral")
    op.execute("DROP FUNCTION hub_follow()")
    op.execute("DROP POLICY hub_room_hub ON hub_room")
    for table in ("hub_message", "hub_access", "hub_room", "hub_member"):
        op.execute(f"DROP TABLE {table}")
