"""A council's administrators set where decisions go: the folder, the portal's keys, and whether it is reached."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from uuid import UUID

import psycopg
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from portal.adapters import ports, signing, ssh_keys
from portal.adapters.case_systems import case_systems_for
from portal.adapters.push import Push
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.scope import Scope
from portal.tenants import resolve
from portal.tenants.queries import hand_over as queries
from portal.tenants.source_settings import USUAL
from tests.auth.walking import Walker
from tests.factories.people import make_person, sign_in
from tests.fixtures.case_systems import FileServer, Receiver, answers
from tests.fixtures.councils import Councils
from tests.handover.making import make_case

Admin = psycopg.Connection[tuple[object, ...]]
HERE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
SETTINGS, CONNECTION = "/council/hand-over", "/council/hand-over/connection"

pytestmark = pytest.mark.usefixtures("as_it_was")


@pytest.fixture
def here(client: FlaskClient, councils: Councils, run_jobs: Callable[[], None]) -> Walker:
    """An administrator of the English council at a browser."""
    sign_in(client, make_person(councils.england, role="council_admin", language="en"))
    return Walker(client, councils.england, run_jobs)


@pytest.fixture
def loopback() -> Iterator[None]:
    """The operator lets case systems be on this machine."""
    ports.use_case_systems(case_systems_for("127.0.0.0/8 ::1/128"))
    yield
    ports.use_case_systems(case_systems_for(""))


def said(here: Walker, **typed: object) -> dict[str, object]:
    """What the page of settings would post."""
    version = re.search(r'name="version" value="(\d+)"', here.get(SETTINGS).get_data(as_text=True))
    assert version
    usual = {"how": "none", "outcomes": ["assessment"], "port": "22", "version": version[1]}
    return usual | dict.fromkeys(("address", "host", "user", "folder", "host-key"), "") | typed


def do(here: Walker, what: str, **more: str) -> tuple[int, str]:
    """Press a button of the connection's page: status, and what the page says then."""
    answer = here.post(CONNECTION, {"do": what, **more})
    return answer.status_code, answer.get_data(as_text=True)


def test_mistakes_stand_beside_their_fields(here: Walker) -> None:
    """And what was typed stays."""
    typed = {"how": "sftp", "host": "Files Server", "port": "99999", "folder": "../up", "host-key": "no key"}
    answer = here.post(SETTINGS, said(here, **typed))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for name in ("host", "port", "user", "folder", "host-key"):
        assert f'id="{name}-error"' in text, name
    assert 'value="../up"' in text


def test_census_codes_are_the_councils_to_choose(here: Walker, admin: Admin) -> None:
    """What is as usual is not kept, a wrong code is told of beside its kind, and Wales has no such page."""
    page = f"{SETTINGS.removesuffix('hand-over')}sources"
    fields = dict(USUAL) | {"version": said(here)["version"]}
    wrong = here.post(page, fields | {"nursery": "2Z"})
    assert (wrong.status_code, 'id="nursery-error"' in wrong.text, 'value="2Z"' in wrong.text) == (422, True, True)
    assert here.post(page, fields | {"nursery": "2B"}).status_code == 303
    query = "select settings->'hand_over'->'sources' from council where slug = 'avonmere'"
    assert admin.execute(query).fetchone() == ({"nursery": "2B"},)
    resolve.forget()
    assert page in here.get("/council").get_data(as_text=True)


def test_an_address_that_is_none_is_told_of_beside_it(here: Walker) -> None:
    for address in ("", "http://cases.example.org/", "https://a:b@cases.example.org/", "https://cases.example.org:22/"):
        answer = here.post(SETTINGS, said(here, how="push", address=address))
        text = answer.get_data(as_text=True)
        assert (answer.status_code, 'id="address-error"' in text, 'id="host-error"' in text) == (422, True, False)


def new_secret(text: str) -> dict[str, str]:
    """The form by which a page makes a secret."""
    form = BeautifulSoup(text, "html.parser").select_one("form:has(button[value=make-secret])")
    assert form is not None
    return {"key": str(form.select("input[name=key]")[0]["value"])}


def test_a_secret_is_shown_once_and_tried(here: Walker, admin: Admin, councils: Councils, receiver: Receiver) -> None:
    """Two at most; a reload shows and makes none; what the page says when nothing is there, when it works, and when
    the receiver refuses."""
    assert here.post(SETTINGS, said(here, how="push", address="https://cases.example.org/x")).status_code == 303
    resolve.forget()
    ports.use_case_systems(
        lambda _how, _where, kept: Push(receiver.address, kept, networks=HERE, ports=(receiver.port,))
    )
    page = here.get(CONNECTION).get_data(as_text=True)
    assert "there is no secret yet" in page
    assert "There is no secret yet. Make one first" in do(here, "try")[1]
    posted = new_secret(page)
    status, text = do(here, "make-secret", **posted)
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", text)
    assert status == 200
    status, text = do(here, "make-secret", **posted)
    assert (status, "shown already" in text, "whsec_" in text) == (409, True, False)
    assert "whsec_" not in here.get(CONNECTION).get_data(as_text=True)
    assert "your system accepted a test message" in do(here, "try")[1]
    assert signing.is_signed([secret], receiver.said[-1].headers, receiver.said[-1].body, clock.now())
    receiver.next[:] = [answers(403)]
    assert "did not accept our signature" in do(here, "try")[1]
    do(here, "make-secret", **new_secret(text))
    status, text = do(here, "make-secret", key=str(UUID(int=5)))
    assert (status, "two secrets already" in text) == (409, True)
    rows = admin.execute("select private, public from case_system_key where how = 'push'").fetchall()
    assert len(rows) == 2
    assert all(b"whsec" not in bytes(one[0]) and one[1] == "" for one in rows if isinstance(one[0], bytes))
    with db.unit_of_work(Scope(councils.england, scope.SYSTEM)):
        older = queries.made_keys(queries.PUSH)[1]
        assert secret in queries.secrets(queries.PUSH)
        assert queries.made_keys() == []
    for _twice in range(2):
        assert do(here, "end", key=str(older.id))[0] == 303
    with db.unit_of_work(Scope(councils.england, scope.SYSTEM)):
        assert secret not in queries.secrets(queries.PUSH)
    query = "select detail->>'what' from audit_event where event = %s order by at"
    told = admin.execute(query, (Event.CASE_SYSTEM_CHANGED,))
    assert [one[0] for one in told if not str(one[0]).startswith("tried")] == [
        "secret_made",
        "secret_made",
        "secret_ended",
    ]


