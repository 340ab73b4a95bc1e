"""The demonstration's outbox: what would have been sent by email, with its codes and links."""

from __future__ import annotations

from hashlib import sha256

from flask import current_app, render_template, request
from flask_babel import gettext as _

from portal.adapters import outbox as kept_mail
from portal.auth import guard
from portal.auth.queries import factors
from portal.kernel.errors import NotFound
from portal.tenants.views.blueprint import tenants
from portal.web.fields import FieldView, OptionView

FILTER = "for"


@tenants.get("/outbox")
@guard.public("mail of fictional people, in the demonstration only; codes are needed to sign in", council=False)
def outbox() -> str:
    """The newest mail first, of one recipient if asked; there is no such page outside the demonstration."""
    if not current_app.config["DEMO"]:
        raise NotFound
    people = {_token(address): address for address in kept_mail.recipients()}
    asked = request.args.get(FILTER, "")
    choice = FieldView(
        kind="select",
        name=FILTER,
        label=_("Show mail to"),
        value=asked,
        options=(OptionView("", _("Everybody")), *(OptionView(token, name) for token, name in people.items())),
    )
    return render_template(
        "tenants/outbox.html",
        apps=factors.shown_codes(),
        mails=kept_mail.kept(people.get(asked, "")),
        choice=choice,
        filtered=asked in people,
    )


def _token(address: str) -> str:
    """Stands for a recipient in the page's address, which holds nobody's own."""
    return sha256(address.encode()).hexdigest()[:12]
