"""Making a council, a page at a time: what is typed stays on the server until all of it is good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.auth.views.operator import operator
from portal.auth.views.operator.desk import recently
from portal.kernel.digits import whole as number
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.tenants import founding_entries as inputs
from portal.tenants import own_parts, resolve
from portal.tenants import settings_entries as own
from portal.tenants.commands import founding as commands
from portal.tenants.queries import founding as queries
from portal.tenants.queries.founding import Draft
from portal.tenants.settings import NATIONS, SettingsMistakes
from portal.tenants.views.own_settings import titles
from portal.web.fields import FieldView
from portal.web.posted import only_language

UNPROCESSABLE, CONFLICT = 422, 409
STARTS = ("slug", "nation", "languages", "hostnames", "sender")


def page_titles() -> dict[str, str]:
    """The title of each page, in order."""
    own_titles = titles()
    return {
        inputs.START: _("Address, nation and languages"),
        **{key: own_titles[key] for key in inputs.OWN},
        inputs.ADMINISTRATOR: _("First administrator"),
    }


@operator.post("/new-councils")
@page(Permission.OPERATE, instance=True)
def begin_council() -> ResponseReturnValue:
    """Begin to make one."""
    return redirect(url_for("operator.new_council", council_draft_id=commands.begin(actor())), 303)


@operator.get("/new-councils/<uuid:council_draft_id>")
@page(Permission.OPERATE, instance=True)
def new_council(council_draft_id: UUID) -> ResponseReturnValue:
    """Which pages are done."""
    draft = queries.draft(actor(), council_draft_id)
    if draft.council_id:
        return redirect(url_for("operator.council", council_id=draft.council_id), 303)
    wrong = _wrong(draft)
    items = [
        {
            "title": title,
            "href": _page_of(draft, key),
            "status": _("To do") if wrong[key] else _("Completed"),
            "colour": "blue" if wrong[key] else "",
        }
        for key, title in page_titles().items()
    ]
    return render_template("operator/new_council.html", draft=draft, items=items, ready=not any(wrong.values()))


@operator.route("/new-councils/<uuid:council_draft_id>/<setup_page>", methods=["GET", "POST"])
@page(Permission.OPERATE, instance=True)
def new_council_page(council_draft_id: UUID, setup_page: str) -> ResponseReturnValue:
    """One page of it."""
    draft = queries.draft(actor(), council_draft_id)
    if setup_page not in inputs.PAGES:
        raise NotFound("no such page")
    if setup_page in inputs.OWN and not _has_nation(draft):
        # The nation gives these pages their words.
        return redirect(_page_of(draft, inputs.START), 303)
    if request.method != "POST":
        return _draw(draft, setup_page, _views(draft, setup_page))
    views, values, email = _typed(draft, setup_page)
    seen = number(request.form.get("version")) or 0
    if only_language() or any(view.error for view in views):
        return _draw(draft, setup_page, views, seen), UNPROCESSABLE
    try:
        commands.save(actor(), draft.id, seen, values, email)
    except Conflict:
        return _draw(draft, setup_page, views, draft.version, conflict=True), CONFLICT
    return redirect(url_for("operator.new_council", council_draft_id=draft.id), 303)


def _has_nation(draft: Draft) -> bool:
    return draft.document.get("nation") in NATIONS


def _page_of(draft: Draft, key: str) -> str:
    return url_for("operator.new_council_page", council_draft_id=draft.id, setup_page=key)


def _typed(draft: Draft, key: str) -> tuple[list[FieldView], dict[Any, Any], str | None]:
    """The inputs as they were typed, with what is wrong; the values for the document; the administrator's address."""
    if key == inputs.ADMINISTRATOR:
        email = request.form.get("email", "").strip()
        return [inputs.administrator_view(email, inputs.administrator_wrong(email))], {}, email
    if key == inputs.START:
        values = inputs.operators_typed(STARTS, request.form, request.form.get("nation", ""))
        typed = {str(place[0]): value for place, value in values.items()}
        wrong = _start_wrong({**draft.document, **typed})
        return inputs.operators_views(STARTS, {}, wrong, typed), values, None
    entries = own.entries(key, inputs.languages(draft.document))
    said = own.typed(entries, request.form)
    before = inputs.whole(draft.document)
    made = own.values(entries, said, before)
    after = inputs.whole(own_parts.with_values(draft.document, made))
    return own.views(entries, said, own.errors(entries, said, inputs.mistakes(after))), made, None


def _start_wrong(typed: Mapping[str, Any]) -> dict[str, str]:
    document = inputs.whole(typed)
    taken = queries.taken(str(document["slug"]), [str(one) for one in document.get("hostnames") or ()])
    return inputs.operators_wrong(STARTS, document, taken)


