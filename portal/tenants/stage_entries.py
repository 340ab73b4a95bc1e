"""The lists of a council's stages and of what is done at each: what an item is asked for, and where it is stored."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.kernel.language import say
from portal.tenants.list_stores import Coded, Row, Said
from portal.tenants.listed import Listed, Within
from portal.tenants.outcome_settings import MOST_REASONS
from portal.tenants.own_clocks import MOMENTS, MOST_CLOCKS, NOBODY, ROUTES, TOLD, OwnClock
from portal.tenants.settings import Council
from portal.tenants.settings_entry import Entry, in_languages, said_of
from portal.tenants.stage_settings import MOST_STAGES, Stage

STAGES = "stages"
CLOCKS = "own-clocks"
CHECKLIST = "checklist-"
_PART, _CLOCKS_PART = "stages", "own_clocks"


def lists(settings: Council, language: str) -> list[Listed]:
    """Stages, the checklist of each, and the further clocks."""
    return [
        _stages(settings, language),
        _clocks(settings),
        *(_checklist(one, settings, language) for one in settings.stages),
    ]


def length_said(minutes: int | None) -> str:
    """A working time as somebody types it; "" for none."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    if rest:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    return str(ngettext("%(num)s hour", "%(num)s hours", hours))


def _stages(settings: Council, language: str) -> Listed:
    name = Entry("name", (_PART, "names"), _("Name"), _("Enter the name, up to 200 characters"))
    comes = (
        ("arrival", _("When it comes in")),
        ("claimed", _("When somebody claims it")),
        ("chosen", _("When somebody moves it there")),
        ("decided", _("When the outcome is recorded")),
    )
    entered = Entry(
        "entered", (_PART, "entered"), _("How a report comes to this stage"),
        _("Choose how a report comes to this stage"), kind="choice", options=comes, usual=("chosen",),
        short=_("Begins"),
    )  # fmt: skip
    hint = _(
        "In working time, such as 4 hours or 45 minutes. Leave it empty to have no clock. A report that is at the "
        "stage already keeps the time it had when it came there."
    )
    clock = Entry(
        "clock", (_PART, "clocks"), _("Time for this stage (optional)"),
        _("Enter a time such as 4 hours or 45 minutes"), hint, "maybe", 10, short=_("Time"),
    )  # fmt: skip
    stages = {one.key: one for one in settings.stages}
    return Listed(
        STAGES,
        _("Stages of the work"),
        _(
            "What a report goes through in your front door, in this order. Each stage has its own checklist, and a "
            "clock if you give it one."
        ),
        _("Add a stage"),
        _("Its checklist goes with it. Reports that were at this stage say so in their history by its code: %(code)s."),
        _("While there are none, the usual ones count: contact, screening, multi-agency and decision."),
        (*in_languages(name, settings.languages), entered, clock),
        lambda told: [_stage_row(one) for one in told.stages],
        Coded((("stages", "checklists"),)),
        MOST_STAGES,
        within=lambda key: (_checklist_of(stages[key], language),) if key in stages else (),
    )


def _stage_row(one: Stage) -> Row:
    return Row(
        one.key, said_of("name", one.name) | {"entered": (one.entered,), "clock": (length_said(one.minutes),)}
    )  # fmt: skip


def _checklist_of(stage: Stage, language: str) -> Within:
    return Within(CHECKLIST + stage.key, _("Checklist"), tuple(say(one.label, language) for one in stage.checklist))


