"""A council's logo: the page on which its administrators change it, and the picture itself."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict, Invalid
from portal.tenants import own_parts, pictures
from portal.tenants import settings_entries as inputs
from portal.tenants.commands import logos as commands
from portal.tenants.pictures import BadPicture, Picture
from portal.tenants.queries import logos
from portal.tenants.queries import own_settings as queries
from portal.tenants.settings import SettingsMistakes
from portal.tenants.views.blueprint import tenants
from portal.web.fields import FieldView
from portal.web.posted import only_language

FILE = "logo"
UNPROCESSABLE, CONFLICT = 422, 409


@tenants.get("/logo/<digest>.png")
@guard.public("the council's logo is on its pages, also on those before anybody signs in")
def logo(digest: str) -> Response:
    """The picture: its address says what is in it, so that it never changes there."""
    made = Response(logos.content(digest), mimetype="image/png")
    made.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    made.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return made


@tenants.route("/council/logo", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def own_logo() -> ResponseReturnValue:
    """Upload a logo, change its text, or show none."""
    council = scope.council()
    stored = queries.stored()
    found = inputs.entries("logo", council.languages)
    if request.method != "POST":
        return _draw(found, inputs.shown(found, stored.document), stored)
    said = inputs.typed(found, request.form)
    if only_language():
        return _draw(found, said, stored), UNPROCESSABLE
    try:
        return _changed(found, said, whole(request.form.get("version")) or 0)
    except (BadPicture, Invalid) as bad:
        return _draw(found, said, stored, _bad(bad)), UNPROCESSABLE
    except SettingsMistakes as mistakes:
        # Browsers do not send a file twice by themselves.
        again = _("Choose the file again") if request.files.get(FILE) else ""
        wrong = inputs.errors(found, said, mistakes.mistakes)
        return _draw(found, said, stored, again, wrong), UNPROCESSABLE
    except Conflict:
        return _draw(found, said, stored, now=True), CONFLICT


def _changed(found: list[inputs.Entry], said: dict[str, tuple[str, ...]], seen: int) -> ResponseReturnValue:
    if "remove" in request.form:
        changed = commands.remove(actor(), seen)
    else:
        values = inputs.values(found, said, {})
        alt = {str(entry.place[-1]): str(values.get(entry.place, "")) for entry in found}
        changed = commands.change(actor(), _sent(), alt, seen)
    if changed:
        flash(_("Saved. Everybody sees it within a minute."), "success")
    return redirect(url_for("tenants.own_settings"), 303)


def _sent() -> Picture | None:
    sent = request.files.get(FILE)
    if sent is None or not sent.filename:
        return None
    return pictures.logo(sent.stream.read(pictures.MOST_BYTES + 1))


def _bad(bad: BadPicture | Invalid) -> str:
    texts: dict[str, str] = {
        "needed": _("Choose a file"),
        "empty": _("This file is empty"),
        "too_large": _("This file is larger than 500 kB"),
        "kind": _("This is not a PNG or JPEG picture"),
        "pixels": _("This picture has more than 4 million pixels: save a smaller copy"),
        "small": _("This picture is less than 16 pixels wide or high"),
        "animated": _("This picture moves: choose a still one"),
        "broken": _("This picture is damaged: save it again"),
    }
    return texts[bad.code if isinstance(bad, BadPicture) else "needed"]


def _draw(
    found: list[inputs.Entry],
    said: dict[str, tuple[str, ...]],
    stored: queries.Stored,
    error: str = "",
    wrong: dict[str, str] | None = None,
    *,
    now: bool = False,
) -> str:
    kept: Any = own_parts.at(stored.document, commands.PLACE)
    hint = _("PNG or JPEG, up to 500 kB. It is shown at most 48 pixels high, on white, beside the council’s name.")
    label = _("Another logo (leave empty to keep this one)") if kept else _("Logo")
    shown = inputs.views(found, inputs.shown(found, stored.document)) if now else []
    return render_template(
        "tenants/logo.html",
        kept=kept,
        views=[FieldView("file", FILE, label, hint, error=error), *inputs.views(found, said, wrong)],
        version=stored.version if now or not request.form else request.form.get("version", ""),
        conflict=now,
        now=[{"key": view.label, "value": view.value, "lang": view.name[-2:]} for view in shown] if kept else [],
    )
