"""A council's texts are data: whatever they look like, they are shown as they are written or refused."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import render_template
from hypothesis import given
from hypothesis import strategies as st

from portal.forms import formats
from portal.forms.mistakes import SchemaMistakes
from portal.forms.questions import field
from portal.forms.schema import parse_form
from portal.forms.substitutions import NAMES, fill, filled, misused
from tests.forms import every_type
from tests.web import kitchen

HOSTILE = [
    "{{7*7}}", "{{ 7*'7' }}", "{% for x in [1] %}x{% endfor %}", "{#comment#}", "{{config}}", "{{request.environ}}",
    "{{''.__class__.__mro__[1].__subclasses__()}}", "__class__", "__import__('os').system('id')", "%(label)s", "%(x)s",
    "%s%s%s%n", "%d", "%%", "%", "{label}", "{0}", "{x.__init__.__globals__}", "{!r}", "${7*7}", "#{7*7}", "${jndi:x}",
    "$(id)", "`id`", "<%= 7*7 %>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg/onload=1>',
    "javascript:alert(1)", "&lt;b&gt;", "&#x3c;b&#x3e;", "2**9**9", "9**9**9**9", "(a+)+$",
    "\\g<0>\\1", "\\u202e", "\u202egnp.elif", "=cmd|'/c calc'!A0", "' OR 1=1 --", "Robert'); DROP TABLE x;--",
    "../../etc/passwd", "!!python/object/apply:os.system [id]", "*alias &anchor", "(hub)", "( (hub) )", "[[hub]]",
]  # fmt: skip
REFUSED = [
    "((7*7))", "((hub_phone|upper))", "((hub.__class__))", "(( hub ))", "((((hub))))", "((hub", "((HUB))", "(())",
    "a\x00b", "))((x", "^(([a-z])+.)+[A-Z]([a-z])+$", "\x1b[31m", "((hub)) and ((secret_key))", " ",
]  # fmt: skip


def everywhere(text: str) -> dict[str, Any]:
    """The form of every type with this text as each of its texts, in both languages."""
    document = copy.deepcopy(every_type.form())

    def put(node: Any) -> Any:
        if isinstance(node, dict):
            if set(node) == {"en", "cy"}:
                return {"en": text, "cy": text}
            return {key: put(value) for key, value in node.items()}
        return [put(item) for item in node] if isinstance(node, list) else node

    changed: dict[str, Any] = put(document)
    return changed


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_as_it_is_written(text: str) -> None:
    form = filled(parse_form(everywhere(text)), {"en": {"hub": "49"}, "cy": {}})
    app = kitchen.make()
    with kitchen.rendering(app):
        views = [field(question, "en") for question in form.fields()]
        page = BeautifulSoup(render_template("questions.html", views=views, answers={}), "html.parser")
    label = page.select_one("label[for=story]")
    assert label is not None
    assert label.get_text(strip=True) == text.strip()
    labels = {one.get_text(strip=True) for one in page.select("label, legend, summary, .app-guidance li")}
    assert text.strip() in labels
    assert page.select_one("main script, main img, main svg, main b") is None
    assert "49" not in page.select_one("main").get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_shown_is_refused_in_every_text(text: str) -> None:
    with pytest.raises(SchemaMistakes) as found:
        parse_form(everywhere(text))
    assert len(found.value.mistakes) > 50


@pytest.mark.parametrize("text", [*HOSTILE, *REFUSED])
def test_names_kinds_and_codes_are_never_words_of_another_language(text: str) -> None:
    for part in ("key", "type", "fact", "format", "codes", "not_after", "unsure_of", "severity"):
        document = every_type.form()
        document["sections"][0]["questions"][0][part] = f"{text}\n"
        with pytest.raises(SchemaMistakes):
            parse_form(document)


def test_names_are_filled_in_once_and_only_where_they_have_a_value() -> None:
    values = {"hub": "((hub_phone)) {{7*7}}", "hub_phone": "01632"}
    assert (
        fill("Ring ((hub)) on ((hub_phone)) or ((hours))", values) == "Ring ((hub_phone)) {{7*7}} on 01632 or ((hours))"
    )
    form = parse_form(every_type.form())
    shown = filled(form, {"en": {"council": "Avonmere"}, "cy": {"council": "Cyngor"}})
    assert shown.inset == {"en": "Avonmere reads this", "cy": "Cyngor reads this yn Gymraeg"}
    assert form.inset != shown.inset
    assert shown.sections[1] is form.sections[1]
    assert filled(form, {}) is form


@given(st.text(alphabet="(){}% hub_", max_size=40))
def test_a_text_is_either_refused_or_has_only_known_names(text: str) -> None:
    values = dict.fromkeys(NAMES, "")
    assert ("((" in fill(text, values)) == bool(misused(text))


@given(st.text(max_size=500), st.sampled_from(sorted({**formats.FORMATS, **formats.CHECKS})))
def test_a_format_reads_or_refuses_anything(text: str, name: str) -> None:
    check = {**formats.FORMATS, **formats.CHECKS}[name]
    kept = check(text)
    assert kept is None or kept


@pytest.mark.parametrize("name", sorted({**formats.FORMATS, **formats.CHECKS}))
def test_no_format_takes_long_over_a_long_text(name: str) -> None:
    check = {**formats.FORMATS, **formats.CHECKS}[name]
    began = time.process_time()
    for text in ("a" * 500, "0" * 500, "a." * 250 + "@", "(" * 500, "0 " * 250, "+" + "1-" * 250, "a@" + "a." * 249):
        check(text)
    assert time.process_time() - began < 1
