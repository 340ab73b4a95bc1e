"""Tell the council of what was added, corrected or asked after sending in words of its own, not as a reply."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

BEFORE = (
    "'received', 'question', 'reply', 'outcome', 'opened', 'connection', 'file', 'file_in', 'harmful', 'harmful_in',"
    " 'reminder', 'handed', 'helping', 'joined', 'moved', 'expiring'"
)


def upgrade() -> None:
    """One more kind of notice."""
    _kinds(f"{BEFORE}, 'news'")


def downgrade() -> None:
    """What was news is a reply again."""
    rls.in_each_council("UPDATE notice SET kind = 'reply' WHERE kind = 'news'")
    _kinds(BEFORE)


def _kinds(kinds: str) -> None:
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({kinds}))")
