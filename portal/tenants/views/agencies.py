"""The council's agencies: the list, one agency, adding one by hand and changing it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.agency_types import TYPES
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.language import say
from portal.tenants.commands import agencies as commands
from portal.tenants.commands.agencies import DECISIONS, Values
from portal.tenants.inputs import AgencyInput
from portal.tenants.queries import agencies as queries
from portal.tenants.queries.agencies import STATES, Entry, Filters
from portal.tenants.views import agency_words
from portal.tenants.views.agency_desk import UNPROCESSABLE, agencies, entry, language, name, show_form
from portal.web.shell import Link

_LAST_PAGE = 1_000
_TEXT_LONGEST = 100


@agencies.get("/agencies")
@page(Permission.COUNCIL)
def home() -> ResponseReturnValue:
    """The list, narrowed by what its address says; names of agencies are nobody's personal data."""
    filters = _filters()
    lines, more = queries.listed(filters)
    here = {key: value for key, value in vars(filters).items() if value and key != "page"}
    return render_template(
        "agencies/home.html",
        lines=lines,
        filters=filters,
        states=[("", _("All that are here"))] + [(one, agency_words.state_words(one)) for one in STATES],
        kinds=[("", _("All kinds"))] + [(one, agency_words.kind_words(one)) for one in TYPES],
        previous=url_for(".home", **here, page=filters.page - 1) if filters.page > 1 else "",
        following=url_for(".home", **here, page=filters.page + 1) if more else "",
        words=agency_words,
    )


def _filters() -> Filters:
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    return Filters(
        state=state if state in STATES else "",
        kind=kind if kind in TYPES else "",
        text="".join(one for one in request.args.get("text", "") if one.isprintable())[:_TEXT_LONGEST].strip(),
        page=min(max(request.args.get("page", 1, type=int), 1), _LAST_PAGE),
    )


@agencies.get("/agencies/<uuid:agency_id>")
@page(Permission.COUNCIL)
def show(agency_id: UUID) -> ResponseReturnValue:
    """One agency: what it is, where it works, its domains and what was decided about it."""
    found = entry(agency_id)
    possible = [decision for decision, (before, _after) in DECISIONS.items() if found.state in before]
    return render_template("agencies/show.html", agency=found, possible=possible, words=agency_words)


@agencies.route("/agencies/new", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def new() -> ResponseReturnValue:
    """Add an agency by hand; one that somebody else keeps already is approved instead of made twice."""
    form = AgencyInput()
    form.prepare(scope.council().languages)
    if request.method != "POST":
        return show_form("agencies/new.html", form, 0)
    if not form.validate():
        return show_form("agencies/new.html", form, 0), UNPROCESSABLE
    try:
        values = _values(form)
        if request.form.get("known") == "yes":
            agency_id = commands.take_on(guard.actor(), values.scheme, values.identifier, values.kind, form.mark())
        else:
            agency_id = commands.add(guard.actor(), values, form.mark())
    except Invalid as refused:
        _refuse(form, refused)
        return show_form("agencies/new.html", form, 0), UNPROCESSABLE
    except Conflict as conflict:
        return _known(form, UUID(conflict.now["agency"]))
    flash(_("The agency is approved. Now add its email domains, and confirm them."), "success")
    return redirect(url_for(".show", agency_id=agency_id), 303)


def _known(form: AgencyInput, agency_id: UUID) -> ResponseReturnValue:
    """There is an agency of that kind with that number: say which, and offer it."""
    text = say(queries.name_of(agency_id), language())
    return show_form("agencies/new.html", form, 0, known=text), UNPROCESSABLE


def _values(form: AgencyInput) -> Values:
    kind, scheme, typed = str(form.kind.data), str(form.scheme.data or ""), str(form.identifier.data or "")
    bare = commands.read_number(scheme, typed, kind)
    return Values(form.names(), kind, scheme, bare, str(form.phone.data or ""))


def _refuse(form: AgencyInput, refused: Invalid) -> None:
    field, code = agency_words.first_refusal(refused)
    form.refuse(field, agency_words.refusal_words(field, code, str(form.kind.data)))


@agencies.route("/agencies/<uuid:agency_id>/change", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def change(agency_id: UUID) -> ResponseReturnValue:
    """Change what is said of an agency that the council keeps."""
    found = kept(agency_id)
    form = AgencyInput(data=_said(found))
    form.prepare(scope.council().languages)
    if request.method != "POST":
        return _change(form, found, found.version)
    if not form.validate():
        return _change(form, found, form.seen), UNPROCESSABLE
    try:
        commands.change(guard.actor(), found, _values(form), form.seen)
    except Invalid as refused:
        _refuse(form, refused)
        return _change(form, found, form.seen), UNPROCESSABLE
    flash(_("The agency was changed."), "success")
    return redirect(url_for(".show", agency_id=agency_id), 303)


def kept(agency_id: UUID) -> Entry:
    """The agency of an address, for pages that change it; raises Forbidden when another keeps it."""
    found = entry(agency_id)
    if not found.kept_here:
        raise Forbidden
    return found


def _said(found: Entry) -> dict[str, str]:
    names = {f"name_{code}": text for code, text in found.name.items()}
    return {
        **names, "kind": found.kind, "scheme": found.scheme, "identifier": found.identifier, "phone": found.phone,
    }  # fmt: skip


def _change(form: AgencyInput, found: Entry, version: int) -> str:
    return show_form("agencies/change.html", form, version, agency=found, name=name(found))


def links() -> Iterable[Link]:
    """The navigation's link, for those who may use it."""
    if scope.current().council is not None and guard.may(Permission.COUNCIL):
        yield Link(_("Agencies"), url_for("agencies.home"), request.path.startswith("/agencies"))
