"""What partners in the hub may see of a report: made when it is opened to them, or shared anew, in each language of the
council. What the report comes to keep secret later is taken out at once.

Never who reported, what is kept secret, a file, a note or a message; an answer that gives away any of it is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from flask_babel import gettext as _

from portal.forms.queries import Published
from portal.kernel import clock
from portal.messaging.protecting import Protected, carried
from portal.referrals.presenting import Group, Row, answer_groups_of
from portal.referrals.projecting import ChildFacts
from portal.referrals.queries.record import Answers, Found
from portal.referrals.withholding import keeps_places, of_referrer, withheld
from portal.screening.presenting import age_words, categories
from portal.web.speaking import speaking

LISTED: Final = 160  # characters of a question that a list shows
_SAFE, _UNSAFE = "_safe_contact", "no"
_WAYS = ("_phone", "_email", "_mobile")


@dataclass(frozen=True)
class Source:
    """What it is made from: the answers as sent and after each correction, those of them to tell (else the last), and
    what the report keeps secret."""

    found: Found
    published: Published
    versions: tuple[Answers, ...]
    children: tuple[ChildFacts, ...]
    secrets: tuple[Protected, ...]
    shown: Answers | None = None

    @property
    def now(self) -> Answers:
        """The answers as they are now."""
        return self.versions[-1]

    @property
    def keeps_places(self) -> bool:
        """Whether an address must be kept from somebody, or had to be at any time."""
        return any(keeps_places(one.triage, one.sections) for one in self.versions)


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

    def line(self) -> str:
        """What a list needs of it, as a text to seal: opening it opens no answers."""
        told = {language: Told(one.category, one.children) for language, one in self.told.items()}
        question = self.question if len(self.question) <= LISTED else f"{self.question[: LISTED - 1].rstrip()}…"
        return Shared(question, told).text()

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


def kept_secret(of: Source, shared: Shared, new: Sequence[Protected]) -> Shared:
    """What was shared before, without what the report has come to keep secret since; `of.shown` are the answers that
    it was made from, `new` what is secret now and was not then."""
    told = {}
    for language, one in shared.told.items():
        with speaking(language):
            told[language] = Told(one.category, one.children, _groups(of, language) if one.groups else ())
    return Shared("" if carried(shared.question, new) else shared.question, told)


def _groups(of: Source, language: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    form, answers = of.published.form, of.shown or of.now
    left_out, unsaid = withheld(form, places=of.keeps_places), of_referrer(form)
    found = []
    for group in answer_groups_of(form, of.found, answers, language):
        # What nobody answered is noise for somebody who asks for one thing.
        given = [row for row in group.given if row.key and row.key not in unsaid and row.value != _("Not answered")]
        if given:
            unsafe = _nobody_writes_to(group, of.now)
            hidden = {row.key for row in given if row.key in left_out or (unsafe and row.key.endswith(_WAYS))}
            rows = tuple((row.label, _value(of, row, hidden=row.key in hidden)) for row in given)
            found.append((_title(of, group), rows))
    return tuple(found)


def _nobody_writes_to(group: Group, now: Answers) -> bool:
    """Whether it is not safe to contact the person whom these answers are about."""
    body = now.sections.get(group.section)
    if group.item is not None:
        body = body[group.item] if isinstance(body, list) and group.item < len(body) else None
    if group.people and group.number is not None and isinstance(body, Mapping):
        people = body.get(group.people) or []
        body = people[group.number] if group.number < len(people) else None
    return isinstance(body, Mapping) and any(key.endswith(_SAFE) and body[key] == _UNSAFE for key in body)


def _value(of: Source, row: Row, *, hidden: bool) -> str:
    if hidden or carried(row.value, of.secrets):
        return str(_("Not shared in the hub"))
    return row.value


def _title(of: Source, group: Group) -> str:
    """A heading without the name in it, where that is one that stays unnamed."""
    return group.title.split(":")[0] if carried(group.title, of.secrets) else group.title
