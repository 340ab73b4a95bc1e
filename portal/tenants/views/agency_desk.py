"""What the pages about agencies share: their blueprint, the agency of an address, and how a form is shown again."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, render_template
from flask_babel import get_locale

from portal.kernel.language import say
from portal.tenants.inputs import Seen
from portal.tenants.queries import agencies as queries
from portal.tenants.queries.agencies import Entry
from portal.tenants.views import agency_words
from portal.web.fields import from_form

agencies = Blueprint("agencies", __name__)

UNPROCESSABLE = 422


def language() -> str:
    """The language of the page."""
    return str(get_locale() or "en")


def entry(agency_id: UUID) -> Entry:
    """The agency of an address; raises NotFound."""
    return queries.find(agency_id)


def name(found: Entry) -> str:
    """Its name in the language of the page."""
    return say(found.name, language())


def show_form(template: str, form: Seen, version: int, **more: object) -> str:
    """A page with a form: fields in their order, the version that it shows, and a mark for this form."""
    form.version.data = str(version)
    form.once.data = form.once.data or str(uuid4())
    return render_template(template, fields=from_form(form), words=agency_words, **more)
