"""A report in the reader's words: its answers in groups, its route and reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from portal.forms.facts import is_empty
from portal.forms.queries import Published, version
from portal.forms.questionnaire import Form, Question, Section, visible
from portal.forms.questions import summary
from portal.forms.rules import Outcome
from portal.kernel.language import say
from portal.referrals.paths import TRIAGE, shown_pages, walk, words_of
from portal.referrals.places import Place
from portal.referrals.queries.record import Answers, Found
from portal.referrals.routing import also_because
from portal.referrals.wording import Wording


@dataclass(frozen=True)
class Row:
    """One answer in words. `items` are the lines of a choice of several; `left` says that an optional question has
    no answer; `href` is where to change it, "" on a report that was sent; `corrected` that another counts now."""

    label: str
    value: str
    key: str = ""
    items: tuple[str, ...] = ()
    left: bool = False
    href: str = ""
    corrected: bool = False


@dataclass(frozen=True)
class Group:
    """Answers under one heading; `section`, `page`, `item`, and `people` with `number`, say where they were given."""

    title: str
    rows: tuple[Row, ...]
    section: str = ""
    page: str = ""
    item: int | None = None
    people: str = ""
    number: int | None = None

    @property
    def given(self) -> tuple[Row, ...]:
        """The answers, and the questions that still need one."""
        return tuple(row for row in self.rows if not row.left)

    @property
    def left(self) -> tuple[Row, ...]:
        """The optional questions that were left empty."""
        return tuple(row for row in self.rows if row.left)


@dataclass(frozen=True)
class RouteView:
    """A route in words: what it is called, what will happen, who decides, and why."""

    key: str
    label: str
    what: str
    who: str
    why: str
    also: tuple[str, ...]
    notices: tuple[str, ...]
    topics: tuple[tuple[str, str, str], ...]
    level: str


def answer_groups(found: Found, answers: Answers, language: str) -> list[Group]:
    """The answers of a sent report, in the order and with the labels of the form it was made with."""
    return answer_groups_of(version(found.form_version_id).form, found, answers, language)


def answer_groups_of(form: Form, found: Found, answers: Answers, language: str) -> list[Group]:
    """The same for a form that is at hand."""
    return groups(form, found.kind, answers.triage, answers.sections, language)


def groups(form: Form, kind: str, triage: Mapping[str, Any], sections: Mapping[str, Any], language: str) -> list[Group]:
    """Answers in groups: one for each triage page that is asked, each section, each child or person."""
    walked = walk(form, kind, triage, sections)
    found = []
    for page in shown_pages(form, walked.triage) if kind != "urgent" else ():
        title = say(page.title, language)
        found.append(_group(title, page.questions, walked.triage, {}, language=language, section=TRIAGE, page=page.key))
    known = walked.known()
    for section in walked.shown:
        title, body = say(section.title, language), walked.sections[section.key]
        if section.repeat is None:
            around = _group(title, section.questions, body, known, language=language, section=section.key)
            found += [around, *_people(around, section.questions, body, known, language)]
            continue
        for place, item in enumerate(body):
            name = item_title(section, item, place, language)
            one = _group(name, section.questions, item, known, language=language, section=section.key, item=place)
            found += [one, *_people(one, section.questions, item, known, language)]
        if not body:
            found.append(Group(title, (Row(title, _("Nobody added")),), section.key))
    return found


def _group(
    title: str,
    questions: Iterable[Question],
    answers: Mapping[str, Any],
    elsewhere: Mapping[str, Any],
    *,
    language: str,
    section: str,
    page: str = "",
    item: int | None = None,
) -> Group:
    known = {**elsewhere, **answers}
    asked = [question for question in visible(questions, known) if question.type != "group"]
    rows = tuple(_row(question, known, answers.get(question.key), language) for question in asked)
    return Group(title, rows, section, page, item)


def _people(
    around: Group,
    questions: Iterable[Question],
    answers: Mapping[str, Any],
    elsewhere: Mapping[str, Any],
    language: str,
) -> list[Group]:
    """The people of a section's groups, one group of answers each, under the title of what they are around."""
    known, found = {**elsewhere, **answers}, []
    for question in visible(questions, known):
        if question.type != "group":
            continue
        named = _("%(item)s: %(name)s", item=around.title, name=say(question.label, language))
        people = answers.get(question.key) or []
        for number, one in enumerate(people):
            title = _("%(item)s: %(name)s", item=around.title, name=item_title(question, one, number, language))
            inner = _group(title, question.questions, one, known, language=language, section=around.section)
            found.append(replace(inner, item=around.item, people=question.key, number=number))
        if not people:
            nobody = Group(named, (Row(say(question.label, language), _("Nobody added")),), around.section)
            found.append(replace(nobody, item=around.item, people=question.key))
    return found


