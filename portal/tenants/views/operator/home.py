"""The operator's first page: every council, with counts and nothing of any case."""

from __future__ import annotations

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.auth.views.operator import operator
from portal.kernel.language import say
from portal.tenants.queries.councils import Listed, councils
from portal.tenants.queries.founding import drafts
from portal.web.dates import datetime_words
from portal.web.switch import NAMES


def nation_words(nation: str) -> str:
    """The name of a nation in the reader's language."""
    return str(_("Wales") if nation == "wales" else _("England"))


@operator.get("")
@page(Permission.OPERATE, instance=True)
def home() -> str:
    """All councils."""
    begun = [
        (one, str(one.document.get("slug") or _("Without an address yet")), datetime_words(one.made_at))
        for one in drafts(actor())
    ]
    return render_template(
        "operator/home.html", cards=[(one, _rows(one)) for one in councils(actor())], name=_name, begun=begun
    )


def _name(one: Listed) -> str:
    return say(one.name, str(get_locale() or "en"))


def _rows(one: Listed) -> list[dict[str, str]]:
    return [
        {"key": _("Address"), "value": f"/{one.slug}/"},
        {"key": _("Nation"), "value": nation_words(one.nation)},
        {"key": _("Languages"), "value": ", ".join(NAMES[language] for language in one.languages)},
        {"key": _("Host names"), "value": "\n".join(one.hostnames) or _("None")},
        {
            "key": _("Settings"),
            "value": _("Version %(number)s, %(at)s", number=one.version, at=datetime_words(one.changed_at)),
        },
        {"key": _("People"), "value": str(one.people)},
        {"key": _("Agencies"), "value": str(one.agencies)},
    ]
