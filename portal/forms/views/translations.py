"""What a draft still lacks in one of the council's languages, and a page to translate several texts at once."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.commands import drafting
from portal.forms.editing.form_parts import at as look
from portal.forms.editing.texts import is_text, texts, with_text
from portal.forms.inputs.paper import Paper, posted
from portal.forms.mistakes import Path
from portal.forms.queries.drafts import Draft
from portal.forms.untranslated import Untranslated, place_at, untranslated
from portal.forms.views import hub
from portal.forms.views.blueprint import blueprint
from portal.forms.views.both_texts import Differing
from portal.forms.views.desk import Desk, desk, languages, link_to, name_of, seen, shortened
from portal.forms.views.hub import Place as HubPlace
from portal.forms.views.hub import Row
from portal.forms.views.wording import text_of
from portal.kernel.digits import whole
from portal.kernel.language import LANGUAGES, say
from portal.web.fields import FieldView
from portal.web.posted import only_language

AT_ONCE = 20
MOST_LISTED = 300


@dataclass(frozen=True)
class Todo:
    """One text that lacks a language: where it stands, what it says, which languages it lacks."""

    where: str
    href: str
    said: str
    lacks: tuple[str, ...]


@blueprint.get("/forms/drafts/<uuid:form_id>/untranslated")
@page(Permission.PUBLISH)
def untranslated_texts(form_id: UUID) -> str:
    """Every text that lacks a language, then those that say the same in both."""
    at = desk(form_id)
    found = untranslated(at.draft.content, at.languages)
    return render_template(
        "forms/untranslated_texts.html",
        desk=at,
        lacking=[_todo(at, one) for one in found if one.lacks][:MOST_LISTED],
        same=[_todo(at, one) for one in found if one.same][:MOST_LISTED],
        count=sum(1 for one in found if one.lacks),
        count_same=sum(1 for one in found if one.same),
    )


def _todo(at: Desk, one: Untranslated) -> Todo:
    said = {key: value for key, value in one.text.items() if isinstance(value, str) and value.strip()}
    words = tuple(_("Welsh") if language == "cy" else _("English") for language in one.lacks)
    href = link_to(at.draft.id, one.place) if one.place else ""
    return Todo(where_words(at, one), href, shortened(say(said, "en")), words)


def where_words(at: Desk, one: Untranslated) -> str:
    """Where a text stands, in words as far as there are any."""
    if one.place is not None:
        return name_of(at.entry(one.place.text))
    kinds: dict[str, str] = {
        "rules": _("Rule"),
        "overrides": _("Override"),
        "notices": _("Notice"),
        "topics": _("Advice"),
        "routes": _("Route"),
        "levels": _("Level"),
    }
    name = one.path[2] if len(one.path) > 2 else ""  # noqa: PLR2004 - document, list, entry
    entry = look(at.draft.content, one.path[:3])
    said = _called(entry, str(name))
    if one.path[0] == "form":
        return str(_("The form itself"))
    rules = _("Rules")
    return f"{kinds.get(str(one.path[1]), rules)} {said}".strip() if len(one.path) > 1 else rules


def _called(entry: object, key: str) -> str:
    """What a rule, topic or route is called; a notice has only its words, which stand beside it."""
    node = entry if isinstance(entry, dict) else {}
    if set(node) <= set(LANGUAGES):
        return ""
    named = node.get("title") or node.get("label")
    return str(node.get("id", "")) or (text_of(named) if isinstance(named, dict) else "") or key


@blueprint.route("/forms/drafts/<uuid:form_id>/translate", methods=["GET", "POST"])
@page(Permission.DESIGN)
def translate(form_id: UUID) -> ResponseReturnValue:
    """Some texts with every language side by side, saved together."""
    at = desk(form_id)
    if request.method != "POST":
        paper, listed = _filled(at)
        return _show(at, paper, listed)
    paper = Paper(at.languages, posted(request.form))
    listed = _posted(at, paper)
    read = [(one, paper.text(f"text-{number}", one.text)) for number, one in enumerate(listed)]
    if only_language() or paper.errors:
        return _show(at, paper, listed), 422
    if not listed:
        return redirect(url_for("forms.untranslated_texts", form_id=form_id), 303)
    at.may_save()
    content, met = _with_all(at.draft.content, paper, read)
    if met:
        return _show(at, paper, listed, met), 409
    drafting.save(guard.actor(), at.draft, content, at.draft.version, "texts_translated")
    flash(_("The texts are saved in the draft."), "success")
    more = any(one.lacks for one in untranslated(content, at.languages))
    return redirect(url_for("forms.translate" if more else "forms.untranslated_texts", form_id=form_id), 303)


def _filled(at: Desk) -> tuple[Paper, list[Untranslated]]:
    found = [one for one in untranslated(at.draft.content, at.languages) if one.lacks][:AT_ONCE]
    paper = Paper(at.languages)
    for number, one in enumerate(found):
        paper.put_text(f"text-{number}", one.text)
        paper.put(f"path-{number}", _steps(one.path))
        paper.put(f"seen-{number}", seen(one.text))
    paper.put("texts", len(found))
    return paper, found


def _steps(path: Path) -> str:
    return "/".join(f"#{step}" if isinstance(step, int) else step for step in path)


def _path(steps: str) -> Path:
    return tuple(_step(step) for step in steps[:2000].split("/"))


def _step(step: str) -> str | int:
    place = whole(step[1:]) if step.startswith("#") else None
    return step if place is None else place


def _posted(at: Desk, paper: Paper) -> list[Untranslated]:
    """The texts that the page showed, as they are now: each at its place, or wherever it was moved to."""
    found = []
    everywhere = {seen(text): (("form", *path), text) for path, text in texts(at.draft.form)}
    for number in range(min(paper.count("texts"), AT_ONCE)):
        path = _path(paper.one(f"path-{number}"))
        text = look(at.draft.content, path) if path[:1] in (("form",), ("thresholds",)) else None
        mark = paper.one(f"seen-{number}")
        if (not is_text(text) or seen(text) != mark) and mark in everywhere:
            path, text = everywhere[mark]
        kept = text if isinstance(text, dict) and is_text(text) else {}
        found.append(Untranslated(path, kept, (), place_at(at.draft.content, path)))
    return found


def _with_all(
    content: dict[str, Any], paper: Paper, read: list[tuple[Untranslated, dict[str, Any]]]
) -> tuple[dict[str, Any], list[Differing]]:
    """The content with every text as typed, and the texts that somebody changed meanwhile."""
    changed, met = copy.deepcopy(content), []
    for number, (one, text) in enumerate(read):
        typed = {language: paper.one(f"text-{number}-{language}") for language in paper.languages}
        if text == one.text:
            continue
        if not one.text or seen(one.text) != paper.one(f"seen-{number}"):
            label = _("Text %(number)s", number=number + 1)
            met.append(Differing(label, "\n".join(typed.values()), "\n".join(map(str, one.text.values()))))
        changed = with_text(changed, one.path, typed)
    return changed, met


def _show(at: Desk, paper: Paper, listed: list[Untranslated], met: list[Differing] | None = None) -> str:
    lines = []
    for number, one in enumerate(listed):
        row = paper.pair(f"text-{number}", _("Text %(number)s", number=number + 1), kind="textarea")
        lines.append((row, _steps(one.path), _mark(paper, number, one, met), where_words(at, one)))
    views: list[FieldView] = [view for row, *_hidden in lines for view in row]
    return render_template("forms/translate.html", desk=at, lines=lines, views=views, differing=met or [])


def _mark(paper: Paper, number: int, one: Untranslated, met: list[Differing] | None) -> str:
    """What the page showed; after a conflict, what it shows now, so that saving again keeps what is typed."""
    return seen(one.text) if met else paper.one(f"seen-{number}")


@hub.row(HubPlace.TRANSLATIONS)
def row(draft: Draft) -> Row:
    """Translations on the draft's page."""
    count = sum(1 for one in untranslated(draft.content, languages()) if one.lacks)
    href = url_for("forms.untranslated_texts", form_id=draft.id)
    if count:
        return Row(_("Translations"), href, _("Not translated: %(count)s", count=count), "yellow")
    return Row(_("Translations"), href, _("Everything is translated"))
