"""A designer starts from the shared library, takes its changes and brings a form in: on a small screen, in Welsh."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from portal.forms.exporting import files, zipped
from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.factories.templates import add_template
from tests.forms.contents import shipped_contents
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
Admin = psycopg.Connection[tuple[object, ...]]


def newer(content: dict[str, Any]) -> dict[str, Any]:
    """The template's next number: one question in other words, one rule gone, one page at another place."""
    made = copy.deepcopy(content)
    made["form"]["sections"][0]["questions"][0]["label"] = {"en": "Which number is best?", "cy": "Pa rif sydd orau?"}
    made["thresholds"]["rules"][0]["why"] = {"en": "Clearer words.", "cy": "Geiriau cliriach."}
    pages = made["form"]["sections"]
    pages[1], pages[2] = pages[2], pages[1]
    return made


@pytest.mark.parametrize("scripts", [True, False])
def test_given_a_newer_template_when_a_designer_looks_then_each_change_can_be_taken(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], admin: Admin, scripts: bool
) -> None:
    content = shipped_contents()[1]
    rule = content["thresholds"]["rules"][0]["id"]
    add_template(admin, content, locked=[f"rule:{rule}", "safety"], note="First number")
    council = council_named("glan-yr-afon")
    designer = make_person(council, role="form_designer", language="cy")
    walker = walk(council, designer, language="cy", java_script_enabled=scripts)
    walker.open("/forms").follow("Llyfrgell ffurflenni a rennir").follow("Pryder a rennir")
    walker.sees("Wedi'u cloi").press("Dechrau drafft o'r templed hwn").arrive()
    add_template(admin, newer(content), number=2, locked=[f"rule:{rule}"], note="Second number")
    walker.page.reload()
    walker.follow("Newidiadau'r llyfrgell a rennir").sees("Pa rif sydd orau?").sees("Yn cael eu cymryd beth bynnag")
    walker.page.get_by_label(re.compile("Cymryd y newid hwn")).first.check()
    walker.page.get_by_label("Eu gwrthod").check()
    walker.press("Rhoi'r newidiadau yn y drafft").arrive()
    walker.sees("Mae'r newidiadau a gymerasoch yn y drafft.")
    walker.does_not_see("Newidiadau'r llyfrgell a rennir")
    walker.open("/forms/import")
    written = files(content, "concern")
    written["thresholds.yaml"] += "nonsense: 1\n"
    walker.page.get_by_label("Y ffurflen fel ffeil").set_input_files(
        {"name": "form.zip", "mimeType": "application/zip", "buffer": zipped(written)}
    )
    walker.press("Mewnforio'r ffurflen").arrive().sees("thresholds.yaml, llinell")
