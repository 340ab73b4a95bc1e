"""Email domains: added, refused with the reason, frozen until confirmed, by each council for itself."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
import pytest

from portal.auth.queries.agencies import judge
from portal.kernel import db
from portal.kernel.scope import Scope
from tests.auth.walking import Walker
from tests.tenants.test_agency_pages import agency, events, shown

Admin = psycopg.Connection[tuple[object, ...]]


def judged(walker: Walker, address: str) -> tuple[str, list[str]]:
    with db.unit_of_work(Scope(walker.council)):
        found = judge(address)
    return found.reason, [one.name["en"] for one in found.agencies]


def add(walker: Walker, agency_id: UUID, domain: str, match: str = "exact", **more: str) -> tuple[int, str]:
    path = f"/agencies/{agency_id}/domains/new"
    answer = walker.post(path, shown(walker, path) | {"domain": domain, "match": match} | more)
    return answer.status_code, answer.text


def row(admin: Admin, domain: str, agency_id: UUID) -> tuple[UUID, object]:
    found = admin.execute(
        "select id, kind from agency_domain where domain = %s and agency_id = %s", (domain, agency_id)
    )
    ((domain_id, kind),) = found.fetchall()
    assert isinstance(domain_id, UUID)
    return domain_id, kind


def confirm(walker: Walker, agency_id: UUID, domain_id: UUID, by: str = "The head, by telephone") -> int:
    path = f"/agencies/{agency_id}/domains/{domain_id}/confirm"
    return walker.post(path, shown(walker, path) | {"by": by}).status_code


@pytest.mark.parametrize(
    ("domain", "match", "words"),
    [
        ("gmail.com", "exact", "Anybody can get an address"),
        ("mail.hotmail.co.uk", "exact", "Anybody can get an address"),
        ("pupils.oak.sch.uk", "exact", "learners or guests"),
        ("alumni.example.ac.uk", "exact", "learners or guests"),
        ("nhs.uk", "exact", "Many organisations share this domain"),
        ("gov.uk", "both", "Many organisations share this domain"),
        ("police.uk", "exact", "Many organisations share this domain"),
        ("avonmere.sch.uk", "both", "Every school of the authority"),
        ("oak", "exact", "Enter a domain"),
        ("jo@oak.sch.uk", "exact", "Enter a domain"),
        ("https://oak.sch.uk", "exact", "Enter a domain"),
        ("xn--oak-abc.org.uk", "exact", "Enter a domain"),
        ("oаk.sch.uk", "exact", "Enter a domain"),
        ("oak..sch.uk", "exact", "Enter a domain"),
        ("oak.sch.uk.", "exact", "Enter a domain"),
        ("1.2.3.4", "exact", "Enter a domain"),
        ("", "exact", "Enter the email domain"),
        ("oak.sch.uk", "everywhere", "Select which addresses count"),
        ("x" * 300, "exact", "characters or fewer"),
        ("oakfield.avonmere.sch.uk", "both", "on the list already"),
    ],
)
def test_what_proves_no_agency_is_refused_beside_its_field(
    administrator: Walker, admin: Admin, domain: str, match: str, words: str
) -> None:
    status, text = add(administrator, agency(), domain, match)
    assert status == 422
    assert words in text
    assert admin.execute("select count(*) from agency_domain where agency_id = %s", (agency(),)).fetchone() == (1,)


def test_a_new_domain_waits_until_somebody_confirms_it(administrator: Walker, admin: Admin) -> None:
    assert add(administrator, agency(), "Oakfield.Example.Org")[0] == 303
    address = "jo@oakfield.example.org"
    assert judged(administrator, address) == ("frozen", [])
    domain_id, kind = row(admin, "oakfield.example.org", agency())
    assert kind == "exclusive"
    assert "Domain to confirm" in administrator.get("/agencies").text
    assert confirm(administrator, agency(), domain_id, by=" ") == 422
    for _ in range(2):
        assert confirm(administrator, agency(), domain_id) == 303
    assert confirm(administrator, agency(), domain_id, "Somebody else") == 409
    assert judged(administrator, address) == ("ok", ["Oakfield Primary School"])
    assert "The head, by telephone" in administrator.get(f"/agencies/{agency()}").text
    assert [event for event, *_rest in events(admin)] == ["tenants.domain_added", "tenants.domain_confirmed"]
    assert "head" not in str(events(admin))


def test_a_domain_that_another_agency_claims_is_nobodys_until_confirmed(administrator: Walker, admin: Admin) -> None:
    address, mill = "jo@oakfield.avonmere.sch.uk", agency("mill-lane-surgery")
    assert judged(administrator, address)[0] == "ok"
    assert add(administrator, mill, "oakfield.avonmere.sch.uk")[0] == 303
    domain_id, kind = row(admin, "oakfield.avonmere.sch.uk", mill)
    assert kind == "shared"
    assert judged(administrator, address) == ("frozen", [])
    for one, other in ((agency(), "Mill Lane Surgery"), (mill, "Oakfield Primary School")):
        text = administrator.get(f"/agencies/{one}").text
        assert "Agencies here that have it too" in text
        assert other in text
    assert confirm(administrator, mill, domain_id) == 303
    assert judged(administrator, address) == ("shared", ["Mill Lane Surgery", "Oakfield Primary School"])


def test_a_domain_that_moves_is_confirmed_anew(administrator: Walker, admin: Admin) -> None:
    oak, river = agency(), agency("riverside-academy")
    domain_id, _kind = row(admin, "oakfield.avonmere.sch.uk", oak)
    path = f"/agencies/{oak}/domains/{domain_id}/remove"
    fields = shown(administrator, path)
    for _ in range(2):
        assert administrator.post(path, fields, page="/agencies").status_code == 303
    assert [event for event, *_rest in events(admin)] == ["tenants.domain_removed"]
    assert judged(administrator, "jo@oakfield.avonmere.sch.uk")[0] == "no_agency"
    assert add(administrator, river, "oakfield.avonmere.sch.uk")[0] == 303
    assert judged(administrator, "jo@oakfield.avonmere.sch.uk")[0] == "frozen"


def test_a_shared_domain_goes_on_working_for_the_others(administrator: Walker) -> None:
    college = agency("avonmere-college")
    before = judged(administrator, "jo@nhs.net")
    assert add(administrator, college, "nhs.net", shared="y")[0] == 303
    assert judged(administrator, "jo@nhs.net") == before


def test_a_confirmation_is_taken_back_with_a_reason(administrator: Walker, admin: Admin) -> None:
    domain_id, _kind = row(admin, "oakfield.avonmere.sch.uk", agency())
    path = f"/agencies/{agency()}/domains/{domain_id}/question"
    fields = shown(administrator, path)
    assert administrator.post(path, fields | {"why": ""}).status_code == 422
    for _ in range(2):
        assert administrator.post(path, fields | {"why": "The domain lapsed"}).status_code == 303
    assert judged(administrator, "jo@oakfield.avonmere.sch.uk")[0] == "frozen"
    assert [event for event, *_rest in events(admin)] == ["tenants.domain_frozen"]
    assert "The domain lapsed" in administrator.get(f"/agencies/{agency()}").text


def test_each_council_confirms_a_shared_agency_for_itself(
    administrator: Walker, at_the_council: Callable[..., Walker], admin: Admin
) -> None:
    police = agency("severn-vale-police")
    domain_id, _kind = row(admin, "severnvale.police.uk", police)
    path = f"/agencies/{police}/domains/{domain_id}/question"
    assert administrator.post(path, shown(administrator, path) | {"why": "Check"}).status_code == 303
    wales = at_the_council("wales")
    assert judged(administrator, "jo@severnvale.police.uk")[0] == "frozen"
    assert judged(wales, "jo@severnvale.police.uk")[0] == "ok"
    assert administrator.get(f"/agencies/{police}/domains/{domain_id}/remove").status_code == 403
    assert confirm(administrator, police, domain_id) == 303
    assert judged(administrator, "jo@severnvale.police.uk")[0] == "ok"


def test_a_domain_of_another_agency_or_none_is_missing(administrator: Walker, admin: Admin) -> None:
    other, _kind = row(admin, "riverside.avonmere.sch.uk", agency("riverside-academy"))
    for domain_id in (other, uuid4()):
        for what in ("remove", "confirm", "question"):
            assert administrator.get(f"/agencies/{agency()}/domains/{domain_id}/{what}").status_code == 404
