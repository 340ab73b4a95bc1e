"""The published JSON Schema of the package: the same for every council, for whoever writes a receiver."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import Response
from flask.typing import ResponseReturnValue

from portal.auth.guard import machine
from portal.handover.package import VERSION
from portal.handover.views.blueprint import blueprint

FILE = Path(__file__).resolve().parents[1] / "schemas" / f"contact-package-{VERSION}.json"


@cache
def _text() -> str:
    return FILE.read_text(encoding="utf-8")


@blueprint.get("/schemas/contact-package/1-0")
@machine("receivers of packages read what is in one; it says nothing of anybody")
def schema() -> ResponseReturnValue:
    """JSON Schema 2020-12 of package.json."""
    return Response(_text(), mimetype="application/schema+json")
