"""A council's identity providers: the list, each with its state and its check, and every step of setting one up."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.adapters import ports
from portal.auth import login
from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.auth.providers import Provider
from portal.auth.views.blueprint import limited
from portal.auth.views.signed_in import recently
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.tenants import resolve
from portal.tenants.commands import sign_on as commands
from portal.tenants.inputs.sign_on import ProviderInput, SecretInput, key_for, values_of
from portal.tenants.queries import sign_on as queries
from portal.tenants.settings import SettingsMistakes
from portal.tenants.views import sign_on_words as words
from portal.tenants.views.agency_desk import UNPROCESSABLE, language
from portal.tenants.views.blueprint import tenants
from portal.web.fields import from_form
from portal.web.posted import only_language

CONFLICT, AGAIN = 409, 403


@tenants.get("/council/sign-on")
@page(Permission.COUNCIL)
@recently
def providers() -> ResponseReturnValue:
    """Every provider with its state."""
    entries, _version = queries.listed()
    _remember(*(one.provider for one in entries))
    return render_template("tenants/providers.html", entries=entries, words=words)


def _remember(*stored: Provider) -> None:
    """Somebody changed them a moment ago: this process need not wait until what it remembers is old."""
    if not set(map(repr, stored)) <= set(map(repr, scope.council().settings.sign_on)):
        resolve.forget()


@tenants.route("/council/sign-on/new", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def provider_new() -> ResponseReturnValue:
    """Say who a new provider is; nobody can use it yet."""
    entries, version = queries.listed()
    made: list[str] = []

    def save(form: ProviderInput) -> None:
        said = form.said()
        made.append(key_for(said["name"].get("en", ""), {one.provider.key for one in entries}))
        commands.add(actor(), {**said, "key": made[0]}, form.seen)

    answer = _edit(None, version, save)
    if made and answer is None:
        flash(_("Added, and switched off. Next, set the secret and check it."), "success")
        return redirect(url_for(".provider", provider_key=made[0]), 303)
    return answer or redirect(url_for(".providers"), 303)


@tenants.route("/council/sign-on/<provider_key>/change", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def provider_change(provider_key: str) -> ResponseReturnValue:
    """Change what is said of a provider; who its people are stays as it is."""
    entry, version = queries.find(provider_key)
    answer = _edit(entry.provider, version, lambda form: commands.change(actor(), provider_key, form.said(), form.seen))
    if answer is not None:
        return answer
    flash(_("Saved."), "success")
    return redirect(url_for(".provider", provider_key=provider_key), 303)


def _edit(
    provider: Provider | None, version: int, save: Callable[[ProviderInput], object]
) -> ResponseReturnValue | None:
    """The form of a provider, shown or saved; None when it was saved."""
    if request.method != "POST":
        return _shown(provider, version)
    form = _form(provider)
    good, note, status = form.validate(), "", UNPROCESSABLE
    if good and (not login.fresh() or actor().outside):
        # What was typed stays on the page: it is saved once the person has shown who they are.
        good, note, status = False, "again", AGAIN
    if good:
        try:
            save(form)
        except SettingsMistakes as mistakes:
            form.refuse_all(mistakes.mistakes)
        except Conflict:
            form.version.data, note, status = str(version), "changed", CONFLICT
        else:
            return None
    return _draw(provider, form, note), status


@recently
def _shown(provider: Provider | None, version: int) -> ResponseReturnValue:
    form = _form(provider)
    form.version.data = str(version)
    return _draw(provider, form)


def _form(provider: Provider | None) -> ProviderInput:
    form = ProviderInput(data=values_of(provider) if provider and request.method != "POST" else None)
    agencies = queries.agencies()
    if provider and provider.agency:
        agencies.setdefault(provider.agency, {"en": provider.agency})
    form.prepare(scope.council().languages, agencies, language(), new=provider is None)
    return form


def _draw(provider: Provider | None, form: ProviderInput, note: str = "") -> str:
    return render_template("tenants/provider_edit.html", provider=provider, views=form.views(), note=note)


@tenants.get("/council/sign-on/<provider_key>")
@page(Permission.COUNCIL)
@recently
def provider(provider_key: str) -> ResponseReturnValue:
    """One provider: what is set, how its check ended, and what can be done."""
    entry, version = queries.find(provider_key)
    _remember(entry.provider)
    return render_template(
        "tenants/provider.html", entry=entry, version=version, words=words, addresses=_addresses(provider_key)
    )


def _addresses(key: str) -> dict[str, list[str]]:
    """What to register with the provider, at this instance's address and at the council's own hosts."""
    here = scope.council()
    roots = [ports.address(f"/{here.slug}"), *(f"https://{host}" for host in here.settings.hostnames)]
    paths = {"back": f"/sign-on/{key}/back", "left": "/sign-in", "told": f"/sign-on/{key}/signed-out"}
    return {name: [f"{root}{path}" for root in roots] for name, path in paths.items()}


@tenants.route("/council/sign-on/<provider_key>/secret", methods=["GET", "POST"])
@page(Permission.COUNCIL)
@recently
def provider_secret(provider_key: str) -> ResponseReturnValue:
    """Set our secret; what was set before is never shown."""
    entry, _version = queries.find(provider_key)
    form = SecretInput()
    if request.method == "POST" and form.validate():
        commands.set_secret(actor(), provider_key, str(form.secret.data))
        flash(_("The secret is set. It is not shown again."), "success")
        return redirect(url_for(".provider", provider_key=provider_key), 303)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("tenants/provider_secret.html", entry=entry, form=from_form(form)), status


@tenants.post("/council/sign-on/<provider_key>/check")
@page(Permission.COUNCIL)
@limited("sign-on-check", network="60 per hour")
@recently
def provider_check(provider_key: str) -> ResponseReturnValue:
    """Ask the provider what it says of itself."""
    found = commands.check(actor(), provider_key)
    if found.trouble:
        flash(_("The check found something wrong. Read below what it is."))
    else:
        flash(_("The check is good."), "success")
    return redirect(url_for(".provider", provider_key=provider_key), 303)


@tenants.post("/council/sign-on/<provider_key>/state")
@page(Permission.COUNCIL)
@recently
def provider_state(provider_key: str) -> ResponseReturnValue:
    """Switch it on or off, or remove one that is off."""
    seen, wanted = whole(request.form.get("version")) or 0, request.form.get("do", "")
    if wanted not in ("on", "off", "remove") or only_language():
        raise NotFound("no such step")
    if wanted == "remove":
        commands.remove(actor(), provider_key, seen)
        flash(_("Removed. Nobody can sign in with it here."), "success")
        return redirect(url_for(".providers"), 303)
    if wanted == "on":
        _switch_on(provider_key, seen)
    else:
        ended = commands.switch_off(actor(), provider_key, seen)
        flash(_off_words(ended), "success")
    return redirect(url_for(".provider", provider_key=provider_key), 303)


def _switch_on(key: str, seen: int) -> None:
    try:
        commands.switch_on(actor(), key, seen)
    except Invalid:
        flash(_("Set the secret and check it first: the check must be good."))
    else:
        flash(_("Switched on. Its button is on the sign-in page within a minute."), "success")


def _off_words(ended: int) -> str:
    off: str = _("Switched off.")
    people: str = ngettext("%(num)s session was ended.", "%(num)s sessions were ended.", ended)
    return f"{off} {people}" if ended else off
