"""Published files of agencies: read row by row, looked at first, taken all or nothing."""

from __future__ import annotations

import io
import re

import psycopg
import pytest

from portal.tenants import agency_files
from portal.tenants.agency_files import BadFile, Read, read
from portal.tenants.agency_layouts import domain_of
from tests.auth.walking import Walker
from tests.tenants.test_agency_pages import agency, events

Admin = psycopg.Connection[tuple[object, ...]]
GIAS_HEAD = (
    "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),"
    "EstablishmentStatus (name),UKPRN,Street,Town,Postcode,SchoolWebsite,TelephoneNum"
)
HERON = (
    '999777,899,Avonmere,2777,"Heron Primary, Quay Road",Community school,Open,10999777,1 Quay Road,Avonmere,'
    "ZZ99 9ZZ,www.heron.example.org,01632960777"
)
OAKFIELD = (
    "999101,899,Avonmere,2001,Oakfield Primary School,Community school,Open,,,,,oakfield.avonmere.sch.uk,01632 960301"
)
COLLEGE = "999103,899,Avonmere,8001,Quay College,Further education,Open,10999103,,,,http://quay.example.org/home,"
CLOSED = "999102,899,Avonmere,4001,Riverside Academy,Academy converter,Closed,,,,,,01632 960302"
RIVERSIDE = "999102,899,Avonmere,4001,Riverside Academy Trust School,Academy converter,Open,,,,,,01632 960399"


def gias(*rows: str) -> bytes:
    return "\r\n".join([GIAS_HEAD, *rows, ""]).encode()


def ods(code: str, name: str, **more: str) -> str:
    cells = [""] * 27
    cells[0], cells[1], cells[9] = code, f'"{name}"', "ZZ99 9ZZ"
    for place, value in more.items():
        cells[int(place[1:])] = value
    return ",".join(cells)


def codes(found: Read) -> list[tuple[int, str, str]]:
    return [(one.line, one.code, one.column) for one in found.mistakes]


def test_a_school_of_the_register_is_read() -> None:
    ((heron, college), mistakes) = (
        read(gias(HERON, COLLEGE), "gias").rows,
        read(gias(HERON, COLLEGE), "gias").mistakes,
    )
    assert mistakes == ()
    assert (heron.name, heron.kind, heron.scheme, heron.identifier) == (
        "Heron Primary, Quay Road",
        "school",
        "urn",
        "999777",
    )
    assert heron.others == {"laestab": "8992777", "ukprn": "10999777"}
    assert (heron.phone, heron.postcode, heron.address) == ("01632960777", "ZZ99 9ZZ", "1 Quay Road, Avonmere")
    assert (heron.domain, heron.line) == ("heron.example.org", 2)
    assert (college.kind, college.domain) == ("college", "quay.example.org")


def test_columns_may_be_in_any_order_and_more_than_needed() -> None:
    head, row = GIAS_HEAD.split(","), next(iter([OAKFIELD.split(",")]))
    turned = ",".join(reversed(head)) + ",More\r\n" + ",".join(reversed(row)) + ",x\r\n"
    (oakfield,) = read(b"\xef\xbb\xbf" + turned.encode(), "gias").rows
    assert (oakfield.identifier, oakfield.name) == ("999101", "Oakfield Primary School")


def test_the_windows_code_page_is_read() -> None:
    text = gias(HERON).decode().replace("Heron", "Café d’Été")
    for encoding in ("utf-8", "cp1252"):
        (row,) = read(text.encode(encoding), "gias").rows
        assert row.name == "Café d’Été Primary, Quay Road"


