"""Who has seen a message, in the reader's words; an agency reads names of the council only where they are shown."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.messaging.queries import Said
from portal.web.dates import datetime_words

MOST = 5


def seen_words(one: Said, reader: str, *, names: bool) -> str:
    """Of a message of the reader's own side: who has seen it and when; "" where that is not for this reader.

    The council reads of its own people, too, who of them has seen what a referrer wrote. `names`: the agency may read
    the names of the council's people.
    """
    if one.side != reader:
        return _by_name(one) if reader == "council" else ""
    if reader == "agency" and not names:
        return _by_team(one)
    return _by_name(one) or _never_by_name(one, reader)


def _by_name(one: Said) -> str:
    told = [str(_("%(name)s, %(when)s", name=who.name, when=datetime_words(who.at))) for who in one.seen[:MOST]]
    if not told:
        return ""
    more, who = len(one.seen) - len(told), "; ".join(told)
    if more:
        return str(ngettext("Seen by %(who)s; and %(num)d more", "Seen by %(who)s; and %(num)d more", more, who=who))
    return str(_("Seen by %(who)s", who=who))


def _by_team(one: Said) -> str:
    moments = [moment for moment in (one.read_at, *(who.at for who in one.seen[:1])) if moment is not None]
    if not moments:
        return str(_("Not read by the front door team yet"))
    return str(_("Read by the front door team, %(when)s", when=datetime_words(min(moments))))


def _never_by_name(one: Said, reader: str) -> str:
    """Read before names were kept, or by nobody yet."""
    if reader == "agency":
        return _by_team(one)
    if one.read_at is None:
        return str(_("Not read by the referrer yet"))
    return str(_("Read by the referrer, %(when)s", when=datetime_words(one.read_at)))
