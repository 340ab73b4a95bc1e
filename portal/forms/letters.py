"""The emails about a draft of a form: the council's name and a link, and no word of the form or of anybody."""

from __future__ import annotations

from uuid import UUID

from portal.adapters import ports
from portal.auth.queries.staff import Staff
from portal.kernel.language import say, words
from portal.kernel.scope import Council


def asked(council: Council, reader: Staff, draft_id: UUID, key: str) -> ports.Email:
    """A draft waits for a second person."""
    language = _language(council, reader)
    subject = words(language, "A form waits for a second person")
    body = words(
        language,
        "Somebody has asked for a second person to look at a change of one of the council's forms, and to publish it "
        "or send it back. Sign in to see it:",
    )
    return _email(council, reader, (subject, body, f"/forms/drafts/{draft_id}/review"), key)


def published(council: Council, reader: Staff, version_id: UUID, key: str) -> ports.Email:
    """What somebody submitted is published."""
    language = _language(council, reader)
    subject = words(language, "Your change of a form is published")
    body = words(
        language,
        "A second person has published the change of a form that you submitted. Sign in to see the new version:",
    )
    return _email(council, reader, (subject, body, f"/forms/versions/{version_id}"), key)


def sent_back(council: Council, reader: Staff, draft_id: UUID, key: str) -> ports.Email:
    """What somebody submitted can be changed again."""
    language = _language(council, reader)
    subject = words(language, "Your change of a form was sent back")
    body = words(
        language,
        "A second person has sent back the change of a form that you submitted, with a comment. Sign in to read it:",
    )
    return _email(council, reader, (subject, body, f"/forms/drafts/{draft_id}/comments"), key)


def _language(council: Council, reader: Staff) -> str:
    chosen = reader.language if reader.language in council.languages else ""
    return chosen or str(council.settings.default_language)


def _email(council: Council, reader: Staff, said: tuple[str, str, str], key: str) -> ports.Email:
    language = _language(council, reader)
    subject, text, path = said
    name = say(council.name, language)
    body = [
        f"{text}\n{ports.address(f'/{council.slug}{path}')}",
        words(language, "If a child is in immediate danger, call 999."),
        words(language, "This email was sent automatically. Nobody reads replies to it."),
        name,
    ]
    return ports.Email(
        to=reader.email,
        subject=f"{subject} - {name}",
        body="\n\n".join(body) + "\n",
        sender=council.settings.sender,
        language=language,
        message_id=key,
    )
