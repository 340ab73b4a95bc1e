"""Two designers on one draft: the second save is not made, and its page shows both texts and asks which to keep."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.forms.commands import drafting
from portal.forms.queries.drafts import Draft
from portal.forms.views.blueprint import open_draft
from portal.kernel.errors import Conflict, Invalid
from portal.web.fields import FieldView
from portal.web.posted import reposted

LAST = "last_change"
"""The name in the session of what this browser changed last."""


@dataclass(frozen=True)
class Both:
    """One field in which the draft as it is now and what was typed differ, in words."""

    label: str
    theirs: str
    yours: str


def keep(
    draft: Draft,
    content: Mapping[str, Any],
    seen: int,
    what: str,
    *,
    back: str,
    now: Iterable[FieldView] = (),
    typed: Iterable[FieldView] = (),
    done: str = "",
    **columns: Any,
) -> ResponseReturnValue:
    """Save a change of a draft and go to `back`; when somebody saved meanwhile, answer 409 with both texts.

    `content` is the whole content with the change made on the draft as it is now. `now` are the fields of the page
    filled from the draft, `typed` the same fields with what was typed: the page shows those that differ, and can post
    the same fields again with the version that it showed. `done` is said on the next page.
    """
    if pressed_again(draft, seen):
        return redirect(back, 303)
    try:
        drafting.save(guard.actor(), draft, content, seen, what, **columns)
    except Conflict:
        return met(draft, back=back, now=now, typed=typed), 409
    except Invalid as error:
        return met(draft, back=back, now=now, typed=typed, refused=_refusal(error)), 422
    session[LAST] = _deed(draft, seen)
    if done:
        flash(done, "success")
    return redirect(back, 303)


def pressed_again(draft: Draft, seen: int) -> bool:
    """Whether this very form of this very state of the draft is what this browser posted last: a second click."""
    return seen != draft.version and session.get(LAST) == _deed(draft, seen)


def _deed(draft: Draft, seen: int) -> str:
    """A mark of what is posted: of which draft, as it was then, at which address, with which fields."""
    fields = [(name, request.form.getlist(name)) for name in sorted(request.form) if name != "csrf_token"]
    said = json.dumps([str(draft.id), seen, request.full_path, fields])
    return hashlib.sha256(said.encode()).hexdigest()


def met(
    draft: Draft,
    *,
    back: str,
    now: Iterable[FieldView] = (),
    typed: Iterable[FieldView] = (),
    refused: str = "",
) -> str:
    """Draw the page of two designers who met; nothing of this request is kept."""
    newest = open_draft(draft.id)
    return render_template(
        "forms/conflict.html",
        draft=newest,
        back=back,
        refused=refused,
        rows=differing(now, typed),
        fields=[*reposted("seen_version", "csrf_token").fields, ("seen_version", str(newest.version))],
    )


def differing(now: Iterable[FieldView], typed: Iterable[FieldView]) -> list[Both]:
    """Pair two drawings of the same fields and return those whose values differ; a field of only one counts too."""
    theirs, yours = dict(_flat(now)), dict(_flat(typed))
    rows = []
    for name in [*yours, *(name for name in theirs if name not in yours)]:
        before, after = theirs.get(name), yours.get(name)
        shown = Both(
            label=(after or before or FieldView("text", name, name)).label,
            theirs=said(before) if before else "",
            yours=said(after) if after else "",
        )
        if shown.theirs != shown.yours:
            rows.append(shown)
    return rows


def said(view: FieldView) -> str:
    """Return what a field holds, in words: the labels of what is chosen, a line for each."""
    if isinstance(view.value, Mapping):
        return " ".join(part for part in view.value.values() if part)
    labels = {option.value: option.label for option in view.options}
    if isinstance(view.value, tuple):
        return "\n".join(labels.get(value, value) for value in view.value)
    return labels.get(view.value, view.value).replace("\r\n", "\n").strip()


def _refusal(error: Invalid) -> str:
    """Why the whole draft cannot be saved so."""
    if error.errors.get("content") == "locked":
        return str(_("The template of this form has locked this, so a council cannot change it."))
    return str(_("The draft would be larger than the portal keeps. Take something out first."))


def _flat(views: Iterable[FieldView]) -> Iterator[tuple[str, FieldView]]:
    for view in views:
        yield view.name, view
        for option in view.options:
            yield from _flat(option.children)