@pytest.mark.usefixtures("loopback")
def test_the_servers_key_is_read_and_a_person_confirms_it(here: Walker, file_server: FileServer) -> None:
    assert "There is no file server" in do(here, "read")[1]
    where = {"how": "sftp", "host": "localhost", "port": str(file_server.port), "user": "portal"}
    assert here.post(SETTINGS, said(here, **where)).status_code == 303
    shown = BeautifulSoup(do(here, "read")[1], "html.parser")
    assert ssh_keys.fingerprint(file_server.host_key) in shown.text
    fields = {str(one["name"]): str(one["value"]) for one in shown.select("form:has(button[value=confirm]) input")}
    fields = {name: fields[name] for name in ("host-key", "version")}
    assert do(here, "confirm", **fields | {"host-key": "no key"})[0] == 409
    assert do(here, "confirm", **fields)[0] == 303
    assert do(here, "confirm", **fields)[0] == 409
    again = BeautifulSoup(do(here, "read")[1], "html.parser")
    assert ("It is the one in the settings." in again.text, again.select("button[value=confirm]")) == (True, [])
    file_server.stop()
    assert "did not answer in time" in do(here, "read")[1]


def test_keys_are_made_two_at_most_and_ended(here: Walker, admin: Admin, councils: Councils) -> None:
    """The private half is nowhere in the clear, and another council has no part in it."""
    assert do(here, "make")[0] == 303
    assert do(here, "make")[0] == 303
    status, text = do(here, "make")
    assert status == 409
    assert "End the older one first" in text
    with db.unit_of_work(Scope(councils.england, scope.SYSTEM)):
        newest, older = queries.made_keys()
    for key in (newest, older):
        assert key.public in here.get(CONNECTION).get_data(as_text=True)
    rows = admin.execute("select private from case_system_key").fetchall()
    assert len(rows) == 2
    assert "PRIVATE KEY" not in repr([bytes(one) for (one,) in rows if isinstance(one, bytes | memoryview)])
    with db.unit_of_work(Scope(councils.wales, scope.SYSTEM)):
        assert queries.made_keys() == []
    for _twice in range(2):
        assert do(here, "end", key=str(older.id))[0] == 303
    with db.unit_of_work(Scope(councils.england, scope.SYSTEM)):
        assert queries.made_keys() == [newest]
    assert do(here, "end", key="no")[0] == 404
    query = "select detail->>'what' from audit_event where event = %s order by at"
    told = admin.execute(query, (Event.CASE_SYSTEM_CHANGED,))
    assert [one[0] for one in told] == ["key_made", "key_made", "key_ended"]


@pytest.mark.usefixtures("loopback")
def test_from_settings_to_a_folder(here: Walker, file_server: FileServer, councils: Councils) -> None:
    """Set up, tried until it works, and then a decided report is put there: once, after the server has recovered."""
    assert "Nothing was tried" in do(here, "try")[1]
    where = {"how": "sftp", "host": "localhost", "port": str(file_server.port), "user": "portal"}
    assert here.post(SETTINGS, said(here, **where)).status_code == 303
    resolve.forget()
    do(here, "make")
    assert "shows another key" in do(here, "try")[1]
    here.post(SETTINGS, said(here, **where, **{"host-key": file_server.host_key}))
    resolve.forget()
    assert "did not let the portal in" in do(here, "try")[1]
    with db.unit_of_work(Scope(councils.england, scope.SYSTEM)):
        (key,) = queries.made_keys()
    file_server.allowed.write_text(key.public + "\n")
    assert "It works" in do(here, "try")[1]

    council = resolve.by_id(councils.england.id)
    assert council is not None
    case = make_case(council, "sftp", sftp=council.settings.hand_over.sftp)
    ports.use_case_systems(case_systems_for("127.0.0.0/8 ::1/128"))
    case.decide()
    file_server.behave("full")
    case.send()
    assert (case.parcel().state, case.parcel().reason) == ("refused", "no_space")
    file_server.behave("ok")
    case.change(state="waiting", reason=None)
    case.due()
    case.send()
    parcel = case.parcel()
    assert (parcel.state, parcel.delivered_by) == ("delivered", "sftp")
    (folder,) = file_server.folders()
    assert folder.endswith(str(parcel.id))
    assert {"manifest.json", "package.json", "people.csv"} <= {
        one.name for one in (file_server.root / folder).iterdir()
    }
