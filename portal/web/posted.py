"""What a person posted, shown again or sent again: never passwords, codes or files."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import g, request

# Whole parts of a field's name, so that "postcode" is kept and "sign_in_code" is not.
_SECRET = re.compile(r"(^|[_.-])(password|passwords|passphrase|code|codes|otp)([_.-]|\d*$)", re.IGNORECASE)
# What carries the form rather than what was typed.
_MACHINERY = re.compile(r"^(csrf_token|lang|only_language|shown_error|action|next|version|(.*_)?(key|version|id))$")
TOKEN = "csrf_token"  # noqa: S105 - the name of a field
# Posted by the language switch with the fields of a form: the page is wanted again, and nothing done.
ONLY_LANGUAGE = "only_language"

_TOO_LARGE = 413


@dataclass(frozen=True)
class Posted:
    """The fields that may be sent again; `complete` is False when a secret or a file had to be left out."""

    fields: tuple[tuple[str, str], ...] = ()
    complete: bool = True


def secret(name: str) -> bool:
    """Whether a field's name says that it holds a password or a code."""
    return name != TOKEN and bool(_SECRET.search(name))


def only_language() -> bool:
    """Whether this POST only asks for its page in another language (`language` reads it): nothing may be done."""
    return bool(g.get(ONLY_LANGUAGE))


def reposted(*without: str) -> Posted:
    """The fields of this POST, in order, except secrets and the names in `without`; empty when it was no POST."""
    fields, files = _read()
    left_out = (*without, ONLY_LANGUAGE)
    kept = tuple((name, value) for name, value in fields if not secret(name) and name not in left_out)
    return Posted(kept, complete=not files and not any(secret(name) for name, _value in fields))


def kept_words() -> str:
    """What was typed, a line for each field, to read and copy; "" when nothing was."""
    lines = [
        f"{_words_of(name)}: {value}"
        for name, value in reposted().fields
        if value.strip() and not _MACHINERY.match(name)
    ]
    return "\n".join(lines)


def _words_of(name: str) -> str:
    return re.sub(r"[_.-]+", " ", name).strip().capitalize()


def _read() -> tuple[list[tuple[str, str]], bool]:
    if request.method != "POST":
        return [], False
    if g.get("error_code") == _TOO_LARGE:
        # The body was refused half read: there is nothing whole to show again.
        return [], True
    return list(request.form.items(multi=True)), any(file.filename for file in request.files.values())
