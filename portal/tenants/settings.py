"""A council's settings as typed, frozen values, read from its council.yaml with every mistake named at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Final

from portal.auth.addresses import is_domain
from portal.auth.providers import Provider
from portal.kernel.language import LANGUAGES, Text
from portal.tenants import sign_on
from portal.tenants.asking_settings import Asking, read_asking
from portal.tenants.brand_settings import Logo, read_brand
from portal.tenants.challenge_settings import Challenging, read_challenging
from portal.tenants.clock_settings import Clock, read_clock
from portal.tenants.closure_settings import read_closures
from portal.tenants.duty_settings import Duty, read_duty
from portal.tenants.early_help_settings import Team, read_early_help
from portal.tenants.file_settings import Files, read_files
from portal.tenants.guidance_settings import read_guidance
from portal.tenants.handover_settings import Handover, read_handover
from portal.tenants.letter_settings import LetterTemplate, read_letters
from portal.tenants.outcome_settings import Deciding as Deciding
from portal.tenants.outcome_settings import Outcome as Outcome
from portal.tenants.outcome_settings import read_deciding, read_outcomes
from portal.tenants.own_clocks import OwnClock, read_own_clocks
from portal.tenants.people_settings import PASSKEY_ROLES, People, read_passkey_roles, read_people
from portal.tenants.question_templates import PART as QUESTION_TEMPLATES
from portal.tenants.question_templates import QuestionTemplate, read_question_templates
from portal.tenants.reading import Found, Reader, is_mailbox, twice
from portal.tenants.retention_settings import Retention, read_retention
from portal.tenants.service_times import ServiceTimes, read_times
from portal.tenants.stage_settings import USUAL, Stage, read_stages
from portal.tenants.telling_settings import Telling, read_telling

NATIONS: Final = ("wales", "england")
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PAGES: Final = ("privacy", "accessibility", "cookies", "terms", "thresholds")
PRIORITIES: Final = ("urgent", "high", "standard", "low")
RESERVED: Final = frozenset({"assets", "live", "ready", "outbox", "language", "static", "api", "operator", "schemas"})
"""First parts of addresses that belong to the instance; a council's slug may not be one of them."""

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
TELEPHONE = re.compile(r"(?:0|\+44 ?)[1-9][0-9]{1,4}(?: ?[0-9]){5,9}")


@dataclass(frozen=True)
class Phone:
    """A number to ring, and whose it is."""

    name: Text
    number: str


@dataclass(frozen=True)
class Hours:
    """When the council's hub answers, in the council's local time: weekday numbers (Monday is 0) and two times."""

    days: tuple[int, ...]
    opens: time
    closes: time


@dataclass(frozen=True)
class Phones:
    """The numbers of the front page: the hub in its hours, the emergency duty team outside them and on closures."""

    hub: Phone
    out_of_hours: Phone
    hours: Hours
    closures: tuple[date, ...]
    closures_why: Mapping[date, str] = field(default_factory=dict)


# Days before a draft is deleted on which its author is told, unless a council says otherwise (0: never).
USUAL_WARNING = 5


@dataclass(frozen=True)
class Priority:
    """How soon something is worked on, highest first in the council's list."""

    key: str
    label: Text


@dataclass(frozen=True)
class Council:
    """Everything a council sets about itself outside its questions and rules."""

    slug: str
    name: Text
    nation: str
    languages: tuple[str, ...]
    hostnames: tuple[str, ...]
    colour: str
    phones: Phones
    email: str
    security_contact: str
    sender: str
    clock: Clock
    service_times: ServiceTimes
    draft_days: int
    duplicate_weeks: int
    draft_warning_days: int
    retention: Retention
    statutory: Text
    outcomes: tuple[Outcome, ...]
    priorities: tuple[Priority, ...]
    pages: Mapping[str, Text]
    people: People
    logo: Logo | None = None
    sign_on: tuple[Provider, ...] = ()
    passkey_roles: tuple[str, ...] = PASSKEY_ROLES
    files: Files = field(default_factory=Files)
    guidance: Mapping[str, Text] = field(default_factory=dict)
    deciding: Mapping[str, Deciding] = field(default_factory=dict)
    duty: Duty = field(default_factory=Duty)
    asking: Asking = field(default_factory=Asking)
    hand_over: Handover = field(default_factory=Handover)
    telling: Mapping[str, Telling] = field(default_factory=dict)
    challenging: Challenging = field(default_factory=Challenging)
    stages: tuple[Stage, ...] = USUAL
    own_clocks: tuple[OwnClock, ...] = ()
    letters: Mapping[str, LetterTemplate] = field(default_factory=dict)
    early_help: tuple[Team, ...] = ()
    question_templates: Mapping[str, QuestionTemplate] = field(default_factory=dict)

    @property
    def default_language(self) -> str:
        """The language of a reader who has not chosen one."""
        return self.languages[0]


class SettingsMistakes(Exception):
    """Every mistake of the document, each with its place."""

    def __init__(self, mistakes: Sequence[Found]) -> None:
        super().__init__(f"{len(mistakes)} mistakes")
        self.mistakes = tuple(mistakes)


