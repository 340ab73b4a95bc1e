"""A council's texts are data: whatever is written into them is shown as written or refused, and nothing runs it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.forms.editing.form_parts import all_questions
from portal.forms.mistakes import SchemaMistakes
from portal.forms.schema import parse_form
from portal.forms.threshold_reading import parse_thresholds
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import Councils
from tests.forms.contents import shipped_contents
from tests.forms.designing import begin, read

PAYLOADS = (
    "{{7*7}}", "{{ config }}", "{{config.items()}}", "{{''.__class__.__mro__[1].__subclasses__()}}", "{{self}}",
    "{{request.application.__globals__}}", "{% for x in range(9**9) %}a{% endfor %}", "{% include '/etc/passwd' %}",
    "{%raw%}{{1}}{%endraw%}", "{# hidden #}", "${7*7}", "${{7*7}}", "#{7*7}", "<%= 7*7 %>", "*{7*7}", "@(7*7)",
    "__class__", "__import__('os').system('id')", "().__class__.__bases__[0]", "eval('7*7')", "exec('x=1')",
    "lambda: 1", "%(x)s", "%s%s%s%s", "%n", "%(name)d", "{0}", "{}", "{0.__class__}", "{name!r}", "2**9**9",
    "9**9**9", "1/0", "'; drop table referral; --", '" or 1=1', "$(id)", "`id`", "| cat /etc/passwd",
    "<script>alert(49)</script>", "<img src=x onerror=alert(49)>", "<svg/onload=alert(49)>", "javascript:alert(49)",
    "</title><script>alert(49)</script>", "!!python/object/apply:os.system [id]", "&lt;b&gt;", "(a+)+$", "../../etc",
    '=HYPERLINK("x")', "((unknown))", "((hub.__class__))",
)  # fmt: skip
NAMES = ("Siân Llŷr", "O'Brien", "李小龍", "محمد علي", "a\u200bb\u200dc", "\u202eevil", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "Ḿ́́́́")


def strings(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every string of a document is."""
    if isinstance(node, str):
        yield path
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from strings(inner, (*path, key))


def put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    node = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return changed


def kind(path: tuple[Any, ...]) -> tuple[Any, ...]:
    """Places of one kind differ only in their numbers and in names of a council's own."""
    return tuple("#" if isinstance(step, int) else step for step in path)[-4:]


def places(document: Any) -> list[tuple[Any, ...]]:
    return list({kind(path): path for path in strings(document)}.values())


def read_both(content: dict[str, Any]) -> Any:
    """The parsed form, with its rules read as well."""
    form = parse_form(content["form"], ("en",))
    parse_thresholds(content["thresholds"], form, ("en",))
    return form


def everywhere(node: Any, words: str) -> Any:
    """A document whose every text says these words."""
    if isinstance(node, dict):
        return {key: words if key in ("en", "cy") else everywhere(one, words) for key, one in node.items()}
    return [everywhere(one, words) for one in node] if isinstance(node, list) else node


@pytest.mark.parametrize("words", PAYLOADS)
def test_texts_are_words_whatever_they_say(words: str) -> None:
    content = everywhere(shipped_contents()[0], words)
    if words.startswith("(("):
        with pytest.raises(SchemaMistakes):
            read_both(content)
    else:
        assert read_both(content).title["en"] == words


def test_every_string_of_a_config_is_words_or_is_refused() -> None:
    content = shipped_contents()[0]
    began = [("form", *path) for path in places(content["form"])]
    began += [("thresholds", *path) for path in places(content["thresholds"])]
    assert len(began) > 50
    for number, path in enumerate(began[:: max(1, len(began) // 80)]):
        # Anything but its own refusal, such as a RecursionError, fails the test.
        with suppress(SchemaMistakes):
            read_both(put(content, path, PAYLOADS[number % len(PAYLOADS)]))


@pytest.fixture
def designer(councils: Councils, client: FlaskClient) -> Person:
    person = make_person(councils.wales, role="form_designer")
    sign_in(client, person)
    return person


def test_pages_show_payloads_and_odd_names_as_they_are(client: FlaskClient, designer: Person) -> None:
    words = (*PAYLOADS, *NAMES)

    def fill(content: dict[str, Any]) -> None:
        form, rules = content["form"], content["thresholds"]
        form["sections"][0]["questions"] = [
            {"key": f"odd{number}", "type": "text", "label": {"en": one, "cy": one}} for number, one in enumerate(words)
        ]
        rules["notices"] = {f"odd{number}": {"en": one, "cy": one} for number, one in enumerate(words)}
        content["scenarios"] = [
            {"id": f"S{number}", "title": one, "answers": {}, "expected": {"route": "X"}}
            for number, one in enumerate(words)
        ]

    draft = begin(designer, change=fill)
    base = f"/{designer.council.slug}/forms/drafts/{draft.id}"
    first = all_questions(read(designer, draft.id).form)
    key = next(one.place.text for one in first if one.key == "odd0")
    for page in ("/structure", "/rules/notices", "/scenarios", "/differences", "/comments", f"/question/{key}", ""):
        answer = client.get(base + page)
        assert answer.status_code == 200, page
        shown = soup(answer)
        assert not shown.select("main script, main img, main svg[onload]"), page
        if page in ("/structure", "/rules/notices", "/scenarios"):
            text = shown.get_text()
            assert [one for one in words if one not in text] == [], page


@pytest.mark.parametrize("pattern", ["(a+)+$", "([a-z]+)*$", "(a|aa)+$", "(.*a){20}", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_a_pattern_of_a_council_s_own_is_refused_and_formats_never_run_away(pattern: str) -> None:
    content = shipped_contents()[0]
    question = content["form"]["sections"][0]["questions"][0]
    for name in ("pattern", "format", "regex"):
        with pytest.raises(SchemaMistakes):
            parse_form(
                put(content["form"], ("sections", 0, "questions", 0), {**question, "type": "text", name: pattern}),
                ("en",),
            )


def test_nesting_without_end_is_refused_and_not_followed() -> None:
    node: Any = {"answer": "x", "is": "y"}
    for _level in range(5_000):
        node = {"all": [node]}
    content = shipped_contents()[0]
    content["form"]["sections"][0]["show_when"] = node
    with pytest.raises(SchemaMistakes):
        parse_form(content["form"], ("en",))
