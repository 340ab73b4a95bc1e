"""What the proof says, in English and Welsh: the properties' titles and what a failure means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.forms.verify import findings
from portal.kernel.language import LANGUAGES, Text, say, words


def N_(text: str) -> str:  # noqa: N802 - the extractor's name for "translate this later"
    """Mark a sentence for the catalogue; it is looked up in both languages when it is told."""
    return text


TITLES: Mapping[str, str] = {
    findings.READS: N_("The questions and rules can be read"),
    findings.NAMES_EXIST: N_("Every notice, topic and route that a rule names exists"),
    findings.LANGUAGES: N_("Every route has its page in every language of the council"),
    findings.ONE_ROUTE: N_("Every complete set of answers has exactly one route"),
    findings.REACHABLE: N_("Every rule can decide; none is hidden behind others"),
    findings.SHOWN: N_("Every question can be shown"),
    findings.FLAGS: N_("Every sign of serious harm reaches at least the hub, whatever else is answered"),
    findings.WORSE: N_("A worse answer never lowers the route"),
    findings.STRENGTHS: N_("Strengths never lower a sign of serious harm"),
    findings.OVERRIDE: N_("“I disagree” leads to the hub from every route below it"),
    findings.USED: N_("No answer is ignored by mistake"),
}
MESSAGES: Mapping[str, str] = {
    "no_route": N_("No rule holds for these answers, so they lead to no route."),
    "never_holds": N_("The rule %(rule)s never holds, whatever is answered."),
    "shadowed": N_("The rule %(rule)s never decides: whenever it holds, a rule before it does too."),
    "never_opens": N_("The way up %(rule)s is never open, whatever is answered."),
    "flag_low": N_("“%(label)s” is chosen and the route is below the hub."),
    "no_way_up": N_("After the rule %(rule)s somebody who disagrees cannot go on to the hub."),
    "lowered": N_("The answer to “%(label)s” becomes worse and the route becomes less urgent."),
    "strength": N_("The answer to “%(label)s” lowers the route although there is a sign of serious harm."),
    "never_shown": N_("The question “%(label)s” is never shown, whatever is answered."),
    "section_never_shown": N_("The section “%(label)s” is never shown, whatever is answered."),
    "ignored": N_(
        "The answer to “%(label)s” changes nothing: no rule, level, notice, topic or question depends on it."
    ),
    "unknown_notice": N_("There is no notice called %(name)s."),
    "unknown_topic": N_("There is no topic called %(name)s."),
    "unknown_route": N_("There is no route called %(name)s."),
    "untranslated": N_("The Welsh is missing: %(name)s."),
    "no_english": N_("The English is missing: %(name)s."),
    "disagrees": N_("The portal itself does not confirm this counterexample: tell the people who run the portal."),
    "too_hard": N_("The proof was not finished in time, so nothing can be said: make the rules simpler."),
    "no_order": N_("No question says which of its answers are worse."),
    "no_flags": N_("No question asks about signs of serious harm."),
    "no_strengths": N_("No question asks about strengths."),
    "no_hub": N_("The rules do not say which route is the hub."),
    "not_read": N_("The questions and rules must be mended before this can be proved."),
}


def title(name: str) -> Text:
    """What a property is called."""
    return {language: words(language, TITLES[name]) for language in LANGUAGES}


def told(name: str, /, **details: Any) -> Text:
    """A sentence with its details filled in; a detail that is a text by language is said in that language."""
    return {
        language: words(language, MESSAGES[name])
        % {key: say(value, language) if isinstance(value, Mapping) else value for key, value in details.items()}
        for language in LANGUAGES
    }


def plain(message: str) -> Text:
    """A message of the strict reader, which speaks English only."""
    return {"en": message}
