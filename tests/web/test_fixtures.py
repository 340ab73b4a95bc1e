"""The Design System's own examples, drawn by our macros: an upgrade of one package that drifts from the other fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from flask import Flask, render_template_string
from markupsafe import Markup

from tests.web import kitchen

ROOT = Path(__file__).parents[2]
COMPONENTS = ROOT / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"
USED = re.compile(r"govuk_frontend_jinja/components/([a-z-]+)/macro\.html")
VERSION = "6.3.0"
# What these examples ask for, our pagination leaves out: texts, attributes and classes of the caller's own.
PAGINATION_LEAVES_OUT = {
    "with custom link and item text",
    "with prev and next only and labels",
    "with prev and next only and very long labels",
    "with custom classes",
    "with custom attributes",
    "with custom accessible labels on item links",
}

Case = tuple[str, str, dict[str, Any], str]


def used() -> list[str]:
    """The components that the portal's templates import."""
    pages = (ROOT / "portal" / "templates").rglob("*.html")
    return sorted({name for page in pages for name in USED.findall(page.read_text("utf-8"))})


def examples(component: str) -> list[Case]:
    path = COMPONENTS / component / "fixtures.json"
    if not path.exists():
        pytest.fail(f"{path.name} of {component} is missing: run npm ci")
    found = json.loads(path.read_text("utf-8"))["fixtures"]
    return [(component, example["name"], example["options"], example["html"]) for example in found]


def cases() -> list[Any]:
    found = [case for component in used() for case in examples(component)]
    return [pytest.param(*case, id=f"{case[0]}: {case[1]}") for case in found]


@cache
def application() -> Flask:
    return kitchen.make()


def shape(html: str) -> list[Any]:
    """Elements, attributes (order of classes aside) and words; white space counts as one space or nothing."""
    return list(_walk(BeautifulSoup(html, "html5lib").body))


def _walk(node: Any) -> Iterator[Any]:
    for child in node.children:
        if isinstance(child, Tag):
            attributes = {name: _attribute(value) for name, value in child.attrs.items()}
            yield (child.name, attributes, list(_walk(child)))
        elif type(child) is NavigableString and child.strip():
            yield " ".join(child.split())


def _attribute(value: Any) -> str:
    return " ".join(sorted(value) if isinstance(value, list) else value.split())


def test_the_package_has_the_version_the_macros_are_written_for() -> None:
    package = json.loads((COMPONENTS.parents[2] / "package.json").read_text("utf-8"))
    assert package["version"] == VERSION


def test_the_guard_looks_at_the_components_that_forms_are_made_of() -> None:
    assert {"input", "radios", "checkboxes", "date-input", "character-count", "error-summary"} <= set(used())


@pytest.mark.parametrize(("component", "name", "options", "expected"), cases())
def test_macro_draws_the_official_example(component: str, name: str, options: dict[str, Any], expected: str) -> None:
    macro = "govuk" + "".join(part.capitalize() for part in component.split("-"))
    source = (
        f'{{% from "govuk_frontend_jinja/components/{component}/macro.html" import {macro} %}}{{{{ {macro}(params) }}}}'
    )
    with kitchen.rendering(application()):
        drawn = render_template_string(source, params=options)
    assert shape(drawn) == shape(expected)


def cell(item: Any) -> Any:
    if isinstance(item, dict) and item.get("html"):
        return {**item, "html": Markup(item["html"])}  # noqa: S704 - the package's own example
    return item


@pytest.mark.parametrize("example", examples("table"), ids=lambda case: case[1])
def test_our_table_has_the_html_of_the_official_one(example: Case) -> None:
    options = example[2]
    source = '{% from "macros/page.html" import table %}{{ table(**given) }}'
    given = {
        "head": [cell(item) for item in options.get("head") or []],
        "rows": [[cell(item) for item in row] if row else row for row in options["rows"]],
        "caption": options.get("caption", ""),
        "caption_classes": options.get("captionClasses", ""),
        "classes": options.get("classes", ""),
        "first_cell_header": options.get("firstCellIsHeader", False),
        "attributes": options.get("attributes", {}),
    }
    with kitchen.rendering(application()):
        drawn = render_template_string(source, given=given)
    assert shape(drawn) == shape(example[3])


@pytest.mark.parametrize(
    "example",
    [case for case in examples("pagination") if case[1] not in PAGINATION_LEAVES_OUT],
    ids=lambda case: case[1],
)
def test_our_pagination_has_the_html_of_the_official_one(example: Case) -> None:
    options = example[2]
    previous, following = options.get("previous") or {}, options.get("next") or {}
    items = [item for item in options["items"] if item] if "items" in options else None
    given = {
        "previous": previous.get("href", ""),
        "next": following.get("href", ""),
        "items": items,
        "label": options.get("landmarkLabel", ""),
    }
    source = '{% from "macros/page.html" import pagination %}{{ pagination(**given) }}'
    with kitchen.rendering(application()):
        drawn = render_template_string(source, given=given)
    assert shape(drawn) == shape(example[3])


def test_a_drift_would_be_seen() -> None:
    assert shape('<p class="b a">One <b>two</b></p>') == shape('<p class="a b">One\n <b>two</b></p>')
    assert shape("<p>One</p>") != shape("<p>Two</p>")
    assert shape('<p class="a">One</p>') != shape('<p class="b">One</p>')
    assert shape("<p>One</p>") != shape("<div>One</div>")
