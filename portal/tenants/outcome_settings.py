"""What a council can decide: its outcomes, of which kind each is, why, and whether a second person approves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from portal.kernel.language import Text
from portal.tenants.reading import KEY, Found, Reader, twice

OUTCOME_KINDS: Final = (
    "assessment", "strategy", "early_help", "signpost", "no_action", "more_information", "transfer", "log_only",
)  # fmt: skip
# What an outcome is called that returns a report, where a council does not say.
RETURNED: Final = ("advice", "no_further_action", "more_information")
# Of which kind an outcome of that name is, where a council does not say; any other is only logged.
USUAL_KINDS: Final[Mapping[str, str]] = {
    "strategy_discussion": "strategy",
    "advice": "signpost",
    "no_further_action": "no_action",
    "passed_to_worker": "log_only",
    **{kind: kind for kind in OUTCOME_KINDS},
}
MOST_REASONS: Final = 40
LONGEST_REASON: Final = 200


@dataclass(frozen=True)
class Outcome:
    """A decision that a screener can record, and the words that the referrer reads unless they are changed."""

    key: str
    label: Text
    tell: Text
    closes: bool
    # Nobody works on it: the report was not complete enough, or below the threshold.
    returns: bool = False
    kind: str = "log_only"


@dataclass(frozen=True)
class Reason:
    """A reason that the council offers for an outcome; `code` is what is counted."""

    code: str
    label: Text


@dataclass(frozen=True)
class Deciding:
    """How an outcome is decided. Without reasons none is asked for; with some, at least one is needed."""

    reasons: tuple[Reason, ...] = ()
    # A second person must approve it.
    approval: bool = False


def read_outcomes(top: Reader) -> tuple[Outcome, ...]:
    """The list `outcomes` of a council.yaml."""
    found = []
    for group in top.groups("outcomes"):
        key = group.key()
        returns = group.flag("returns") if group.has("returns") else key in RETURNED
        if not group.has("returns"):
            group.value("returns", required=False)
        kind = group.choice("kind", OUTCOME_KINDS, USUAL_KINDS.get(key, "log_only"))
        label, tell, closes = group.text("label", 200), group.text("tell", 2000), group.flag("closes")
        found.append(Outcome(key, label, tell, closes, returns, kind))
        group.finish()
    top.mistakes.extend(twice([(("outcomes", i), one.key) for i, one in enumerate(found)], "outcome"))
    return tuple(found)


def read_deciding(top: Reader) -> Mapping[str, Deciding]:
    """The group `deciding` of a council.yaml, by the key of an outcome; it may be missing, as may each of its values.

    Any key is let be: an outcome that the operator has taken away leaves its part behind, and is no mistake.
    """
    if not top.has("deciding"):
        top.value("deciding", required=False)
        return {}
    group = top.group("deciding")
    return {str(key): _deciding(group.group(str(key))) for key in group.data}


def _deciding(group: Reader) -> Deciding:
    group.value("reasons", required=False)
    group.value("approval", required=False)
    approval = group.flag("approval") if group.has("approval") else False
    reasons = read_coded(group.group("reasons")) if group.has("reasons") else ()
    group.finish()
    return Deciding(reasons, approval)


def read_coded(group: Reader) -> tuple[Reason, ...]:
    """For each language a list of one code with its words after the other, the same codes in each."""
    told = {language: _listed(group, language) for language in group.languages}
    group.finish()
    first = told[group.languages[0]]
    for language, found in told.items():
        if set(found) != set(first):
            group.wrong(language, f"“{language}” must have the same codes as “{group.languages[0]}”")
    return tuple(
        Reason(code, {language: found[code] for language, found in told.items() if code in found}) for code in first
    )


def read_pairs(group: Reader, key: str, good: Callable[[object], bool], says: str) -> dict[str, object]:
    """A list of one code with what is said of it after the other, by code; what is not `good` is a mistake at its
    place, in the words `says`."""
    found: dict[str, object] = {}
    for place, item in enumerate(group.items(key, required=False)):
        code, said = next(iter(item.items())) if isinstance(item, Mapping) and len(item) == 1 else ("", "")
        if not good(said):
            group.mistakes.append(Found((*group.place, key, place), says))
        found[str(code)] = said
    return found


def _listed(group: Reader, language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    items = group.items(language, required=False)
    if len(items) > MOST_REASONS:
        group.wrong(language, f"“{language}” must have {MOST_REASONS} or fewer")
    for place, item in enumerate(items):
        code, words = _coded(item)
        if not code or code in found:
            says = (
                f"must be a code and its words, such as {{harm: …}}, up to {LONGEST_REASON} characters, each code once"
            )
            group.mistakes.append(Found((*group.place, language, place), says))
        found[code] = words
    return found


def _coded(item: object) -> tuple[str, str]:
    """The code and the words of one entry; "" for one that is neither."""
    if not isinstance(item, Mapping) or len(item) != 1:
        return "", ""
    ((code, words),) = item.items()
    good = isinstance(code, str) and isinstance(words, str) and KEY.fullmatch(code)
    return (code, words) if good and words.strip() and len(words) <= LONGEST_REASON else ("", "")
