"""Every change of a council's settings, newest first, and bringing back an older state."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict
from portal.tenants import challenge_entries, own_parts, stage_entries, uses
from portal.tenants import settings_entries as inputs
from portal.tenants.challenge_settings import displaced
from portal.tenants.commands import own_settings as commands
from portal.tenants.queries import own_settings as queries
from portal.tenants.settings import SettingsMistakes, parse_council
from portal.tenants.views.blueprint import tenants
from portal.tenants.views.own_settings import titles
from portal.web.dates import datetime_words
from portal.web.posted import only_language

UNPROCESSABLE, CONFLICT = 422, 409


@tenants.get("/council/history")
@page(Permission.COUNCIL)
def own_settings_history() -> str:
    """Every change, newest first."""
    return _history()


@tenants.post("/council/history")
@page(Permission.COUNCIL)
def restore_own_settings() -> ResponseReturnValue:
    """Bring back the settings as they were after a change."""
    number, seen = whole(request.form.get("number")), whole(request.form.get("version"))
    if number is None or seen is None or only_language():
        return _history(), UNPROCESSABLE
    try:
        if held := _held(number, seen):
            return _history(" ".join(held)), CONFLICT
        changed = commands.restore(actor(), number, seen)
    except SettingsMistakes:
        says = _("These settings cannot be brought back: what settings must hold has changed since.")
        return _history(says), UNPROCESSABLE
    except Conflict:
        says = _("Somebody has changed the settings meanwhile. Look at the newest change, then choose again.")
        return _history(says), CONFLICT
    flash(_("The settings are as they were.") if changed else _("The settings were like that already."), "success")
    return redirect(url_for("tenants.own_settings"), 303)


def _held(number: int, seen: int) -> list[str]:
    """Why the levels that answer a challenge cannot be those of that change yet, a sentence each. Raises NotFound,
    SettingsMistakes."""
    now = queries.stored()
    if now.version != seen:
        return []
    then = parse_council(own_parts.with_parts(now.document, queries.document_of(number), own_parts.ON_PAGES))
    moved = displaced(parse_council(now.document).challenging.levels, then.challenging.levels)
    return uses.holding(challenge_entries.LEVELS, moved) if moved else []


def _history(trouble: str = "") -> str:
    words = part_words()
    changes = [
        {
            "number": one.number,
            "by": one.by or _("The portal’s operator"),
            "at": datetime_words(one.at),
            "parts": [words[part] for part in one.parts if part in words],
        }
        for one in queries.changes()
    ]
    return render_template(
        "tenants/settings_history.html", changes=changes, version=queries.stored().version, trouble=trouble
    )


def part_words() -> dict[str, str]:
    """What each part of the settings is called."""
    titled = titles()
    return {
        "name": _("Name of the council"),
        "brand": _("Colour and logo"),
        "phones": titled["telephones"],
        "email": _("Email address for questions"),
        "security_contact": _("Email address for reports about security"),
        "draft_days": _("Days after which a draft is deleted"),
        "duplicate_weeks": _("Weeks within which a second report about a child is noticed"),
        "draft_warning_days": _("Days before that on which its author is told"),
        "retention": _("How long reports are kept"),
        "files": _("Attached files"),
        "guidance": titled[inputs.GUIDANCE],
        "deciding": titled[inputs.DECIDING],
        "telling": _("What referrers are told"),
        "letters": _("Letters to the family"),
        "question_templates": titled[inputs.QUESTIONS],
        "duty": _("Duty alerts"),
        "challenging": titled["challenges"],
        "stages": titled[stage_entries.STAGES],
        "own_clocks": titled[stage_entries.CLOCKS],
        "asking": _("Working days for a referrer to answer"),
        "clock": _("Times to decide and to act"),
        "hand_over": titled["hand-over"],
        "early_help": titled["early-help"],
        "service_times": _("What you promise"),
        "statutory": _("The duty to report"),
        "sign_on": _("Signing in through an organisation"),
        "hostnames": _("Host names"),
        "languages": _("Languages"),
        "sender": _("Sender of emails"),
        **{f"pages.{key}": titled[key] for key in inputs.TEXTS},
    }
