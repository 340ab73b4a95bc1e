"""Whether anything of a kind hangs on a report, told with the report: its page asks only for what is there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from portal.referrals.models import Correction, Referral
from portal.referrals.queries import counted
from portal.referrals.queries.record import Found
from portal.screening.models import Decision, Note, Proposal

KEPT: Mapping[str, Any] = {
    "decisions": Decision,
    "proposals": Proposal,
    "notes": Note,
    "corrections": Correction,
}


def register() -> None:
    """Have each of them counted with a report that is found for its page."""
    for name, table in KEPT.items():
        counted.add(name, partial(_number, table))


def has(found: Found, name: str) -> bool:
    """Whether there is any, as far as is known: yes, where the report was found without counting."""
    return bool(found.counted.get(name, 1))


def _number(table: Any) -> ScalarSelect[int]:
    here = (table.tenant_id == Referral.tenant_id, table.referral_id == Referral.id)
    return select(func.count()).select_from(table).where(*here).correlate(Referral).scalar_subquery()
