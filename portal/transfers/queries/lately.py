"""What a report has that the council which took it over does not: what came in since, and files that stayed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.language import say
from portal.kernel.scope import Actor
from portal.messaging.presenting import corrections_told
from portal.messaging.queries import Said, thread
from portal.referrals.queries.corrections import Corrected, as_now, corrections
from portal.referrals.queries.record import Answers, Found, answers_of
from portal.transfers.queries.gathering import files_of
from portal.transfers.queries.since import missing_there
from portal.transfers.queries.transfers import One
from portal.web.dates import datetime_words
from portal.web.speaking import speaking


@dataclass(frozen=True)
class Later:
    """One thing that can go: a message of the referrer's side (its `text` as it was written, with the answer that it
    corrects), or a file (its `name`). `id` is the message's or the file's."""

    id: UUID
    at: datetime
    by: str
    text: str = ""
    name: str = ""


def not_sent(actor: Actor, found: Found, one: One, language: str) -> tuple[Later, ...]:
    """What of the report can still go to the council that accepted it, oldest first; `language` is the reader's."""
    sent = frozenset(one.sent) - missing_there(one)
    said = {each.id: each for each in thread(actor, Permission.DECIDE, found) if each.side == "agency" and each.text}
    waits = {key for key, each in said.items() if key not in sent}
    corrected = _corrected(actor, found, {key: said[key] for key in waits}, language)
    messages = [
        Later(each.id, each.sent_at, each.author_name, corrected.get(each.id, each.text))
        for each in said.values()
        if each.id in waits
    ]
    files = [
        Later(each.id, each.added_at, each.added_by_name, name=each.file.name)
        for each in files_of(actor, found, messages=True)
        if each.id not in sent
    ]
    return tuple(sorted([*messages, *files], key=lambda each: (each.at, each.id)))


def went_with(actor: Actor, found: Found, *, messages: bool) -> list[UUID]:
    """The messages that an offer takes along. Of a correction the answer goes always, so it counts as sent."""
    return [each.id for each in thread(actor, Permission.DECIDE, found) if messages or each.kind == "correction"]


def _corrected(actor: Actor, found: Found, said: Mapping[UUID, Said], language: str) -> dict[UUID, str]:
    """Of each message that corrects an answer: which, to what, and why."""
    if not any(each.kind == "correction" for each in said.values()):
        return {}
    answers, made = answers_of(found), corrections(actor, Permission.DECIDE, found)
    return {
        each.id: text
        for place, each in enumerate(made)
        if each.id in said and (text := _told(found, as_now(answers, made[:place]), each, said, language))
    }  # fmt: skip


def _told(found: Found, answers: Answers, each: Corrected, said: Mapping[UUID, Said], language: str) -> str:
    views = corrections_told(found, answers, (each,), said, language)
    with speaking(language):
        lines = [
            line
            for view in views
            for line in (
                _("Corrected: %(question)s", question=": ".join(filter(None, (view.about, view.label)))),
                _("It said: %(old)s", old=view.old) if view.old else "",
                _("It says now: %(new)s", new=view.new) if view.new else _("The answer was taken out."),
                view.why,
            )
        ]
    return "\n".join(filter(None, lines))


def passed_on(one: Later, language: str, *, nameless: bool) -> str:
    """A message as the other council reads it, in a language of that council: who wrote it here, and when; `nameless`
    of a report that somebody told who must stay unnamed."""
    with speaking(language):
        said = {"council": say(scope.council().name, language), "name": one.by, "date": datetime_words(one.at)}
        if nameless:
            head = _("%(council)s passes this on. It was written there, %(date)s:", **said)
        else:
            head = _("%(council)s passes this on. %(name)s wrote it there, %(date)s:", **said)
    return f"{head}\n\n{one.text}"