def parse_council(document: object) -> Council:
    """Read the document of a council.yaml (plain data); raises SettingsMistakes with all of its mistakes."""
    mistakes: list[Found] = []
    top = Reader(document, (), mistakes)
    top.languages = languages = _languages(top)
    council = Council(
        slug=_slug(top),
        name=top.text("name", 120),
        nation=top.choice("nation", NATIONS),
        languages=languages,
        hostnames=_hostnames(top),
        colour=(brand := read_brand(top.group("brand")))[0],
        logo=brand[1],
        phones=_phones(top.group("phones")),
        email=_mailbox(top, "email"),
        security_contact=_mailbox(top, "security_contact"),
        sender=_mailbox(top, "sender"),
        clock=(clock := read_clock(top.group("clock"))),
        service_times=read_times(top, clock.decide_working_days, clock.urgent_hours),
        draft_days=top.number("draft_days", 1, 365),
        # 0 warns of none.
        duplicate_weeks=top.number("duplicate_weeks", 0, 52, 6),
        draft_warning_days=top.number("draft_warning_days", 0, 60, USUAL_WARNING),
        retention=read_retention(top),
        statutory=top.text("statutory", 2000),
        outcomes=read_outcomes(top),
        priorities=_priorities(top),
        pages=_pages(top.group("pages")),
        people=read_people(top),
        sign_on=sign_on.providers(top),
        passkey_roles=read_passkey_roles(top),
        files=read_files(top),
        **_deciding(top),
    )
    top.finish()
    return _unless(mistakes, council)


def _unless(mistakes: list[Found], council: Council) -> Council:
    if mistakes:
        raise SettingsMistakes(mistakes)
    return council


def _deciding(top: Reader) -> dict[str, Any]:
    """How the council decides, asks and tells, by the names of `Council`; any of it may be missing."""
    return {
        "guidance": read_guidance(top),
        "deciding": read_deciding(top),
        "duty": read_duty(top),
        "asking": read_asking(top),
        "telling": read_telling(top),
        "letters": read_letters(top),
        "hand_over": read_handover(top),
        "challenging": read_challenging(top),
        "stages": read_stages(top),
        "own_clocks": read_own_clocks(top),
        "early_help": read_early_help(top),
        QUESTION_TEMPLATES: read_question_templates(top),
    }


def languages_of(document: object) -> tuple[str, ...]:
    """The languages of a council.yaml that may have mistakes elsewhere, so that its other files can be judged."""
    return _languages(Reader(document, (), []))


def _languages(top: Reader) -> tuple[str, ...]:
    found = top.items("languages")
    known = tuple(dict.fromkeys(code for code in found if isinstance(code, str) and code in LANGUAGES))
    if len(known) != len(found):
        top.wrong("languages", f"“languages” must be different ones of: {', '.join(LANGUAGES)}")
    if found and "en" not in known:
        top.wrong("languages", "“languages” must have en, which stands in where another is missing")
    return known or ("en",)


def _slug(top: Reader) -> str:
    slug = top.words("slug", _SLUG, "must be lower-case words joined by hyphens, such as glan-yr-afon")
    if slug in RESERVED:
        top.wrong("slug", f"“{slug}” begins addresses of the portal itself")
    return slug


def _hostnames(top: Reader) -> tuple[str, ...]:
    names = top.items("hostnames", required=False)
    for index, name in enumerate(names):
        if not isinstance(name, str) or not is_domain(name):
            message = "must be a host name in lower case, without a scheme or port"
            top.mistakes.append(Found((*top.place, "hostnames", index), message))
    found = [name for name in names if isinstance(name, str)]
    top.mistakes.extend(twice([(("hostnames", i), name) for i, name in enumerate(found)], "host name"))
    return tuple(found)


def _phones(group: Reader) -> Phones:
    phones = Phones(
        hub=_phone(group.group("hub")),
        out_of_hours=_phone(group.group("out_of_hours")),
        hours=_hours(group.group("hours")),
        closures=tuple(closures := read_closures(group)),
        closures_why=closures,
    )
    group.finish()
    return phones


def _phone(group: Reader) -> Phone:
    says = "must be a telephone number of the United Kingdom, such as 01632 960123"
    phone = Phone(group.text("name", 120), group.words("number", TELEPHONE, says))
    digits = re.sub(r"\D", "", phone.number.replace("+44", "0"))
    if phone.number and len(digits) not in (10, 11):
        group.wrong("number", f"“number” {says}")
    group.finish()
    return phone


def _hours(group: Reader) -> Hours:
    days = group.items("days")
    if any(day not in DAYS for day in days) or len(set(map(str, days))) != len(days):
        group.wrong("days", f"“days” must be different ones of: {', '.join(DAYS)}")
    hours = Hours(
        days=tuple(sorted(DAYS.index(day) for day in days if isinstance(day, str) and day in DAYS)),
        opens=group.clock("opens"),
        closes=group.clock("closes"),
    )
    if group.has("opens") and group.has("closes") and hours.opens >= hours.closes:
        group.wrong("closes", "“closes” must be later than “opens”")
    group.finish()
    return hours


def _mailbox(top: Reader, key: str) -> str:
    found = top.words(key)
    if found and not is_mailbox(found):
        top.wrong(key, f"“{key}” must be an email address")
    return found


def _priorities(top: Reader) -> tuple[Priority, ...]:
    found = []
    for group in top.groups("priorities"):
        found.append(Priority(group.choice("key", PRIORITIES), group.text("label", 120)))
        group.finish()
    top.mistakes.extend(twice([(("priorities", i), one.key) for i, one in enumerate(found)], "priority"))
    return tuple(found)


def _pages(group: Reader) -> dict[str, Text]:
    pages = {key: group.text(key) for key in PAGES}
    group.finish()
    return pages
