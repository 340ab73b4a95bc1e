"""A referrer's own copy of a report, as one document that a page and a PDF draw alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from portal.forms.queries import Published
from portal.kernel import clock
from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.messaging.presenting import CorrectionView, corrections_told
from portal.messaging.queries import Said
from portal.referrals.places import place_of
from portal.referrals.presenting import Group, answer_groups_of, route_view, stored_outcome
from portal.referrals.progress import state_words
from portal.referrals.queries.corrections import Corrected, as_now
from portal.referrals.queries.record import Answers, Found
from portal.referrals.withholding import keeps_places, withheld
from portal.referrals.wording import Wording
from portal.web.dates import datetime_words


@dataclass(frozen=True)
class Line:
    """A question, or the name of a fact, with its answer; `items` are the lines of a choice of several."""

    label: str
    value: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """Lines under a heading."""

    title: str
    rows: tuple[Line, ...]


@dataclass(frozen=True)
class Part:
    """A part of the document: sentences, then lines, then blocks."""

    title: str
    texts: tuple[str, ...] = ()
    rows: tuple[Line, ...] = ()
    groups: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Copy:
    """The whole document."""

    title: str
    language: str
    facts: tuple[Line, ...]
    parts: tuple[Part, ...]
    logo_alt: str = ""
    footer: str = ""
    page: str = ""

    def data(self) -> dict[str, Any]:
        """The document as the typesetter reads it."""
        return asdict(self)


@dataclass(frozen=True)
class Source:
    """What a copy is made from."""

    council: Council
    found: Found
    published: Published
    answers: Answers
    corrected: tuple[Corrected, ...]
    said: tuple[Said, ...]
    answered: tuple[Block, ...] = ()
    """What the council answered, the last first; a higher package knows it."""
    more: tuple[Part, ...] = ()
    """What higher packages add at the end."""
    left_out: frozenset[str] = field(default=frozenset())


def own_copy(source: Source, language: str) -> Copy:
    """The copy in that language, which must be the page's: questions as they were asked, and answers without what must
    not leave the portal."""
    found, answers = source.found, source.answers
    now = as_now(answers, source.corrected)
    places = any(keeps_places(one.triage, one.sections) for one in (answers, now))
    source = replace(source, left_out=withheld(source.published.form, places=places))
    wording = Wording(found.form_key)
    parts = [_route(source, language), _answers(source, language)]
    if source.answered:
        parts.insert(1, Part(_("The council’s answer"), groups=source.answered))
    if source.corrected:
        parts.append(_corrections(source, language))
    if any(one.kind == "addition" for one in source.said):
        parts.append(_additions(source))
    parts.extend(source.more)
    logo = source.council.settings.logo
    return Copy(
        title=wording.titled(found.reference),
        language=language,
        facts=_facts(source, language),
        parts=tuple(parts),
        logo_alt=say(logo.alt, language) if logo else "",
        footer=f"{say(source.council.name, language)}, {found.reference}",
        page=_("Page"),
    )


def _facts(source: Source, language: str) -> tuple[Line, ...]:
    found, form = source.found, source.published
    who = ", ".join(filter(None, (found.author_name, found.author_job, say(found.agency_name, language))))
    version = _("%(form)s, version %(number)s", form=say(form.form.title, language), number=form.number)
    return (
        Line(_("Reference"), found.reference),
        Line(_("Sent to"), say(source.council.name, language)),
        Line(_("Sent"), datetime_words(found.sent_at)),
        Line(_("Sent by"), who),
        Line(_("Form"), version),
        Line(_("State"), state_words(found.state)),
        Line(_("This copy was made"), datetime_words(clock.now())),
    )


def _route(source: Source, language: str) -> Part:
    route = route_view(source.published, stored_outcome(source.found), language)
    reason = source.answers.override_reason if source.found.overridden else ""
    return Part(
        _("Where it went: %(route)s", route=route.label),
        texts=tuple(filter(None, (route.why, *route.also, route.what, route.who))),
        rows=(Line(_("Why the referrer disagreed:").rstrip(":"), reason),) if reason else (),
    )


def _answers(source: Source, language: str) -> Part:
    groups = answer_groups_of(source.published.form, source.found, source.answers, language)
    told = tuple(Block(group.title, tuple(_lines(group, source.left_out))) for group in groups)
    left = _("Some answers are left out of this copy, because they could tell where somebody is who must be safe.")
    texts = (left,) if source.left_out & {row.key for group in groups for row in group.rows} else ()
    return Part(_("The answers as sent"), texts=texts, groups=tuple(block for block in told if block.rows))


def _lines(group: Group, left_out: Collection[str]) -> Iterable[Line]:
    for row in group.rows:
        if row.key in left_out:
            yield Line(row.label, _("Left out of this copy"))
        else:
            yield Line(row.label, row.value, row.items)


def _corrections(source: Source, language: str) -> Part:
    said: Mapping[UUID, Said] = {one.id: one for one in source.said}
    shown = []
    for one in source.corrected:
        place = place_of(one.place)
        hidden = place is None or place.key in source.left_out
        shown += [(view, hidden) for view in _told_at(source, one, said, language)]
    return Part(_("Corrected after sending"), groups=tuple(_correction(view, hidden=hidden) for view, hidden in shown))


def _told_at(source: Source, one: Corrected, said: Mapping[UUID, Said], language: str) -> list[CorrectionView]:
    """One correction, read with the answers of its moment."""
    before = source.corrected[: source.corrected.index(one)]
    return corrections_told(source.found, as_now(source.answers, before), (one,), said, language)


def _correction(view: CorrectionView, *, hidden: bool) -> Block:
    title = _("%(about)s: %(question)s", about=view.about, question=view.label) if view.about else view.label
    left = _("Left out of this copy")
    return Block(
        title,
        (
            Line(_("Old answer"), left if hidden else view.old or _("Not provided")),
            Line(_("New answer"), left if hidden else view.new or _("Not provided")),
            Line(_("Why"), view.why),
            Line(_("Corrected by"), _("%(name)s, %(when)s", name=view.who, when=datetime_words(view.at))),
        ),
    )


def _additions(source: Source) -> Part:
    rows = tuple(
        Line(_("%(name)s, %(when)s", name=one.author_name, when=datetime_words(one.sent_at)), one.text)
        for one in source.said
        if one.kind == "addition"
    )
    return Part(_("Added information"), rows=rows)
