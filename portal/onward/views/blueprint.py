"""The blueprint of what follows a decision."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("onward", __name__)
