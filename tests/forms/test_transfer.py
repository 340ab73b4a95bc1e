"""Forms as files: out and in again is the same, `portal council apply` reads them, and hostile files are refused."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from portal.cli.folders import COUNCILS, slugs_in
from portal.forms import folder
from portal.forms.exporting import files, zipped
from portal.forms.files import FormMistakes, Joined
from portal.forms.importing import MOST_BYTES, Refused, read
from portal.tenants import documents
from tests.forms.contents import CONTENTS, shipped_contents

FORM = "forms/concern.yaml"


def archive(members: dict[str, bytes | str], **info: Any) -> bytes:
    """A zip with these members; `info` are attributes of each."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as one:
        for name, data in members.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(member, key, value)
            one.writestr(member, data)
    return made.getvalue()


@pytest.mark.parametrize("content", shipped_contents(), ids=lambda content: content["form"]["title"]["en"])
def test_what_goes_out_comes_in_the_same_and_in_the_same_order(content: dict[str, Any]) -> None:
    """As a zip of files and as one file."""
    found = read("form.zip", zipped(files(content, "concern")))
    assert found.family == "concern"
    assert json.dumps(found.content) == json.dumps(content)
    assert read("form.json", json.dumps(content).encode()).content == content


@pytest.mark.parametrize("slug", slugs_in(COUNCILS))
def test_council_apply_reads_an_export_laid_over_the_council_s_folder(slug: str, tmp_path: Path) -> None:
    """The same council as before, from the exported files."""
    before = folder.load(COUNCILS / slug)
    copied = shutil.copytree(COUNCILS / slug, tmp_path / slug)
    content = {
        "form": before.form_document,
        "thresholds": before.thresholds_document,
        "scenarios": list(before.scenarios),
    }
    zipfile.ZipFile(io.BytesIO(zipped(files(content, "concern")))).extractall(copied)
    after = folder.load(copied)
    assert after.form_document == before.form_document
    assert after.thresholds_document == before.thresholds_document
    assert after.scenarios == before.scenarios


@given(content=CONTENTS)
@settings(max_examples=60, deadline=None)
def test_generated_contents_are_the_same_when_their_files_are_read(content: dict[str, Any]) -> None:
    """Also those that no strict reader would take: a draft may be exported at any time."""
    written = {name: documents.parse(name, text.encode()) for name, text in files(content, "concern").items()}
    assert not any(each.mistakes for each in written.values())
    assert Joined(written[FORM], written["forms/triage.yaml"], "triage").data == content["form"]
    assert Joined(written["thresholds.yaml"], written["topics.yaml"], "topics").data == content["thresholds"]
    assert written["scenarios.json"].data == {"vignettes": content["scenarios"]}


WORDS = (
    *("yes", "no", "1", "1_4", "08:30", "~", "null", "01632 960 211", "a: b", "# x", " x ", "’", "1.50", "="),
    *("two\nlines\n", "0x1F", "1e3", "\u2028", "true", "!x", "*x", "&x", "- x", "'", '"'),
)


@pytest.mark.parametrize("words", WORDS)
def test_words_that_look_like_something_else_stay_words(words: str) -> None:
    """What YAML would read as a number, a truth value or a comment is put in quotes."""
    content = {"form": {"key": "concern", "title": {"en": words}, words: 1}, "thresholds": {}, "scenarios": []}
    written = files(content, "concern")[FORM]
    assert documents.parse(FORM, written.encode()).data == content["form"]


def test_the_same_content_gives_the_same_bytes() -> None:
    """Nothing in a zip says when, or by whom, it was made."""
    content = shipped_contents()[0]
    assert zipped(files(content, "concern")) == zipped(files(content, "concern"))


def refused(data: bytes, name: str = "form.zip") -> str:
    """Why a file is refused."""
    with pytest.raises(Refused) as trouble:
        read(name, data)
    return trouble.value.reason


