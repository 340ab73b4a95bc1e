"""What of a report goes to another council: its answers as they are now, in words, with what was chosen beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _

from portal.auth.policy import Permission
from portal.files.states import READY
from portal.forms.facts import is_empty
from portal.forms.queries import version
from portal.kernel import scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.messaging.queries import thread
from portal.referrals.elsewhere import PORTAL
from portal.referrals.paths import sections_of, walk, words_of
from portal.referrals.presenting import answer_groups_of
from portal.referrals.projecting import project
from portal.referrals.queries.attachments import Attached, of_report
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Answers, Found, answers_of, caller_of, children_of, record_of
from portal.referrals.withholding import keeps_places, unnamed
from portal.screening.queries.restricting import restriction
from portal.transfers.envelope import Child, Coming, Envelope, Part, from_text
from portal.transfers.queries.transfers import arrival, record_of_arrival
from portal.web.dates import datetime_words
from portal.web.speaking import speaking

_SINGLE: Final = ("now.", "concern.", "referrer.")


def files_of(actor: Actor, found: Found, *, messages: bool) -> tuple[Attached, ...]:
    """The files of a report that may go: what has passed its check; those of messages with their `messages` only."""
    return tuple(
        one for one in of_report(actor, found.id)
        if one.file.state == READY and one.file.object_key and (messages or one.message_id is None)
    )  # fmt: skip


def gather(actor: Actor, found: Found, *, files: bool, messages: bool) -> Envelope:
    """The report as it is now; raises NotFound when its answers were destroyed."""
    form = version(found.form_version_id).form
    answers = as_now(answers_of(found), corrections(actor, Permission.DECIDE, found))
    walked = walk(form, found.kind, answers.triage, answers.sections)
    numbers = project(form, found.kind, walked.sections).numbers
    facts = _facts(form, found.kind, answers)
    caller, elsewhere = caller_of(found), found.channel != PORTAL
    name = caller.name if elsewhere else ", ".join(filter(None, (found.author_name, found.author_job)))
    before = _before(actor, found)
    hidden = restriction(found) if found.sight is not None else None
    return Envelope(
        restriction=hidden.reason if hidden else "",
        restriction_words=hidden.words if hidden else "",
        reference=found.reference,
        language=found.language,
        sent_at=found.came_at,  # type: ignore[arg-type] # a sent report has come: the database sees to it
        agency={"en": caller.agency} if elsewhere and caller.agency else dict(found.agency_name),
        referrer=name,
        phone=caller.reach if elsewhere else facts.get("referrer.phone", ""),
        secret=keeps_places(answers.triage, answers.sections),
        unnamed=unnamed(form, answers.triage, answers.sections),
        route=found.route,
        category=found.category,
        initials=found.initials,
        children=tuple(
            Child(one, numbers[one.position] if one.position < len(numbers) else "") for one in children_of(found)
        ),
        facts=facts,
        parts={
            language: (*_parts(form, found, answers, language), *(_said(actor, found, language) if messages else ()),
                       *before.get(language, before.get("en", ())))
            for language in scope.council().languages
        },
        files=tuple(
            Coming(one.id, one.file.name, one.file.size) for one in files_of(actor, found, messages=messages)
        ) if files else (),
    )  # fmt: skip


def _facts(form: Any, kind: str, answers: Answers) -> dict[str, str]:
    """What was told once, as plain text."""
    told: dict[str, str] = {}
    bodies: list[tuple[Any, Any]] = [(form.triage_questions(), answers.triage)]
    bodies += [(section.questions, answers.sections.get(section.key)) for section in sections_of(form, kind)]
    for questions, body in bodies:
        for question in questions if isinstance(body, Mapping) else ():
            answer = body.get(question.key)
            if (question.fact or "").startswith(_SINGLE) and isinstance(answer, str) and not is_empty(answer):
                told[question.fact] = words_of(answer)
    return told


def _parts(form: Any, found: Found, answers: Answers, language: str) -> list[Part]:
    with speaking(language):
        groups = answer_groups_of(form, found, answers, language)
    rows = ((one.title, tuple((row.label, row.value) for row in one.given if row.value)) for one in groups)
    parts = [Part(title, found_rows) for title, found_rows in rows if found_rows]
    if answers.override_reason:
        with speaking(language):
            parts.append(Part(_("The referrer disagreed with the route"), ((_("Why"), answers.override_reason),)))
    return parts


def _said(actor: Actor, found: Found, language: str) -> list[Part]:
    with speaking(language):
        rows = tuple(
            (_("%(name)s, %(date)s", name=one.author_name, date=datetime_words(one.sent_at)), one.text)
            for one in thread(actor, Permission.DECIDE, found)
            if one.text
        )
        return [Part(_("Messages with the referrer"), rows)] if rows else []


def _before(actor: Actor, found: Found) -> Mapping[str, tuple[Part, ...]]:
    """What came with a report that was itself transferred here: it goes along."""
    try:
        came = arrival(actor, found.id)
    except NotFound:
        return {}
    text = record_of(found).open(record_of_arrival(came.id), "transfer", came.id, "record")
    return from_text(text).parts
