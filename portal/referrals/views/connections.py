"""Declaring a connection: the families that somebody must not see."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import clock
from portal.kernel.digits import whole
from portal.kernel.errors import Invalid
from portal.referrals.commands.connections import declare
from portal.referrals.queries.connections import Declared, declared_by
from portal.referrals.views.blueprint import blueprint
from portal.web.fields import DATE_PARTS, FieldView, from_form
from portal.web.inputs import Input, longest, needed

_LONGEST = 200
_YEARS_BACK = 130


class ConnectionInput(Input):
    """A child of the family."""

    field_order = ("last_name", "first_name")
    last_name = StringField(
        _l("Child’s surname"),
        [needed(_l("Enter the child’s surname")), longest(_LONGEST, _l("The surname must be 200 characters or fewer"))],
        description=_l("If the family uses several surnames or spellings, declare each of them."),
        render_kw={"autocomplete": "off"},
    )
    first_name = StringField(
        _l("Child’s first name (optional)"),
        [longest(_LONGEST, _l("The first name must be 200 characters or fewer"))],
        description=_l("Leave it out to cover every child with this surname."),
        render_kw={"autocomplete": "off"},
    )


@blueprint.get("/account/connections")
@page(Permission.CONNECT)
def connections() -> ResponseReturnValue:
    """What the person declared, and one more."""
    return _page(ConnectionInput(formdata=None))


@blueprint.post("/account/connections")
@page(Permission.CONNECT)
def declare_connection() -> ResponseReturnValue:
    """Keep one more."""
    form = ConnectionInput()
    good = form.validate_on_submit()
    born, wrong = _born()
    if not good or wrong:
        return _page(form, wrong), 422
    try:
        declare(guard.actor(), Declared(str(form.first_name.data or ""), str(form.last_name.data), born))
    except Invalid:
        form.refuse("last_name", _("Enter the child’s surname"))
        return _page(form), 422
    flash(_("Declared. You will not see anything about this family here."), "success")
    return redirect(url_for(".connections"), 303)


def _born() -> tuple[date | None, str]:
    """The date that was typed and what is wrong with it, "" for nothing."""
    typed = [request.form.get(f"born-{part}", "").strip() for part in DATE_PARTS]
    if not any(typed):
        return None, ""
    day, month, year = (whole(one) for one in typed)
    try:
        born = date(year or 0, month or 0, day or 0)
    except (ValueError, OverflowError):
        return None, _("Date of birth must be a real date, for example 27 3 2019")
    if not clock.today().year - _YEARS_BACK <= born.year or born > clock.today():
        return None, _("Date of birth must be in the past")
    return born, ""


def _page(form: ConnectionInput, wrong: str = "") -> str:
    born = FieldView(
        "date",
        "born",
        _("Child’s date of birth (optional)"),
        hint=_("For example, 27 3 2019."),
        value={part: request.form.get(f"born-{part}", "") for part in DATE_PARTS},
        error=wrong,
    )
    views = {**from_form(form), "born": born}
    return render_template("referrals/connections.html", views=views, declared=declared_by(guard.actor()))
