"""The blueprint of transfers."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("transfers", __name__)
