"""Files that nobody's designer would make, through the import page: refused beside the field, or kept as inert text."""

from __future__ import annotations

import copy
import io
import json
import stat
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.forms.commands import rehearsals
from portal.forms.exporting import files
from portal.forms.queries.drafts import find
from portal.kernel import db
from tests.factories.pages import fields_of
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import Councils
from tests.forms.contents import shipped_contents
from tests.forms.test_transfer import archive

CONCERN, RULES, SCENARIOS = "forms/concern.yaml", "thresholds.yaml", "scenarios.json"
LAUGHS = "a0: &a0 [x,x,x,x,x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
NESTED = archive({CONCERN: archive({CONCERN: archive({CONCERN: "key: concern"})})})


def written(**replaced: str | bytes) -> dict[str, Any]:
    """The files of a good form, some of them replaced (`concern`, `rules`, `scenarios`)."""
    names = {"concern": CONCERN, "rules": RULES, "scenarios": SCENARIOS}
    return files(good(), "concern") | {names[name]: data for name, data in replaced.items()}


def good() -> dict[str, Any]:
    """A form about a concern for Wales."""
    return shipped_contents()[1]


def doubled() -> bytes:
    """Two members of one name."""
    made = archive({**written(), "forms/concern.yamk": "key: concern"})
    return made.replace(b"forms/concern.yamk", b"forms/concern.yaml")


def renamed(name: str) -> bytes:
    return archive({**written(), name: "key: concern"})


def special(kind: int) -> bytes:
    return archive(written(concern="/etc/passwd"), external_attr=(kind | 0o777) << 16, create_system=3)


