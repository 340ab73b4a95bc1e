"""The published layouts of schools and NHS organisations: their columns, and how a row of each is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from portal.auth import addresses, identifiers
from portal.auth.agency_rules import DomainRule, fault_in
from portal.tenants.agency_list import ADDRESS_LONGEST, POSTCODE
from portal.tenants.settings import TELEPHONE

NAME_LONGEST: Final = 200


@dataclass(frozen=True)
class Row:
    """One organisation of a file, or one site of the hospital trust whose code is `trust`."""

    line: int
    name: str
    kind: str
    scheme: str
    identifier: str
    others: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    address: str = ""
    postcode: str = ""
    domain: str = ""
    closed: bool = False
    trust: str = ""


class Wrong(Exception):
    """Why a row cannot be taken: a stable code, and the column."""

    def __init__(self, code: str, column: str = "") -> None:
        super().__init__(code)
        self.code, self.column = code, column


Cells = Mapping[str, str]
# None: the row is no agency of ours.
Reader = Callable[[int, Cells], Row | None]


@dataclass(frozen=True)
class Layout:
    """One published layout: the names of its columns in the file's first line, or, without such a line, in order."""

    key: str
    columns: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    read: Reader
    header: bool = True
    width: int = 0


def _name(cells: Cells) -> str:
    name = " ".join(cells.get("name", "").split())
    if not name:
        raise Wrong("no_name")
    if len(name) > NAME_LONGEST:
        raise Wrong("long_name")
    return name


def _number(scheme: str, typed: str, kind: str) -> str:
    try:
        return identifiers.read(scheme, typed, kind)
    except identifiers.BadIdentifier:
        raise Wrong("number") from None


def _rest(row: Row, cells: Cells) -> Row:
    """Telephone, address and postcode: what cannot be read is left empty, because the row is good without it."""
    phone, postcode = cells.get("phone", ""), cells.get("postcode", "").upper()
    parts = [cells[key] for key in sorted(cells) if key.startswith("address") and cells[key]]
    return replace(
        row,
        phone=phone if TELEPHONE.fullmatch(phone) else "",
        postcode=postcode if POSTCODE.fullmatch(postcode) else "",
        address=", ".join(" ".join(part.split()) for part in parts)[:ADDRESS_LONGEST],
    )


def domain_of(website: str) -> str:
    """The domain that a website's address suggests for email, "" when it could prove no agency."""
    host = website.strip().lower().partition("://")[2] or website.strip().lower()
    host = host.partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0].removeprefix("www.")
    rule = DomainRule("", host)
    # A town's domain or an authority's is no school's own, whatever its website says.
    if fault_in(rule) is not None or addresses.is_authority_tier(host) or host.endswith(".gov.uk"):
        return ""
    return host


def _school_kind(words: str) -> str:
    said = words.casefold()
    if "welsh establishment" in said or "overseas" in said or not said:
        raise Wrong("kind")
    if "independent" in said:
        return "independent_school"
    if said.startswith(("further education", "sixth form", "special post 16", "higher education", "special college")):
        return "college"
    known = ("school", "academy", "free school", "pupil referral", "technology college", "studio", "technical college")
    if any(one in said for one in known):
        return "school"
    raise Wrong("kind")


def _gias(line: int, cells: Cells) -> Row | None:
    kind = _school_kind(cells["kind"])
    urn = _number("urn", cells["urn"], kind)
    others = {}
    for scheme, typed in (("laestab", cells["authority"] + cells["establishment"]), ("ukprn", cells.get("ukprn", ""))):
        if typed and scheme in identifiers.OF_TYPE[kind]:
            others[scheme] = _number(scheme, typed, kind)
    closed = cells["status"].casefold().startswith("closed")
    domain = domain_of(cells["website"])
    return _rest(Row(line, _name(cells), kind, "urn", urn, others, domain=domain, closed=closed), cells)


def _welsh(line: int, cells: Cells) -> Row | None:
    number = _number("welsh_school", cells["number"], "school_wales")
    domain = domain_of(cells.get("website", ""))
    return _rest(Row(line, _name(cells), "school_wales", "welsh_school", number, {}, domain=domain), cells)


# The prescribing setting of general practices; the file also has prisons, clinics and out-of-hours services.
_GP_SETTING = "4"


def _practice(line: int, cells: Cells) -> Row | None:
    if cells["setting"] not in ("", _GP_SETTING):
        return None
    number = _number("ods", cells["code"], "gp_practice")
    closed = cells["status"].upper() not in ("A", "")
    return _rest(Row(line, _name(cells), "gp_practice", "ods", number, {}, closed=closed), cells)


def _trust(line: int, cells: Cells) -> Row | None:
    number = _number("ods", cells["code"], "hospital_trust")
    return _rest(Row(line, _name(cells), "hospital_trust", "ods", number, {}, closed=bool(cells["closed"])), cells)


def _site(line: int, cells: Cells) -> Row | None:
    trust = _number("ods", cells["code"][:3], "hospital_trust")
    number = _number("ods", cells["code"], "other_primary")
    closed = bool(cells["closed"])
    return _rest(Row(line, _name(cells), "hospital_trust", "ods", number, {}, closed=closed, trust=trust), cells)


_ODS_WIDTH = 27
_ODS: Mapping[str, tuple[str, ...]] = {
    "code": ("0",), "name": ("1",), "address1": ("4",), "address2": ("5",), "address3": ("6",), "address4": ("7",),
    "postcode": ("9",), "closed": ("11",), "phone": ("17",),
}  # fmt: skip
LAYOUTS: Final[Mapping[str, Layout]] = {
    layout.key: layout
    for layout in (
        Layout(
            "gias",
            {
                "urn": ("URN",), "authority": ("LA (code)",), "establishment": ("EstablishmentNumber",),
                "name": ("EstablishmentName",), "kind": ("TypeOfEstablishment (name)",),
                "status": ("EstablishmentStatus (name)",), "phone": ("TelephoneNum",), "postcode": ("Postcode",),
                "website": ("SchoolWebsite",), "ukprn": ("UKPRN",), "address1": ("Street",),
                "address2": ("Locality",), "address3": ("Address3",), "address4": ("Town",),
            },
            ("urn", "authority", "establishment", "name", "kind", "status", "phone", "postcode", "website"),
            _gias,
        ),
        Layout(
            "welsh",
            {
                "number": ("School Number", "School Code", "LA/School Number"), "name": ("School Name", "Name"),
                "authority": ("LA Code", "Local Authority Code"), "address1": ("Address 1", "Address1"),
                "address2": ("Address 2", "Address2"), "address3": ("Address 3", "Address3"),
                "address4": ("Address 4", "Address4"), "postcode": ("Postcode", "Post Code"),
                "phone": ("Phone Number", "Telephone Number", "Telephone", "Phone"), "website": ("Website",),
            },
            ("number", "name", "postcode", "phone"),
            _welsh,
        ),
        Layout("epraccur", {**_ODS, "status": ("12",), "setting": ("25",)}, (), _practice, False, _ODS_WIDTH),
        Layout("etr", _ODS, (), _trust, False, _ODS_WIDTH),
        Layout("ets", _ODS, (), _site, False, _ODS_WIDTH),
    )
}  # fmt: skip
