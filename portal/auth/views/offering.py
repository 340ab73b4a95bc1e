"""After signing in with something weaker: a passkey is offered, once a sign-in, and "not now" is an answer."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.auth.queries import factors
from portal.auth.queries import passkeys as queries
from portal.auth.views.blueprint import blueprint, onward, recovered
from portal.auth.views.challenges import challenge, place


@blueprint.route("/account/passkey-offer")
@page(Permission.ACCOUNT)
def passkey_offer() -> ResponseReturnValue:
    """What a passkey would save; after a recovery code, how many are left."""
    here = actor()
    found = factors.of(here.account_id)
    options = ""
    if found.may_set_up(here):
        options = place().creation(challenge(), here.account_id, here.email, here.name, queries.credential_ids(here))
    return render_template("auth/passkey_offer.html", factors=found, options=options, recovered=recovered(), here=here)


@blueprint.route("/account/passkey-offer", methods=["POST"])
@page(Permission.ACCOUNT)
def passkey_not_now() -> ResponseReturnValue:
    """Not now: on to where the person was going."""
    return redirect(onward(actor()), 303)
