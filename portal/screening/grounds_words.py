"""The grounds of a decision in the reader's language: consent, legal reasons, and what is wrong with what was typed."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.forms.codes import codes_for
from portal.kernel.language import say
from portal.screening.deciding import deciding_of
from portal.screening.grounds import MAX_LINE, MAX_WORDS, MOST_PEOPLE, Consulted, Grounds
from portal.screening.returns import CONTACT_OUTCOME, PRIMARY_NEED, REFERRAL_NFA, REFERRAL_OUTCOME, Codes
from portal.tenants.settings import Council


def consent_words() -> dict[str, str]:
    """Where consent stands, by code."""
    return {
        "given": _("Consent was given"),
        "not_sought": _("Consent was not sought"),
        "overridden": _("We act without consent, for a legal reason"),
    }


def not_sought_words() -> dict[str, str]:
    """Why consent was not sought, by code."""
    return {
        "risk": _("Asking would put the child or somebody else at greater risk"),
        "silence": _("The child or a witness could be silenced"),
        "evidence": _("Evidence could be lost"),
        "suspected": _("Whoever would be asked is suspected of the harm"),
        "child_objects": _("A child who understands what it means objects"),
        "unreachable": _("Nobody could be reached in time"),
        "not_needed": _("Nothing about the family is shared beyond this team"),
        "other": _("Another reason"),
    }


def legal_words() -> dict[str, str]:
    """The legal reasons to act without consent, by code."""
    return {
        "harm": _("Reasonable cause to suspect significant harm (Children Act 1989, section 47)"),
        "duty": _("Duty to report a child at risk (Social Services and Well-being (Wales) Act 2014, section 130)"),
        "safeguarding": _("Safeguarding of children at risk (Data Protection Act 2018, schedule 1, paragraph 18)"),
        "crime": _("Preventing or detecting a crime (Data Protection Act 2018, schedule 2, paragraph 2)"),
        "court": _("A court order or another legal duty"),
    }


def trouble(name: str, code: str) -> str:
    """What is wrong with a field of the grounds, for a code of `grounds.mistakes`."""
    part = name.rpartition("-")[2]
    particular = {
        ("reasons", "unknown"): _("Choose at least one reason"),
        ("need", "unknown"): _("Choose the primary need"),
        ("nobody", "required"): _("Enter who was consulted, or why nobody was"),
        ("nobody", "both"): _("Enter who was consulted or why nobody was, not both"),
        ("nobody", "too_many"): _("Enter %(most)s people or fewer", most=MOST_PEOPLE),
        ("consent", "unknown"): _("Choose where consent stands"),
        ("not_sought", "unknown"): _("Choose why consent was not sought"),
        ("legal", "unknown"): _("Choose the legal reason"),
        ("consent_words", "required"): _("Enter what the other reason is"),
        ("agency", "required"): _("Enter the agency of this person"),
        ("name", "required"): _("Enter the name of this person"),
        ("when", "required"): _("Enter when you consulted this person"),
    }
    limit = MAX_LINE if name.startswith("person-") else MAX_WORDS
    usual = {
        "control": _("Remove characters that cannot be read, such as control characters"),
        "too_long": _("This must be %(limit)s characters or fewer", limit=limit),
    }
    return str(particular.get((part, code)) or usual[code])


def told(grounds: Grounds, council: Council, outcome: str, language: str) -> list[dict[str, str]]:
    """The grounds of a decision as rows of a summary list; none of what was not asked."""
    labels = {one.code: say(one.label, language) for one in deciding_of(council, outcome).reasons}
    rows = [
        (_("Reasons of the list"), "\n".join(labels.get(one, one) for one in grounds.reasons)),
        (_("Primary need"), _code(PRIMARY_NEED, grounds.need, language)),
        (_("Consulted"), "\n".join(_person(one) for one in grounds.consulted)),
        (_("Why nobody was consulted"), grounds.nobody),
        (_("Consent"), _consent(grounds)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def returned(codes: Codes, language: str) -> list[dict[str, str]]:
    """What returns to the government call the outcome; nothing where there are none."""
    known = ((CONTACT_OUTCOME, codes.contact), (REFERRAL_OUTCOME, codes.referral), (REFERRAL_NFA, codes.nfa))
    said = [words for words in (_code(reference, code, language) for reference, code in known) if words]
    return [{"key": _("In returns"), "value": "\n".join(said)}] if said else []


def _code(reference: str, code: str, language: str) -> str:
    found = codes_for(reference)
    label = found.label(code) if found and code else None
    return say(label, language) if label else code


def _person(one: Consulted) -> str:
    who = _("%(name)s (%(role)s)", name=one.name, role=one.role) if one.role else one.name
    return str(_("%(who)s, %(agency)s: %(when)s", who=who, agency=one.agency, when=one.when))


def _consent(grounds: Grounds) -> str:
    why = {"not_sought": not_sought_words(), "overridden": legal_words()}.get(grounds.consent, {})
    lines = (consent_words().get(grounds.consent, ""), why.get(grounds.consent_reason, ""), grounds.consent_words)
    return "\n".join(line for line in lines if line)
