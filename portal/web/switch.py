"""The language switch of a page: a link where the page was read, a small form where it answers a POST."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import g, request
from flask_babel import get_locale

from portal.kernel.language import LANGUAGES
from portal.web.language import FIELD
from portal.web.posted import ONLY_LANGUAGE, reposted

# Each language is named in itself.
NAMES = {"en": "English", "cy": "Cymraeg"}
SHOWN_ERROR = "shown_error"


@dataclass(frozen=True)
class Switch:
    """The other language; `href` where a link is enough, else the fields that a form posts again."""

    language: str
    name: str
    href: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def switch() -> tuple[Switch, ...]:
    """One switch for each other language.

    The link holds no path, only the query: a page that must be the same for every address (not found) stays so.
    A page that answers a POST is shown again from the same fields, with a mark that nothing may be done; on an error
    page the form names the error, because whatever refused the POST may not refuse it again.
    """
    here = str(get_locale() or LANGUAGES[0])
    others = [language for language in LANGUAGES if language != here]
    if request.method != "POST":
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != FIELD]
        return tuple(
            Switch(language, NAMES[language], href="?" + urlencode([*kept, (FIELD, language)])) for language in others
        )
    fields = (*reposted(FIELD, SHOWN_ERROR).fields, (ONLY_LANGUAGE, "yes"))
    if g.get("error_code"):
        fields = (*fields, (SHOWN_ERROR, str(g.error_code)))
    return tuple(Switch(language, NAMES[language], fields=fields) for language in others)
