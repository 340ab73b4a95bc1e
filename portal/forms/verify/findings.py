"""What a proof says: each property, whether it holds, and the smallest answers that show where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.kernel.language import Text

VERIFIER = 1
"""Raised whenever a proof comes to mean something else: a proof made by an earlier verifier no longer counts."""

READS = "can_be_read"
NAMES_EXIST = "names_exist"
LANGUAGES = "every_language"
ONE_ROUTE = "one_route"
REACHABLE = "every_rule_reached"
SHOWN = "every_question_shown"
USED = "no_answer_ignored"
FLAGS = "red_flags_reach_the_hub"
WORSE = "worse_never_lowers"
STRENGTHS = "strengths_never_lower_flags"
OVERRIDE = "override_open"

PROPERTIES = (
    READS, NAMES_EXIST, LANGUAGES, ONE_ROUTE, REACHABLE, SHOWN, FLAGS, WORSE, STRENGTHS, OVERRIDE, USED,
)  # fmt: skip
"""Every property in the order in which a proof tells them."""
FATAL = frozenset(PROPERTIES) - {USED}
"""A form whose proof fails in one of these cannot be published; an ignored answer is only reported."""
EXCEPTABLE = frozenset({FLAGS, WORSE, STRENGTHS, OVERRIDE})
"""Properties from which a scope rule may be declared an exception, with its reason."""


@dataclass(frozen=True)
class Finding:
    """One way in which a property fails.

    `answers` is a complete set of triage answers as a report stores them, calm wherever it can be; `matters` are the
    few of them that are enough, whatever else is answered. A property about a change has the answers afterwards in
    `after`, and the question that changed. `fires` are the rules that hold, the one that decides first; for a question
    or rule that can never be reached there are no answers. `places` name what is wrong ("rule:A05", "question:a_b").
    """

    message: Text
    places: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    matters: Mapping[str, Any] = field(default_factory=dict)
    route: str = ""
    fires: tuple[str, ...] = ()
    changed: str = ""
    after: Mapping[str, Any] | None = None
    after_route: str = ""
    after_fires: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The finding, ready for JSON."""
        return {
            "message": dict(self.message),
            "places": list(self.places),
            "answers": dict(self.answers),
            "matters": dict(self.matters),
            "route": self.route,
            "fires": list(self.fires),
            "changed": self.changed,
            "after": None if self.after is None else dict(self.after),
            "after_route": self.after_route,
            "after_fires": list(self.after_fires),
        }


@dataclass(frozen=True)
class Exempt:
    """A rule that is declared an exception to a property, with the council's reason.

    `needed` tells whether the property would fail without it.
    """

    rule: str
    reason: Text
    needed: bool

    def document(self) -> dict[str, Any]:
        """The exception, ready for JSON."""
        return {"rule": self.rule, "reason": dict(self.reason), "needed": self.needed}


@dataclass(frozen=True)
class Property:
    """One property of the rules: whether it holds for every complete set of answers, and where it does not."""

    name: str
    title: Text
    findings: tuple[Finding, ...] = ()
    exceptions: tuple[Exempt, ...] = ()
    seconds: float = 0.0
    judged: bool = True
    """False when the form cannot be read or nothing in it says anything about the property; `why` tells."""
    why: Text = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing contradicts it."""
        return not self.findings

    @property
    def fatal(self) -> bool:
        """Whether its failure forbids publishing."""
        return self.name in FATAL

    def document(self) -> dict[str, Any]:
        """The property, ready for JSON."""
        return {
            "name": self.name,
            "title": dict(self.title),
            "holds": self.holds,
            "fatal": self.fatal,
            "judged": self.judged,
            "why": dict(self.why),
            "findings": [finding.document() for finding in self.findings],
            "exceptions": [exempt.document() for exempt in self.exceptions],
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Proof:
    """Every property of one form with its rules."""

    properties: tuple[Property, ...]

    @property
    def holds(self) -> bool:
        """Whether no property fails that forbids publishing."""
        return all(found.holds for found in self.properties if found.fatal)

    def document(self) -> dict[str, Any]:
        """The proof, ready for JSON: `{"holds", "properties": [...]}`."""
        return {"holds": self.holds, "properties": [found.document() for found in self.properties]}
