"""A council's own part of its settings: what is set, a page for each part, and every change with its way back."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.language import say
from portal.tenants import letter_entries, question_entries, resolve, setting_lists, stage_entries, telling_entries
from portal.tenants import settings_entries as inputs
from portal.tenants.brand_settings import contrast_with_white
from portal.tenants.commands import own_settings as commands
from portal.tenants.prose import blocks
from portal.tenants.queries import own_settings as queries
from portal.tenants.settings import SettingsMistakes, parse_council
from portal.tenants.source_settings import SOURCES
from portal.tenants.views import list_words, settings_menu, terms_again
from portal.tenants.views.blueprint import tenants
from portal.web.fields import FieldView
from portal.web.posted import only_language
from portal.web.shell import Link

UNPROCESSABLE, CONFLICT = 422, 409


def titles() -> dict[str, str]:
    """The title of each page of settings, in order."""
    return {
        "names": _("Names and the duty to report"),
        "branding": _("Colour"),
        "logo": _("Logo"),
        "telephones": _("Telephone numbers and opening hours"),
        "contacts": _("Contact addresses"),
        "times": _("Times, promises and how long drafts and reports are kept"),
        "clocks": _("Clocks of the holding area, and duty alerts"),
        stage_entries.STAGES: _("Stages of the work, their clocks and checklists"),
        stage_entries.CLOCKS: _("Further clocks"),
        "files": _("Attached files"),
        "hand-over": _("Hand-over to the case system"),
        "early-help": _("Early-help teams"),
        inputs.QUESTIONS: _("Ready words for questions to referrers"),
        SOURCES: _("Census codes of agencies"),
        settings_menu.TELLING: _("What a referrer is told with each outcome"),
        inputs.GUIDANCE: _("What a referrer reads after a returned report"),
        inputs.DECIDING: _("Reasons for outcomes, and who approves them"),
        "challenges": _("Challenging a decision: levels and times"),
        letter_entries.LETTERS: _("Letters to the family"),
        "privacy": _("Privacy"),
        "cookies": _("Cookies"),
        "accessibility": _("Accessibility statement"),
        "terms": _("Terms of use"),
        "thresholds": _("Levels of need"),
    }


def pages() -> dict[str, str]:
    """The title of each page of this council, with one for what is told with each of its outcomes."""
    language = str(get_locale())
    outcomes = scope.council().settings.outcomes
    told = {
        telling_entries.PAGE + one.key: _("What a referrer is told: %(outcome)s", outcome=say(one.label, language))
        for one in outcomes
    }
    return titles() | told


def links() -> Iterable[Link]:
    """The navigation's link, for those who may use it."""
    if scope.current().council is not None and guard.may(Permission.COUNCIL):
        yield Link(_("Settings"), url_for("tenants.own_settings"), request.path.startswith("/council"))


@tenants.get("/council")
@page(Permission.COUNCIL)
def own_settings() -> str:
    """What the council has set itself, page by page."""
    stored = queries.stored()
    if parse_council(stored.document) != scope.council().settings:
        # Somebody changed them a moment ago: this process need not wait until what it remembers is old.
        resolve.forget()
    groups = settings_menu.groups(stored.document, titles(), lambda key: bool(_entries(key)))
    return render_template("tenants/settings.html", groups=groups, one=None)


def _entries(key: str) -> list[inputs.Entry]:
    council = scope.council()
    if key == SOURCES and council.nation != "england":
        return []
    language, every = str(get_locale()), key != inputs.GUIDANCE
    told = [(one.key, say(one.label, language)) for one in council.settings.outcomes if every or one.returns]
    if key == inputs.QUESTIONS:
        told = [(slot, "") for slot in question_entries.slots(queries.stored().document)]
    return inputs.entries(key, council.languages, told)


def _lists(key: str) -> list[dict[str, str]]:
    """Those that the page leads to, as they are stored: what this process remembers may be older."""
    document = queries.stored().document
    return list_words.links(setting_lists.every(parse_council(document), str(get_locale())).values(), key, document)


