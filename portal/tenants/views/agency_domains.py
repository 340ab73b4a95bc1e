"""An agency's email domains: add one, remove one, confirm one, and question one that was confirmed."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import Invalid, NotFound
from portal.tenants.commands import agency_domains as commands
from portal.tenants.inputs import ConfirmInput, DecisionInput, DomainInput, Seen
from portal.tenants.queries.agencies import Entry
from portal.tenants.queries.agency_domains import Domain
from portal.tenants.views import agency_words
from portal.tenants.views.agencies import kept
from portal.tenants.views.agency_desk import UNPROCESSABLE, agencies, entry, name, show_form


@agencies.route("/agencies/<uuid:agency_id>/domains/new", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def add_domain(agency_id: UUID) -> ResponseReturnValue:
    """Add a domain; nobody registers by it before somebody confirms it."""
    found = kept(agency_id)
    form = DomainInput()
    more = {"agency": found, "name": name(found)}
    if request.method != "POST":
        return show_form("agencies/add_domain.html", form, found.version, **more)
    if not form.validate():
        return show_form("agencies/add_domain.html", form, form.seen, **more), UNPROCESSABLE
    typed, match = str(form.domain.data), str(form.match.data)
    try:
        commands.add(guard.actor(), found, typed, match, shared=bool(form.shared.data), seen=form.seen)
    except Invalid as refused:
        field, code = agency_words.first_refusal(refused)
        form.refuse(field, agency_words.refusal_words(field, code))
        return show_form("agencies/add_domain.html", form, form.seen, **more), UNPROCESSABLE
    flash(_("The domain was added. Nobody can register by it until you confirm it."), "success")
    return redirect(url_for(".show", agency_id=agency_id), 303)


def _domain(found: Entry, domain_id: UUID) -> Domain:
    domain = next((one for one in found.domains if one.id == domain_id), None)
    if domain is None:
        raise NotFound("no such domain")
    return domain


@agencies.route("/agencies/<uuid:agency_id>/domains/<uuid:domain_id>/remove", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def remove_domain(agency_id: UUID, domain_id: UUID) -> ResponseReturnValue:
    """Ask first, then remove a domain."""
    found = kept(agency_id)
    form = Seen()
    if request.method != "POST" or not form.validate():
        more = {"agency": found, "name": name(found), "domain": _domain(found, domain_id)}
        return show_form("agencies/remove_domain.html", form, found.version, **more)
    commands.remove(guard.actor(), found, domain_id, form.seen)
    flash(_("The domain was removed. Nobody else can register by it."), "success")
    return redirect(url_for(".show", agency_id=agency_id), 303)


@agencies.route("/agencies/<uuid:agency_id>/domains/<uuid:domain_id>/confirm", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def confirm_domain(agency_id: UUID, domain_id: UUID) -> ResponseReturnValue:
    """Say who confirmed a domain; from then on people register by it."""
    found = entry(agency_id)
    form = ConfirmInput()
    more = {"agency": found, "name": name(found), "domain": _domain(found, domain_id)}
    if request.method != "POST":
        return show_form("agencies/confirm_domain.html", form, found.version, **more)
    if not form.validate():
        return show_form("agencies/confirm_domain.html", form, form.seen, **more), UNPROCESSABLE
    commands.confirm(guard.actor(), found, domain_id, str(form.by.data))
    flash(_("The domain is confirmed. People can register by it."), "success")
    return redirect(url_for(".show", agency_id=agency_id), 303)


@agencies.route("/agencies/<uuid:agency_id>/domains/<uuid:domain_id>/question", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def question_domain(agency_id: UUID, domain_id: UUID) -> ResponseReturnValue:
    """Take a confirmation back, with a reason: nobody registers by the domain until it is confirmed again."""
    found = entry(agency_id)
    form = DecisionInput()
    more = {"agency": found, "name": name(found), "domain": _domain(found, domain_id)}
    if request.method != "POST":
        return show_form("agencies/question_domain.html", form, found.version, **more)
    if not form.validate():
        return show_form("agencies/question_domain.html", form, form.seen, **more), UNPROCESSABLE
    commands.question(guard.actor(), found, domain_id, str(form.why.data))
    flash(_("Nobody can register by the domain until you confirm it again."), "success")
    return redirect(url_for(".show", agency_id=agency_id), 303)
