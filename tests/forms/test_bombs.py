"""Files made to exhaust the reader: refused in a sentence, quickly, and never a crash."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from portal.forms.mistakes import SchemaMistakes
from portal.forms.schema import parse_form
from portal.tenants.documents import read
from tests.forms import every_type

LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("bomb.yaml", LAUGHS),
        ("bomb.yaml", "[" * 1_000_000),
        ("bomb.yaml", "[" * 499_000 + "]" * 499_000),
        ("bomb.yaml", "{a: " * 200_000),
        ("bomb.yaml", "- " * 450_000),
        ("bomb.yaml", "&a [*a]"),
        ("bomb.json", "[" * 999_999),
        ("bomb.json", "[" * 499_000 + "]" * 499_000),
        ("bomb.json", '{"a":' * 190_000),
        ("bomb.json", "9" * 900_000),
        ("bomb.yaml", "x: " + "9" * 900_000),
    ],
)
def test_a_bomb_is_refused_in_a_sentence(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).write_text(text)
    began = time.process_time()
    document = read(tmp_path, file)
    assert time.process_time() - began < 10
    if not document.mistakes:
        with pytest.raises(SchemaMistakes):
            parse_form(document.data)


def test_one_text_used_ten_thousand_times_is_too_much() -> None:
    form = every_type.form()
    form["inset"] = {"en": "x" * 5000}
    form["sections"][0]["questions"][0]["guidance"]["examples"] = [form["inset"]] * 1000
    with pytest.raises(SchemaMistakes) as found:
        parse_form(form)
    assert "characters altogether" in str(found.value)