def _is_text(key: str) -> bool:
    """Whether the page is about texts, which have a preview and are too long for the list."""
    return key in (*inputs.TEXTS, inputs.GUIDANCE) or _has_gaps(key)


def _has_gaps(key: str) -> bool:
    return key == inputs.QUESTIONS or key.startswith(telling_entries.PAGE)


def _rows(drawn: list[FieldView]) -> list[dict[str, str]]:
    names = {option.value: option.label for view in drawn for option in view.options}
    return [
        {
            "key": view.label,
            # What is said in one of the council's languages stays in it on a page in another.
            "lang": view.name[-2:] if view.name.endswith(("-en", "-cy")) else "",
            "value": names.get(view.value, view.value)
            if isinstance(view.value, str)
            else ", ".join(names[one] for one in view.value),
        }
        for view in drawn
    ]


@tenants.route("/council/<settings_page>", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def own_settings_page(settings_page: str) -> ResponseReturnValue:
    """Change one part; with a preview for the texts, and the contrast of a colour."""
    if letter := letter_entries.moved(settings_page):
        return redirect(url_for("tenants.setting", list_key=letter_entries.LETTERS, item_key=letter), 303)
    if settings_page == settings_menu.TELLING and request.method != "POST":
        return render_template("tenants/settings.html", one=settings_menu.telling(queries.stored().document))
    found = _entries(settings_page)
    if not found:
        raise NotFound("no such part")
    stored = queries.stored()
    if request.method != "POST":
        return _draw(settings_page, found, inputs.shown(found, stored.document), stored.version)
    return _saved(settings_page, found, stored)


def _saved(settings_page: str, found: list[inputs.Entry], stored: queries.Stored) -> ResponseReturnValue:
    said = inputs.typed(found, request.form)
    seen = whole(request.form.get("version")) or 0
    values = inputs.values(found, said, stored.document)
    if only_language() or "preview" in request.form:
        return _draw(settings_page, found, said, seen, preview="preview" in request.form), _status()
    try:
        changed = commands.change(actor(), values, seen, asks=terms_again.said())
    except SettingsMistakes as mistakes:
        wrong = inputs.errors(found, said, mistakes.mistakes)
        return _draw(settings_page, found, said, seen, wrong), UNPROCESSABLE
    except Invalid:
        return _draw(settings_page, found, said, seen, unsaid=True), UNPROCESSABLE
    except Conflict:
        now = inputs.views(found, inputs.shown(found, stored.document))
        return _draw(settings_page, found, said, stored.version, now=now), CONFLICT
    if changed:
        flash(_("Saved. Everybody sees it within a minute."), "success")
    return redirect(settings_menu.parent(settings_page)["href"], 303)


def _status() -> int:
    return UNPROCESSABLE if only_language() else 200


def _draw(
    key: str,
    found: list[inputs.Entry],
    said: dict[str, tuple[str, ...]],
    version: int,
    wrong: dict[str, str] | None = None,
    *,
    now: list[FieldView] | None = None,
    preview: bool = False,
    unsaid: bool = False,
) -> str:
    drawn = inputs.views(found, said, wrong)
    colour = said.get("colour", ("",))[0]
    return render_template(
        "tenants/settings_page.html",
        title=pages()[key],
        page=key,
        parent=settings_menu.parent(key),
        lists=_lists(key),
        views=[*drawn, terms_again.view(unsaid=unsaid)] if key == "terms" else drawn,
        version=version,
        is_text=_is_text(key),
        previews=[
            (view.label, str(entry.place[-1]), blocks(_as_read(key, entry, str(view.value))))
            for entry, view in zip(found, drawn, strict=True)
            if preview and (view.value or key in inputs.TEXTS)
        ],
        now=_rows(now) if now else [],
        colour=colour if inputs.is_colour(colour) else "",
        contrast=f"{contrast_with_white(colour):.2f}" if inputs.is_colour(colour) else "",
    )


def _as_read(key: str, entry: inputs.Entry, text: str) -> str:
    return telling_entries.example(scope.council(), key, text, str(entry.place[-1])) if _has_gaps(key) else text
