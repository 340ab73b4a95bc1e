"""The files of a message's form: what was chosen is taken with the message or, with its reasons, not at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import g
from flask_babel import gettext as _

from portal.auth import guard
from portal.files.kinds import accept
from portal.files.wording import allowed
from portal.kernel.errors import Conflict, Invalid, Unavailable
from portal.messaging import commands
from portal.messaging.inputs import MessageInput
from portal.messaging.views import held
from portal.referrals.commands.attaching import Paper, limits
from portal.referrals.file_words import error_words, limit_words, too_large_words
from portal.referrals.queries.record import Found
from portal.referrals.views.uploading import Refusal, chosen, looked_into, refusal_line
from portal.referrals.wording import Wording
from portal.web.fields import FieldView
from portal.web.security import too_large

FIELD = "message-files"
Act = Callable[[Any, Found, str, UUID, list[Paper]], None]


def most() -> int:
    """How many bytes of files one message may bring."""
    return limits().report_most


def send(found: Found, form: MessageInput, act: Act) -> HTTPStatus:
    """Send what was posted to the thread of a report, as `sent_with` says."""
    return sent_with(form, partial(act, guard.actor(), found), Wording(found.form_key)["changed_while_writing"])


def sent_with(form: MessageInput, act: Callable[[str, UUID, list[Paper]], None], changed: str) -> HTTPStatus:
    """Send what was posted, or put on the form and beside its files why it was not: 303, 409 (with the words
    `changed`), 422 or 503.

    What is wrong with the files is for `field` in this request.
    """
    sent = chosen(FIELD)
    papers, refused = looked_into(sent) if sent else ([], [])
    problems = [too_large_words(limits())] if too_large() else [refusal_line(one) for one in refused]
    good = form.validate_on_submit()
    g.message_files = bool(sent)
    if not good or problems:
        g.message_problems = problems or _again(bool(sent))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        act(str(form.message.data), form.mark(), papers)
    except Invalid as error:
        _refuse(form, error, papers)
        if "protected" in error.errors.get("message", ""):
            g.message_problems = _again(bool(papers))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict:
        form.refuse("message", changed)
        return HTTPStatus.CONFLICT
    except Unavailable:
        if not papers:
            raise
        g.message_problems = [_("Files cannot be taken at the moment. Send without them, and add them later.")]
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.SEE_OTHER


def _again(chose: bool) -> list[str]:
    return [_("Choose the files again, or send without them.")] if chose else []


def names_sent() -> list[str]:
    """The names of the files that came with the form, for whoever looks at what they say."""
    return [str(one.filename) for one in chosen(FIELD)]


def _refuse(form: MessageInput, error: Invalid, papers: list[Paper]) -> None:
    if "file" in error.errors:
        paper = papers[int(error.errors["number"])]
        g.message_problems = [refusal_line(Refusal(paper.name, error.errors["file"]))]
        return
    if "questions" in error.errors:
        form.refuse("message", closed_words())
        return
    words = {
        "required": _("Enter your message"),
        "too_long": _("Your message must be %(limit)s characters or fewer", limit=commands.MAX_TEXT),
        "protected": held.trouble(),
        "protected_name": _(
            "The name of a file gives away what the report keeps secret. Rename the file, or confirm that you have "
            "checked it"
        ),
        "control": _("Remove characters that cannot be read, such as control characters"),
    }
    form.refuse("message", words[error.errors["message"]])


def closed_words() -> str:
    """Why a question of the form cannot be asked that could be chosen before."""
    return str(_("An answer has closed one of these questions meanwhile. Choose again"))


def field() -> dict[str, Any]:
    """What a template needs to draw the field: `files`, its `limits` as attributes, and `problems` with what was
    chosen."""
    problems = g.get("message_problems", [])
    view = FieldView(
        "file", FIELD, _("Attach files (optional)"), f"{allowed()} {limit_words(limits())}", error="".join(problems[:1])
    )
    at_most = limits()
    told = {
        "accept": accept(), "data-most": at_most.most, "data-most-all": at_most.report_most,
        "data-large": error_words("too_large", at_most), "data-large-all": too_large_words(at_most),
    }  # fmt: skip
    return {"files": view, "limits": told, "problems": problems}


def errors() -> list[FieldView]:
    """What is wrong with the files, for the error summary."""
    return [FieldView("file", FIELD, "", error=problem) for problem in g.get("message_problems", [])]
