"""What a council decides: approve, suspend, end, take back; what each kind may do; an agency's sites."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import Invalid, NotFound
from portal.tenants.agency_list import Site
from portal.tenants.commands import agencies as commands
from portal.tenants.commands import agency_kinds as kind_commands
from portal.tenants.commands.agencies import DECISIONS
from portal.tenants.inputs import DecisionInput, KindInput, Seen, SiteInput
from portal.tenants.queries import agency_kinds as kind_queries
from portal.tenants.views import agency_words
from portal.tenants.views.agencies import kept
from portal.tenants.views.agency_desk import UNPROCESSABLE, agencies, entry, language, name, show_form


@agencies.route("/agencies/<uuid:agency_id>/decide/<decision>", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def decide(agency_id: UUID, decision: str) -> ResponseReturnValue:
    """Say why, and decide."""
    if decision not in DECISIONS:
        raise NotFound
    found = entry(agency_id)
    form = DecisionInput()
    more = {"agency": found, "name": name(found), "decision": decision, "heading": _heading(decision, name(found))}
    if request.method != "POST":
        return show_form("agencies/decide.html", form, found.approval_version, **more)
    if not form.validate():
        return show_form("agencies/decide.html", form, form.seen, **more), UNPROCESSABLE
    commands.decide(guard.actor(), found, decision, str(form.why.data), seen=form.seen, once=form.mark())
    flash(_done(decision), "success")
    return redirect(url_for(".show", agency_id=agency_id), 303)


def _heading(decision: str, agency: str) -> str:
    texts: dict[str, str] = {
        "approve": _("Approve %(name)s", name=agency),
        "suspend": _("Suspend %(name)s", name=agency),
        "end": _("End the approval of %(name)s", name=agency),
        "take-back": _("Take %(name)s back", name=agency),
    }
    return texts[decision]


def _done(decision: str) -> str:
    texts: dict[str, str] = {
        "approve": _("The agency is approved. Now confirm its email domains."),
        "suspend": _("The agency is suspended. Its people can do nothing here until you take it back."),
        "end": _("The approval has ended. Its people can do nothing here any more."),
        "take-back": _("The agency is approved again."),
    }
    return texts[decision]


@agencies.get("/agencies/kinds")
@page(Permission.COUNCIL)
def kinds() -> ResponseReturnValue:
    """What people of each kind of agency may do here."""
    return render_template("agencies/kinds.html", kinds=kind_queries.kinds(), words=agency_words)


@agencies.route("/agencies/kinds/<agency_kind>", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def kind(agency_kind: str) -> ResponseReturnValue:
    """Say what people of one kind of agency may do."""
    found = kind_queries.kind(agency_kind)
    posted = request.method == "POST"
    form = KindInput() if posted else KindInput(data={"may": sorted(found.may)})
    form.offer(agency_words.may_words())
    more = {"kind": found, "name": agency_words.kind_words(found.key)}
    if not posted:
        return show_form("agencies/kind.html", form, found.version, **more)
    if not form.validate():
        return show_form("agencies/kind.html", form, form.seen, **more), UNPROCESSABLE
    try:
        kind_commands.allow(guard.actor(), found, form.chosen(), form.seen)
    except Invalid as refused:
        form.refuse("may", agency_words.refusal_words("may", refused.errors["may"]))
        return show_form("agencies/kind.html", form, form.seen, **more), UNPROCESSABLE
    flash(_("Saved. It counts from their next page on."), "success")
    return redirect(url_for(".kinds"), 303)


@agencies.route("/agencies/<uuid:agency_id>/sites/new", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def add_site(agency_id: UUID) -> ResponseReturnValue:
    """Add a place where the agency's people work."""
    found = kept(agency_id)
    form = SiteInput()
    more = {"agency": found, "name": name(found)}
    if request.method != "POST":
        return show_form("agencies/add_site.html", form, found.version, **more)
    if not form.validate():
        return show_form("agencies/add_site.html", form, form.seen, **more), UNPROCESSABLE
    site = Site(
        {language(): str(form.name.data)},
        str(form.address.data or ""),
        str(form.postcode.data or "").upper(),
        str(form.phone.data or ""),
    )
    try:
        commands.add_site(guard.actor(), found, site, form.seen)
    except Invalid as refused:
        form.refuse(*_first(refused))
        return show_form("agencies/add_site.html", form, form.seen, **more), UNPROCESSABLE
    flash(_("The site was added."), "success")
    return redirect(url_for(".show", agency_id=agency_id), 303)


def _first(refused: Invalid) -> tuple[str, str]:
    field, code = agency_words.first_refusal(refused)
    return field, agency_words.refusal_words(field, code)


@agencies.post("/agencies/<uuid:agency_id>/sites/<uuid:site_id>/remove")
@page(Permission.COUNCIL)
def remove_site(agency_id: UUID, site_id: UUID) -> ResponseReturnValue:
    """Take a place away."""
    commands.remove_site(guard.actor(), kept(agency_id), site_id, Seen().seen)
    flash(_("The site was removed."), "success")
    return redirect(url_for(".show", agency_id=agency_id), 303)