def stored_bomb() -> bytes:
    """Members that overlap: the directory names one of them many times."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as one:
        for name in (CONCERN, "forms/triage.yaml", RULES, "topics.yaml"):
            one.writestr(name, b"#" * 990_000)
    return made.getvalue()


def spoilt(place: bytes, offset: int, value: bytes) -> bytes:
    """A good zip with bytes of its directory changed."""
    made = bytearray(archive(written()))
    at = made.index(place) + offset
    made[at : at + len(value)] = value
    return bytes(made)


DIRECTORY, END = b"PK\x01\x02", b"PK\x05\x06"
ZIPS: dict[str, Callable[[], bytes]] = {
    "a name that leads out": lambda: renamed("../../etc/passwd"),
    "a name that leads out of a folder": lambda: renamed("forms/../../x.yaml"),
    "an absolute name": lambda: renamed("/etc/passwd"),
    "a drive": lambda: renamed("C:\\forms\\concern.yaml"),
    "a name of backslashes": lambda: renamed("..\\..\\x.yaml"),
    "a name with a NUL": lambda: renamed("forms/concern.yaml#.png").replace(b"yaml#.png", b"yaml\x00.png"),
    "a name of half a character": lambda: renamed("x\udc80.yaml".encode("utf-8", "surrogateescape").decode("cp437")),
    "a name that turns round": lambda: renamed("\u202elmay.nrecnoc"),
    "a name with a tag": lambda: renamed("<script>alert(1)</script>.yaml"),
    "a name without end": lambda: renamed("x" * 60_000),
    "no name": lambda: renamed("./"),
    "a dot": lambda: renamed("./forms/concern.yaml"),
    "a symbolic link": lambda: special(stat.S_IFLNK),
    "a device": lambda: special(stat.S_IFCHR),
    "a pipe": lambda: special(stat.S_IFIFO),
    "a folder that holds bytes": lambda: special(stat.S_IFDIR),
    "one name twice": doubled,
    "names of two cases": lambda: renamed("Forms/Concern.yaml"),
    "a zip in a zip": lambda: archive({"form.zip": NESTED}),
    "a zip for a form": lambda: archive(written(concern=NESTED)),
    "a bomb of one file": lambda: archive(written(concern=b"\n" * 50_000_000)),
    "a bomb of several": stored_bomb,
    "a bomb of many files": lambda: archive({f"{number}.yaml": "" for number in range(5_000)}),
    "an unknown compression": lambda: spoilt(DIRECTORY, 10, b"\x63\x00"),
    "a version of the future": lambda: spoilt(DIRECTORY, 6, b"\xff\x00"),
    "a member beyond the end": lambda: spoilt(DIRECTORY, 42, b"\xff\xff\xff\x7f"),
    "an extra field that is cut": lambda: spoilt(DIRECTORY, 30, b"\x03\x00"),
    "more members than there are": lambda: spoilt(END, 10, b"\xff\x7f"),
    "a directory before the start": lambda: spoilt(END, 16, b"\xff\xff\xff\x7f"),
    "a directory of another size": lambda: spoilt(END, 12, b"\xff\xff\x00\x00"),
    "a checksum that is wrong": lambda: spoilt(DIRECTORY, 16, b"\x00\x00\x00\x00"),
    "a date that is none": lambda: spoilt(DIRECTORY, 12, b"\xff\xff\xff\xff"),
    "UTF-16": lambda: archive(written(concern="key: concern".encode("utf-16"))),
    "UTF-32": lambda: archive(written(concern="key: concern".encode("utf-32"))),
    "Latin-1": lambda: archive(written(concern="title: Caf\xe9".encode("latin-1"))),
    "UTF-8 that is cut": lambda: archive(written(concern=b"key: concern\xe2\x80")),
    "NUL bytes": lambda: archive(written(concern=b"key: con\x00cern")),
    "an alias": lambda: archive(written(concern="key: &a concern\ntitle: *a")),
    "billions of laughs": lambda: archive(written(concern=LAUGHS)),
    "itself inside itself": lambda: archive(written(rules="&a [*a]")),
    "YAML as deep as it gets": lambda: archive(written(rules="[" * 400_000)),
    "JSON as deep as it gets": lambda: archive(written(scenarios="[" * 400_000 + "]" * 400_000)),
    "JSON that is deep": lambda: archive(written(scenarios='[{"id": "S1", "x": ' + "[" * 900 + "]" * 900 + "}]")),
    "a Python object": lambda: archive(written(concern="key: !!python/object/apply:os.system [id]")),
    "a Python name": lambda: archive(written(concern="key: !!python/name:os.system")),
    "bytes": lambda: archive(written(concern="key: !!binary aGVsbG8=")),
    "a set": lambda: archive(written(concern="!!set {key, title}")),
    "a merge": lambda: archive(written(concern="<<: {key: concern}")),
    "two documents": lambda: archive(written(concern="key: concern\n---\nkey: concern")),
    "a whole number without end": lambda: archive(written(concern="key: concern\ntitle: " + "9" * 300_000)),
    "a JSON number without end": lambda: archive(
        written(scenarios='[{"id": "S1", "answers": {"age": 1' + "0" * 4_000 + "}}]")
    ),
    "NaN": lambda: archive(written(scenarios='[{"id": "S1", "answers": {"age": NaN}}]')),
    "Infinity": lambda: archive(written(scenarios='[{"id": "S1", "answers": {"age": -Infinity}}]')),
    "a number beyond infinity": lambda: archive(written(scenarios='[{"id": "S1", "answers": {"age": 1e999}}]')),
    "half a character": lambda: archive(written(scenarios='[{"id": "S1", "title": "\\ud800"}]')),
    "half a character for a key, twice": lambda: archive(written(scenarios='[{"\\ud800": 1, "\\ud800": 2}]')),
    "a NUL in JSON": lambda: archive(written(scenarios='[{"id": "S1", "title": "a\\u0000b"}]')),
    "a NUL in YAML": lambda: archive(written(concern='key: "con\\0cern"')),
    "scenarios of one id": lambda: archive(written(scenarios='[{"id": "S1"}, {"id": "S1"}]')),
    "scenarios without an id": lambda: archive(written(scenarios='[{"title": "S1"}]')),
    "a scenario that expects a list": lambda: archive(written(scenarios='[{"id": "S1", "expected": [1]}]')),
    "a scenario answered by a word": lambda: archive(written(scenarios='[{"id": "S1", "answers": "yes"}]')),
    "ten thousand scenarios": lambda: archive(
        written(scenarios=json.dumps([{"id": f"S{number}", "answers": {}} for number in range(10_000)]))
    ),
}
"""Each is refused."""
MAY = {"a dot", "no name", "a folder that holds bytes", "a version of the future", "a date that is none"} | {
    "more members than there are"
}
"""What some readers of zips take and others refuse; whichever ours does, it answers."""


@pytest.fixture
def designer(client: FlaskClient, councils: Councils) -> Person:
    """A form designer in Wales, signed in."""
    person = make_person(councils.wales, role="form_designer", language="en")
    sign_in(client, person)
    return person


def send(client: FlaskClient, person: Person, data: bytes, name: str = "form.zip") -> TestResponse:
    """Send a file on the import page."""
    address = f"/{person.council.slug}/forms/import"
    token = fields_of(client.get(address), address)["csrf_token"]
    return client.post(address, data={"csrf_token": token, "form_file": (io.BytesIO(data), name)})


def said(answer: TestResponse) -> str:
    """What is said beside the field, "" for nothing."""
    found = BeautifulSoup(answer.text, "html.parser").select_one("#form_file-error, .govuk-error-message")
    return found.get_text(" ", strip=True) if found else ""


def test_hostile_files_are_refused_beside_the_field(client: FlaskClient, designer: Person) -> None:
    wrong = []
    for name, make in ZIPS.items():
        began = time.process_time()
        answer = send(client, designer, make())
        if answer.status_code != 422 and not (name in MAY and answer.status_code == 303):
            wrong.append(f"{name}: {answer.status_code}")
        elif answer.status_code == 422 and len(said(answer)) < 20:
            wrong.append(f"{name}: nothing said")
        elif "<script>alert" in answer.text or "\u202e" in said(answer):
            wrong.append(f"{name}: said as it came")
        if time.process_time() - began > 20:
            wrong.append(f"{name}: slow")
    assert wrong == []


@pytest.mark.parametrize("name", ["form.json", "form.yaml"])
def test_one_file_of_json_or_yaml_is_read_as_strictly(client: FlaskClient, designer: Person, name: str) -> None:
    bodies = ["NaN", "[" * 100_000, '{"form": {"key": "concern", "title": {"en": "\\ud800"}}}', "\x00", "1" * 10_000]
    bodies += ['{"form": {"key": ["concern"]}}', '{"form": 1e999}', "null", '"', "{{7*7}}", "!!python/none x", LAUGHS]
    for body in bodies:
        answer = send(client, designer, body.encode(), name)
        assert (answer.status_code, bool(said(answer))) == (422, True), body[:40]


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
INERT = {
    "a script": SCRIPT,
    "an end of everything": "\"'></title></textarea></script><svg/onload=alert(1)>",
    "a template": "{{7*7}} {% include '/etc/passwd' %} ${7*7} #{7*7}",
    "a format": "%(number)s %s {0.__class__} %%",
    "right to left": "\u202eright to left\u2066 \u200f and on",
    "marks on marks": "Z" + "\u0301" * 20,
}


def texts(thing: Any) -> Iterator[dict[str, str]]:
    """Every text of a document that people read."""
    if isinstance(thing, dict):
        if thing and set(thing) <= {"en", "cy"} and all(isinstance(words, str) for words in thing.values()):
            yield thing
        else:
            for value in thing.values():
                yield from texts(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from texts(value)


def spoken(words: str) -> dict[str, Any]:
    """The form, with these words after every text of it."""
    content = copy.deepcopy(good())
    content["scenarios"] = [each | {"title": f"{each['title']} {words}"} for each in content["scenarios"][:3]]
    for text in texts([content["form"], content["thresholds"]]):
        for language in text:
            text[language] = f"{text[language]} {words}"
    return content


PAGES = (
    *("", "/structure", "/rules", "/rules/notices", "/scenarios", "/words", "/untranslated", "/differences", "/submit"),
    *("/question/section/referrer/ref_phone", "/preview/section/referrer", "/part/section/referrer", "/try", "/proof"),
    *("/condition/rule/A01/when", "/scenarios/GYA-01", "/scenarios/GYA-01/change", "/comments", "/what-if", "/discard"),
)


@pytest.mark.parametrize("words", INERT.values(), ids=INERT)
def test_words_of_any_kind_stay_words(client: FlaskClient, designer: Person, words: str) -> None:
    """In every text of a form: taken as they are, and on no page anything but text."""
    content = spoken(words)
    answer = send(client, designer, archive(dict(files(content, "concern"))))
    assert answer.status_code == 303, said(answer)
    form_id = UUID(answer.headers["Location"].rsplit("/", 1)[1])
    with db.unit_of_work(designer.scope):
        kept = find(designer.actor, form_id).content
        rehearsals.run(designer.actor, find(designer.actor, form_id))
    assert kept == content
    for page in PAGES:
        shown = client.get(f"/{designer.council.slug}/forms/drafts/{form_id}{page}")
        assert shown.status_code == 200, page
        soup = BeautifulSoup(shown.text, "html.parser")
        assert "49" not in soup.get_text() or "{{7*7}}" not in words, page
        assert not soup.select("[onerror], [onload], img[src=x]"), page
        assert all("alert(" not in one.get_text() for one in soup.find_all("script")), page
    out = client.get(f"/{designer.council.slug}/forms/drafts/{form_id}/export")
    assert out.status_code == 200
    again = send(client, designer, out.get_data())
    assert again.headers["Location"] == answer.headers["Location"]


def test_a_gap_that_nobody_fills_is_refused_with_its_file_and_line(client: FlaskClient, designer: Person) -> None:
    content = spoken("((unknown))")
    answer = send(client, designer, archive(dict(files(content, "concern"))))
    assert answer.status_code == 422
    assert said(answer)
    assert "cannot be filled in" in BeautifulSoup(answer.text, "html.parser").get_text()