@pytest.mark.parametrize(
    ("reason", "members", "info"),
    [
        ("path", {"../forms/concern.yaml": "a"}, {}),
        ("path", {"/etc/passwd": "a"}, {}),
        ("path", {"x/../../thresholds.yaml": "a"}, {}),
        ("path", {"forms\\concern.yaml": "a"}, {}),
        ("path", {"C:concern.yaml": "a"}, {}),
        ("link", {FORM: "/etc/passwd"}, {"external_attr": (stat.S_IFLNK | 0o777) << 16, "create_system": 3}),
        ("link", {FORM: ""}, {"external_attr": (stat.S_IFIFO | 0o777) << 16, "create_system": 3}),
        ("unknown", {FORM: "a", "run.sh": "rm"}, {}),
        ("unknown", {FORM: "a", "inner.zip": archive({FORM: "a"})}, {}),
        ("nothing", {"thresholds.yaml": "a: 1"}, {}),
        ("several", {FORM: "a: 1", "forms/service/form.yaml": "a: 1"}, {}),
        ("many", {f"{number}.yaml": "a" for number in range(30)}, {}),
        ("bomb", {FORM: b"#" * 900_000 + b"\n" * 900_000}, {}),
        ("bomb", dict.fromkeys((FORM, "forms/triage.yaml", "thresholds.yaml", "topics.yaml"), b"#" * 999000), {}),
    ],
)
def test_hostile_zips_are_refused_with_their_reason(
    reason: str, members: dict[str, bytes | str], info: dict[str, Any]
) -> None:
    """Before anything of them is read as a form."""
    assert refused(archive(members, **info)) == reason


def test_a_zip_that_lies_about_its_sizes_is_not_unpacked_beyond_the_limit() -> None:
    """The directory says that the bomb is one byte long."""
    good = archive({FORM: b"#" * 2_000_000})
    size = (2_000_000).to_bytes(4, "little")
    assert refused(good.replace(size, (1).to_bytes(4, "little"))) in ("bomb", "broken")


@pytest.mark.parametrize("cut", [3, 30, 60, -20, -5])
def test_broken_zips_are_refused(cut: int) -> None:
    """Cut anywhere."""
    assert refused(zipped(files(shipped_contents()[0], "concern"))[:cut]) == "broken"


def test_encrypted_doubled_empty_large_and_other_files_are_refused() -> None:
    """Each with its own reason."""
    plain = bytearray(archive({FORM: "key: concern"}))
    plain[6] |= 1
    plain[plain.index(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(plain)) == "encrypted"
    double = archive({FORM: "a: 1", "forms/concern.yamk": "b: 1"}).replace(b"concern.yamk", b"concern.yaml")
    assert refused(double) == "twice"
    assert refused(b"") == "empty"
    assert refused(b"PK" + b"x" * MOST_BYTES) == "too_large"
    assert refused(b"%PDF-1.7", "form.pdf") == "kind"
    assert refused(b"\x00\x01", "form") == "kind"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key: &a concern\ntitle: *a", "1: has an alias or an anchor"),
        ("a: 1\nb: &x [1]\nc: *x", "2: has an alias or an anchor"),
        ("key: concern\nx: " + "[" * 100_000, "2: is nested too deeply"),
        ("key: !!python/object:os.system x", "1: the tag"),
        ("key: concern\nkey: concern", "2: “key” is there twice"),
        ("a: [1\n", "is not YAML"),
        ("", "is empty"),
        ("\xff".encode("latin-1"), "is not UTF-8"),
        ("key: concern\nnonsense: 1", "2: unknown key 'nonsense'"),
    ],
)
def test_mistakes_are_named_with_file_and_line(text: str | bytes, said: str) -> None:
    """As on the command line, and nothing is taken."""
    content = files(shipped_contents()[0], "concern") | {FORM: text}
    with pytest.raises(FormMistakes) as trouble:
        read("form.zip", archive(content))
    assert any(f"{FORM}:" in str(each) and said in str(each) for each in trouble.value.mistakes), trouble.value.mistakes


@pytest.mark.parametrize("text", ["[1, 2]", '{"form": 5}', "{", "[" * 100_000, '{"form": {"key": "concern"}, "x": 1}'])
def test_one_file_that_is_no_form_is_refused_with_mistakes(text: str) -> None:
    """Never with anything else."""
    for name in ("form.json", "form.yaml"):
        with pytest.raises(FormMistakes) as trouble:
            read(name, text.encode())
        assert trouble.value.mistakes


def test_a_zipped_folder_may_come_with_its_folder_and_the_council_s_other_files() -> None:
    """As a computer makes it of a council's folder."""
    content = shipped_contents()[0]
    inside = {f"avonmere/{name}": text for name, text in files(content, "concern").items()}
    assert read("x.zip", archive({**inside, "avonmere/council.yaml": "a: 1"})).content == content