def _checklist(stage: Stage, settings: Council, language: str) -> Listed:
    place = (_PART, "checklists", stage.key)
    words = Entry("words", (*place, "items"), _("What is done"), _("Enter what is done, up to 200 characters"))
    asks = _("Whoever moves a report on without it is asked first, and never stopped.")
    needed = Entry(
        "needed", (*place, "required"), _("It should be done at this stage"), _("Choose yes or no"), asks, "yes_no"
    )
    return Listed(
        CHECKLIST + stage.key,
        _("%(stage)s: checklist", stage=say(stage.name, language)),
        _("What is looked at while a report is at this stage. Each line can be ticked there."),
        _("Add a line"),
        _("Reports on which it is ticked keep that in their history by its code: %(code)s."),
        _("There is no checklist at this stage."),
        (*in_languages(words, settings.languages), needed),
        lambda told: [
            Row(item.key, said_of("words", item.label) | {"needed": ("yes" if item.required else "no",)})
            for one in told.stages
            if one.key == stage.key
            for item in one.checklist
        ],
        Coded(),
        MOST_REASONS,
        around=STAGES,
    )


def _moments() -> dict[str, str]:
    return {
        "received": _("When it is received"),
        "claimed": _("When it is claimed"),
        "asked": _("When the referrer is asked"),
        "answered": _("When the referrer answers"),
        "decided": _("When the outcome is recorded"),
    }


def _clock_entries(settings: Council) -> tuple[Entry, ...]:
    name = Entry("name", (_CLOCKS_PART, "names"), _("Name"), _("Enter the name, up to 200 characters"))
    said = _moments()
    never = ("", _("Nothing: it begins with the outcome, and only its time counts"))
    routes = {
        "MASH_URGENT": _("Urgent"), "MASH": _("Social care"), "EARLY_HELP": _("Early help"),
        "ADVICE": _("Advice"), "INFORMATION": _("Information request"),
    }  # fmt: skip
    return (
        *in_languages(name, settings.languages),
        Entry(
            "time", (_CLOCKS_PART, "times"), _("Time"), _("Enter a time such as 4 hours or 45 minutes"),
            _("In working time, such as 4 hours or 45 minutes"), "maybe", 10,
        ),
        Entry(
            "starts", (_CLOCKS_PART, "starts"), _("What begins it"), _("Choose what begins it"), kind="choice",
            options=tuple((one, said[one]) for one in MOMENTS), usual=("received",),
        ),
        Entry(
            "until", (_CLOCKS_PART, "until"), _("What stops it"), _("Choose something that comes after what begins it"),
            kind="choice", options=(*((one, said[one]) for one in MOMENTS[1:]), never), usual=("decided",),
        ),
        Entry(
            "routes", (_CLOCKS_PART, "routes"), _("For which routes (optional)"), _("Choose routes of the list"),
            _("For all of them if you choose none"), "several", options=tuple((one, routes[one]) for one in ROUTES),
            short=_("Routes"),
        ),
        _told(),
    )  # fmt: skip


def _told() -> Entry:
    whom = {"owner": _("Whoever has the report, else the people on duty"), "nobody": _("Nobody")}
    return Entry(
        "told", (_CLOCKS_PART, "told"), _("Who is told when it is over"), _("Choose who is told when it is over"),
        _("Once, by email"), "choice", options=tuple((one, whom[one]) for one in TOLD), usual=(TOLD[0],),
        short=_("Told"),
    )  # fmt: skip


def _clocks(settings: Council) -> Listed:
    return Listed(
        CLOCKS,
        _("Further clocks"),
        _("Times of your own that a report’s page shows beside the one by which it is due."),
        _("Add a clock"),
        _("It is no longer shown on any report. Nothing else depends on it."),
        _("There are no further clocks."),
        _clock_entries(settings),
        lambda told: [_clock_row(one) for one in told.own_clocks],
        Coded(),
        MOST_CLOCKS,
        check=_stops,
    )


def _stops(said: Said) -> dict[str, str]:
    if said["until"] == ("",) and said["starts"] != ("decided",):
        return {"until": _("Choose something that comes after what begins it")}
    return {}


def _clock_row(one: OwnClock) -> Row:
    more = {"time": (length_said(one.minutes),), "starts": (one.starts,), "until": (one.until,), "routes": one.routes}
    more |= {"told": (NOBODY if one.quiet else TOLD[0],)}
    return Row(one.key, said_of("name", one.name) | more)
