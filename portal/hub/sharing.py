"""What partners in the hub may see of a report: made once, when it is opened to them, in each language of the council.

Never who reported, what is kept secret, a file, a note or a message; an answer that gives away any of it is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _

from portal.forms.queries import Published
from portal.forms.questionnaire import Form
from portal.kernel import clock
from portal.messaging.protecting import Protected, carried
from portal.referrals.presenting import Group, Row, answer_groups_of
from portal.referrals.projecting import ChildFacts
from portal.referrals.queries.record import Answers, Found
from portal.referrals.withholding import keeps_places, withheld
from portal.screening.presenting import age_words, categories
from portal.web.speaking import speaking

REFERRER = "referrer"  # the section in which somebody says who they are


@dataclass(frozen=True)
class Source:
    """What it is made from: the answers as sent and as they are now, and what the report keeps secret."""

    found: Found
    published: Published
    sent: Answers
    now: Answers
    children: tuple[ChildFacts, ...]
    secrets: tuple[Protected, ...]


@dataclass(frozen=True)
class Told:
    """What is shared, in one language: the category ("" where there is none), each child, answers under headings."""

    category: str
    children: tuple[str, ...]
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


@dataclass(frozen=True)
class Shared:
    """What one agency may see: the question that it is asked, and what is told in each language."""

    question: str
    told: dict[str, Told]

    def text(self) -> str:
        """All of it as one text to seal."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def nearest(self, language: str) -> str:
        """That language, or the first in which there is anything."""
        return language if language in self.told else next(iter(self.told))

    def in_language(self, language: str) -> Told:
        """What is told in that language, or in the first that there is."""
        return self.told[self.nearest(language)]


def from_text(text: str) -> Shared:
    """What `Shared.text` made."""
    said = json.loads(text)
    told = {
        language: Told(
            one["category"],
            tuple(one["children"]),
            tuple((title, tuple((label, value) for label, value in rows)) for title, rows in one["groups"]),
        )
        for language, one in said["told"].items()
    }
    return Shared(said["question"], told)


def share(of: Source, question: str, languages: Sequence[str], *, answers: bool) -> Shared:
    """The summary of a report, with its answers as they are now where the screener says so."""
    told = {}
    for language in languages:
        with speaking(language):
            told[language] = Told(
                dict(categories(of.published, language)).get(of.found.category, ""),
                tuple(_child(one) for one in of.children),
                _groups(of, language) if answers else (),
            )
    return Shared(question, told)


def _child(one: ChildFacts) -> str:
    initials = "".join(part[:1].upper() for part in (one.first_name, one.last_name)) or _("Name not given")
    age = age_words(one.born_on, one.age_years, one.unborn, clock.today())
    return str(_("%(name)s, %(age)s", name=initials, age=age))


def _groups(of: Source, language: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    form = of.published.form
    places = any(keeps_places(one.triage, one.sections) for one in (of.sent, of.now))
    left_out, unsaid = withheld(form, places=places), _of_referrer(form)
    found = []
    for group in answer_groups_of(form, of.found, of.now, language):
        # What nobody answered is noise for somebody who asks for one thing.
        given = [row for row in group.given if row.key and row.key not in unsaid and row.value != _("Not answered")]
        if given and group.section != REFERRER:
            rows = tuple((row.label, _value(of, row, hidden=row.key in left_out)) for row in given)
            found.append((_title(of, group), rows))
    return tuple(found)


def _of_referrer(form: Form) -> frozenset[str]:
    """The questions about whoever reports, wherever the form asks them."""
    asked: Iterable[Any] = [
        *form.triage_questions(),
        *(one for section in (*form.sections, *form.urgent) for one in section.questions),
    ]
    return frozenset(one.key for one in asked if (one.fact or "").startswith("referrer."))


def _value(of: Source, row: Row, *, hidden: bool) -> str:
    if hidden or carried(row.value, of.secrets):
        return str(_("Not shared in the hub"))
    return row.value


def _title(of: Source, group: Group) -> str:
    """A heading without the name in it, where that is one that stays unnamed."""
    return group.title.split(":")[0] if carried(group.title, of.secrets) else group.title
