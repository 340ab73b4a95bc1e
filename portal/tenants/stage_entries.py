"""What a council types about the stages of its work: their names, how a report comes to each, clocks and checklists."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.tenants.own_clocks import ROUTES
from portal.tenants.settings_entry import Entry, in_languages

STAGES = "stages"
CLOCKS = "own_clocks"


def stages(known: Sequence[tuple[str, str]], languages: Sequence[str]) -> list[Entry]:
    """The inputs for all stages, and those of each one's checklist; `known` are the stages: key and words."""
    named = _(
        "One on each line, in order: a code, a colon and the name, such as screening: Screening. While this is empty: "
        "contact, screening, multi_agency and decision."
    )
    wrong = _("Enter a code, a colon and the words on each line, each code once, and the same codes in each language")
    names = Entry("stage-names", (STAGES, "names"), _("Stages"), wrong, named, "coded")
    enters = _(
        "One on each line: the code of a stage, a colon and arrival (when it comes in), claimed (when somebody claims "
        "it), decided (when the outcome is recorded) or chosen (when somebody moves it there). Those not named are "
        "chosen."
    )
    entered = Entry(
        "stage-entered", (STAGES, "entered"), _("How a report comes to a stage"),
        _("Enter the code of a stage, a colon and arrival, claimed, decided or chosen on each line"), enters, "coded",
    )  # fmt: skip
    lengths = _(
        "One on each line, in working time: screening: 4 hours, or contact: 45 minutes. Those not named have no clock. "
        "A report that is at a stage already keeps the time it had when it came there."
    )
    clocks = Entry(
        "stage-clocks", (STAGES, "clocks"), _("Time for a stage"),
        _("Enter the code of a stage, a colon and a time such as 4 hours or 45 minutes on each line"), lengths, "coded",
    )  # fmt: skip
    lists = [entry for key, words in known for entry in _checklist(key, words, languages)]
    return [*in_languages(names, languages), entered, clocks, *lists, *_own_clocks(languages)]


def _own_clocks(languages: Sequence[str]) -> list[Entry]:
    """The inputs of the further clocks that a council names itself."""
    wrong = _("Enter a code, a colon and the words on each line, each code once, and the same codes in each language")
    named = _("One on each line, such as first_call: Ring the referrer. Leave it empty to have no further clocks.")
    names = Entry("clock-names", (CLOCKS, "names"), _("Further clocks"), wrong, named, "coded")
    moments = "received, claimed, asked, answered, decided"
    begin = _(
        "The code of a clock, a colon and one of: %(moments)s. Those not named begin with received.", moments=moments
    )
    end = _(
        "The code of a clock, a colon and one of: %(moments)s. Those not named stop with the decision.",
        moments=moments.removeprefix("received, "),
    )
    one_of = _("Enter the code of a clock, a colon and one of the words in the hint on each line")
    later = _("Enter the code of a clock, a colon and something that comes after what begins it on each line")
    length = _("One on each line, in working time: first_call: 2 hours. Every clock needs one.")
    routes = _(
        "For all routes while this is empty. Else first_call: MASH_URGENT MASH, with any of: %(routes)s.",
        routes=", ".join(ROUTES),
    )
    return [
        *in_languages(names, languages),
        Entry("clock-starts", (CLOCKS, "starts"), _("What begins each further clock"), one_of, begin, "coded"),
        Entry("clock-until", (CLOCKS, "until"), _("What stops each further clock"), later, end, "coded"),
        Entry(
            "clock-times", (CLOCKS, "times"), _("Time for each further clock"),
            _("Enter the code of each clock, a colon and a time such as 4 hours or 45 minutes on each line"), length,
            "coded",
        ),
        Entry(
            "clock-routes", (CLOCKS, "routes"), _("Routes of each further clock"),
            _("Enter the code of a clock, a colon and routes on each line"), routes, "coded",
        ),
    ]  # fmt: skip


def _checklist(key: str, words: str, languages: Sequence[str]) -> list[Entry]:
    wrong = _("Enter a code, a colon and the words on each line, each code once, and the same codes in each language")
    hint = _("One on each line, such as history: Looked at what we know already. Leave it empty to have no checklist.")
    items = Entry(
        f"list-{key}", (STAGES, "checklists", key, "items"), _("%(stage)s: checklist", stage=words), wrong, hint,
        "coded",
    )  # fmt: skip
    asks = _("The codes, one on each line. Whoever moves on without one of them is asked first, and never stopped.")
    needed = Entry(
        f"needed-{key}", (STAGES, "checklists", key, "required"), _("%(stage)s: what should be done", stage=words),
        _("Enter codes of this checklist, one on each line"), asks, "lines",
    )  # fmt: skip
    return [*in_languages(items, languages), needed]
