"""Which of a council's reports somebody searches for: by whole reference, whole surname or initials, through indexes.

A council has too many reports to compare every name. Surnames have marks, equal for equal plain letters
(referrals/connecting.py), and the few children with such a mark are then compared as in an agency's own list.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select

from portal.kernel import db
from portal.kernel.scope import council_id
from portal.referrals import connecting
from portal.referrals.models import Referral, ReferralChild
from portal.referrals.references import LENGTH, grouped
from portal.referrals.sifting import Sought, named


def meant(wanted: Sought) -> ColumnElement[bool]:
    """A condition on Referral: what is searched for may mean it. Superseded names find a report, too."""
    children = _with_child(wanted)
    # Without one the database plans for nothing instead of for a list that may have any.
    asked: list[ColumnElement[bool]] = [Referral.id.in_(children)] if children else []
    if len(wanted.words) == 1:
        asked.append(Referral.initials == wanted.words[0].upper())
    if len(wanted.reference) == LENGTH:
        asked.append(Referral.reference == grouped(wanted.reference))
    return or_(false(), *asked)


def _with_child(wanted: Sought) -> set[object]:
    marks = {connecting.mark_of_surname(one) for one in surnames(wanted.words)}
    child = ReferralChild
    # Reports from before there were marks have none.
    unmarked = (child.surname_mark == "") & (child.last_name != "")
    query = select(child.referral_id, child.first_name, child.last_name).where(
        child.tenant_id == council_id(), or_(child.surname_mark.in_(sorted(marks)), unmarked)
    )
    return {row.referral_id for row in db.session().execute(query) if named(wanted, row.first_name, row.last_name)}


def surnames(words: tuple[str, ...]) -> set[str]:
    """What may be a surname among words in plain letters: each run of them, since a surname may have several."""
    ends = range(1, len(words) + 1)
    return {"".join(words[start:end]) for end in ends for start in range(end)}