@pytest.mark.parametrize(
    ("data", "layout", "code"),
    [
        (b"", "gias", "empty"),
        (b" \r\n ", "gias", "empty"),
        (GIAS_HEAD.encode(), "gias", "empty"),
        (b"PK\x03\x04abc", "gias", "not_text"),
        (b"%PDF-1.7", "gias", "not_text"),
        (gias(HERON)[:-40] + b"\x00", "gias", "not_text"),
        (gias(HERON) + b"\x81\x8d", "gias", "encoding"),
        (gias(HERON) + b'"open', "gias", "unreadable"),
        (b"a,b\r\n1,2\r\n", "gias", "columns"),
        ((GIAS_HEAD + ",URN\r\n").encode(), "gias", "columns"),
        (gias(HERON), "welsh", "columns"),
        (gias(HERON), "epraccur", "layout"),
        (gias(HERON), "nonsense", "layout"),
        (("x" * 200_000 + "\r\n").encode(), "epraccur", "unreadable"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, layout: str, code: str) -> None:
    with pytest.raises(BadFile) as bad:
        read(data, layout)
    assert bad.value.code == code


def test_missing_columns_are_named() -> None:
    with pytest.raises(BadFile) as bad:
        read(GIAS_HEAD.replace("Postcode,", "").encode(), "gias")
    assert bad.value.missing == ("Postcode",)


def test_a_file_that_is_too_large_or_has_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [HERON.replace("999777", str(700_000 + number)) for number in range(5)]
    monkeypatch.setattr(agency_files, "MOST_ROWS", 4)
    with pytest.raises(BadFile, match="many"):
        read(gias(*many), "gias")
    assert len(read(gias(*many, HERON.replace(",899,", ",898,")), "gias", "898").rows) == 1
    monkeypatch.setattr(agency_files, "MOST_BYTES", 10)
    with pytest.raises(BadFile, match="too_large"):
        read(gias(HERON), "gias")


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("999777", "99977", "number", ""),
        ("999777", "", "number", ""),
        ('"Heron Primary, Quay Road"', "", "no_name", ""),
        ('"Heron Primary, Quay Road"', "H" * 201, "long_name", ""),
        ('"Heron Primary, Quay Road"', "=cmd|'/c calc'!A1", "formula", "EstablishmentName"),
        ('"Heron Primary, Quay Road"', "@SUM(1)", "formula", "EstablishmentName"),
        ('"Heron Primary, Quay Road"', "＝1+1", "formula", "EstablishmentName"),
        ("1 Quay Road", "+44", "formula", "Street"),
        ("Heron", "He\x07ron", "control", "EstablishmentName"),
        ("Heron", "He\u202eron", "control", "EstablishmentName"),
        ("Community school", "Welsh establishment", "kind", ""),
        ("Community school", "British schools overseas", "kind", ""),
        ("Community school", "Offshore rig", "kind", ""),
        ("10999777", "2099", "number", ""),
        (",01632960777", "", "width", ""),
        (",01632960777", ",1,2", "width", ""),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(old: str, new: str, code: str, column: str) -> None:
    found = read(gias(OAKFIELD, HERON.replace(old, new)), "gias")
    assert [row.identifier for row in found.rows] == ["999101"]
    assert codes(found) == [(3, code, column)]


def test_a_number_that_is_there_twice_is_taken_once() -> None:
    assert codes(read(gias(HERON, OAKFIELD, HERON), "gias")) == [(4, "twice", "2")]


def test_a_telephone_that_is_none_is_left_out_and_the_row_is_good() -> None:
    (row,) = read(gias(HERON.replace("01632960777", "ring the head").replace("ZZ99 9ZZ", "n/a")), "gias").rows
    assert (row.phone, row.postcode) == ("", "")


def test_the_address_list_of_welsh_schools() -> None:
    head = "School Number,LA Code,LA Name,School Name,Address 1,Address 2,Postcode,Phone Number\r\n"
    rows = (
        "6609777,660,Ynys,Ysgol y Crëyr,1 Heol y Cei,Glan-yr-Afon,ZZ99 9ZZ,01632 960777\r\n6509777,650,X,Ysgol,,,,\r\n"
    )
    found = read((head + rows).encode("cp1252"), "welsh")
    (school,) = found.rows
    assert (school.kind, school.scheme, school.identifier) == ("school_wales", "welsh_school", "6609777")
    assert school.name == "Ysgol y Crëyr"
    assert codes(found) == [(3, "number", "")]


def test_the_files_of_nhs_organisations() -> None:
    practice = ods("Z99777", "QUAY SURGERY", _12="A", _17="01632 960777", _25="4")
    others = [ods("Z99778", "PRISON", _12="A", _25="13"), ods("Z99779", "OLD SURGERY", _12="C", _25="4")]
    found = read("\r\n".join([practice, *others]).encode(), "epraccur")
    assert [(row.identifier, row.kind, row.closed) for row in found.rows] == [
        ("Z99777", "gp_practice", False),
        ("Z99779", "gp_practice", True),
    ]
    assert found.left_out == 1
    (trust,) = read(ods("RZ8", "QUAY NHS TRUST").encode(), "etr").rows
    assert (trust.identifier, trust.kind, trust.trust) == ("RZ8", "hospital_trust", "")
    (site,) = read(ods("RZ801", "QUAY HOSPITAL").encode(), "ets").rows
    assert (site.identifier, site.trust) == ("RZ801", "RZ8")
    assert codes(read(ods("Z9", "NO").encode(), "epraccur")) == [(1, "number", "")]


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("http://www.heron.example.org/home?x=1", "heron.example.org"),
        ("HTTPS://Heron.Example.Org:8080", "heron.example.org"),
        ("heron.avonmere.sch.uk", "heron.avonmere.sch.uk"),
        ("www.avonmere.gov.uk/heron", ""),
        ("avonmere.sch.uk", ""),
        ("heron.gmail.com", ""),
        ("pupils.heron.org.uk", ""),
        ("http://eve@heron.example.org@evil.example.com/", "evil.example.com"),
        ("xn--heron-abc.org.uk", ""),
        ("co.uk", ""),
        ("heron", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_what_a_website_suggests(website: str, domain: str) -> None:
    assert domain_of(website) == domain


def send(walker: Walker, data: bytes, layout: str = "gias", name: str = "edubasealldata.csv") -> tuple[int, str, str]:
    """Upload a file; the status, the page, and where it leads."""
    fields = {"layout": layout, "register": (io.BytesIO(data), name)}
    answer = walker.post("/agencies/import", fields)
    return answer.status_code, answer.text, walker.where(answer) if answer.status_code == 303 else ""


def take(walker: Walker, path: str, *lines: int, digest: str = "") -> int:
    seen = re.search(r'name="digest" value="([^"]+)"', walker.get(path).text)
    assert seen
    fields = {"take": [str(line) for line in lines], "digest": digest or seen.group(1)}
    return walker.post(path, fields).status_code


def test_a_file_is_looked_at_before_anything_is_taken(administrator: Walker, admin: Admin) -> None:
    status, _text, path = send(administrator, gias(HERON, OAKFIELD, RIVERSIDE, "1,2"))
    assert status == 303
    page = administrator.get(path).text
    for words in ("New (1)", "Changed (1)", "Unchanged: 1", "Line 5", "heron.example.org", "name, telephone number"):
        assert words in page, words
    assert admin.execute("select count(*) from agency where identifier = '999777'").fetchone() == (0,)
    assert events(admin) == []


def test_what_is_ticked_is_taken_once_and_a_website_proves_nothing(administrator: Walker, admin: Admin) -> None:
    _status, _text, path = send(administrator, gias(HERON, OAKFIELD, RIVERSIDE))
    digest = re.search(r'name="digest" value="([^"]+)"', administrator.get(path).text)
    assert digest
    for _ in range(2):
        answer = administrator.post(path, {"take": ["2"], "digest": digest.group(1)}, page="/agencies")
        assert answer.status_code == 303
    ((agency_id, keeper, phone),) = admin.execute(
        "select id, managed_by, phone from agency where identifier = '999777'"
    ).fetchall()
    assert (keeper, phone) == (administrator.council.id, "01632960777")
    assert admin.execute("select state from agency_approval where agency_id = %s", (agency_id,)).fetchone() == (
        "approved",
    )
    assert admin.execute("select domain from agency_domain where agency_id = %s", (agency_id,)).fetchall() == [
        ("heron.example.org",)
    ]
    assert admin.execute(
        "select count(*) from domain_confirmation c join agency_domain d on d.id = c.domain_id where d.agency_id = %s",
        (agency_id,),
    ).fetchone() == (0,)
    assert "Riverside Academy" in administrator.get(f"/agencies/{agency('riverside-academy')}").text
    assert sorted(str(event) for event, *_rest in events(admin)) == [
        "tenants.agencies_imported",
        "tenants.agency_added",
    ]


def test_a_change_replaces_what_the_register_says_and_keeps_the_rest(administrator: Walker, admin: Admin) -> None:
    _status, _text, path = send(administrator, gias(RIVERSIDE))
    assert take(administrator, path, 2) == 303
    row = admin.execute(
        "select name, phone, other_identifiers, version from agency where identifier = '999102'"
    ).fetchone()
    assert row == (
        {"en": "Riverside Academy Trust School"},
        "01632 960399",
        {"laestab": "8994001", "ukprn": "10999102"},
        2,
    )
    assert len(administrator.get(f"/agencies/{agency('riverside-academy')}").text) > 0
    assert admin.execute(
        "select count(*) from agency_domain d join agency g on g.id = d.agency_id where g.identifier = '999102'"
    ).fetchone() == (2,)


def test_a_register_that_changed_since_is_looked_at_again(administrator: Walker, admin: Admin) -> None:
    _status, _text, path = send(administrator, gias(RIVERSIDE))
    page = administrator.get(path).text
    digest = re.search(r'name="digest" value="([^"]+)"', page)
    assert digest
    admin.execute("update agency set version = 5 where identifier = '999102'")
    assert take(administrator, path, 2, digest=digest.group(1)) == 409
    assert take(administrator, path, 2) == 303


def test_nothing_ticked_and_lines_that_are_none(administrator: Walker, admin: Admin) -> None:
    _status, _text, path = send(administrator, gias(HERON))
    assert take(administrator, path) == 422
    page = administrator.post(path, {"digest": "x"}, page="/agencies")
    assert "Tick what to take" in page.text
    assert take(administrator, path, 77) == 303
    assert admin.execute("select count(*) from agency where identifier = '999777'").fetchone() == (0,)


def test_a_closed_school_is_named_and_left_alone(administrator: Walker, admin: Admin) -> None:
    _status, _text, path = send(administrator, gias(CLOSED, HERON.replace("Open", "Closed")))
    page = administrator.get(path).text
    assert "Closed in the register" in page
    assert f"/agencies/{agency('riverside-academy')}" in page
    assert "There is nothing to take" in page


def test_a_trusts_sites_are_taken_where_the_council_keeps_it(administrator: Walker, admin: Admin) -> None:
    _status, _text, path = send(administrator, ods("RZ8", "QUAY NHS TRUST").encode(), "etr", "etr.csv")
    assert take(administrator, path, 1) == 303
    sites = [ods("RZ801", "QUAY HOSPITAL"), ods("RZ901", "THE INFIRMARY"), ods("RZ701", "NOBODY'S")]
    _status, _text, path = send(administrator, "\n".join(sites).encode(), "ets", "ets.csv")
    assert "2 sites are left out" in administrator.get(path).text
    assert take(administrator, path, 1, 2, 3) == 303
    found = admin.execute(
        "select code from agency_site s join agency g on g.id = s.agency_id where identifier = 'RZ8' and code <> ''"
    )
    assert found.fetchall() == [("RZ801",)]


@pytest.mark.parametrize(
    ("data", "layout", "words"),
    [
        (b"", "gias", "There is nothing in this file"),
        (b"PK\x03\x04", "gias", "This is not a CSV file"),
        (b"a,b\r\n1,2", "gias", "This file has no column URN"),
        (gias(HERON), "etr", "This file has another layout"),
        (gias(HERON), "", "Select which file it is"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_beside_it(
    administrator: Walker, admin: Admin, data: bytes, layout: str, words: str
) -> None:
    status, text, _path = send(administrator, data, layout)
    assert status == 422
    assert words in text
    assert admin.execute("select count(*) from agency_import").fetchone() == (0,)


def test_no_file_at_all(administrator: Walker) -> None:
    answer = administrator.post("/agencies/import", {"layout": "gias"})
    assert answer.status_code == 422
    assert "Choose a file" in answer.text


def test_half_a_transaction_is_none(administrator: Walker, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.tenants.commands import agency_files as commands  # noqa: PLC0415 - the module whose step fails

    second = HERON.replace("999777", "999778").replace("2777", "2778").replace("10999777", "")
    _status, _text, path = send(administrator, gias(HERON, second))
    done = commands._take_new

    def fail(*values: object) -> None:
        done(*values)  # type: ignore[arg-type] # passed on as they came
        if values[1].row.line == 3:  # type: ignore[attr-defined] # a Planned
            raise ZeroDivisionError

    monkeypatch.setattr(commands, "_take_new", fail)
    assert take(administrator, path, 2, 3) == 500
    assert admin.execute("select count(*) from agency where identifier like '99977%'").fetchone() == (0,)
    assert events(admin) == []
