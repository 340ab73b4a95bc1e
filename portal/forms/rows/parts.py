"""What each part of a rule set consists of, as fields, and how a whole entry is drawn and read."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.forms.editing.documents import MISSING, Steps, drop, list_at, look, put
from portal.forms.rows.around import Around, Group, Posted, Sheet
from portal.forms.rows.cells import Cell, Day, Filled, Flag, Line, Name, Pick, Some, Whole, Words
from portal.forms.rows.deciding import Level, Notices, Topics
from portal.forms.topic_reading import PHONE
from portal.web.fields import FieldView

MOST_SERVICES = 10


@dataclass(frozen=True)
class Services:
    """The services of an advice page: those there are and one more; one without a name is taken out."""

    name: str = "services"

    @property
    def steps(self) -> Steps:
        return (self.name,)

    def filled(self, value: object) -> Filled:
        found = list_at(value, ())
        fields: Filled = {"service_count": [str(len(found))]}
        for place, service in enumerate(found):
            for cell in _service(place):
                fields |= cell.filled(look(service, cell.steps[-1:]))
        return fields

    def drawn(self, sheet: Sheet) -> list[Group]:
        groups = [Group((sheet.field("hidden", "service_count", ""),))]
        for place in range(_services(sheet)):
            for cell in _service(place):
                groups += cell.drawn(sheet)
        return groups

    def read(self, sheet: Sheet, before: object) -> Any:
        old, kept = list_at(before, ()), []
        for place in range(_services(sheet)):
            names = [f"service{place}_name-{language}" for language in sheet.around.languages]
            if not any(sheet.one(name) for name in names):
                continue
            was = old[place] if place < len(old) and isinstance(old[place], Mapping) else {}
            service: Any = copy.deepcopy(dict(was))
            for cell in _service(place):
                service = _set(service, cell.steps[-1:], cell.read(sheet, look(was, cell.steps[-1:])))
            kept.append(service)
        return kept


def _services(sheet: Sheet) -> int:
    text = sheet.one("service_count")
    return min(MOST_SERVICES, (int(text) if text in {str(n) for n in range(MOST_SERVICES + 1)} else 0) + 1)


def _service(place: int) -> list[Cell]:
    mark, number = f"service{place}_", place + 1
    name, what = _l("Service %(number)s: name", number=number), _l("Service %(number)s: what it does", number=number)
    phone = Line(
        mark + "phone",
        _l("Service %(number)s: telephone number", number=number),
        "",
        lambda text: bool(PHONE.match(text)),
        _l("Enter a telephone number of digits and spaces"),
    )
    url = Line(
        mark + "url",
        _l("Service %(number)s: website", number=number),
        "",
        lambda text: text.startswith("https://"),
        _l("Enter an address that begins with https://"),
    )
    empty = _l("Empty it to take the service out.")
    return [
        Words(mark + "name", name, empty, long=False, needed=False, at=("name",)),
        Words(mark + "what", what, long=False, at=("what",)),
        At("phone", phone),
        At("url", url),
    ]


@dataclass(frozen=True)
class At:
    """Another cell whose document is under another name than its fields."""

    key: str
    cell: Line

    @property
    def steps(self) -> Steps:
        return (self.key,)

    def filled(self, value: object) -> Filled:
        return self.cell.filled(value)

    def drawn(self, sheet: Sheet) -> list[Group]:
        return self.cell.drawn(sheet)

    def read(self, sheet: Sheet, before: object) -> Any:
        return self.cell.read(sheet, before)


WHY = Words("why", _l("Why"), _l("The rule in plain words. The referrer reads it."))
ROUTE = Pick("route", _l("The route that it leads to"), "routes")
RULE_NAME = Name("id", _l("Name of the rule"), _l("Letters and digits, like A05. Scenarios and the record use it."))
CALLED = Words(
    "called", _l("What it is called"), _l("In plain words, as in “Score of the eight areas”."), long=False, at=("",)
)
CELLS: Mapping[str, Sequence[Cell]] = {
    "rules": (
        RULE_NAME, ROUTE, Level(), WHY, Notices(), Topics(),
        Flag(
            "stands_alone", _l("This rule stands alone"), _l("The notices that are shown for every rule are left out."),
        ),
    ),
    "overrides": (
        RULE_NAME, Some("from", _l("Open from these routes"), "routes", needed=True),
        Some("except", _l("But not after these rules"), "rules"), ROUTE, Level(), WHY, Notices(), Topics(),
    ),
    "always": (
        Pick("notice", _l("Notice"), "notices", kind="select"),
        Some("routes", _l("Only for these routes"), "routes", _l("Choose none for every route.")),
    ),
    "topic_rules": (
        Some("topics", _l("Topics"), "topics", needed=True),
        Flag("drop", _l("Leave these topics out again"), _l("Instead of showing them.")),
    ),
    "exceptions": (
        Pick("rule", _l("Rule"), "rules", kind="select"),
        Some("properties", _l("What need not hold for this rule"), "properties", needed=True),
        Words("reason", _l("Reason"), _l("It is shown beside the proof every time.")),
    ),
    "routes": (
        Words("label", _l("Name of the route"), long=False),
        Whole("rank", _l("Urgency"), _l("1 is the least urgent. No two routes have the same."), 1, 20),
        Words("what", _l("What happens next")),
        Words("who", _l("Who decides")),
    ),
    "levels": (Words("text", _l("Name of the level"), long=False, at=("",)),),
    "notices": (Words("text", _l("Words of the notice"), at=("",)),),
    "topics": (
        Words("title", _l("Title"), long=False), Words("summary", _l("Summary")),
        Words("try_first", _l("What to try first")), Words("come_back", _l("When to come back")),
        Words("worse", _l("What to do if it gets worse")), Services(),
        Day("reviewed", _l("When somebody last checked this page")),
    ),
    "values": (CALLED,),
    "conditions": (CALLED,),
    "general": (
        Pick("hub", _l("The route that reaches the hub"), "routes", at=("safety", "hub")),
        Words("override_question", _l("Question under “I disagree”"), long=False),
        Name(
            "override_answer", _l("Name of the answer to it"),
            _l("Letters, digits and underscores. Rules and scenarios that use it follow when you change it."),
        ),
    ),
}  # fmt: skip


def filled(part: str, node: object) -> Filled:
    """The fields of an entry as its document has them."""
    fields: Filled = {}
    for cell in CELLS[part]:
        fields |= cell.filled(look(node, _in(cell)))
    return fields


def drawn(part: str, around: Around, posted: Posted, errors: dict[str, str] | None = None) -> list[Group]:
    """The fields of an entry as a page shows them."""
    sheet = Sheet(around, posted, errors or {})
    return [group for cell in CELLS[part] for group in cell.drawn(sheet)]


def read(part: str, around: Around, posted: Posted, before: object) -> tuple[Any, dict[str, str]]:
    """The entry's document changed as posted, and what is wrong by field; other parts of the document stay."""
    sheet = Sheet(around, posted)
    node: Any = copy.deepcopy(before) if isinstance(before, Mapping) else {}
    for cell in CELLS[part]:
        node = _set(node, _in(cell), cell.read(sheet, look(before, _in(cell))))
    return node, sheet.errors


def views(groups: Sequence[Group]) -> list[FieldView]:
    """All fields of a page, for its list of errors and for two designers who meet."""
    return [view for group in groups for view in group.views]


def _in(cell: Cell) -> Steps:
    """Where a cell's document is; an entry that is one text is its own."""
    return () if cell.steps == ("",) else cell.steps


def _set(node: Any, steps: Steps, value: object) -> Any:
    if value is MISSING:
        return drop(node, steps) if steps and look(node, steps) is not MISSING else ({} if not steps else node)
    if len(steps) > 1 and not isinstance(look(node, steps[:1]), Mapping):
        node = put(node, steps[:1], {})
    return put(node, steps, value)
