"""What an early-help team reads of a report: its answers as they are now, without what the report keeps secret."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _

from portal.earlyhelp.queries.secrets import secret_since, secrets_of
from portal.forms.queries import version
from portal.messaging.protecting import Protected, carried
from portal.referrals.presenting import Group, Row, answer_groups_of
from portal.referrals.queries.corrections import Corrected, versions_of
from portal.referrals.queries.record import Answers, Found
from portal.referrals.withholding import keeps_places, of_referrer, unnamed, withheld


@dataclass(frozen=True)
class Shared:
    """The answers in groups; `left_out` that some of them are not shown, `unnamed` that the referrer is not named.
    `secrets` is what is kept from the team, `later` what of it became secret after it was offered."""

    groups: tuple[Group, ...]
    left_out: bool
    unnamed: bool
    secrets: frozenset[Protected]
    later: frozenset[Protected]

    def keeps(self, text: str, *, asked: bool = False) -> bool:
        """Whether a text would give away what is kept from the team; `asked` that its writer had to confirm what was
        secret when it was offered."""
        return bool(carried(text, self.later if asked else self.secrets))


def shared(
    found: Found, answers: Answers, corrected: Sequence[Corrected], language: str, offered_at: datetime
) -> Shared:
    """What may be shown: an answer that would tell where somebody is who must be safe is left out, as it is of every
    copy, and whoever asks to stay unnamed is not named. What was said before a correction counts as well."""
    versions = versions_of(answers, corrected)
    now, form = versions[-1], version(found.form_version_id).form
    places = any(keeps_places(one.triage, one.sections) for one in versions)
    nameless = any(unnamed(form, one.triage, one.sections) for one in versions)
    keys = withheld(form, places=places) | (of_referrer(form) if nameless else frozenset())
    secrets = secrets_of(found, versions)
    groups = answer_groups_of(form, found, now, language)
    shown = tuple(
        replace(
            group,
            # A heading names the person whom its answers are about.
            title=group.title.split(":")[0] if carried(group.title, secrets) else group.title,
            rows=tuple(_row(row) if _kept(row, keys, secrets) else row for row in group.rows),
        )
        for group in groups
    )
    left_out = any(_kept(row, keys, secrets) for group in groups for row in group.rows)
    return Shared(shown, left_out, nameless, secrets, secret_since(found, answers, corrected, offered_at))


def _kept(row: Row, keys: frozenset[str], secrets: Collection[Protected]) -> bool:
    """Whether an answer is kept from the team: by what it was asked, or by what somebody wrote in it."""
    return row.key in keys or any(carried(words, secrets) for words in (row.value, *row.items))


def _row(row: Row) -> Row:
    return replace(row, value=_("Not shown here"), items=())
