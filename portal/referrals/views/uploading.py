"""What the pages about files have in common: taking what was chosen, whole or in parts, each file by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.auth import guard
from portal.files.content import Damaged
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict, Invalid, Unavailable
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Coming, Paper, Target
from portal.referrals.file_words import error_words
from portal.referrals.queries.attachments import Attached

_ENDLESS = 10**12
FILES, WHOLE = "files", "whole"
_DIGEST = re.compile(r"[0-9a-f]{64}")
CREATED, UNPROCESSABLE, CONFLICT, AWAY = 201, 422, 409, 503


@dataclass(frozen=True)
class Refusal:
    """A file that was not attached, and why: a code of `file_words.error_words`."""

    name: str
    code: str


def refusal_line(one: Refusal) -> str:
    """A file that is not taken, in words: which, and what to do."""
    problem = error_words(one.code, attaching.limits())
    return str(_("%(name)s: %(problem)s", name=one.name, problem=problem))


def chosen(field: str = FILES) -> list[FileStorage]:
    """The files that were chosen; a field in which none was is not one."""
    return [one for one in request.files.getlist(field) if one.filename]


def put(target: Target, sent: list[FileStorage]) -> list[Refusal]:
    """Attach each file in a transaction of its own, so that those that are good are kept; those that are not."""
    attaching.be_patient()
    return [refusal for one in sent if (refusal := _put(target, one))]


def looked_into(sent: list[FileStorage]) -> tuple[list[Paper], list[Refusal]]:
    """Every file with what it was seen to be, for what keeps all of them or none; and those that are not taken."""
    papers, refused = [], []
    attaching.be_patient()
    for one in sent:
        try:
            papers.append(_paper(one))
        except Invalid as invalid:
            refused.append(Refusal(one.filename or "", invalid.errors["file"]))
    return papers, refused


def _paper(one: FileStorage) -> Paper:
    name, declared, file = one.filename or "", one.content_type or "", cast("BinaryIO", one.stream)
    return Paper(name, declared, file, attaching.kind_of(name, declared, file))


def _put(target: Target, one: FileStorage) -> Refusal | None:
    name = one.filename or ""
    try:
        attaching.attach(guard.actor(), target, _paper(one))
    except Invalid as invalid:
        return Refusal(name, invalid.errors["file"])
    except Unavailable:
        return Refusal(name, "away_later" if target.later else "away")
    finally:
        one.close()
    return None


def begun(target: Target) -> Response:
    """The answer to a script that begins to send a file in parts: where the parts go."""
    said_of = request.form
    digest = said_of.get("sha256", "")
    coming = Coming(
        said_of.get("name", ""),
        said_of.get("type", ""),
        _size(said_of.get("size", "")),
        digest if _DIGEST.fullmatch(digest) else "",
    )
    try:
        file_id = attaching.begin(guard.actor(), target, coming)
    except Invalid as invalid:
        return said(error_words(invalid.errors["file"], attaching.limits()), UNPROCESSABLE)
    return said(url_for("attachments.parts", file_id=file_id), CREATED)


def _size(text: str) -> int:
    """The promised size; a number too long to be read is in any case too large."""
    found = whole(text)
    return found if found is not None else _ENDLESS * text.isdigit()


def said(text: str, status: int = 200) -> Response:
    """A line for a script."""
    return Response(text, status=status, mimetype="text/plain")


def part(attached: Attached) -> int:
    """Keep the posted part; the number of the next one that is missing. Raises Invalid, Conflict and Unavailable."""
    sent, number = request.files.get("part"), whole(request.form.get("number"))
    if sent is None or number is None:
        raise Invalid({"file": "part"})
    return attaching.take(guard.actor(), attached, number, sent.stream.read())


def completed(attached: Attached, target: Target) -> str:
    """Make the file whole out of its parts; "" or the code of what is wrong with it: then it is gone again."""
    actor = guard.actor()
    attaching.be_patient()
    with TemporaryFile() as plain:
        file = cast("BinaryIO", cast("IO[bytes]", plain))
        try:
            attaching.gather(attached, file)
            kind = attaching.kind_of(attached.file.name, attached.file.declared, file)
            attaching.finish(actor, attached, target, file, kind)
        except (Invalid, Damaged) as wrong:
            attaching.remove(actor, attached)
            return wrong.errors["file"] if isinstance(wrong, Invalid) else "part"
        except Unavailable:
            return "away_later" if target.later else "away"
    return ""


def answered(attached: Attached, target: Target) -> Response:
    """The answer to one part: the number of the next one, or what is wrong, in words."""
    most = attaching.limits()
    try:
        following = part(attached)
    except Invalid as invalid:
        return said(error_words(invalid.errors["file"], most), UNPROCESSABLE)
    except Conflict:
        return said(error_words("part", most), CONFLICT)
    except Unavailable:
        return said(error_words("away_later" if target.later else "away", most), AWAY)
    if following < attaching.parts_of(attached):
        return said(str(following))
    code = completed(attached, target)
    return said(error_words(code, most), AWAY if code.startswith("away") else UNPROCESSABLE) if code else said(WHOLE)
