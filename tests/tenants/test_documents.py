"""Files of a council's folder become plain data with line numbers, and nothing but plain data."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.tenants.documents import BIGGEST_BYTES, Document, read


def made(folder: Path, text: str | bytes, name: str = "file.yaml") -> Document:
    content = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(content)
    return read(folder, name)


def test_words_stay_words_and_numbers_numbers(tmp_path: Path) -> None:
    text = "a: no\nb: yes\nc: 08:30\nd: 1_4\ne: 2026-12-24\nf: 01632\ng: 12\nh: true\ni: ''\nj:\nk: 1.5\nl: 'true'\n"
    assert made(tmp_path, text).data == {
        "a": "no", "b": "yes", "c": "08:30", "d": "1_4", "e": "2026-12-24", "f": "01632", "g": 12, "h": True,
        "i": "", "j": None, "k": 1.5, "l": "true",
    }  # fmt: skip


def test_every_place_has_its_line(tmp_path: Path) -> None:
    document = made(tmp_path, "a: 1\nb:\n  - x\n  - y: 2\n    z: 3\n")
    assert document.line(("b", 1, "z")) == 5
    assert document.line(("b", 1, "missing", 7)) == 4
    assert document.line(()) == 1


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "twice"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "not allowed"),
        ("a: 1\nb: !!python/name:os.system\n", 2, "not allowed"),
        ("a: !secret x\n", 1, "not allowed"),
        ("a: !!binary aGk=\n", 1, "not allowed"),
        ("a: !!set {x}\n", 1, "not allowed"),
        ("? [a, b]\n: 1\n", 1, "plain word"),
        ("x: &x {a: 1}\ny:\n  <<: *x\n", 3, "plain word"),
        ("a: [1\nb: 2\n", 2, "not YAML"),
        ("a: *nowhere\n", 1, "not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "not YAML"),
        ("a: \x07\n", 1, "not YAML"),
    ],
)
def test_what_is_not_plain_data_is_a_mistake(tmp_path: Path, text: str, line: int, words: str) -> None:
    found = made(tmp_path, text).mistakes
    assert [(each.line, words in each.message) for each in found] == [(line, True)]


def test_aliases_may_repeat_but_not_explode(tmp_path: Path) -> None:
    assert made(tmp_path, "a: &a [1, 2]\nb: *a\n").data == {"a": [1, 2], "b": [1, 2]}
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 30))
    assert "too many parts" in made(tmp_path, laughs).mistakes[0].message
    assert "too deeply" in made(tmp_path, "a: &a [*a]\n").mistakes[0].message


def test_deep_and_large_files_are_refused(tmp_path: Path) -> None:
    assert "too deeply" in made(tmp_path, "[" * 100 + "]" * 100).mistakes[0].message
    assert "1 MB" in made(tmp_path, "a" * (BIGGEST_BYTES + 1)).mistakes[0].message


def test_files_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    assert "cannot be read" in read(tmp_path, "nothing.yaml").mistakes[0].message
    assert "UTF-8" in made(tmp_path, b"a: 1\nb: \xff\n").mistakes[0].message
    assert made(tmp_path, b"a: 1\nb: \xff\n").mistakes[0].line == 2


def test_json_is_read_as_strictly(tmp_path: Path) -> None:
    assert made(tmp_path, '{"a": [1]}', "x.json").data == {"a": [1]}
    assert "twice" in made(tmp_path, '{"a": 1, "a": 2}', "x.json").mistakes[0].message
    assert made(tmp_path, '{\n"a": 1,,}', "x.json").mistakes[0].line == 2
    assert made(tmp_path, "[" * 100_000, "x.json").mistakes


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.one_of(st.text(), st.binary(), st.text("{}[]&*!:-, \n\"'ab01|>?%@`"), st.text("&a*a:[]- \n")))
def test_nothing_makes_it_raise(tmp_path: Path, text: str | bytes) -> None:
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    for name in ("x.yaml", "x.json"):
        document = made(tmp_path, content, name)
        assert isinstance(document.mistakes, list)
