"""What a report keeps secret by now: an address that must be kept from somebody, and who must stay unnamed."""

from __future__ import annotations

from typing import NamedTuple

from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel.scope import Actor
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Found, answers_of
from portal.referrals.withholding import keeps_places, unnamed


class Kept(NamedTuple):
    """Whether a report keeps its places secret, and whether somebody who told something stays unnamed."""

    places: bool = False
    names: bool = False


def kept_now(actor: Actor, permission: Permission, found: Found) -> Kept:
    """The same of a report as it is now; raises NotFound when its answers were destroyed."""
    answers = as_now(answers_of(found), corrections(actor, permission, found))
    form = version(found.form_version_id).form
    return Kept(keeps_places(answers.triage, answers.sections), unnamed(form, answers.triage, answers.sections))
