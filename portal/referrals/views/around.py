"""What reading an answer may need besides the page: today's date, and the council's schools and practices."""

from __future__ import annotations

from portal.auth.queries import registers
from portal.forms.answers import Around, Found
from portal.kernel import clock
from portal.kernel.language import say
from portal.referrals.views.blueprint import language


def around() -> Around:
    """Return it for this request."""
    return Around(clock.today(), _find)


def _find(kind: str, text: str) -> list[Found]:
    return [
        Found(one.number, say(one.name, language()), tuple(one.name.values())) for one in registers.entries(kind, text)
    ]