def _views(draft: Draft, key: str, wrong: Mapping[str, str] | None = None) -> list[FieldView]:
    """The inputs as they are kept."""
    if key == inputs.ADMINISTRATOR:
        return [inputs.administrator_view(draft.email, (wrong or {}).get("email", ""))]
    document = inputs.whole(draft.document)
    if key == inputs.START:
        return inputs.operators_views(STARTS, document, wrong or {})
    entries = own.entries(key, inputs.languages(draft.document))
    return own.views(entries, own.shown(entries, document), wrong)


def _wrong(draft: Draft) -> dict[str, bool]:
    """Which pages are not done yet."""
    if not _has_nation(draft):
        return dict.fromkeys(inputs.PAGES, True)
    document = inputs.whole(draft.document)
    found = inputs.mistakes(document)
    said = inputs.languages(draft.document)
    wrong = {}
    for key in inputs.OWN:
        entries = own.entries(key, said)
        wrong[key] = bool(own.errors(entries, own.shown(entries, document), found))
    wrong[inputs.START] = bool(_start_wrong(draft.document))
    wrong[inputs.ADMINISTRATOR] = bool(inputs.administrator_wrong(draft.email))
    return wrong


def _draw(draft: Draft, key: str, views: list[FieldView], version: int | None = None, *, conflict: bool = False) -> str:
    return render_template(
        "operator/new_council_page.html",
        draft=draft,
        key=key,
        title=page_titles()[key],
        views=views,
        version=draft.version if version is None else version,
        conflict=conflict,
        is_text=key in own.TEXTS,
    )


@operator.route("/new-councils/<uuid:council_draft_id>/check", methods=["GET", "POST"])
@page(Permission.OPERATE, instance=True)
@recently
def check_council(council_draft_id: UUID) -> ResponseReturnValue:
    """Everything once more; then it is made."""
    draft = queries.draft(actor(), council_draft_id)
    if request.method != "POST" and (draft.council_id or any(_wrong(draft).values())):
        return redirect(url_for("operator.new_council", council_draft_id=draft.id), 303)
    if request.method != "POST" or only_language():
        return _check_page(draft)
    try:
        made = commands.make(actor(), draft.id, number(request.form.get("version")) or 0)
    except SettingsMistakes:
        return redirect(url_for("operator.new_council", council_draft_id=draft.id), 303)
    except Conflict:
        return _check_page(draft, _("Somebody changed this meanwhile. Check it again.")), CONFLICT
    except Invalid as refusal:
        return _refused(draft, refusal.errors)
    resolve.forget()
    flash(_("The council is made, and its first administrator is invited."), "success")
    return redirect(url_for("operator.council", council_id=made), 303)


def _refused(draft: Draft, errors: Mapping[str, str]) -> ResponseReturnValue:
    """The page of what cannot be, with the words beside it."""
    if "email" in errors:
        wrong = {"email": str(_("Enter an address of the council’s own: this one is not"))}
        return _draw(draft, inputs.ADMINISTRATOR, _views(draft, inputs.ADMINISTRATOR, wrong)), UNPROCESSABLE
    wrong = _start_wrong(draft.document) or {
        "nation": str(_("The shared library has no form about a concern for this nation"))
    }
    return _draw(draft, inputs.START, _views(draft, inputs.START, wrong)), UNPROCESSABLE


def _check_page(draft: Draft, trouble: str = "") -> str:
    cards = []
    for key, title in page_titles().items():
        href = _page_of(draft, key)
        cards.append((title, href, shown_rows(_views(draft, key), href)))
    return render_template("operator/check_council.html", draft=draft, cards=cards, trouble=trouble)


def shown_rows(views: list[FieldView], href: str = "") -> list[dict[str, str]]:
    """Inputs as rows of a summary; what is said in a language stays in it."""
    found = []
    for view in views:
        names = {option.value: option.label for option in view.options}
        kept = view.value if isinstance(view.value, str) else "\n".join(names.get(one, one) for one in view.value)
        shown = names.get(kept, kept)
        lang = view.name[-2:] if view.name.endswith(("-en", "-cy")) else ""
        row = {"key": view.label, "value": shown, "lang": lang}
        found.append({**row, "href": f"{href}#{view.target}"} if href else row)
    return found


@operator.route("/new-councils/<uuid:council_draft_id>/discard", methods=["GET", "POST"])
@page(Permission.OPERATE, instance=True)
def discard_council(council_draft_id: UUID) -> ResponseReturnValue:
    """Are you sure?"""
    if request.method == "POST" and not only_language():
        commands.discard(actor(), council_draft_id)
        flash(_("Thrown away."), "success")
        return redirect(url_for("operator.home"), 303)
    return render_template("operator/discard_council.html", draft=queries.draft(actor(), council_draft_id))
