"""What a report keeps secret from an early-help team, and what it has come to keep secret since it was offered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.forms.queries import version
from portal.messaging.protecting import Protected, protected
from portal.referrals.queries.corrections import Corrected, versions_of
from portal.referrals.queries.record import Answers, Found, names_of
from portal.referrals.withholding import keeps_places


def secrets_of(found: Found, versions: Sequence[Answers]) -> frozenset[Protected]:
    """What any of these versions of the answers keeps secret."""
    form, names = version(found.form_version_id).form, names_of(found)
    return frozenset(kept for one in versions for kept in protected(form, one.triage, one.sections, names))


def secret_since(found: Found, answers: Answers, made: Sequence[Corrected], moment: datetime) -> frozenset[Protected]:
    """What is secret and was not looked for in words that were offered at that moment: whoever wrote what was secret
    then had to confirm it (`messaging.commands.guarding`, which looks at every version of the answers until then)."""
    then = [one for one in made if one.at < moment]
    return secrets_of(found, versions_of(answers, made)) - secrets_of(found, versions_of(answers, then))


def comes_to_keep(found: Found, answers: Answers, made: Sequence[Corrected]) -> bool:
    """Whether the last of these corrections makes a place or a name secret; of a place also where none is known yet."""
    versions = versions_of(answers, made)
    if len(versions) == 1:
        return False
    before, now = versions[-2:]
    if keeps_places(now.triage, now.sections) and not keeps_places(before.triage, before.sections):
        return True
    return bool(secrets_of(found, versions) - secrets_of(found, versions[:-1]))


def kept_since(found: Found, answers: Answers, made: Sequence[Corrected], moment: datetime) -> bool:
    """Whether a correction from that moment on made a place or a name secret."""
    later = [number for number, one in enumerate(made, 1) if one.at >= moment]
    return any(comes_to_keep(found, answers, made[:number]) for number in later)