def _row(question: Question, known: Mapping[str, Any], answer: object, language: str) -> Row:
    value = summary(question, answer, language)
    several = question.type in {"checkboxes", "levels"} and "\n" in value
    return Row(
        label=say(question.label, language),
        value=value,
        key=question.key,
        items=tuple(value.split("\n")) if several else (),
        left=is_empty(answer) and not question.is_required(known),
    )


def place_in(group: Group, row: Row) -> Place:
    """Where an answer is."""
    return Place(group.section, row.key, group.item, group.people, group.number)


def marked(found: Iterable[Group], places: Collection[str]) -> list[Group]:
    """The groups, with a mark at each answer that was corrected after sending."""
    if not places:
        return list(found)
    return [replace(group, rows=tuple(_marked(group, row, places) for row in group.rows)) for group in found]


def _marked(group: Group, row: Row, places: Collection[str]) -> Row:
    return replace(row, corrected=bool(row.key) and place_in(group, row).text() in places)


def item_title(section: Section | Question, item: Mapping[str, Any], place: int, language: str) -> str:
    """What one child or person is called: "Child 2: Siân Llŷr", without a name "Child 2"."""
    repeat = section.repeat
    if repeat is None:
        return say(section.title if isinstance(section, Section) else section.label, language)
    number = _("%(item)s %(number)s", item=say(repeat.item, language), number=place + 1)
    name = " ".join(filter(None, (_called(item.get(key)) for key in repeat.title_from)))
    return str(_("%(item)s: %(name)s", item=number, name=name) if name else number)


def _called(answer: object) -> str:
    """A name as one says it, whether it was given in one answer or in parts."""
    if isinstance(answer, Mapping):
        return " ".join(filter(None, (words_of(answer.get(part)) for part in ("first", "last"))))
    return words_of(answer)


def route_view(published: Published, outcome: Outcome, language: str) -> RouteView:
    """The route that the rules chose, in the council's own words."""
    rules = published.thresholds
    route = rules.routes.get(outcome.route)
    level = rules.levels.get(outcome.level) if outcome.level is not None else None
    return RouteView(
        key=outcome.route,
        label=say(route.label, language) if route else _("The council's front door"),
        what=say(route.what, language) if route else Wording(published.form.key)["route_what"],
        who=say(route.who, language) if route else _("A person at the council decides."),
        why=say(outcome.why, language),
        also=tuple(say(why, language) for why in also_because(rules, outcome)),
        notices=tuple(say(rules.notices[key], language) for key in outcome.notices if key in rules.notices),
        topics=tuple(
            (key, say(rules.topics[key].title, language), say(rules.topics[key].summary, language))
            for key in outcome.topics
            if key in rules.topics
        ),
        level=say(level, language) if level else "",
    )


def stored_outcome(found: Found) -> Outcome:
    """What the rules said when the report was sent."""
    document = found.outcome_of_rules
    return Outcome(
        route=found.route,
        rule=found.rule,
        level=found.level,
        notices=tuple(document.get("notices", ())),
        topics=tuple(document.get("topics", ())),
        why=document.get("why", {}),
        also=tuple(document.get("also", ())),
        before_override=document.get("before_override"),
        attention=found.attention,
    )
