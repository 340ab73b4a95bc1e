"""The blueprint of the hub."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("hub", __name__)
