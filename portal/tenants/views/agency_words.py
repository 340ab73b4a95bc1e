"""The words of the pages about agencies."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.auth.agency_types import ANSWER, REPORT, REQUEST, SEE_FAMILY, TYPES
from portal.auth.identifiers import OF_TYPE, SCHEMES, shown
from portal.kernel.errors import Invalid
from portal.tenants.commands.folder_agencies import FOLDER


def kind_words(kind: str) -> str:
    """A kind of agency."""
    return str(_(TYPES[kind])) if kind in TYPES else kind


def number_words(scheme: str, identifier: str) -> str:
    """A number with its register, "" for none."""
    if not identifier:
        return ""
    label = _(SCHEMES[scheme].label) if scheme in SCHEMES else scheme
    return f"{label}: {shown(scheme, identifier)}" if label else identifier


def state_words(state: str) -> str:
    """What the council has decided about an agency."""
    texts: dict[str, str] = {
        "approved": _("Approved"),
        "suspended": _("Suspended"),
        "ended": _("Ended"),
        "": _("Not approved here"),
        "none": _("Not approved here"),
    }
    return texts[state]


STATE_COLOURS = {"approved": "green", "suspended": "red", "ended": "grey", "": "yellow"}


def keeper_words(keeper: str) -> str:
    """Who may change what is said of an agency."""
    texts: dict[str, str] = {
        "here": _("This council"),
        "operator": _("The operator of this service"),
        "elsewhere": _("Another council"),
    }
    return texts[keeper]


def may_words() -> dict[str, str]:
    """What people of an agency may do."""
    return {
        REPORT: _("Report concerns about children"),
        REQUEST: _("Ask the council for information"),
        SEE_FAMILY: _("See limited information about a family"),
        ANSWER: _("Answer enquiries from the council"),
    }


def match_words(match: str) -> str:
    """How far a domain reaches."""
    texts: dict[str, str] = {
        "exact": _("Only addresses at this very domain"),
        "both": _("This domain and everything below it"),
        "below": _("Only what is below it"),
    }
    return texts[match]


def confirmed_words(by: str) -> str:
    """Who confirmed a domain; what came with the council's folder says so in the reader's language."""
    return str(_("The council’s own list, when it was taken in")) if by == FOLDER else by


def decision_words(what: str) -> str:
    """A line of the agency's history."""
    texts: dict[str, str] = {
        "added": _("Added and approved"),
        "imported": _("Taken from a file and approved"),
        "reimported": _("Changed from a file"),
        "changed": _("Changed"),
        "approve": _("Approved"),
        "suspend": _("Suspended"),
        "end": _("Ended"),
        "take-back": _("Agency taken back"),
        "domain_added": _("Email domain added"),
        "domain_removed": _("Email domain removed"),
        "domain_confirmed": _("Email domain confirmed"),
        "domain_frozen": _("Email domain questioned"),
    }
    return texts.get(what, what)


def refusal_words(field: str, code: str, kind: str = "") -> str:
    """Why something about an agency is refused, beside its field."""
    registers = ", ".join(str(_(SCHEMES[one].label)) for one in OF_TYPE.get(kind, ())) or _("none")
    texts: dict[tuple[str, str], str] = {
        ("identifier", "format"): _("This is not a number of that register"),
        ("identifier", "known"): _("Another agency has this number already"),
        ("scheme", "scheme"): _("Select the register that the number is from"),
        ("scheme", "other_type"): _("This kind of agency is on other registers: %(registers)s", registers=registers),
        ("domain", "format"): _("Enter a domain in letters, digits, hyphens and full stops, like oakfield.sch.uk"),
        ("domain", "police"): _("Every police force is below police.uk: enter the force’s own domain"),
        ("domain", "tier"): _("Many organisations share this domain: enter the agency’s own"),
        ("domain", "authority"): _("Every school of the authority is below this domain: enter the school’s own"),
        ("domain", "webmail"): _("Anybody can get an address at this domain, so it proves no agency"),
        ("domain", "learner"): _("Addresses at this domain are for learners or guests, not for staff"),
        ("domain", "there"): _("This domain is on the list already, with other addresses: remove it first"),
        ("domain", "many"): _("This agency has as many domains as it can have"),
        ("name", "many"): _("This agency has as many sites as it can have"),
        ("may", "request_alone"): _("To ask for information they must be able to report too"),
    }
    return texts[field, code]


def first_refusal(refused: Invalid) -> tuple[str, str]:
    """The field and the code of a refusal."""
    return next(iter(refused.errors.items()))
