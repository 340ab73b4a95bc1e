"""The blueprint of early help."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("earlyhelp", __name__)
