"""The stages of a report as a page says them: their names, clocks, checklists and what was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.kernel import clock, scope
from portal.kernel.language import say
from portal.referrals.queries.record import Found
from portal.referrals.states import OPEN
from portal.screening.beside import Line
from portal.screening.clock_words import age_words, light_badge
from portal.screening.clocks import Age, Clocks
from portal.screening.presenting import Badge
from portal.stages import rules
from portal.stages.queries import Tick, Visit, implied
from portal.tenants.stage_settings import Item, Stage
from portal.web.dates import datetime_words
from portal.web.fields import FieldView, OptionView

NOT_URGENT = 0


@dataclass(frozen=True)
class Told:
    """One visit in words."""

    name: str
    since: str
    until: str
    lasted: str
    due: str
    undone: tuple[str, ...]


def stage_name(key: str) -> str:
    """The council's name of a stage, in the reader's language."""
    return say(rules.by_key(scope.council().settings.stages, key).name, str(get_locale()))


def light(found: Found, due_at: datetime | None) -> Badge | None:
    """The light of the stage that an open report is at; None without a clock."""
    if due_at is None or found.state not in OPEN:
        return None
    clocks = Clocks(scope.council(), clock.now())
    return light_badge(clocks.light(NOT_URGENT, due_at, found.clock_paused_at), clocks.day)


def age(visit: Visit) -> str:
    """How long a report has been at the stage, elapsed and worked."""
    clocks = Clocks(scope.council(), clock.now())
    return age_words(clocks.age(visit.entered_at), clocks.day)


def past(visit: Visit) -> Told:
    """A visit as a row of what was."""
    stages = scope.council().settings.stages
    labels = {one.key: say(one.label, str(get_locale())) for one in rules.by_key(stages, visit.stage).checklist}
    day = Clocks(scope.council(), clock.now()).day
    return Told(
        name=stage_name(visit.stage),
        since=_by(visit.entered_at, visit.entered_by),
        until=_by(visit.left_at, visit.left_by) if visit.left_at else "",
        lasted=_lasted(visit, day),
        due=datetime_words(visit.due_at) if visit.due_at else "",
        undone=tuple(labels.get(key, key) for key in visit.undone),
    )


def _by(at: datetime, who: str) -> str:
    return str(_("%(when)s by %(name)s", when=datetime_words(at), name=who) if who else datetime_words(at))


def _lasted(visit: Visit, day: timedelta) -> str:
    if visit.left_at is None or visit.worked is None:
        return age(visit)
    return age_words(Age(visit.left_at - visit.entered_at, timedelta(minutes=visit.worked)), day)


def checklist(
    stage: Stage, ticked: Mapping[str, Tick], typed: Sequence[str] | None = None, wrong: str = ""
) -> FieldView | None:
    """The checklist of a stage as boxes, each with who ticked it and when; None for one without."""
    if not stage.checklist:
        return None
    options = tuple(OptionView(one.key, _label(one), _ticked(ticked.get(one.key))) for one in stage.checklist)
    chosen = tuple(ticked) if typed is None else tuple(typed)
    return FieldView("checkboxes", "done", _("What is done"), value=chosen, options=options, error=wrong)


def item_words(item: Item) -> str:
    """What a line of a checklist says."""
    return say(item.label, str(get_locale()))


def _label(item: Item) -> str:
    words = item_words(item)
    return words if item.required else str(_("%(item)s (if it is needed)", item=words))


def _ticked(tick: Tick | None) -> str:
    return str(_("%(name)s, %(when)s", name=tick.who, when=datetime_words(tick.at))) if tick else ""


def done_words(stage: Stage, ticked: Sequence[str]) -> str:
    """How much of the checklist is done; "" without one."""
    total = len(stage.checklist)
    number = sum(one.key in ticked for one in stage.checklist)
    return str(_("%(done)s of %(total)s done", done=number, total=total)) if total else ""


def line(found: Found) -> Line | None:
    """The line on the report's page: its stage, the stage's clock, how much of the checklist is done."""
    now = found.counted.get("stage")
    if now is None and found.state not in OPEN:
        return Line(_("Stages and checklists"), _address(found))
    key, due, ticked = _here(found) if now is None else (str(now["stage"]), _moment(now["due"]), now["done"] or ())
    badge = light(found, due)
    done = done_words(rules.by_key(scope.council().settings.stages, key), [str(one) for one in ticked])
    words = [one for one in (badge.text if badge else "", done) if one]
    late = badge is not None and due is not None and found.clock_paused_at is None and due < clock.now()
    return Line(_("Stage: %(name)s", name=stage_name(key)), _address(found), "; ".join(words), attention=late)


def _here(found: Found) -> tuple[str, datetime | None, Sequence[str]]:
    here = implied(found)
    return here.stage, here.due_at, ()


def _address(found: Found) -> str:
    return url_for("stages.show", reference=found.reference)


def _moment(said: object) -> datetime | None:
    return datetime.fromisoformat(str(said)) if said else None


def choices(now: str, typed: str = "", error: str = "") -> FieldView:
    """The other stages, to move to."""
    language = str(get_locale())
    options = tuple(
        OptionView(one.key, say(one.name, language)) for one in scope.council().settings.stages if one.key != now
    )
    return FieldView("radios", "stage", _("Where does it go?"), value=typed, error=error, options=options)
