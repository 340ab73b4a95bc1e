"""On what a decision stands: reasons, primary need, who was consulted, and consent. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Final

MAX_WORDS: Final = 2000  # characters (code points) of one text in words
MAX_LINE: Final = 200  # of a name, an agency, a role, a time
MOST_PEOPLE: Final = 10
STARTS_ASSESSMENT: Final = frozenset({"assessment", "strategy"})
CONSENT: Final = ("given", "not_sought", "overridden")
NOT_SOUGHT: Final = (
    "risk", "silence", "evidence", "suspected", "child_objects", "unreachable", "not_needed", "other",
)  # fmt: skip
LEGAL: Final = ("harm", "duty", "safeguarding", "crime", "court")
ONLY_IN: Final = {"duty": "wales"}
OTHER: Final = "other"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Consulted:
    """Somebody who was asked before the decision; each a line that somebody typed."""

    agency: str = ""
    name: str = ""
    role: str = ""
    when: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.agency or self.name or self.role or self.when)


@dataclass(frozen=True)
class Grounds:
    """What a screener says beside the rationale. `reasons` are the council's codes, `need` a census code, `consent` of
    CONSENT with `consent_reason` of NOT_SOUGHT or LEGAL; without anybody `consulted`, `nobody` says why."""

    reasons: tuple[str, ...] = ()
    need: str = ""
    consulted: tuple[Consulted, ...] = ()
    nobody: str = ""
    consent: str = ""
    consent_reason: str = ""
    consent_words: str = ""


@dataclass(frozen=True)
class Wanted:
    """What is asked for an outcome: codes to choose from (none: it is not asked), and the nation's law."""

    reasons: Sequence[str] = ()
    needs: Sequence[str] = ()
    nation: str = "england"

    @property
    def legal(self) -> tuple[str, ...]:
        """The legal reasons that this nation has."""
        return tuple(one for one in LEGAL if ONLY_IN.get(one, self.nation) == self.nation)


def plain(text: str) -> str:
    """A text as it is stored: one kind of line break, outer space gone."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def settled(given: Grounds, wanted: Wanted) -> Grounds:
    """What is kept of it: what was not asked for is left out, and so are empty rows."""
    people = tuple(
        made for made in (Consulted(*(plain(part) for part in asdict(one).values())) for one in given.consulted)
        if not made.empty
    )  # fmt: skip
    return replace(
        given,
        reasons=tuple(dict.fromkeys(given.reasons)) if wanted.reasons else (),
        need=given.need if wanted.needs else "",
        consulted=people,
        nobody=plain(given.nobody),
        consent_reason=given.consent_reason if given.consent != "given" else "",
        consent_words=plain(given.consent_words),
    )


@dataclass
class _Errors:
    found: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, text: str, most: int) -> None:
        """A text that may be empty."""
        if _CONTROL.search(text):
            self.found[name] = "control"
        elif len(text) > most:
            self.found[name] = "too_long"

    def choice(self, name: str, chosen: str, offered: Sequence[str]) -> None:
        """One of the codes on offer."""
        if chosen not in offered:
            self.found[name] = "unknown"


def mistakes(given: Grounds, wanted: Wanted) -> dict[str, str]:
    """What is wrong with settled grounds, by field: unknown, required, both, too_many, too_long, control.

    A row of somebody consulted is `person-<number>-<agency|name|role|when>`.
    """
    errors = _Errors()
    if wanted.reasons and (not given.reasons or not set(given.reasons) <= set(wanted.reasons)):
        errors.found["reasons"] = "unknown"
    if wanted.needs:
        errors.choice("need", given.need, wanted.needs)
    _consulting(given, errors)
    errors.choice("consent", given.consent, CONSENT)
    if given.consent == "not_sought":
        errors.choice("not_sought", given.consent_reason, NOT_SOUGHT)
        if given.consent_reason == OTHER and not given.consent_words:
            errors.found["consent_words"] = "required"
    if given.consent == "overridden":
        errors.choice("legal", given.consent_reason, wanted.legal)
    errors.text("consent_words", given.consent_words, MAX_WORDS)
    return errors.found


def _consulting(given: Grounds, errors: _Errors) -> None:
    if bool(given.consulted) == bool(given.nobody):
        errors.found["nobody"] = "both" if given.nobody else "required"
    errors.text("nobody", given.nobody, MAX_WORDS)
    if len(given.consulted) > MOST_PEOPLE:
        errors.found["nobody"] = "too_many"
    for number, one in enumerate(given.consulted):
        for name, text in asdict(one).items():
            errors.text(f"person-{number}-{name}", text, MAX_LINE)
            if not text and name != "role":
                errors.found[f"person-{number}-{name}"] = "required"


def in_words(given: Grounds) -> str:
    """What people typed of it, as one text to seal; the codes stay outside."""
    document = {"consulted": [asdict(one) for one in given.consulted]}
    return json.dumps({**document, "nobody": given.nobody, "consent_words": given.consent_words}, ensure_ascii=False)


def with_words(codes: Grounds, text: str) -> Grounds:
    """The grounds of a decision: its codes, and what `in_words` made."""
    document = json.loads(text)
    people = tuple(Consulted(**one) for one in document["consulted"])
    return replace(codes, consulted=people, nobody=document["nobody"], consent_words=document["consent_words"])
