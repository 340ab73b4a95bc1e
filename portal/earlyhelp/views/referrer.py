"""What the referrer's page says of early help, beside the outcome."""

from __future__ import annotations

from typing import Any

from flask import render_template

from portal.auth import guard
from portal.auth.policy import Permission
from portal.earlyhelp import words
from portal.earlyhelp.queries.offers import offers
from portal.referrals.queries.record import Found


def panel(found: Found | None = None, **_about: Any) -> str:
    """How the hand-over to early help stands, in plain words; "" while there is nothing to tell."""
    if found is None or found.state != "decided":
        return ""
    made = offers(guard.actor(), Permission.TRACK, found)
    said = words.for_referrer(made)
    return render_template("earlyhelp/_referrer.html", said=said) if said else ""
